/**
 * Opens the images that a plan names, whatever they are stored as, as one `ImageSet`. Everything
 * read here is untrusted: bad files are skipped and listed with the reason, more than 1 % bad is refused,
 * nothing is followed that is no plain file, and what a file is, its bytes say. The order is that of the
 * file, or of the sorted names, on every machine. Sets up to a bound are held in memory; larger ones are decoded once
 * by a worker thread into a cache on disk and read from there, with the same fingerprint and the same batches.
 */
import { stat } from 'node:fs/promises';
import { failure, success, type Result } from '../../core/result.ts';
import { realDisk } from '../runs/diskPort.ts';
import { collectImages, countCandidates, countWanted } from './collectImages.ts';
import { openPixels, startFingerprint } from './imageCache.ts';
import { imageLimits, type ImageLimits } from './imageLimits.ts';
import type { ImageSet } from './imageSet.ts';
import type { ImageSource } from './imageSource.ts';
import { locateImages } from './locateImages.ts';
import { imageCacheLost, imagesTooLarge } from './problems.ts';
import { runImageWorker } from './runImageWorker.ts';

export interface ImageRequest {
  /** A folder of PNG and JPEG files, a `.tar`, `.tar.gz` or `.zip` of them, an IDX file (`.gz` too), a `.npy` or `.npz`. */
  readonly path: string;
  readonly size: number;
  readonly channels: 1 | 3;
  /** Use only the first so many. */
  readonly limit?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops the reading; the answer is a problem that says so. */
  readonly signal?: AbortSignal;
}

/** `cacheFolder`: where sets that are not held in memory are kept, absolute; null: they are refused. */
export async function openImages(
  request: ImageRequest,
  cacheFolder: string | null = null,
  limits: ImageLimits = imageLimits(process.env),
): Promise<Result<ImageSet>> {
  const { memoryBytes } = cacheFolder === null ? { memoryBytes: maxHeldBytes } : limits;
  const found = await stat(request.path).catch(() => null);
  // Listing a large archive takes as long as reading it.
  if (cacheFolder !== null && found?.isFile() === true && found.size > memoryBytes) {
    return openCached(request, cacheFolder, limits);
  }
  const located = await locateImages(request.path);
  if (!located.ok) return located;
  const neededBytes = countWanted(located.value, request.limit) * request.size ** 2 * request.channels;
  try {
    if (neededBytes <= memoryBytes) return await openHeld(request, located.value);
  } finally {
    located.value.close();
  }
  return cacheFolder === null
    ? failure(imagesTooLarge(request.path, neededBytes, memoryBytes))
    : openCached(request, cacheFolder, limits);
}

/** A bound for machines, not a wish: what one array can be. */
const maxHeldBytes = 4 * 2 ** 30 - 2 ** 20;

async function openHeld(request: ImageRequest, source: ImageSource): Promise<Result<ImageSet>> {
  const { size, channels } = request;
  const bytesPerImage = size * size * channels;
  let pixels = new Uint8Array(countCandidates(source, request.limit) * bytesPerImage);
  let nKept = 0;
  const collected = await collectImages(source, request, (image) => pixels.set(image, nKept++ * bytesPerImage));
  if (!collected.ok) return collected;
  const { nImages, order, skipped } = collected.value;
  pixels = order === null ? pixels.subarray(0, nImages * bytesPerImage) : inOrder(pixels, order, bytesPerImage);
  const fingerprint = startFingerprint(nImages, size, channels).update(pixels).digest('hex');
  return success({ nImages, size, channels, pixels, fingerprint, skipped });
}

function inOrder(pixels: Uint8Array, order: Uint32Array, bytesPerImage: number): Uint8Array<ArrayBuffer> {
  const ordered = new Uint8Array(order.length * bytesPerImage);
  order.forEach((place, i) => {
    ordered.set(pixels.subarray(place * bytesPerImage, (place + 1) * bytesPerImage), i * bytesPerImage);
  });
  return ordered;
}

async function openCached(
  request: ImageRequest,
  cacheFolder: string,
  { cacheBytes }: ImageLimits,
): Promise<Result<ImageSet>> {
  const prepared = await runImageWorker(request, { folder: cacheFolder, mostBytes: cacheBytes });
  if (!prepared.ok) return prepared;
  const { entry, record } = prepared.value;
  const pixels = openPixels(realDisk, entry, record);
  if (pixels === null) return failure(imageCacheLost(entry, 'another process removed it just now'));
  const { nImages, fingerprint, skipped } = record;
  return success({ nImages, size: request.size, channels: request.channels, pixels, fingerprint, skipped });
}
