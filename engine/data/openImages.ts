/**
 * Opens the images that a plan names, whatever they are stored as, as one `ImageSet` in memory. Everything
 * read here is untrusted: bad files are skipped and listed with the reason, more than 1 % bad is refused,
 * nothing is followed that is no plain file, and what a file is, its bytes say. The order is that of the
 * file, or of the sorted names, on every machine.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { failure, success, type Result } from '../../core/result.ts';
import { isNpy } from '../formats/readNpy.ts';
import { isTar, readTar } from '../formats/readTar.ts';
import { isZip, readZip } from '../formats/readZip.ts';
import { decodeEntries, isImageName, maxSetBytes, type ImageEntry } from './decodeEntries.ts';
import type { ImageSet, SkippedFile } from './imageSet.ts';
import { imagesNotFound, imagesTooLarge, imagesUnreadable, imagesUnsupported } from './problems.ts';
import { chooseArray, isArrayArchive, readNpyImages } from './readArrayImages.ts';
import { readIdx, type IdxImages } from './readIdx.ts';
import { readImageFolder } from './readImageFolder.ts';
import { fitImage } from './resizeImage.ts';

export interface ImageRequest {
  /** A folder of PNG and JPEG files, a `.tar`, `.tar.gz` or `.zip` of them, an IDX file (`.gz` too), a `.npy` or `.npz`. */
  readonly path: string;
  readonly size: number;
  readonly channels: 1 | 3;
  /** Use only the first so many. */
  readonly limit?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Node reads files up to 2 GiB at once, and compressed input may not unpack to more. */
const maxFileBytes = 2 ** 31 - 1;

export async function openImages(request: ImageRequest): Promise<Result<ImageSet>> {
  const { path } = request;
  const found = await stat(path).catch(() => null);
  if (found === null) return failure(imagesNotFound(path));
  if (found.isDirectory()) {
    const folder = await readImageFolder(path);
    return folder.ok ? openEntries(request, folder.value.entries, folder.value.skipped) : folder;
  }
  if (!found.isFile()) return failure(imagesUnsupported(path, 'neither a file nor a folder'));
  if (found.size > maxFileBytes) return failure(imagesTooLarge(path, found.size, maxFileBytes));
  const bytes = await readUnpacked(path);
  if (!bytes.ok) return bytes;
  if (isNpy(bytes.value)) return fitArray(request, readNpyImages(bytes.value, path));
  if (isZip(bytes.value)) return openZip(request, bytes.value);
  if (isTar(bytes.value)) {
    const tar = readTar(bytes.value);
    if (!tar.ok) return failure(imagesUnreadable(path, tar.reason));
    return openEntries(
      request,
      tar.files.map((file) => ({ name: file.name, read: () => file.bytes })),
      [],
    );
  }
  return fitArray(request, readIdx(bytes.value, path));
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

async function openZip(request: ImageRequest, bytes: Uint8Array): Promise<Result<ImageSet>> {
  const { path } = request;
  const zip = readZip(bytes);
  if (!zip.ok) return failure(imagesUnreadable(path, zip.reason));
  if (!isArrayArchive(zip.entries)) return openEntries(request, zip.entries, []);
  const array = chooseArray(zip.entries);
  try {
    return fitArray(request, readNpyImages(array?.read() ?? new Uint8Array(), path));
  } catch (error) {
    return failure(
      imagesUnreadable(path, `${array?.name ?? ''}: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
}

async function openEntries(
  request: ImageRequest,
  entries: readonly ImageEntry[],
  skipped: readonly SkippedFile[],
): Promise<Result<ImageSet>> {
  const decoded = await decodeEntries(
    request,
    entries.filter(({ name }) => isImageName(name)),
    skipped,
  );
  return decoded.ok ? success(asSet(request, decoded.value.pixels, decoded.value.skipped)) : decoded;
}

function fitArray(request: ImageRequest, array: Result<IdxImages>): Result<ImageSet> {
  if (!array.ok) return array;
  const { path, size, channels, onProgress } = request;
  const { height, width, pixels } = array.value;
  const nImages = Math.min(array.value.nImages, request.limit ?? Infinity);
  const valuesPerImage = size * size * channels;
  if (nImages * valuesPerImage > maxSetBytes) {
    return failure(imagesTooLarge(path, nImages * valuesPerImage, maxSetBytes));
  }
  const fitted = new Uint8Array(nImages * valuesPerImage);
  const bytesPerImage = height * width * array.value.channels;
  for (let i = 0; i < nImages; i++) {
    const data = pixels.subarray(i * bytesPerImage, (i + 1) * bytesPerImage);
    fitted.set(fitImage({ width, height, channels: array.value.channels, data }, size, channels), i * valuesPerImage);
    if (i % 1000 === 999) onProgress?.(i + 1, nImages);
  }
  return success(asSet(request, fitted, []));
}

function asSet({ size, channels }: ImageRequest, pixels: Uint8Array, skipped: readonly SkippedFile[]): ImageSet {
  const nImages = pixels.length / (size * size * channels);
  const hash = createHash('sha256').update(`${nImages}×${size}×${size}×${channels}\n`).update(pixels);
  return { nImages, size, channels, pixels, fingerprint: hash.digest('hex'), skipped };
}
