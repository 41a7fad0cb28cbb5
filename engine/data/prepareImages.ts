/**
 * Has a set ready in the cache: finds its entry and checks it, or decodes the images and writes one. This is the work
 * of the worker thread; it holds one image and a block of pixels, whatever the set's size. A full disk, a cancel or a
 * kill leaves no entry behind, and never touches another one that is in use.
 */
import { readdir, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ProblemError } from '../../core/rpc/rpc.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { errorCode, type DiskPort } from '../runs/diskPort.ts';
import { lockHolder, takeLock, type ProcessPort } from '../runs/runLock.ts';
import { commitFolder, removeQuietly, writeAll, writeWhole } from '../runs/writeAtomically.ts';
import { collectImages, countWanted } from './collectImages.ts';
import { cacheFiles, cacheFormat, entryName, fingerprintOf, openPixels, readRecord } from './imageCache.ts';
import type { CacheKey, CacheRecord } from './imageCache.ts';
import { isImageName, type ImageSource } from './imageSource.ts';
import { locateImages } from './locateImages.ts';
import type { ImageRequest } from './openImages.ts';
import { imageCacheFull, imageCacheRefused, imagesCancelled, imagesNotFound, imagesTooLarge } from './problems.ts';

export interface CachePlace {
  /** Absolute; made where it is not there. */
  readonly folder: string;
  /** All entries together. */
  readonly mostBytes: number;
}

export interface CachePorts {
  readonly disk: DiskPort;
  readonly processes: ProcessPort;
  readonly nowMs: () => number;
}

export interface PreparedImages {
  /** Absolute. */
  readonly entry: string;
  readonly record: CacheRecord;
}

export async function prepareImages(
  request: ImageRequest,
  place: CachePlace,
  ports: CachePorts,
): Promise<Result<PreparedImages>> {
  const signature = await signatureOf(request.path);
  if (signature === null) return failure(imagesNotFound(request.path));
  const { path: source, size, channels, limit = null } = request;
  const key: CacheKey = { path: source, signature, size, channels, limit };
  try {
    const known = await openEntry(key, place, ports);
    if (known !== null) return success(known);
    const located = await locateImages(source);
    if (!located.ok) return located;
    try {
      return await build(request, key, located.value, place, ports);
    } finally {
      located.value.close();
    }
  } catch (error) {
    if (error instanceof ProblemError) return failure(error.problem);
    const code = errorCode(error);
    if (code === undefined) throw error;
    return failure(imageCacheRefused(place.folder, code));
  }
}

/** Of a file its size and date; of a folder those of all its images. Null where there is nothing. */
async function signatureOf(source: string): Promise<string | null> {
  const found = await stat(source).catch(() => null);
  if (found === null) return null;
  if (!found.isDirectory()) return `${found.size} ${found.mtimeMs}`;
  const hash = createHash('sha256');
  const names = (await readdir(source, { recursive: true })).filter(isImageName).sort();
  for (const name of names) {
    const file = await stat(path.join(source, name)).catch(() => null);
    hash.update(`${name}\n${file?.size ?? 0} ${file?.mtimeMs ?? 0}\n`);
  }
  return `${names.length} ${hash.digest('hex')}`;
}

