/**
 * Images as training and metrics use them: one size, one channel count, bytes in N, H, W, C order.
 * Batches are a pure function of seed and step: each epoch is a permutation of its own, and the position
 * in it follows from the step alone, so a resumed run meets the images that an uninterrupted one meets.
 */
import { rng } from '../random/rng.ts';

export interface ImageSet {
  readonly nImages: number;
  /** Height and width in pixels. */
  readonly size: number;
  readonly channels: 1 | 3;
  /** N, H, W, C. */
  readonly pixels: Uint8Array;
  /** SHA-256 (hex) over count, size, channels and pixels. */
  readonly fingerprint: string;
  /** Files that were passed over, and why. */
  readonly skipped: readonly SkippedFile[];
}

export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

export interface BatchPosition {
  readonly seed: number;
  /** 0 for the first batch. */
  readonly step: number;
  readonly batchSize: number;
  /** Streams of different purposes shuffle differently. */
  readonly purpose: string;
}

/** The images of `step` in [-1, 1], as batchSize × size × size × channels values. */
export function batchAt(set: ImageSet, position: BatchPosition): Float32Array {
  return imagesAt(set, batchIndices(set.nImages, position));
}

/** Which images `step` sees. Epochs follow each other without dropping the last partial batch. */
export function batchIndices(nImages: number, { seed, step, batchSize, purpose }: BatchPosition): Uint32Array {
  const indices = new Uint32Array(batchSize);
  let epoch = -1;
  let order: Uint32Array | null = null;
  for (let i = 0; i < batchSize; i++) {
    const position = step * batchSize + i;
    const epochOfImage = Math.floor(position / nImages);
    if (order === null || epoch !== epochOfImage) {
      epoch = epochOfImage;
      order = epochOrder(nImages, seed, epoch, purpose);
    }
    indices[i] = order[position % nImages] as number;
  }
  return indices;
}

/** Chosen images in [-1, 1]. */
export function imagesAt(set: ImageSet, indices: ArrayLike<number>): Float32Array {
  const valuesPerImage = set.size * set.size * set.channels;
  const values = new Float32Array(indices.length * valuesPerImage);
  for (let i = 0; i < indices.length; i++) {
    const from = (indices[i] as number) * valuesPerImage;
    const to = i * valuesPerImage;
    for (let k = 0; k < valuesPerImage; k++) values[to + k] = (set.pixels[from + k] as number) / 127.5 - 1;
  }
  return values;
}

/** The last few orders, so that a step does not shuffle the whole set again; it never changes an answer. */
const recentOrders = new Map<string, Uint32Array>();
const nRecentOrders = 8;

function epochOrder(nImages: number, seed: number, epoch: number, purpose: string): Uint32Array {
  const key = `${nImages} ${seed} ${epoch} ${purpose}`;
  let order = recentOrders.get(key);
  if (order === undefined) {
    order = rng(seed, epoch, `epoch:${purpose}`).permutation(nImages);
    if (recentOrders.size >= nRecentOrders) recentOrders.delete(recentOrders.keys().next().value ?? '');
    recentOrders.set(key, order);
  }
  return order;
}
