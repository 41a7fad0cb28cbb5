/**
 * Sliced Wasserstein distance between two image sets (Karras et al., "Progressive growing of GANs", §5 and
 * their reference code), ×10³, averaged over the levels of a Laplacian pyramid: 128 random 7×7 patches per
 * image and level, normalised per set and channel, projected on 4×128 random directions, sorted, compared.
 * Both sets use the same patch positions and directions, fixed by the seed, so a set is at distance 0 from
 * itself and runs with one seed can be compared. Grey images count as one channel (49 values per patch).
 */
import { rng } from '../random/rng.ts';
import { laplacianPyramid, pyramidSizes } from './laplacianPyramid.ts';
import { createFloatSorter } from './sortFloats.ts';

/** Images in [-1, 1], N, H, W, C; they are rounded to 8 bits first, as a PNG would. */
export interface SwdImages {
  readonly values: Float32Array;
  readonly nImages: number;
  readonly size: number;
  readonly channels: 1 | 3;
}

export interface SwdOptions {
  readonly seed: number;
}

export interface Swd {
  /** Mean over the levels, ×10³. */
  readonly swd: number;
  readonly levels: readonly { readonly resolution: number; readonly swd: number }[];
  readonly nImages: number;
}

export const patchSize = 7;
export const patchesPerImage = 128;
export const directionRepeats = 4;
export const directionsPerRepeat = 128;

/** Both sets have equally many images of equal size, at least 7×7. */
export function slicedWasserstein(a: SwdImages, b: SwdImages, options: SwdOptions): Swd {
  if (a.nImages !== b.nImages || a.size !== b.size || a.channels !== b.channels) {
    throw new RangeError('the two sets differ in number, size or channels');
  }
  return prepareSwd(a, options).compare(b);
}

export interface PreparedSwd {
  compare(images: SwdImages): Swd;
}

/** Keeps the descriptors of one set (the real images) for several comparisons. */
export function prepareSwd(real: SwdImages, { seed }: SwdOptions): PreparedSwd {
  if (real.size < patchSize) throw new RangeError(`images of ${real.size}×${real.size} are smaller than a patch`);
  const descriptorsOfReal = describe(real, seed);
  return {
    compare(images) {
      const levels = describe(images, seed).map((descriptors, level) => ({
        resolution: pyramidSizes(images.size)[level] as number,
        swd: 1000 * slicedDistance(descriptorsOfReal[level] as Descriptors, descriptors, seed, level),
      }));
      const swd = levels.reduce((sum, level) => sum + level.swd, 0) / levels.length;
      return { swd, levels, nImages: images.nImages };
    },
  };
}

/** Patches as columns: value k of patch n stands at k · nPatches + n. */
export interface Descriptors {
  readonly nPatches: number;
  readonly nValues: number;
  readonly values: Float32Array;
}

/** Normalised patches of each level. */
export function describe(images: SwdImages, seed: number): readonly Descriptors[] {
  const { nImages, size, channels, values } = images;
  if (values.length !== nImages * size * size * channels) throw new RangeError('the number of values does not fit');
  const sizes = pyramidSizes(size);
  const nPatches = nImages * patchesPerImage;
  const nValues = channels * patchSize * patchSize;
  const descriptors = sizes.map(() => ({ nPatches, nValues, values: new Float32Array(nPatches * nValues) }));
  const positions = sizes.map((levelSize, level) => patchCorners(levelSize, nPatches, seed, level));
  const plane = new Float32Array(size * size);
  for (let imageIdx = 0; imageIdx < nImages; imageIdx++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let i = 0; i < plane.length; i++)
        plane[i] = toByteRange(values[(imageIdx * plane.length + i) * channels + channel] as number);
      for (const [level, { size: levelSize, values: pixels }] of laplacianPyramid({ size, values: plane }).entries()) {
        const into = (descriptors[level] as Descriptors).values;
        const corners = positions[level] as Uint32Array;
        for (let patchIdx = imageIdx * patchesPerImage; patchIdx < (imageIdx + 1) * patchesPerImage; patchIdx++) {
          const corner = corners[patchIdx] as number;
          let at = channel * patchSize * patchSize * nPatches + patchIdx;
          for (let y = 0; y < patchSize; y++) {
            for (let x = 0; x < patchSize; x++, at += nPatches) into[at] = pixels[corner + y * levelSize + x] as number;
          }
        }
      }
    }
  }
  for (const level of descriptors) normaliseChannels(level, channels);
  return descriptors;
}