/** The entry of a key where it is there and sound; a damaged one is removed. */
async function openEntry(key: CacheKey, { folder }: CachePlace, { disk }: CachePorts): Promise<PreparedImages | null> {
  const entry = path.join(folder, entryName(key));
  if (disk.stat(entry) === null) return null;
  const record = readRecord(disk, entry);
  const pixels = record === null ? null : openPixels(disk, entry, record);
  try {
    if (record !== null && pixels !== null) {
      const { nImages } = record;
      const found = await fingerprintOf(pixels, { ...key, nImages }, () => nextTurn());
      if (found === record.fingerprint) {
        noteUse(disk, entry);
        return { entry, record };
      }
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  } finally {
    pixels?.dispose();
  }
  disk.remove(entry);
  return null;
}

/** The time of the last use is the date of a file. Not being able to note it is no reason to fail. */
function noteUse(disk: DiskPort, entry: string): void {
  try {
    writeWhole(disk, path.join(entry, cacheFiles.used), Uint8Array.of(1));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}

async function build(
  request: ImageRequest,
  key: CacheKey,
  source: ImageSource,
  place: CachePlace,
  ports: CachePorts,
): Promise<Result<PreparedImages>> {
  const { disk } = ports;
  const bytesPerImage = key.size * key.size * key.channels;
  const neededBytes = countWanted(source, request.limit) * bytesPerImage;
  if (neededBytes > place.mostBytes) return failure(imagesTooLarge(request.path, neededBytes, place.mostBytes));
  disk.makeFolder(place.folder);
  keepOutOfGit(disk, place.folder);
  makeRoom(key, neededBytes, place, ports);
  const free = disk.freeBytes(place.folder);
  if (free !== null && free < neededBytes) return failure(imageCacheFull(place.folder, neededBytes));
  const temporary = newTemporary(place.folder, ports);
  try {
    const written = await writePixels(request, source, temporary, disk);
    if (!written.ok) return written;
    const { nImages, nStored, order, skipped } = written.value;
    if (order !== null) {
      writeWhole(disk, path.join(temporary, cacheFiles.order), new Uint8Array(order.buffer, 0, order.byteLength));
    }
    const draft: CacheRecord = { format: cacheFormat, key, nImages, nStored, ordered: order !== null, fingerprint: '', skipped }; // prettier-ignore
    const pixels = openPixels(disk, temporary, draft);
    if (pixels === null) return failure(imageCacheRefused(place.folder, 'what was written is not there'));
    const fingerprint = await fingerprintOf(pixels, { ...key, nImages }, () => nextTurn()).finally(() =>
      pixels.dispose(),
    );
    const record = { ...draft, fingerprint };
    writeWhole(disk, path.join(temporary, cacheFiles.record), new TextEncoder().encode(`${JSON.stringify(record)}\n`));
    const entry = path.join(place.folder, entryName(key));
    disk.remove(path.join(temporary, lockName));
    // Another process may have made the same one meanwhile; either will do.
    if (disk.stat(entry) === null) commitFolder(disk, temporary, entry);
    return success({ entry, record });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOSPC' || code === 'EDQUOT') return failure(imageCacheFull(place.folder, neededBytes));
    throw error;
  } finally {
    removeQuietly(disk, temporary);
  }
}

/** Gigabytes of pixels are nothing to commit. */
function keepOutOfGit(disk: DiskPort, folder: string): void {
  const file = path.join(folder, '.gitignore');
  if (disk.stat(file) === null) writeWhole(disk, file, new TextEncoder().encode('*\n'));
}

const blockBytes = 2 ** 20;

async function writePixels(request: ImageRequest, source: ImageSource, folder: string, disk: DiskPort) {
  const bytesPerImage = request.size * request.size * request.channels;
  const block = new Uint8Array(Math.max(bytesPerImage, Math.floor(blockBytes / bytesPerImage) * bytesPerImage));
  let filled = 0;
  let nStored = 0;
  const handle = disk.open(path.join(folder, cacheFiles.pixels), 'replace');
  const flush = (): void => {
    writeAll(disk, handle, block.subarray(0, filled));
    filled = 0;
  };
  try {
    const collected = await collectImages(source, request, (pixels) => {
      block.set(pixels, filled);
      filled += pixels.length;
      nStored += 1;
      if (filled === block.length) flush();
    });
    if (!collected.ok) return collected;
    if (request.signal?.aborted === true) return failure(imagesCancelled(request.path));
    flush();
    disk.fsync(handle);
    return success({ ...collected.value, nStored });
  } finally {
    disk.close(handle);
  }
}

const lockName = 'lock';
const temporaryPrefix = '.tmp-';

function newTemporary(folder: string, { disk, processes, nowMs }: CachePorts): string {
  for (let attempt = 0; ; attempt++) {
    const temporary = path.join(folder, `${temporaryPrefix}${processes.self.pid}-${attempt}`);
    try {
      disk.makeNewFolder(temporary);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      continue;
    }
    const locked = takeLock(disk, path.join(temporary, lockName), processes, nowMs());
    if (locked.ok) return temporary;
    throw new ProblemError(locked.problem);
  }
}

/** Removes what is left of dead processes, what this set replaces, and the least recently used beyond the bound. */
function makeRoom(key: CacheKey, neededBytes: number, { folder, mostBytes }: CachePlace, ports: CachePorts): void {
  const { disk, processes } = ports;
  const others: { readonly entry: string; readonly bytes: number; readonly usedMs: number }[] = [];
  for (const { name, kind } of disk.list(folder)) {
    if (kind !== 'folder') continue;
    const entry = path.join(folder, name);
    if (name.startsWith(temporaryPrefix)) {
      if (lockHolder(disk, path.join(entry, lockName), processes) === null) removeQuietly(disk, entry);
      continue;
    }
    const record = readRecord(disk, entry);
    if (record === null || isSuperseded(record.key, key)) {
      removeQuietly(disk, entry);
      continue;
    }
    const bytes = disk.stat(path.join(entry, cacheFiles.pixels))?.bytes ?? 0;
    const used = disk.stat(path.join(entry, cacheFiles.used)) ?? disk.stat(path.join(entry, cacheFiles.record));
    others.push({ entry, bytes, usedMs: used?.modifiedMs ?? 0 });
  }
  others.sort((a, b) => a.usedMs - b.usedMs);
  let total = others.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { entry, bytes } of others) {
    if (total + neededBytes <= mostBytes) return;
    removeQuietly(disk, entry);
    total -= bytes;
  }
}

/** The same images, fitted the same, as they were before. */
function isSuperseded(old: CacheKey, now: CacheKey): boolean {
  return (
    old.path === now.path &&
    old.size === now.size &&
    old.channels === now.channels &&
    old.limit === now.limit &&
    old.signature !== now.signature
  );
}
