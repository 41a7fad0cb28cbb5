/**
 * The Fréchet distance between two sets of features taken for normal distributions, and the inception score of a
 * set of class probabilities. Neither means anything without its feature network, so callers name it beside the
 * number: FID proper is the distance in Inception-v3's pool3, which is not shipped here. Double precision.
 */

import { symmetricEigenvalues } from './symmetricEigenvalues.ts';

/** Rows of features. */
export interface FeatureSet {
  readonly nRows: number;
  readonly nFeatures: number;
  /** Row-major. */
  readonly values: Float32Array;
}

export interface FeatureMoments {
  readonly nFeatures: number;
  readonly mean: Float64Array;
  /** Row-major, with n − 1 in the denominator, as NumPy's `cov`. */
  readonly covariance: Float64Array;
}

export function featureMoments({ nRows, nFeatures, values }: FeatureSet): FeatureMoments {
  if (nRows < 2) throw new RangeError(`${nRows} rows have no covariance`);
  const mean = new Float64Array(nFeatures);
  for (let i = 0; i < values.length; i++) mean[i % nFeatures] = at(mean, i % nFeatures) + at(values, i) / nRows;
  const covariance = new Float64Array(nFeatures * nFeatures);
  const centred = new Float64Array(nFeatures);
  for (let row = 0; row < nRows; row++) {
    for (let k = 0; k < nFeatures; k++) centred[k] = at(values, row * nFeatures + k) - at(mean, k);
    for (let a = 0; a < nFeatures; a++) {
      for (let b = 0; b <= a; b++)
        covariance[a * nFeatures + b] = at(covariance, a * nFeatures + b) + at(centred, a) * at(centred, b);
    }
  }
  for (let a = 0; a < nFeatures; a++) {
    for (let b = 0; b <= a; b++) {
      const value = at(covariance, a * nFeatures + b) / (nRows - 1);
      covariance[a * nFeatures + b] = value;
      covariance[b * nFeatures + a] = value;
    }
  }
  return { nFeatures, mean, covariance };
}

/** ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2·(Σ₁Σ₂)^½) (Heusel et al. 2017, eq. 6). */
export function frechetDistance(a: FeatureMoments, b: FeatureMoments): number {
  const n = a.nFeatures;
  if (b.nFeatures !== n) throw new RangeError(`${n} and ${b.nFeatures} features`);
  let distance = 0;
  for (let k = 0; k < n; k++) {
    distance += (at(a.mean, k) - at(b.mean, k)) ** 2 + at(a.covariance, k * n + k) + at(b.covariance, k * n + k);
  }
  // With Σ₁ = LLᵀ, (Σ₁Σ₂)^½ has the trace of (LᵀΣ₂L)^½, which is symmetric and needs no complex numbers.
  const factor = lowerFactor(a.covariance, n);
  const inner = product(transposed(factor, n), product(b.covariance, factor, n), n);
  const values = symmetricEigenvalues(inner, n);
  return Math.max(0, distance - 2 * values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0));
}

/**
 * exp of the mean divergence of p(y|x) from p(y), over parts of the set (Salimans et al. 2016, §4): mean and
 * standard deviation over the parts. `probabilities`: a row of class probabilities per image.
 */
export function inceptionScore(
  probabilities: FeatureSet,
  nParts: number,
): { readonly mean: number; readonly deviation: number } {
  const { nRows, nFeatures: nClasses, values } = probabilities;
  const size = Math.floor(nRows / nParts);
  if (size < 1) throw new RangeError(`${nRows} images are no ${nParts} parts`);
  const scores = Array.from({ length: nParts }, (_, part) => {
    const first = part * size;
    const marginal = new Float64Array(nClasses);
    for (let i = first * nClasses; i < (first + size) * nClasses; i++) {
      marginal[i % nClasses] = at(marginal, i % nClasses) + at(values, i) / size;
    }
    let divergence = 0;
    for (let i = first * nClasses; i < (first + size) * nClasses; i++) {
      const p = at(values, i);
      if (p > 0) divergence += (p * Math.log(p / at(marginal, i % nClasses))) / size;
    }
    return Math.exp(divergence);
  });
  const mean = scores.reduce((sum, score) => sum + score, 0) / nParts;
  return { mean, deviation: Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / nParts) };
}

/** Cholesky's L for a matrix that may have fewer ranks than rows, as covariances of few images do. */
function lowerFactor(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, at(matrix, i * n + i));
  const nothing = n * Number.EPSILON * largest;
  for (let j = 0; j < n; j++) {
    let pivot = at(matrix, j * n + j);
    for (let k = 0; k < j; k++) pivot -= at(lower, j * n + k) ** 2;
    // What is left of a row that depends on those before it is rounding.
    if (pivot <= nothing) continue;
    const root = Math.sqrt(pivot);
    lower[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = at(matrix, i * n + j);
      for (let k = 0, a = i * n, b = j * n; k < j; k++, a++, b++) sum -= at(lower, a) * at(lower, b);
      lower[i * n + j] = sum / root;
    }
  }
  return lower;
}

function transposed(matrix: Float64Array, n: number): Float64Array {
  return Float64Array.from(matrix, (_, i) => at(matrix, (i % n) * n + Math.floor(i / n)));
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const left = at(a, i * n + k);
      if (left === 0) continue;
      for (let j = 0; j < n; j++) result[i * n + j] = at(result, i * n + j) + left * at(b, k * n + j);
    }
  }
  return result;
}

function at(values: Float64Array | Float32Array, index: number): number {
  return values[index] as number;
}
