/**
 * Finds the images of a path without decoding them: named files (of a folder or an archive), or one array that
 * holds them all. What a file is, its bytes say and not its name. A file of any size is read in pieces; compressed
 * input may unpack to what it likes, because nothing of it is kept.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { failure, success, type Result } from '../../core/result.ts';
import type { ByteOrigin } from '../formats/byteReader.ts';
import { openRandomBytes, type RandomBytes } from '../formats/randomBytes.ts';
import { isNpy } from '../formats/readNpy.ts';
import { isTar } from '../formats/readTar.ts';
import { isZip, readZip } from '../formats/readZip.ts';
import { tarSource, zipSource } from './archiveSource.ts';
import { fromBeginning } from './arraySource.ts';
import { folderSource } from './folderSource.ts';
import { idxSource } from './idxSource.ts';
import { reasonOf, SourceFault, type ImageSource } from './imageSource.ts';
import { chooseArray, isArrayArchive, npySource } from './npySource.ts';
import { imagesNotFound, imagesUnreadable, imagesUnsupported } from './problems.ts';

export async function locateImages(path: string): Promise<Result<ImageSource>> {
  const found = await stat(path).catch(() => null);
  if (found === null) return failure(imagesNotFound(path));
  if (found.isDirectory()) return folderSource(path);
  if (!found.isFile()) return failure(imagesUnsupported(path, 'neither a file nor a folder'));
  try {
    return await locateInFile(path, found.size);
  } catch (error) {
    if (error instanceof SourceFault) return failure(imagesUnreadable(path, error.message));
    throw error;
  }
}

async function locateInFile(path: string, nBytes: number): Promise<Result<ImageSource>> {
  const plain: ByteOrigin = { nBytes, open: () => createReadStream(path) };
  const begin = await fromBeginning(plain, (reader) => reader.take(2));
  const packed = begin[0] === 0x1f && begin[1] === 0x8b;
  const origin: ByteOrigin = packed ? { nBytes: null, open: () => unpacked(path) } : plain;
  const head = await fromBeginning(origin, (reader) => reader.take(512));
  if (isNpy(head)) return npySource(origin, path, () => undefined);
  if (isTar(head)) return success(await tarSource(origin));
  if (!isZip(head)) return idxSource(origin, path);
  return packed ? failure(imagesUnsupported(path, 'a zip archive that was compressed once more')) : locateInZip(path);
}

function unpacked(path: string): AsyncIterable<Uint8Array> {
  const stored = createReadStream(path);
  const gunzip = createGunzip();
  stored.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => stored.destroy());
  return stored.pipe(gunzip);
}

async function locateInZip(path: string): Promise<Result<ImageSource>> {
  let archive: RandomBytes | null = null;
  let source: ImageSource | null = null;
  const close = (): void => archive?.close();
  try {
    archive = openRandomBytes(path);
    const located = await inZip(path, archive, close);
    if (located.ok) source = located.value;
    return located;
  } catch (error) {
    throw new SourceFault(reasonOf(error));
  } finally {
    if (source === null) close();
  }
}

async function inZip(path: string, archive: RandomBytes, close: () => void): Promise<Result<ImageSource>> {
  const zip = readZip(archive);
  if (!zip.ok) return failure(imagesUnreadable(path, zip.reason));
  if (!isArrayArchive(zip.entries)) return success(zipSource(zip.entries, close));
  const array = chooseArray(zip.entries);
  if (array === undefined) return failure(imagesUnreadable(path, 'it holds no array'));
  try {
    return await npySource({ nBytes: array.nBytes, open: array.stream }, path, close);
  } catch (error) {
    throw new SourceFault(`${array.name}: ${reasonOf(error)}`);
  }
}
