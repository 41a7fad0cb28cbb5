/**
 * Finds the images of a path without decoding them: named files (of a folder or an archive), or one array that
 * holds them all. What a file is, its bytes say and not its name. Opening a data set and describing one both start
 * here, so that they always mean the same images.
 */
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { failure, success, type Result } from '../../core/result.ts';
import { isNpy } from '../formats/readNpy.ts';
import { isTar, readTar } from '../formats/readTar.ts';
import { isZip, readZip } from '../formats/readZip.ts';
import { isImageName, type ImageEntry } from './decodeEntries.ts';
import type { SkippedFile } from './imageSet.ts';
import { imagesNotFound, imagesTooLarge, imagesUnreadable, imagesUnsupported } from './problems.ts';
import { chooseArray, isArrayArchive, readNpyImages } from './readArrayImages.ts';
import { readIdx, type IdxImages } from './readIdx.ts';
import { readImageFolder } from './readImageFolder.ts';

export type LocatedImages =
  | {
      readonly form: 'files';
      readonly stored: 'folder' | 'tar' | 'zip';
      readonly entries: readonly ImageEntry[];
      readonly skipped: readonly SkippedFile[];
    }
  | { readonly form: 'array'; readonly stored: 'IDX' | 'NumPy'; readonly images: IdxImages };

/** Node reads files up to 2 GiB at once, and compressed input may not unpack to more. */
const maxFileBytes = 2 ** 31 - 1;

export async function locateImages(path: string): Promise<Result<LocatedImages>> {
  const found = await stat(path).catch(() => null);
  if (found === null) return failure(imagesNotFound(path));
  if (found.isDirectory()) {
    const folder = await readImageFolder(path);
    return folder.ok ? success({ form: 'files', stored: 'folder', ...folder.value }) : folder;
  }
  if (!found.isFile()) return failure(imagesUnsupported(path, 'neither a file nor a folder'));
  if (found.size > maxFileBytes) return failure(imagesTooLarge(path, found.size, maxFileBytes));
  const bytes = await readUnpacked(path);
  if (!bytes.ok) return bytes;
  if (isNpy(bytes.value)) return asArray('NumPy', readNpyImages(bytes.value, path));
  if (isZip(bytes.value)) return locateInZip(path, bytes.value);
  if (!isTar(bytes.value)) return asArray('IDX', readIdx(bytes.value, path));
  const tar = readTar(bytes.value);
  if (!tar.ok) return failure(imagesUnreadable(path, tar.reason));
  return asFiles(
    'tar',
    tar.files.map((file) => ({ name: file.name, read: () => file.bytes })),
  );
}

async function readUnpacked(path: string): Promise<Result<Uint8Array>> {
  const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return failure(imagesUnreadable(path, reason(error)));
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return success(bytes);
  try {
    return success(await promisify(gunzip)(bytes, { maxOutputLength: maxFileBytes }));
  } catch (error) {
    return failure(imagesUnreadable(path, `the file does not unpack (${reason(error)})`));
  }
}

function locateInZip(path: string, bytes: Uint8Array): Result<LocatedImages> {
  const zip = readZip(bytes);
  if (!zip.ok) return failure(imagesUnreadable(path, zip.reason));
  if (!isArrayArchive(zip.entries)) return asFiles('zip', zip.entries);
  const array = chooseArray(zip.entries);
  try {
    return asArray('NumPy', readNpyImages(array?.read() ?? new Uint8Array(), path));
  } catch (error) {
    return failure(
      imagesUnreadable(path, `${array?.name ?? ''}: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
}

function asFiles(stored: 'tar' | 'zip', entries: readonly ImageEntry[]): Result<LocatedImages> {
  return success({ form: 'files', stored, entries: entries.filter(({ name }) => isImageName(name)), skipped: [] });
}

function asArray(stored: 'IDX' | 'NumPy', images: Result<IdxImages>): Result<LocatedImages> {
  return images.ok ? success({ form: 'array', stored, images: images.value }) : images;
}
