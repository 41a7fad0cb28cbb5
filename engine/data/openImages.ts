/**
 * Opens the images that a plan names, whatever they are stored as, as one `ImageSet` in memory. Everything
 * read here is untrusted: bad files are skipped and listed with the reason, more than 1 % bad is refused,
 * and nothing is followed that is no plain file. The order is that of the sorted paths, on every machine.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { failure, success, type Result } from '../../core/result.ts';
import type { ImageSet, SkippedFile } from './imageSet.ts';
import { imagesNotFound, imagesTooLarge, imagesUnreadable, imagesUnsupported } from './problems.ts';
import { readIdx } from './readIdx.ts';
import { readImageFolder } from './readImageFolder.ts';
import { fitImage } from './resizeImage.ts';

export interface ImageRequest {
  /** A folder of PNG and JPEG files, or an IDX file (`.gz` too). */
  readonly path: string;
  readonly size: number;
  readonly channels: 1 | 3;
  /** Use only the first so many. */
  readonly limit?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Pixels of all images together; a bound for machines, not a wish. */
const maxSetBytes = 4 * 2 ** 30 - 2 ** 20;
/** Compressed input may not unpack to more than this. */
const maxUnpackedBytes = 2 ** 31 - 1;

export async function openImages(request: ImageRequest): Promise<Result<ImageSet>> {
  const { path } = request;
  const found = await stat(path).catch(() => null);
  if (found === null) return failure(imagesNotFound(path));
  if (found.isDirectory()) {
    const read = await readImageFolder(request, maxSetBytes);
    return read.ok ? success(asSet(request, read.value.pixels, read.value.skipped)) : read;
  }
  if (!found.isFile()) return failure(imagesUnsupported(path, 'neither a file nor a folder'));
  const bytes = await readUnpacked(path);
  return bytes.ok ? openIdx(request, bytes.value) : bytes;
}

async function readUnpacked(path: string): Promise<Result<Uint8Array>> {
  const bytes = await readFile(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return success(bytes);
  try {
    return success(await promisify(gunzip)(bytes, { maxOutputLength: maxUnpackedBytes }));
  } catch (error) {
    return failure(imagesUnreadable(path, `it does not unpack (${error instanceof Error ? error.message : 'gzip'})`));
  }
}

function openIdx(request: ImageRequest, bytes: Uint8Array): Result<ImageSet> {
  const { path, size, channels, onProgress } = request;
  const idx = readIdx(bytes, path);
  if (!idx.ok) return idx;
  const { height, width, pixels } = idx.value;
  const nImages = Math.min(idx.value.nImages, request.limit ?? Infinity);
  const valuesPerImage = size * size * channels;
  if (nImages * valuesPerImage > maxSetBytes)
    return failure(imagesTooLarge(path, nImages * valuesPerImage, maxSetBytes));
  const fitted = new Uint8Array(nImages * valuesPerImage);
  const bytesPerImage = height * width * idx.value.channels;
  for (let i = 0; i < nImages; i++) {
    const data = pixels.subarray(i * bytesPerImage, (i + 1) * bytesPerImage);
    fitted.set(fitImage({ width, height, channels: idx.value.channels, data }, size, channels), i * valuesPerImage);
    if (i % 1000 === 999) onProgress?.(i + 1, nImages);
  }
  return success(asSet(request, fitted, []));
}

function asSet({ size, channels }: ImageRequest, pixels: Uint8Array, skipped: readonly SkippedFile[]): ImageSet {
  const nImages = pixels.length / (size * size * channels);
  const fingerprint = createHash('sha256')
    .update(`${nImages}×${size}×${size}×${channels}\n`)
    .update(pixels)
    .digest('hex');
  return { nImages, size, channels, pixels, fingerprint, skipped };
}
