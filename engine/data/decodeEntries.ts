/**
 * Decodes named image files, wherever their bytes come from, into one array: each is cropped, resized and
 * converted; bad ones are skipped and listed with the reason, and more than 1 % bad is refused. The order
 * is that of the sorted names, and `limit` takes the first.
 */
import { failure, success, type Result } from '../../core/result.ts';
import { decodeImage } from './decodeImage.ts';
import type { SkippedFile } from './imageSet.ts';
import type { ImageRequest } from './openImages.ts';
import { imagesEmpty, imagesTooLarge, imagesTooManyBad } from './problems.ts';
import { fitImage } from './resizeImage.ts';

export interface ImageEntry {
  /** Relative to the folder or archive, with `/`. */
  readonly name: string;
  /** Throws where the bytes cannot be had; the message is the reason. */
  readonly read: () => Promise<Uint8Array> | Uint8Array;
}

export interface DecodedEntries {
  readonly pixels: Uint8Array;
  readonly skipped: readonly SkippedFile[];
}

/** Share of bad files above which the set is refused. */
export const maxBadShare = 0.01;
/** Pixels of all images together; a bound for machines, not a wish. */
export const maxSetBytes = 4 * 2 ** 30 - 2 ** 20;

/** `skippedBefore`: entries that were found and are no plain files. */
export async function decodeEntries(
  request: ImageRequest,
  entries: readonly ImageEntry[],
  skippedBefore: readonly SkippedFile[],
): Promise<Result<DecodedEntries>> {
  const { path, size, channels, limit = Infinity, onProgress } = request;
  if (entries.length === 0 && skippedBefore.length === 0) return failure(imagesEmpty(path));
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const valuesPerImage = size * size * channels;
  const nWanted = Math.min(sorted.length, limit);
  const bytes = nWanted * valuesPerImage;
  if (bytes > maxSetBytes) return failure(imagesTooLarge(path, bytes, maxSetBytes));
  const pixels = new Uint8Array(bytes);
  const skipped = [...skippedBefore];
  let nImages = 0;
  for (const [i, entry] of sorted.entries()) {
    if (nImages === nWanted) break;
    const decoded = await decodeEntry(entry);
    if (decoded.ok) pixels.set(fitImage(decoded.image, size, channels), nImages++ * valuesPerImage);
    else skipped.push({ file: entry.name, reason: decoded.reason });
    if (i % 100 === 99) onProgress?.(nImages, nWanted);
  }
  const nSeen = nImages + skipped.length;
  if (nImages === 0 || skipped.length > maxBadShare * nSeen) return failure(imagesTooManyBad(path, skipped, nSeen));
  return success({ pixels: pixels.subarray(0, nImages * valuesPerImage), skipped });
}

async function decodeEntry(entry: ImageEntry): ReturnType<typeof decodeImage> {
  let bytes: Uint8Array;
  try {
    bytes = await entry.read();
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  return decodeImage(bytes);
}

/** Images by extension; other files (labels, licences) and hidden ones are left alone. */
export function isImageName(name: string): boolean {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return /\.(png|jpe?g)$/i.test(base) && !base.startsWith('.');
}
