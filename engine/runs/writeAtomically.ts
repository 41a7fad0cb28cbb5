/**
 * A file is either the old one or the new one, never something between: written beside under a temporary
 * name, fsynced, renamed over, and the folder fsynced. When anything fails the temporary file is removed
 * and the old file still stands. A failing fsync of the folder is only a warning: the rename is done.
 */
import path from 'node:path';
import type { Problem } from '../../core/problem.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { errorCode, type DiskPort } from './diskPort.ts';
import { diskFull, diskRefused, durabilityUncertain } from './problems.ts';

/** Temporary names start so; `sweepTemporary` removes what a killed process left. */
export const temporaryPrefix = '.tmp-';

export function writeAtomically(
  disk: DiskPort,
  file: string,
  bytes: Uint8Array,
  onWarning: (problem: Problem) => void,
): Result<null> {
  const folder = path.dirname(file);
  const temporary = path.join(folder, `${temporaryPrefix}${path.basename(file)}`);
  const written = attempt(file, bytes.length, 'writing', () => {
    writeWhole(disk, temporary, bytes);
    disk.rename(temporary, file);
  });
  if (!written.ok) {
    removeQuietly(disk, temporary);
    return written;
  }
  syncFolder(disk, folder, onWarning);
  return success(null);
}

/** Writes and fsyncs a file of its own, not yet under its final name. */
export function writeWhole(disk: DiskPort, file: string, bytes: Uint8Array): void {
  const handle = disk.open(file, 'replace');
  try {
    writeAll(disk, handle, bytes);
    disk.fsync(handle);
  } finally {
    disk.close(handle);
  }
}

/** The disk may take fewer bytes than offered. */
export function writeAll(disk: DiskPort, handle: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += disk.write(handle, bytes.subarray(done));
}

/** Runs `action`; failures of the disk become a `Problem`, bugs stay thrown. */
export function attempt<T>(target: string, bytesNeeded: number, doing: string, action: () => T): Result<T> {
  try {
    return success(action());
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return failure(
      code === 'ENOSPC' || code === 'EDQUOT' ? diskFull(target, bytesNeeded) : diskRefused(target, code, doing),
    );
  }
}

export function syncFolder(disk: DiskPort, folder: string, onWarning: (problem: Problem) => void): void {
  try {
    disk.syncFolder(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    onWarning(durabilityUncertain(folder, code));
  }
}

/** Gives a folder that was filled beside its place its name: from now on it is there, whole. */
export function commitFolder(disk: DiskPort, temporary: string, folder: string): void {
  disk.rename(temporary, folder);
  // Not confirmed by the disk, it may be gone after a power cut, and is made again then.
  syncFolder(disk, path.dirname(folder), () => undefined);
}

/** Makes the folder and its parents, and each name durable: fsync of a file does not keep its folder's name. */
export function makeFolderDurably(disk: DiskPort, folder: string, onWarning: (problem: Problem) => void): void {
  if (disk.stat(folder) !== null) return;
  const parent = path.dirname(folder);
  makeFolderDurably(disk, parent, onWarning);
  disk.makeFolder(folder);
  syncFolder(disk, parent, onWarning);
}

export function removeQuietly(disk: DiskPort, target: string): void {
  try {
    disk.remove(target);
  } catch (error) {
    // It stays behind and is swept when the run is opened next.
    if (errorCode(error) === undefined) throw error;
  }
}

export function sweepTemporary(disk: DiskPort, folder: string): void {
  try {
    for (const { name } of disk.list(folder)) {
      if (name.startsWith(temporaryPrefix)) removeQuietly(disk, path.join(folder, name));
    }
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}
