/**
 * A calmer line through a noisy one: an exponential moving average whose start is corrected for its
 * short history (Kingma & Ba 2014, Algorithm 1, the division by 1 − βᵗ). Gaps stay gaps and are not
 * averaged over. It grows with its series: only new points are computed.
 */
export interface Smoothing {
  readonly values: Float64Array;
  readonly length: number;
  /** Weighted sum and weight so far. */
  readonly sum: number;
  readonly weight: number;
}

export const noSmoothing: Smoothing = { values: new Float64Array(0), length: 0, sum: 0, weight: 0 };

/** Steps that the average remembers, by the length of the run; few levels, so that it is seldom begun anew. */
const windows = [
  { fromPoints: 10_000, window: 200 },
  { fromPoints: 4_000, window: 80 },
  { fromPoints: 1_000, window: 20 },
  { fromPoints: 0, window: 10 },
] as const;

export function smoothingFactor(nPoints: number): number {
  const level = windows.find(({ fromPoints }) => fromPoints <= nPoints);
  return 1 - 1 / (level?.window ?? 10);
}

/** Smooths `source[0, length)`; goes on from `previous` where `keep` says that its values still hold. */
export function extendSmoothing(
  previous: Smoothing,
  source: Float64Array,
  length: number,
  factor: number,
  keep: boolean,
): Smoothing {
  const from = keep && previous.length <= length ? previous.length : 0;
  let { sum, weight } = from === 0 ? noSmoothing : previous;
  let { values } = previous;
  if (values.length < length) {
    const grown = new Float64Array(Math.max(1024, source.length, length));
    grown.set(values.subarray(0, from));
    values = grown;
  }
  for (let i = from; i < length; i++) {
    const value = source[i] ?? Number.NaN;
    if (Number.isNaN(value)) {
      values[i] = Number.NaN;
      continue;
    }
    sum = factor * sum + (1 - factor) * value;
    weight = factor * weight + (1 - factor);
    values[i] = sum / weight;
  }
  return { values, length, sum, weight };
}
