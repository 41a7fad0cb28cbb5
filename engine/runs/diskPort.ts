/**
 * The disk as the run store sees it: few calls, all synchronous, so that the order of writes in the source
 * is the order on the disk. Calls fail by throwing an error with a Node `code` (`ENOSPC`, `EACCES`…).
 * `realDisk` is the machine's; `memoryDisk` is a twin that can fail any call and lose power.
 */
import fs from 'node:fs';
import path from 'node:path';

export type OpenMode = 'read' | 'replace' | 'append' | 'exclusive';

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
}

export interface DiskPort {
  /** `replace` truncates, `append` keeps, `exclusive` fails with EEXIST. */
  open(file: string, mode: OpenMode): number;
  /** Writes some of the bytes at the end of what was written; answers how many. */
  write(handle: number, bytes: Uint8Array): number;
  /** Reads from a position; answers how many bytes there were, 0 at the end. */
  readAt(handle: number, position: number, into: Uint8Array): number;
  fsync(handle: number): void;
  close(handle: number): void;
  /** Sets the date of a file to now. */
  touch(file: string): void;
  read(file: string): Uint8Array;
  truncate(file: string, length: number): void;
  rename(from: string, to: string): void;
  /** Removes a file, or a folder with everything in it; what is absent is no error. */
  remove(target: string): void;
  /** Makes the folder and its parents; existing ones are no error. */
  makeFolder(folder: string): void;
  /** Makes one folder; EEXIST where it is there. */
  makeNewFolder(folder: string): void;
  list(folder: string): readonly DirectoryEntry[];
  /** null where there is nothing. Links are not followed. */
  stat(
    target: string,
  ): { readonly kind: DirectoryEntry['kind']; readonly bytes: number; readonly modifiedMs: number } | null;
  /** Room on the disk that holds the folder; null where the system does not say. */
  freeBytes(folder: string): number | null;
  /** Makes renames within the folder durable. */
  syncFolder(folder: string): void;
}

/** Waits before a rename that Windows refused (a virus scanner holds the file) is tried again. */
const renameRetryMs = [10, 30, 90, 270];

export const realDisk: DiskPort = {
  open: (file, mode) => fs.openSync(file, { read: 'r', replace: 'w', append: 'a', exclusive: 'wx' }[mode]),
  write: (handle, bytes) => fs.writeSync(handle, bytes),
  readAt: (handle, position, into) => fs.readSync(handle, into, 0, into.length, position),
  fsync: (handle) => fs.fsyncSync(handle),
  close: (handle) => fs.closeSync(handle),
  touch(file) {
    const now = new Date();
    fs.utimesSync(file, now, now);
  },
  // A plain array: a Buffer's own `slice` shares memory where an array's copies.
  read: (file) => new Uint8Array(fs.readFileSync(file)),
  truncate: (file, length) => fs.truncateSync(file, length),
  rename(from, to) {
    for (const waitMs of renameRetryMs) {
      try {
        return fs.renameSync(from, to);
      } catch (error) {
        if (process.platform !== 'win32' || !['EPERM', 'EBUSY', 'EACCES'].includes(errorCode(error) ?? '')) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
      }
    }
    fs.renameSync(from, to);
  },
  remove: (target) => fs.rmSync(target, { recursive: true, force: true }),
  makeFolder: (folder) => void fs.mkdirSync(folder, { recursive: true }),
  makeNewFolder: (folder) => fs.mkdirSync(folder),
  list: (folder) =>
    fs.readdirSync(folder, { withFileTypes: true }).map((entry) => ({ name: entry.name, kind: kindOf(entry) })),
  stat(target) {
    const found = fs.lstatSync(target, { throwIfNoEntry: false });
    return found === undefined ? null : { kind: kindOf(found), bytes: found.size, modifiedMs: found.mtimeMs };
  },
  freeBytes(folder) {
    try {
      const { bavail, bsize } = fs.statfsSync(folder);
      return bavail * bsize;
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      return null;
    }
  },
  syncFolder(folder) {
    // Windows has no such call: its file system journals renames itself.
    if (process.platform === 'win32') return;
    const handle = fs.openSync(path.resolve(folder), 'r');
    try {
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
  },
};

/** The code of a failed disk call; undefined for anything that is no such failure. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): DirectoryEntry['kind'] {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
}
