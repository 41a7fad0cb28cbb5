/**
 * Sets that are larger than what is held in memory, decoded once and kept on disk as raw bytes. An entry is one folder,
 * named by the source (path, and sizes and dates of its files) and by how its images are fitted; it is written beside
 * its place and renamed, so that it is whole or not there. Opening checks every byte against the fingerprint that is
 * also the set's own: what is damaged is removed and made again. Entries beyond the bound go, least recently used
 * first.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { ProblemError } from '../../core/rpc/rpc.ts';
import { errorCode, type DiskPort } from '../runs/diskPort.ts';
import type { SkippedFile, StoredPixels } from './imageSet.ts';
import { imageCacheLost } from './problems.ts';

export interface CacheKey {
  /** Absolute. */
  readonly path: string;
  /** Of the files there; another one means that the images may have changed. */
  readonly signature: string;
  readonly size: number;
  readonly channels: 1 | 3;
  readonly limit: number | null;
}

/** `set.json` of an entry, written last. */
export interface CacheRecord {
  readonly format: typeof cacheFormat;
  readonly key: CacheKey;
  readonly nImages: number;
  /** Images in the file of pixels; `order.u32` says which of them the set's are where that is not 0, 1, 2… */
  readonly nStored: number;
  readonly ordered: boolean;
  readonly fingerprint: string;
  readonly skipped: readonly SkippedFile[];
}

/** Raised with every change of decoding, cropping or resizing: older entries are made again. */
export const cacheFormat = 1;

export const cacheFiles = { record: 'set.json', pixels: 'pixels.u8', order: 'order.u32', used: 'used' } as const;

export function entryName(key: CacheKey): string {
  const { path: source, signature, size, channels, limit } = key;
  const named = JSON.stringify([cacheFormat, source, signature, size, channels, limit]);
  return createHash('sha256').update(named).digest('hex').slice(0, 32);
}

/** What an entry says of itself; null where there is none of this version and key. */
export function readRecord(disk: DiskPort, entry: string): CacheRecord | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(disk.read(path.join(entry, cacheFiles.record))));
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) !== undefined) return null;
    throw error;
  }
}

function isRecord(value: unknown): value is CacheRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { format, key, nImages, nStored, ordered, fingerprint, skipped } = value as Record<string, unknown>;
  return (
    format === cacheFormat &&
    typeof key === 'object' &&
    key !== null &&
    Number.isSafeInteger(nImages) &&
    Number.isSafeInteger(nStored) &&
    typeof ordered === 'boolean' &&
    typeof fingerprint === 'string' &&
    Array.isArray(skipped)
  );
}

/** The pixels of an entry, unchecked but for their number. Null where files are missing or of another size. */
export function openPixels(disk: DiskPort, entry: string, record: CacheRecord): StoredPixels | null {
  const { size, channels } = record.key;
  const bytesPerImage = size * size * channels;
  const file = path.join(entry, cacheFiles.pixels);
  let handle: number;
  let order: Uint32Array | null = null;
  try {
    if (disk.stat(file)?.bytes !== record.nStored * bytesPerImage) return null;
    if (record.ordered) {
      const bytes = disk.read(path.join(entry, cacheFiles.order));
      if (bytes.length !== 4 * record.nImages) return null;
      order = new Uint32Array(bytes.buffer, bytes.byteOffset, record.nImages);
    }
    handle = disk.open(file, 'read');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
  let open = true;
  return {
    readImage(imageIdx, into) {
      if (!open) throw new Error('the set was let go');
      readFully(disk, handle, file, (order?.[imageIdx] ?? imageIdx) * bytesPerImage, into.subarray(0, bytesPerImage));
    },
    dispose() {
      if (open) disk.close(handle);
      open = false;
    },
  };
}

function readFully(disk: DiskPort, handle: number, file: string, position: number, into: Uint8Array): void {
  let done = 0;
  while (done < into.length) {
    let n: number;
    try {
      n = disk.readAt(handle, position + done, into.subarray(done));
    } catch (error) {
      const code = errorCode(error);
      if (code === undefined) throw error;
      throw new ProblemError(imageCacheLost(file, code));
    }
    if (n === 0) throw new ProblemError(imageCacheLost(file, 'it became shorter'));
    done += n;
  }
}

/** The set's fingerprint over its images in order, the same as of a set in memory. `pause` is awaited now and then. */
export async function fingerprintOf(
  pixels: StoredPixels,
  { nImages, size, channels }: { readonly nImages: number; readonly size: number; readonly channels: number },
  pause: () => Promise<void>,
): Promise<string> {
  const hash = startFingerprint(nImages, size, channels);
  const bytesPerImage = size * size * channels;
  const inBlock = Math.max(1, Math.floor(blockBytes / bytesPerImage));
  const block = new Uint8Array(inBlock * bytesPerImage);
  for (let first = 0; first < nImages; first += inBlock) {
    const count = Math.min(inBlock, nImages - first);
    for (let i = 0; i < count; i++)
      pixels.readImage(first + i, block.subarray(i * bytesPerImage, (i + 1) * bytesPerImage));
    hash.update(block.subarray(0, count * bytesPerImage));
    await pause();
  }
  return hash.digest('hex');
}

export function startFingerprint(nImages: number, size: number, channels: number): ReturnType<typeof createHash> {
  return createHash('sha256').update(`${nImages}×${size}×${size}×${channels}\n`);
}

const blockBytes = 2 ** 20;
