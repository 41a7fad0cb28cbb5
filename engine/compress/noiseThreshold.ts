/**
 * T of Algorithm 1, from how much the metric scatters when nothing is compressed: the full-precision
 * network is trained several times on from the same weights, with other images and latents each time. A
 * layer is accepted when its value is not above what one more such repetition would stay below with 95 %
 * probability: mean + t(0.95, n−1)·s·√(1 + 1/n), the one-sided prediction limit for normal values. Three
 * repetitions can agree by chance, so T is never taken below a stated share of the mean.
 */
import type { ThresholdChoice } from '../../core/plan/stageFields.ts';

export interface Noise {
  readonly values: readonly number[];
  readonly mean: number;
  /** Sample standard deviation (n − 1). */
  readonly deviation: number;
  readonly threshold: number;
  readonly how: string;
}

/** Our choice: a rise of SWD by less than this share is not called a degradation. */
export const smallestShare = 0.05;

/** Student's t, one-sided 95 %, for 1, 2, 3 … degrees of freedom. */
const tQuantiles = [6.314, 2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86, 1.833];
const tOfMany = 1.645;

/** `values`: the metric of each repetition, at least two. `chosen`: the user's own T, or from the noise. */
export function noiseThreshold(values: readonly number[], chosen: ThresholdChoice): Noise {
  const n = values.length;
  if (n < 2) throw new RangeError(`${n} repetitions have no deviation`);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  if (typeof chosen === 'object') {
    const { relative } = chosen;
    const threshold = relative * Math.abs(mean);
    const how = `T = ${threshold.toFixed(2)}, ${+(100 * relative).toFixed(2)} % of the mean, as the plan says.`;
    return { values, mean, deviation, threshold, how };
  }
  if (chosen !== 'noise') {
    return { values, mean, deviation, threshold: chosen, how: `T = ${chosen}, given by the plan.` };
  }
  const t = tQuantiles[n - 2] ?? tOfMany;
  const predicted = t * deviation * Math.sqrt(1 + 1 / n);
  const least = smallestShare * Math.abs(mean);
  const formula = `T = ${t}·s·√(1 + 1/${n}) = ${predicted.toFixed(2)}: one more full-precision repetition would stay within T of their mean with 95 % probability (s = ${deviation.toFixed(2)} over ${n} repetitions)`;
  return {
    values,
    mean,
    deviation,
    threshold: Math.max(predicted, least),
    how:
      predicted >= least
        ? `${formula}.`
        : `${formula}; that is below ${smallestShare * 100} % of the mean, the smallest rise that we call a degradation, so T = ${least.toFixed(2)}.`,
  };
}