/** Upper left corners, so that the centres are uniform in [3, size − 3). */
function patchCorners(levelSize: number, nPatches: number, seed: number, level: number): Uint32Array {
  const stream = rng(seed, level, 'swd:patches');
  const nPlaces = levelSize - patchSize + 1;
  return Uint32Array.from({ length: nPatches }, () => stream.int(nPlaces) * levelSize + stream.int(nPlaces));
}

/** Mean 0 and deviation 1 over all patches of the set, per channel. A channel without variation stays 0. */
function normaliseChannels({ values, nPatches }: Descriptors, channels: number): void {
  const perChannel = patchSize * patchSize * nPatches;
  for (let channel = 0; channel < channels; channel++) {
    const part = values.subarray(channel * perChannel, (channel + 1) * perChannel);
    let sum = 0;
    for (let i = 0; i < part.length; i++) sum += part[i] as number;
    const mean = sum / part.length;
    let squares = 0;
    for (let i = 0; i < part.length; i++) squares += ((part[i] as number) - mean) ** 2;
    const deviation = Math.sqrt(squares / part.length);
    const scale = deviation > 0 ? 1 / deviation : 0;
    for (let i = 0; i < part.length; i++) part[i] = ((part[i] as number) - mean) * scale;
  }
}

/** Mean distance of the sorted projections, over all directions. */
export function slicedDistance(a: Descriptors, b: Descriptors, seed: number, level: number): number {
  const { nPatches, nValues } = a;
  const sorter = createFloatSorter(nPatches);
  const stream = rng(seed, level, 'swd:directions');
  const direction = new Float32Array(nValues);
  const ofA = new Float32Array(nPatches);
  const ofB = new Float32Array(nPatches);
  const nDirections = directionRepeats * directionsPerRepeat;
  let total = 0;
  for (let directionIdx = 0; directionIdx < nDirections; directionIdx++) {
    drawDirection(stream.fillNormal(direction));
    sorter.sort(project(a, direction, ofA));
    sorter.sort(project(b, direction, ofB));
    let sum = 0;
    for (let i = 0; i < nPatches; i++) sum += Math.abs((ofA[i] as number) - (ofB[i] as number));
    total += sum / nPatches;
  }
  return total / nDirections;
}

/** To length 1. */
function drawDirection(direction: Float32Array): void {
  let squares = 0;
  for (const value of direction) squares += value * value;
  const scale = 1 / Math.sqrt(squares);
  for (let k = 0; k < direction.length; k++) direction[k] = (direction[k] as number) * scale;
}

function project(
  { values, nPatches, nValues }: Descriptors,
  direction: Float32Array,
  into: Float32Array,
): Float32Array {
  into.fill(0);
  // Seven values at a time: one pass over the sums per row of a patch, instead of one per pixel.
  for (let k = 0; k < nValues; k += patchSize) {
    const [d0, d1, d2, d3, d4, d5, d6] = direction.subarray(k, k + patchSize) as unknown as number[] as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const row = k * nPatches;
    for (let n = 0; n < nPatches; n++) {
      const at = row + n;
      into[n] =
        (into[n] as number) +
        d0 * (values[at] as number) +
        d1 * (values[at + nPatches] as number) +
        d2 * (values[at + 2 * nPatches] as number) +
        d3 * (values[at + 3 * nPatches] as number) +
        d4 * (values[at + 4 * nPatches] as number) +
        d5 * (values[at + 5 * nPatches] as number) +
        d6 * (values[at + 6 * nPatches] as number);
    }
  }
  return into;
}

/** [-1, 1] → 0 … 255, rounded and clipped. */
function toByteRange(value: number): number {
  return Math.min(255, Math.max(0, Math.round((value + 1) * 127.5)));
}
