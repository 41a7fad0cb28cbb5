/**
 * The image files of a folder and its subfolders. Linked files are read; linked folders, broken links,
 * pipes, sockets and devices are not, so that no loop and no blocked read can hold a run up.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { failure, success, type Result } from '../../core/result.ts';
import { decodeImage, type ImageDecoding } from './decodeImage.ts';
import type { SkippedFile } from './imageSet.ts';
import {
  byName,
  eachOf,
  isImageName,
  reasonOf,
  type DecodedAt,
  type ImageSource,
  type Positions,
} from './imageSource.ts';
import { imagesUnreadable } from './problems.ts';

/** Larger files are no images of a data set. */
const maxFileBytes = 256 * 2 ** 20;
const maxDepth = 32;

export async function folderSource(folder: string): Promise<Result<ImageSource>> {
  const found: { readonly name: string }[] = [];
  const skipped: SkippedFile[] = [];
  try {
    await collect('', 0);
  } catch (error) {
    return failure(imagesUnreadable(folder, reasonOf(error)));
  }
  const names = found.sort(byName).map(({ name }) => name);
  return success({
    stored: 'folder',
    nFound: names.length,
    skipped,
    nameAt: (position) => names[position] ?? '',
    decode: (positions) => decodeFiles(folder, names, positions),
    close: () => undefined,
  });

  async function collect(inside: string, depth: number): Promise<void> {
    if (depth > maxDepth) return;
    for (const entry of await readdir(path.join(folder, inside), { withFileTypes: true })) {
      const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory()) await collect(name, depth + 1);
      else if (!isImageName(name)) continue;
      else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(path.join(folder, name))))) {
        found.push({ name });
      } else {
        skipped.push({
          file: name,
          reason: entry.isSymbolicLink() ? 'it is a link to no file' : 'it is no plain file',
        });
      }
    }
  }
}

async function* decodeFiles(
  folder: string,
  names: readonly string[],
  positions: Positions,
): AsyncGenerator<DecodedAt, void, void> {
  for (const position of eachOf(positions)) {
    yield { position, decoding: await decodeFile(path.join(folder, names[position] ?? '')) };
  }
}

async function decodeFile(file: string): Promise<ImageDecoding> {
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes) throw new Error(`it has ${size} bytes, above the limit of ${maxFileBytes}`);
    return await decodeImage(await readFile(file));
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** Linked files are used, linked folders are not: those can go round in circles. */
async function leadsToFile(link: string): Promise<boolean> {
  const target = await stat(link).catch(() => null);
  return target !== null && target.isFile();
}
