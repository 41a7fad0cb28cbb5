/**
 * A model file on disk, read in pieces: its bytes never stand in memory as a whole. Files beside it are opened
 * by their bare name and only where they are plain files of the same folder: no links, no paths. Everything
 * that was opened is closed when the work is done.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Result } from '../../core/result.ts';
import { isBareName, type ByteSource, type ModelFile } from '../files/byteSource.ts';
import { modelFileUnreachable } from '../files/problems.ts';

const maxOpen = 64;

export function withModelFile<T>(path: string, work: (file: ModelFile) => Result<T>): Result<T> {
  const open: number[] = [];
  const others = new Map<string, ByteSource | null>();
  try {
    const file = openSource(path, open, 0);
    if (file === null) return failure(modelFileUnreachable());
    return work({
      ...file,
      beside(name) {
        const known = others.get(name);
        if (known !== undefined) return known;
        const found = isBareName(name) && open.length < maxOpen ? openBeside(join(dirname(path), name), open) : null;
        others.set(name, found);
        return found;
      },
    });
  } catch (error) {
    // The disk failed, or the file went away, in the middle.
    if (error instanceof Error && 'code' in error && 'syscall' in error) return failure(modelFileUnreachable());
    throw error;
  } finally {
    for (const descriptor of open) closeSync(descriptor);
  }
}

/** null: there is no such file, it cannot be read, or it is no plain file. */
function openSource(path: string, open: number[], flags: number): ByteSource | null {
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a pipe would wait for somebody to write.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | flags);
  } catch {
    return null;
  }
  open.push(descriptor);
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) return null;
  return {
    size: stat.size,
    read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, stat.size - offset)));
      let filled = 0;
      while (filled < bytes.length) {
        const count = readSync(descriptor, bytes, filled, bytes.length - filled, offset + filled);
        if (count === 0) return bytes.subarray(0, filled);
        filled += count;
      }
      return bytes;
    },
  };
}

function openBeside(path: string, open: number[]): ByteSource | null {
  try {
    // A second name of a file elsewhere would lead out of the folder as a link does.
    const stat = lstatSync(path);
    if (!stat.isFile() || stat.nlink > 1) return null;
  } catch {
    return null;
  }
  return openSource(path, open, constants.O_NOFOLLOW ?? 0);
}
