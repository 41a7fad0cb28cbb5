/**
 * Sliced Wasserstein distance between two image sets (Karras et al., "Progressive growing of GANs", §5 and
 * their reference code), ×10³, averaged over the levels of a Laplacian pyramid: 128 random 7×7 patches per
 * image and level, normalised per set and channel, projected on 4×128 random directions, sorted, compared.
 * Both sets use the same patch positions and directions, fixed by the seed, so a set is at distance 0 from
 * itself and runs with one seed can be compared. Grey images count as one channel (49 values per patch).
 */
import { rng } from '../random/rng.ts';
import { pyramidSizes } from './laplacianPyramid.ts';
import { createFloatSorter } from './sortFloats.ts';
import { describe, patchesPerImage, patchSize, type Descriptors, type SwdImages } from './swdDescriptors.ts';

export interface SwdOptions {
  readonly seed: number;
}

export interface Swd {
  /** Mean over the levels, ×10³. */
  readonly swd: number;
  readonly levels: readonly { readonly resolution: number; readonly swd: number }[];
  readonly nImages: number;
}

export const directionRepeats = 4;
export const directionsPerRepeat = 128;
const nDirections = directionRepeats * directionsPerRepeat;

/** Both sets have equally many images of equal size, at least 7×7. */
export function slicedWasserstein(a: SwdImages, b: SwdImages, options: SwdOptions): Swd {
  return prepareSwd(a, options).compare(b);
}

export interface PreparedSwd {
  /** `images` are as many, as large and of as many channels as the set that was prepared. */
  compare(images: SwdImages): Swd;
  /** The same in pieces of some ten milliseconds each, for a process that must keep answering meanwhile. */
  steps(images: SwdImages): Generator<undefined, Swd>;
}

/** Sorted projections of the prepared set are kept up to this much memory; beyond it they are made anew. */
const maxKeptBytes = 512 * 2 ** 20;

/** Describes one set (the real images) once, for several comparisons. */
export function prepareSwd(real: SwdImages, { seed }: SwdOptions): PreparedSwd {
  if (real.size < patchSize) throw new RangeError(`images of ${real.size}×${real.size} are smaller than a patch`);
  const sizes = pyramidSizes(real.size);
  const bytes = sizes.length * nDirections * real.nImages * patchesPerImage * 4;
  const sides = describe(real, seed).map((descriptors) => projectedSide(descriptors, bytes <= maxKeptBytes));
  function* steps(images: SwdImages): Generator<undefined, Swd> {
    if (images.nImages !== real.nImages || images.size !== real.size || images.channels !== real.channels) {
      throw new RangeError('the two sets differ in number, size or channels');
    }
    const levels: Swd['levels'][number][] = [];
    for (const [level, descriptors] of describe(images, seed).entries()) {
      yield;
      const distance = yield* distanceSteps(sides[level] as Side, projectedSide(descriptors, false), seed, level);
      levels.push({ resolution: sizes[level] as number, swd: 1000 * distance });
    }
    const swd = levels.reduce((sum, { swd: ofLevel }) => sum + ofLevel, 0) / levels.length;
    return { swd, levels, nImages: images.nImages };
  }
  return { compare: (images) => toEnd(steps(images)), steps };
}

function toEnd<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Mean distance of the sorted projections of two descriptor sets, over all directions. */
export function slicedDistance(a: Descriptors, b: Descriptors, seed: number, level: number): number {
  return toEnd(distanceSteps(projectedSide(a, false), projectedSide(b, false), seed, level));
}

/** One set's sorted projections, two directions at a time; what it answers is good until it is asked again. */
interface Side {
  readonly nPatches: number;
  readonly nValues: number;
  sorted(pairIdx: number, directions: readonly [Float32Array, Float32Array]): readonly [Float32Array, Float32Array];
}

