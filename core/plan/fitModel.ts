/**
 * "Fit this budget" for a model: the bits of each layer with a kernel, its bytes at each number of bits, what they are
 * predicted or were measured to cost, and in words why a layer got its bits. A layer whose degree of redundancy is
 * not known stays as it is, because nothing can be said of it.
 */
import { bitsText, hasKernel, type WeightBits } from '../cost/weightBits.ts';
import { storedBytes } from '../cost/storedBytes.ts';
import { formatBytes, formatSigned } from '../format/numbers.ts';
import type { Layer, ModelGraph } from '../graph/modelGraph.ts';
import type { NetworkSensitivity } from '../sensitivity/sensitivityFile.ts';
import { fitBudget, type FitLayer, type LayerOption } from './fitBudget.ts';
import { modelSensitivity, type LayerCosts, type ModelSensitivity, type SensitivityBasis } from './layerSensitivity.ts';
import { redundancyTerms } from './redundancyTerms.ts';

/** The bits that are chosen from; those of `slimwise sensitivity` are among them. */
export const fittedBits = [32, 8, 4, 2, 1] as const;

export interface FittedLayer {
  readonly name: string;
  readonly bits: WeightBits;
  readonly bytes: number;
  readonly sensitivity: number;
  readonly basis: SensitivityBasis;
  readonly why: string;
}

export interface FittedModel {
  readonly layers: readonly FittedLayer[];
  /** Bytes of all weights of the model. */
  readonly bytes: number;
  /** In the unit of `basis`: rises of SWD ×10³ where anything was measured, else without one. */
  readonly sensitivity: number;
  readonly basis: ModelSensitivity['basis'];
  readonly isExact: boolean;
}

/** null: the model is over the limit even with one bit everywhere. `measured` null: predictions alone. */
export function fitModel(
  graph: ModelGraph,
  limitBytes: number,
  measured: NetworkSensitivity | null = null,
): FittedModel | null {
  const { layers, fixedBytes } = fitLayers(graph, measured);
  const fitted = fitBudget(layers, limitBytes, fixedBytes);
  if (fitted === null) return null;
  const sensitivity = modelSensitivity(graph, measured);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return {
    layers: fitted.choices.flatMap(({ name, option }): FittedLayer[] => {
      const layer = graph.layers.find((candidate) => candidate.name === name);
      const costs = layer === undefined ? null : sensitivity.costsOf(layer);
      if (layer === undefined || costs === null) return [];
      return [{ name, ...option, basis: costs.basis, why: whyOf(graph, layer, costs, option, byName.get(name)) }];
    }),
    bytes: fitted.bytes,
    sensitivity: fitted.sensitivity,
    basis: sensitivity.basis,
    isExact: fitted.isExact,
  };
}

/** The choices of a model, and the bytes that none of them changes. */
export function fitLayers(
  graph: ModelGraph,
  measured: NetworkSensitivity | null,
): { readonly layers: readonly FitLayer[]; readonly fixedBytes: number } {
  const sensitivity = modelSensitivity(graph, measured);
  const layers: FitLayer[] = [];
  let fixedBytes = 0;
  for (const layer of graph.layers) {
    const costs = hasKernel(layer, layer.weights) ? sensitivity.costsOf(layer) : null;
    if (costs === null) {
      fixedBytes += storedBytes(layer) ?? 0;
      continue;
    }
    const options = fittedBits.flatMap((bits): LayerOption[] => {
      const cost = costs.at(bits);
      // A pruned weight is zero, and one bit has no zero.
      if (cost === null || (bits === 1 && (layer.prunedShare ?? 0) > 0)) return [];
      return [{ bits, bytes: storedBytes(layer, bits) ?? 0, sensitivity: cost }];
    });
    layers.push({ name: layer.name, options });
  }
  return { layers, fixedBytes };
}

function whyOf(
  graph: ModelGraph,
  layer: Layer,
  costs: LayerCosts,
  option: LayerOption,
  options: FitLayer | undefined,
): string {
  const terms = redundancyTerms(graph, layer);
  const dor = terms === null ? '' : `DoR ${formatSigned(terms.columns - terms.space)}`;
  const fewer = options?.options[options.options.indexOf(option) + 1];
  const more = options?.options[options.options.indexOf(option) - 1];
  const parts = [dor];
  if (fewer !== undefined)
    parts.push(
      `${bitsText(fewer.bits)} would save ${formatBytes(option.bytes - fewer.bytes)} more and cost ${cost(fewer, option, costs)}`,
    );
  if (more !== undefined)
    parts.push(`${bitsText(more.bits)} would take ${formatBytes(more.bytes - option.bytes)} more`);
  if (costs.why !== null) parts.push(`predicted: ${costs.why}`);
  return parts.filter((part) => part !== '').join('; ');
}

/** A difference that is no rise (noise of a measurement) is said as it is. */
function cost(to: LayerOption, from: LayerOption, { basis, why }: LayerCosts): string {
  const difference = (to.sensitivity - from.sensitivity).toPrecision(2);
  if (basis === 'measured') return `${difference} of SWD ×10³, measured`;
  return why === null ? `${difference} of sensitivity` : `about ${difference} of SWD ×10³`;
}
