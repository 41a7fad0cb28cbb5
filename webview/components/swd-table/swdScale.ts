/**
 * The strip plot of SWD by variant: every evaluation of every variant on one scale, with the noise of
 * full precision as a band and its mean plus T as a line. Pure: values in, positions from 0 to 1 out.
 */
import type { RunState, VariantState } from '../../../core/session/runState.ts';

export interface SwdRow {
  readonly id: string;
  readonly label: string;
  readonly kind: VariantState['info']['kind'];
  readonly step: number;
  readonly swd: number;
  /** Rise over the newest evaluation of full precision; null for full precision itself. */
  readonly delta: number | null;
  readonly levels: readonly { readonly resolution: number; readonly swd: number }[];
  /** Positions of all evaluations, oldest first; the last is `swd`. */
  readonly trail: readonly number[];
}

export interface SwdStrip {
  readonly rows: readonly SwdRow[];
  readonly low: number;
  readonly high: number;
  /** Mean ± deviation of full precision, as positions. */
  readonly band: { readonly from: number; readonly to: number } | null;
  /** Position of SWD of full precision plus T. */
  readonly limit: number | null;
}

/** Strips show at most this many trailing evaluations of a variant; early ones are far off and squeeze the rest. */
const trailLength = 12;

export function swdStrip(run: RunState): SwdStrip {
  const evaluated = run.variants.filter((variant) => variant.evaluations.length > 0);
  const full = run.variants.find((variant) => variant.info.kind === 'full')?.evaluations.at(-1)?.swd ?? null;
  const limitSwd = full === null || run.noise === null ? null : full + run.noise.threshold;
  const band =
    run.noise === null
      ? null
      : { from: run.noise.mean - run.noise.deviation, to: run.noise.mean + run.noise.deviation };

  const lasts = evaluated.map((variant) => variant.evaluations.at(-1)?.swd ?? 0);
  const shown = [...lasts, ...(limitSwd === null ? [] : [limitSwd]), ...(band === null ? [] : [band.from, band.to])];
  const { low, high } = bounds(shown.filter(Number.isFinite));
  const position = (swd: number): number => Math.min(1, Math.max(0, (swd - low) / (high - low)));

  return {
    low,
    high,
    band: band === null ? null : { from: position(band.from), to: position(band.to) },
    limit: limitSwd === null ? null : position(limitSwd),
    rows: evaluated.map((variant) => {
      const last = variant.evaluations.at(-1);
      const swd = last?.swd ?? Number.NaN;
      const compared = variant.info.kind === 'single' || variant.info.kind === 'final';
      return {
        id: variant.info.id,
        label: variant.info.label,
        kind: variant.info.kind,
        step: last?.step ?? 0,
        swd,
        delta: compared && full !== null ? swd - full : null,
        levels: last?.levels ?? [],
        trail: variant.evaluations.slice(-trailLength).map((evaluation) => position(evaluation.swd)),
      };
    }),
  };
}

/** From the values with a margin of a tenth; never below zero, which SWD cannot be. */
function bounds(values: readonly number[]): { readonly low: number; readonly high: number } {
  if (values.length === 0) return { low: 0, high: 1 };
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = Math.max((high - low) / 10, high / 100, Number.MIN_VALUE);
  return { low: Math.max(0, low - margin), high: high + margin };
}
