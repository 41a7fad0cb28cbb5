/**
 * A folder of images, with its subfolders, in the order of the sorted paths. Linked files are read; linked
 * folders, broken links, pipes, sockets and devices are not, so that no loop and no blocked read can hold
 * a run up.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { failure, success, type Result } from '../../core/result.ts';
import { decodeImage } from './decodeImage.ts';
import type { SkippedFile } from './imageSet.ts';
import type { ImageRequest } from './openImages.ts';
import { imagesEmpty, imagesTooLarge, imagesTooManyBad, imagesUnreadable } from './problems.ts';
import { fitImage } from './resizeImage.ts';

export interface FolderImages {
  readonly pixels: Uint8Array;
  readonly skipped: readonly SkippedFile[];
}

/** Larger files are no images of a data set. */
const maxFileBytes = 256 * 2 ** 20;
const maxDepth = 32;
/** Share of bad files above which the set is refused. */
const maxBadShare = 0.01;

export async function readImageFolder(request: ImageRequest, maxSetBytes: number): Promise<Result<FolderImages>> {
  const { path: folder, size, channels, limit = Infinity, onProgress } = request;
  const files: string[] = [];
  const skipped: SkippedFile[] = [];
  try {
    await collectFiles(folder, '', 0, files, skipped);
  } catch (error) {
    return failure(imagesUnreadable(folder, error instanceof Error ? error.message : String(error)));
  }
  if (files.length === 0 && skipped.length === 0) return failure(imagesEmpty(folder));
  files.sort();
  const valuesPerImage = size * size * channels;
  const nWanted = Math.min(files.length, limit);
  if (nWanted * valuesPerImage > maxSetBytes)
    return failure(imagesTooLarge(folder, nWanted * valuesPerImage, maxSetBytes));
  const pixels = new Uint8Array(nWanted * valuesPerImage);
  let nImages = 0;
  for (const [i, file] of files.entries()) {
    if (nImages === nWanted) break;
    const decoded = await decodeFile(path.join(folder, file));
    if (decoded.ok) pixels.set(fitImage(decoded.image, size, channels), nImages++ * valuesPerImage);
    else skipped.push({ file, reason: decoded.reason });
    if (i % 100 === 99) onProgress?.(nImages, nWanted);
  }
  const nSeen = nImages + skipped.length;
  if (nImages === 0 || skipped.length > maxBadShare * nSeen) return failure(imagesTooManyBad(folder, skipped, nSeen));
  return success({ pixels: pixels.subarray(0, nImages * valuesPerImage), skipped });
}

async function decodeFile(file: string): ReturnType<typeof decodeImage> {
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes) return { ok: false, reason: `it has ${size} bytes, above the limit of ${maxFileBytes}` };
    return await decodeImage(await readFile(file));
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Image files by extension, relative to the root; other files (labels, licences) are left alone. */
async function collectFiles(
  root: string,
  inside: string,
  depth: number,
  files: string[],
  skipped: SkippedFile[],
): Promise<void> {
  if (depth > maxDepth) return;
  for (const entry of await readdir(path.join(root, inside), { withFileTypes: true })) {
    const name = inside === '' ? entry.name : `${inside}/${entry.name}`;
    if (entry.isDirectory()) await collectFiles(root, name, depth + 1, files, skipped);
    else if (!isImageName(entry.name)) continue;
    else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(path.join(root, name))))) files.push(name);
    else
      skipped.push({ file: name, reason: entry.isSymbolicLink() ? 'it is a link to no file' : 'it is no plain file' });
  }
}

/** Linked files are used, linked folders are not: those can go round in circles. */
async function leadsToFile(link: string): Promise<boolean> {
  const target = await stat(link).catch(() => null);
  return target !== null && target.isFile();
}

function isImageName(name: string): boolean {
  return /\.(png|jpe?g)$/i.test(name) && !name.startsWith('.');
}
