/**
 * Opens the images that a plan names, whatever they are stored as, as one `ImageSet` in memory. Everything
 * read here is untrusted: bad files are skipped and listed with the reason, more than 1 % bad is refused,
 * nothing is followed that is no plain file, and what a file is, its bytes say. The order is that of the
 * file, or of the sorted names, on every machine.
 */
import { createHash } from 'node:crypto';
import { failure, success, type Result } from '../../core/result.ts';
import { decodeEntries, maxSetBytes } from './decodeEntries.ts';
import type { ImageSet, SkippedFile } from './imageSet.ts';
import { locateImages } from './locateImages.ts';
import { imagesTooLarge } from './problems.ts';
import type { IdxImages } from './readIdx.ts';
import { fitImage } from './resizeImage.ts';

export interface ImageRequest {
  /** A folder of PNG and JPEG files, a `.tar`, `.tar.gz` or `.zip` of them, an IDX file (`.gz` too), a `.npy` or `.npz`. */
  readonly path: string;
  readonly size: number;
  readonly channels: 1 | 3;
  /** Use only the first so many. */
  readonly limit?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export async function openImages(request: ImageRequest): Promise<Result<ImageSet>> {
  const located = await locateImages(request.path);
  if (!located.ok) return located;
  if (located.value.form === 'array') return fitArray(request, located.value.images);
  const decoded = await decodeEntries(request, located.value.entries, located.value.skipped);
  return decoded.ok ? success(asSet(request, decoded.value.pixels, decoded.value.skipped)) : decoded;
}

function fitArray(request: ImageRequest, array: IdxImages): Result<ImageSet> {
  const { path, size, channels, onProgress } = request;
  const { height, width, pixels } = array;
  const nImages = Math.min(array.nImages, request.limit ?? Infinity);
  const valuesPerImage = size * size * channels;
  if (nImages * valuesPerImage > maxSetBytes) {
    return failure(imagesTooLarge(path, nImages * valuesPerImage, maxSetBytes));
  }
  const fitted = new Uint8Array(nImages * valuesPerImage);
  const bytesPerImage = height * width * array.channels;
  for (let i = 0; i < nImages; i++) {
    const data = pixels.subarray(i * bytesPerImage, (i + 1) * bytesPerImage);
    fitted.set(fitImage({ width, height, channels: array.channels, data }, size, channels), i * valuesPerImage);
    if (i % 1000 === 999) onProgress?.(i + 1, nImages);
  }
  return success(asSet(request, fitted, []));
}

function asSet({ size, channels }: ImageRequest, pixels: Uint8Array, skipped: readonly SkippedFile[]): ImageSet {
  const nImages = pixels.length / (size * size * channels);
  const hash = createHash('sha256').update(`${nImages}×${size}×${size}×${channels}\n`).update(pixels);
  return { nImages, size, channels, pixels, fingerprint: hash.digest('hex'), skipped };
}