function projectedSide(descriptors: Descriptors, keep: boolean): Side {
  const { nPatches, nValues } = descriptors;
  const sorter = createFloatSorter(nPatches);
  const newPair = (): [Float32Array, Float32Array] => [new Float32Array(nPatches), new Float32Array(nPatches)];
  const kept = new Map<number, [Float32Array, Float32Array]>();
  const reused = newPair();
  return {
    nPatches,
    nValues,
    sorted(pairIdx, directions) {
      const known = kept.get(pairIdx);
      if (known !== undefined) return known;
      const pair = keep ? newPair() : reused;
      projectOnTwo(descriptors, directions, pair);
      sorter.sort(pair[0]);
      sorter.sort(pair[1]);
      if (keep) kept.set(pairIdx, pair);
      return pair;
    },
  };
}

function* distanceSteps(a: Side, b: Side, seed: number, level: number): Generator<undefined, number> {
  const stream = rng(seed, level, 'swd:directions');
  const directions: [Float32Array, Float32Array] = [new Float32Array(a.nValues), new Float32Array(a.nValues)];
  let total = 0;
  for (let pairIdx = 0; pairIdx < nDirections / 2; pairIdx++) {
    for (const direction of directions) toUnitLength(stream.fillNormal(direction));
    const [a0, a1] = a.sorted(pairIdx, directions);
    const [b0, b1] = b.sorted(pairIdx, directions);
    total += meanDifference(a0, b0) + meanDifference(a1, b1);
    yield;
  }
  return total / nDirections;
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] as number) - (b[i] as number));
  return sum / a.length;
}

function toUnitLength(direction: Float32Array): void {
  let squares = 0;
  for (const value of direction) squares += value * value;
  const scale = 1 / Math.sqrt(squares);
  for (let k = 0; k < direction.length; k++) direction[k] = (direction[k] as number) * scale;
}

/** Patches per tile: two rows of sums and seven of values stay in the first-level cache. */
const tileSize = 1024;

/** Two directions share each value read, seven values (a row of a patch) share each sum: this is the slow part. */
function projectOnTwo(
  { values: v, nPatches: n, nValues }: Descriptors,
  [p, q]: readonly [Float32Array, Float32Array],
  [ofP, ofQ]: readonly [Float32Array, Float32Array],
): void {
  const [rowsOfP, rowsOfQ] = [patchRows(p), patchRows(q)];
  for (let begin = 0; begin < n; begin += tileSize) {
    const end = Math.min(n, begin + tileSize);
    ofP.fill(0, begin, end);
    ofQ.fill(0, begin, end);
    for (let k = 0; k < nValues; k += patchSize) {
      const [p0, p1, p2, p3, p4, p5, p6] = rowsOfP[k / patchSize] as Seven;
      const [q0, q1, q2, q3, q4, q5, q6] = rowsOfQ[k / patchSize] as Seven;
      for (let i = begin, at = k * n + begin; i < end; i++, at++) {
        const v0 = v[at] as number;
        const v1 = v[at + n] as number;
        const v2 = v[at + 2 * n] as number;
        const v3 = v[at + 3 * n] as number;
        const v4 = v[at + 4 * n] as number;
        const v5 = v[at + 5 * n] as number;
        const v6 = v[at + 6 * n] as number;
        ofP[i] = (ofP[i] as number) + p0 * v0 + p1 * v1 + p2 * v2 + p3 * v3 + p4 * v4 + p5 * v5 + p6 * v6;
        ofQ[i] = (ofQ[i] as number) + q0 * v0 + q1 * v1 + q2 * v2 + q3 * v3 + q4 * v4 + q5 * v5 + q6 * v6;
      }
    }
  }
}

type Seven = readonly [number, number, number, number, number, number, number];

function patchRows(direction: Float32Array): readonly Seven[] {
  return Array.from(
    { length: direction.length / patchSize },
    (_, row) => [...direction.subarray(row * patchSize, (row + 1) * patchSize)] as unknown as Seven,
  );
}
