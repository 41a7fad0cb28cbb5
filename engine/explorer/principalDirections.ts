/**
 * The directions of latent space along which a generator's images change most: eigenvectors of E[JᵀJ], where J
 * is the Jacobian of the pixels, measured by finite differences around a few latents. It asks the model for
 * nothing but images, so it works for every generator; seed and counts fix the result. Pixels are thinned to a
 * few hundred, which bounds the work for large images. (SeFa and GANSpace find theirs in a layer's weights or
 * activations; what a slider should do is change the image, so this measures the image.)
 */
import type { DirectionOptions, ExplorerModel, PrincipalDirections } from '../../core/session/explorerEngine.ts';
import { rng } from '../random/rng.ts';

/** A difference large enough to stand out of fp32 rounding, small beside latents of deviation 1. */
const step = 0.05;
const maxPixels = 384;
/** Images drawn for the Jacobians: 16 places for 100 latents, fewer for larger ones. */
const imageBudget = 1600;
const batch = 8;
const nIterations = 60;

export async function principalDirections(
  model: ExplorerModel,
  { count, seed, pause }: DirectionOptions,
): Promise<PrincipalDirections> {
  const n = model.latentSize;
  const nPlaces = Math.min(16, Math.max(2, Math.round(imageBudget / n)));
  const stream = rng(seed, 0, 'latents directions');
  const gram = new Float64Array(n * n);
  for (let place = 0; place < nPlaces; place++) {
    const at = stream.fillNormal(new Float32Array(n));
    if (model.distribution === 'uniform') at.forEach((value, i) => (at[i] = Math.tanh(value)));
    addGram(gram, await jacobian(model, at, pause), n);
    await pause();
  }
  return leading(gram, n, Math.min(count, n), seed);
}

/** Row per latent: the change of each kept pixel. */
async function jacobian(model: ExplorerModel, at: Float32Array, pause: () => Promise<void>): Promise<Float32Array[]> {
  const n = at.length;
  const { height, width, channels } = model.image;
  const size = height * width * channels;
  const stride = Math.max(1, Math.ceil(size / maxPixels));
  const nKept = Math.ceil(size / stride);
  const middle = model.draw(at, 'fp32');
  const rows: Float32Array[] = [];
  for (let from = 0; from < n; from += batch) {
    const images = Math.min(batch, n - from);
    const moved = new Float32Array(images * n);
    for (let i = 0; i < images; i++) {
      moved.set(at, i * n);
      moved[i * n + from + i] = (at[from + i] ?? 0) + step;
    }
    const drawn = model.draw(moved, 'fp32');
    for (let i = 0; i < images; i++) {
      rows.push(
        Float32Array.from({ length: nKept }, (_, k) => {
          const pixel = k * stride;
          return ((drawn[i * size + pixel] ?? 0) - (middle[pixel] ?? 0)) / step;
        }),
      );
    }
    if ((from / batch) % 4 === 3) await pause();
  }
  return rows;
}

function addGram(gram: Float64Array, rows: readonly Float32Array[], n: number): void {
  for (let i = 0; i < n; i++) {
    const a = rows[i] as Float32Array;
    for (let j = i; j < n; j++) {
      const b = rows[j] as Float32Array;
      let sum = 0;
      for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
      gram[i * n + j] = (gram[i * n + j] as number) + sum;
      if (i !== j) gram[j * n + i] = (gram[j * n + i] as number) + sum;
    }
  }
}

/** Leading eigenvectors by subspace iteration: multiply, orthonormalize, until they stand. */
function leading(gram: Float64Array, n: number, count: number, seed: number): PrincipalDirections {
  const stream = rng(seed, 1, 'latents directions');
  // A few more than wanted: the last ones of a subspace settle slowly.
  const width = Math.min(n, count + 4);
  let basis: Float64Array[] = Array.from({ length: width }, () =>
    Float64Array.from({ length: n }, () => stream.normal()),
  );
  orthonormalize(basis);
  for (let iteration = 0; iteration < nIterations; iteration++) {
    basis = basis.map((vector) => multiply(gram, vector, n));
    orthonormalize(basis);
  }
  const ranked = basis
    .map((vector) => ({ vector, value: dot(vector, multiply(gram, vector, n)) }))
    .sort((a, b) => b.value - a.value)
    .slice(0, count);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += gram[i * n + i] as number;
  return {
    vectors: ranked.map(({ vector }) => oriented(vector)),
    shares: ranked.map(({ value }) => (trace > 0 ? value / trace : 0)),
  };
}

function multiply(matrix: Float64Array, vector: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (matrix[row * n + i] as number) * (vector[i] as number);
    return sum;
  });
}

/** Gram–Schmidt, in place. A vector without a direction of its own becomes zero. */
function orthonormalize(vectors: readonly Float64Array[]): void {
  for (const [i, vector] of vectors.entries()) {
    for (const earlier of vectors.slice(0, i)) {
      const overlap = dot(vector, earlier);
      for (let k = 0; k < vector.length; k++) vector[k] = (vector[k] as number) - overlap * (earlier[k] as number);
    }
    const length = Math.sqrt(dot(vector, vector));
    for (let k = 0; k < vector.length; k++) vector[k] = length > 1e-12 ? (vector[k] as number) / length : 0;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** An eigenvector has no sign of its own: its largest entry is made positive. */
function oriented(vector: Float64Array): Float32Array {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return Float32Array.from(vector, (value) => (largest < 0 ? -value : value));
}
