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
  /** N, H, W, C: in memory, or read from disk image by image. */
  readonly pixels: Uint8Array | StoredPixels;
  /** SHA-256 (hex) over count, size, channels and pixels. */
  readonly fingerprint: string;
  /** Files that were passed over, and why. */
  readonly skipped: readonly SkippedFile[];
}

/** Pixels of a set that is larger than what is held in memory. */
export interface StoredPixels {
  /** Size × size × channels bytes of one image. Throws a `ProblemError` where the disk refuses. */
  readImage(imageIdx: number, into: Uint8Array): void;
  /** Lets go of the file. Safe to call twice. */
  dispose(): void;
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
  const imageOf = imageReader(set);
  for (let i = 0; i < indices.length; i++) {
    const image = imageOf(indices[i] as number);
    const to = i * valuesPerImage;
    for (let k = 0; k < valuesPerImage; k++) values[to + k] = (image[k] as number) / 127.5 - 1;
  }
  return values;
}

/** The bytes of one image; those of a stored set are good until the next call. */
function imageReader({ pixels, size, channels }: ImageSet): (imageIdx: number) => Uint8Array {
  const bytesPerImage = size * size * channels;
  if (pixels instanceof Uint8Array) {
    return (imageIdx) => pixels.subarray(imageIdx * bytesPerImage, (imageIdx + 1) * bytesPerImage);
  }
  const image = new Uint8Array(bytesPerImage);
  return (imageIdx) => {
    pixels.readImage(imageIdx, image);
    return image;
  };
}

/** Lets go of a set's file, where it has one. */
export function releaseImages({ pixels }: ImageSet): void {
  if (!(pixels instanceof Uint8Array)) pixels.dispose();
}

/** The last few orders, so that a step does not shuffle the whole set again; it never changes an answer. */
const recentOrders = new Map<string, Uint32Array>();
const mostOrders = 8;
/** Of a large set fewer are kept; a batch can lie in two epochs. */
const orderBytes = 64 * 2 ** 20;

function epochOrder(nImages: number, seed: number, epoch: number, purpose: string): Uint32Array {
  const key = `${nImages} ${seed} ${epoch} ${purpose}`;
  let order = recentOrders.get(key);
  if (order === undefined) {
    order = rng(seed, epoch, `epoch:${purpose}`).permutation(nImages);
    const most = Math.min(mostOrders, Math.max(2, Math.floor(orderBytes / order.byteLength)));
    while (recentOrders.size >= most) recentOrders.delete(recentOrders.keys().next().value ?? '');
    recentOrders.set(key, order);
  }
  return order;
}
