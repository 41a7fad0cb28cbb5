/**
 * What few bits are predicted to cost a layer, before anything is trained: the error that its weights get, times how
 * little room the layer has to make up for it. Error: the mean squared error of a normal distribution on a uniform
 * grid of that many levels, as a share of its variance (Max 1960, tables I and II; ternary with the threshold of
 * ternary weight networks). Room: PBGen's degree of redundancy as a ratio, space / columns, which is above 1 exactly
 * where the degree of redundancy is negative. Comparable between layers and bits, in no unit of image quality.
 */
import type { WeightBits } from '../cost/weightBits.ts';

/** Share of the weights' variance that is lost. */
const lostVariance: Readonly<Record<string, number>> = {
  1: 0.3634,
  ternary: 0.1902,
  2: 0.1188,
  3: 0.03744,
  4: 0.01154,
  5: 0.003495,
  6: 0.001041,
  7: 0.0003035,
  8: 0.00008714,
  16: 0,
  32: 0,
};

/** `columns` and `space` are the two terms of the degree of redundancy (`dorTerms`). */
export function predictedSensitivity(
  terms: { readonly columns: number; readonly space: number },
  bits: WeightBits,
): number {
  return (terms.space / terms.columns) * (lostVariance[bits] ?? 0);
}
