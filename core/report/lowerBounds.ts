/**
 * Which sums of a model are lower bounds. A network whose image size nothing states has exact parameters and
 * bytes, and only its MACs are not known: to mark them all with `≥` would say less than is known.
 */
import type { LayerReport, Totals } from './analyzeReport.ts';

export interface LowerBounds {
  /** Parameters and bytes. */
  readonly weights: boolean;
  readonly macs: boolean;
}

export function lowerBounds(model: { readonly layers: readonly LayerReport[]; readonly totals: Totals }): LowerBounds {
  if (!model.totals.partial) return { weights: false, macs: false };
  const weights = model.layers.some(({ params, bytes }) => params === null || bytes === null);
  const macs = model.layers.some((layer) => !layer.unused && layer.macs === null);
  // Partial for another reason: the model was not followed to its end.
  return weights || macs ? { weights, macs: macs || weights } : { weights: true, macs: true };
}

/** `≥ 3.50M`, or `?` where nothing of the sum is known. */
export function boundText(sum: number, isBound: boolean, format: (sum: number) => string): string {
  if (!isBound) return format(sum);
  return sum === 0 ? '?' : `≥ ${format(sum)}`;
}
