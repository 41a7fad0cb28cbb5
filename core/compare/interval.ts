/**
 * What repeated measurements say about their mean: the two-sided 95 % interval by Student's t,
 * mean ± t(0.975, n−1)·s/√n, for values that scatter about normally. One value has no interval, and none is
 * made up for it.
 */
export interface MeanInterval {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1); null for one value. */
  readonly deviation: number | null;
  /** Half the width of the 95 % interval; null for one value. */
  readonly half: number | null;
}

/** Student's t, two-sided 95 %, for 1, 2, 3 … degrees of freedom. */
const tQuantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const tOfMany = 1.96;

/** null where nothing finite was measured. */
export function meanInterval(values: readonly number[]): MeanInterval | null {
  const finite = values.filter(Number.isFinite);
  const n = finite.length;
  if (n === 0) return null;
  const mean = finite.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { n, mean, deviation: null, half: null };
  const deviation = Math.sqrt(finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  return { n, mean, deviation, half: ((tQuantiles[n - 2] ?? tOfMany) * deviation) / Math.sqrt(n) };
}

/** As a chart shows it: the mean, and its interval where there is one. */
export function intervalPoint(
  x: number,
  values: readonly number[],
): { x: number; y: number; low?: number; high?: number } {
  const interval = meanInterval(values);
  if (interval === null) return { x, y: Number.NaN };
  const { mean, half } = interval;
  return half === null ? { x, y: mean } : { x, y: mean, low: mean - half, high: mean + half };
}
