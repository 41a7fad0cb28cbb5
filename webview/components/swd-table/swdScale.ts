/**
 * The strip plot of SWD by variant: every evaluation of every variant on one scale, with the noise of
 * full precision as a band and its mean plus T as a line. Pure: values in, positions from 0 to 1 out.
 */
import type { RunState, VariantState } from '../../../core/session/runState.ts';
import { shortLabel } from '../variant-picker/variants.ts';

export interface SwdRow {
  readonly id: string;
  readonly label: string;
  readonly kind: VariantState['info']['kind'];
  readonly step: number;
  readonly swd: number;
  /** Rise over full precision (`baseSwd`); null for full precision itself. */
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
  /** Position of mean plus T. */
  readonly limit: number | null;
}

/** Strips show at most this many trailing evaluations of a variant; early ones are far off and squeeze the rest. */
const trailLength = 12;

export function swdStrip(run: RunState): SwdStrip {
  const evaluated = run.variants.filter((variant) => variant.evaluations.length > 0);
  const base = baseSwd(run);
  const limitSwd = run.noise === null ? null : run.noise.mean + run.noise.threshold;
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
        label: shortLabel(variant.info),
        kind: variant.info.kind,
        step: last?.step ?? 0,
        swd,
        delta: compared && base !== null ? swd - base : null,
        levels: last?.levels ?? [],
        trail: variant.evaluations.slice(-trailLength).map((evaluation) => position(evaluation.swd)),
      };
    }),
  };
}

/**
 * What the others are compared with: the mean of the full-precision repetitions, which trained as long
 * as each variant; before it is known, the newest value of full precision.
 */
export function baseSwd(run: RunState): number | null {
  const full = run.variants.find((variant) => variant.info.kind === 'full');
  return run.noise?.mean ?? full?.evaluations.at(-1)?.swd ?? null;
}

/** From the values with a margin of a tenth; never below zero, which SWD cannot be. */
function bounds(values: readonly number[]): { readonly low: number; readonly high: number } {
  if (values.length === 0) return { low: 0, high: 1 };
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = Math.max((high - low) / 10, high / 100, Number.MIN_VALUE);
  return { low: Math.max(0, low - margin), high: high + margin };
}
