/**
 * What the sliced Wasserstein distance compares: random 7×7 patches of every pyramid level of every image,
 * normalised per set and channel. Patch positions depend on the seed and the level only, so two sets are
 * cut at the same places; patches are kept value by value, as the projections read them.
 */
import { rng } from '../random/rng.ts';
import { laplacianPyramid, pyramidSizes } from './laplacianPyramid.ts';

/** Images in [-1, 1], N, H, W, C; they are rounded to 8 bits first, as a PNG would. */
export interface SwdImages {
  readonly values: Float32Array;
  readonly nImages: number;
  readonly size: number;
  readonly channels: 1 | 3;
}

export const patchSize = 7;
export const patchesPerImage = 128;

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

/** [-1, 1] → 0 … 255, rounded and clipped. */
function toByteRange(value: number): number {
  return Math.min(255, Math.max(0, Math.round((value + 1) * 127.5)));
}
