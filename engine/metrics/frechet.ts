/**
 * The Fréchet distance between two sets of features taken for normal distributions, and the inception score of a
 * set of class probabilities. Neither means anything without its feature network, so callers name it beside the
 * number: FID proper is the distance in Inception-v3's pool3, which is not shipped here. Double precision.
 */

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
  // (Σ₁Σ₂)^½ has the trace of (Σ₁^½ Σ₂ Σ₁^½)^½, which is symmetric and needs no complex numbers.
  const root = squareRoot(a.covariance, n);
  const inner = product(product(root, b.covariance, n), root, n);
  const { values } = eigen(inner, n);
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

function squareRoot(matrix: Float64Array, n: number): Float64Array {
  const { values, vectors } = eigen(matrix, n);
  const root = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const scale = Math.sqrt(Math.max(0, at(values, k)));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++)
        root[i * n + j] = at(root, i * n + j) + scale * at(vectors, i * n + k) * at(vectors, j * n + k);
    }
  }
  return root;
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const left = at(a, i * n + k);
      for (let j = 0; j < n; j++) result[i * n + j] = at(result, i * n + j) + left * at(b, k * n + j);
    }
  }
  return result;
}

const maxSweeps = 60;

/** Eigenvalues of a symmetric matrix and its eigenvectors as columns, by Jacobi's cyclic rotations. */
export function eigen(matrix: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const m = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  const total = m.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = 0; q < p; q++) off += 2 * at(m, p * n + q) ** 2;
    if (off <= 1e-24 * total) break;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(m, vectors, n, p, q);
  }
  return { values: Float64Array.from({ length: n }, (_, i) => at(m, i * n + i)), vectors };
}

/** Makes m[p, q] zero (Golub & Van Loan, algorithm 8.5.2). */
function rotate(m: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = at(m, p * n + q);
  if (apq === 0) return;
  const tau = (at(m, q * n + q) - at(m, p * n + p)) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < n; k++) turn(m, k * n + p, k * n + q, c, s);
  for (let k = 0; k < n; k++) turn(m, p * n + k, q * n + k, c, s);
  for (let k = 0; k < n; k++) turn(vectors, k * n + p, k * n + q, c, s);
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
  const [a, b] = [at(values, i), at(values, j)];
  values[i] = c * a - s * b;
  values[j] = s * a + c * b;
}

function at(values: Float64Array | Float32Array, index: number): number {
  return values[index] as number;
}
