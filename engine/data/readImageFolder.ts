/**
 * The image files of a folder and its subfolders. Linked files are read; linked folders, broken links,
 * pipes, sockets and devices are not, so that no loop and no blocked read can hold a run up.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { failure, success, type Result } from '../../core/result.ts';
import { isImageName, type ImageEntry } from './decodeEntries.ts';
import type { SkippedFile } from './imageSet.ts';
import { imagesUnreadable } from './problems.ts';

export interface FolderEntries {
  readonly entries: readonly ImageEntry[];
  readonly skipped: readonly SkippedFile[];
}

/** Larger files are no images of a data set. */
const maxFileBytes = 256 * 2 ** 20;
const maxDepth = 32;

export async function readImageFolder(folder: string): Promise<Result<FolderEntries>> {
  const entries: ImageEntry[] = [];
  const skipped: SkippedFile[] = [];
  try {
    await collect('', 0);
  } catch (error) {
    return failure(imagesUnreadable(folder, error instanceof Error ? error.message : String(error)));
  }
  return success({ entries, skipped });

  async function collect(inside: string, depth: number): Promise<void> {
    if (depth > maxDepth) return;
    for (const entry of await readdir(path.join(folder, inside), { withFileTypes: true })) {
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      const file = path.join(folder, name);
      if (entry.isDirectory()) await collect(name, depth + 1);
      else if (!isImageName(name)) continue;
      else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(file)))) {
        entries.push({ name, read: () => readImageFile(file) });
      } else {
        skipped.push({
          file: name,
          reason: entry.isSymbolicLink() ? 'it is a link to no file' : 'it is no plain file',
        });
      }
    }
  }
}

async function readImageFile(file: string): Promise<Uint8Array> {
  const { size } = await stat(file);
  if (size > maxFileBytes) throw new Error(`it has ${size} bytes, above the limit of ${maxFileBytes}`);
  return readFile(file);
}

/** Linked files are used, linked folders are not: those can go round in circles. */
async function leadsToFile(link: string): Promise<boolean> {
  const target = await stat(link).catch(() => null);
  return target !== null && target.isFile();
}
