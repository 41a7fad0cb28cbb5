/**
 * Image files in an archive. A tar is gone through from its beginning, once for the names and once for the images,
 * which come in the order of the archive; a zip is read where its directory says. Either way one file is held at a
 * time, however large the archive is.
 */
import { createByteReader, type ByteOrigin } from '../formats/byteReader.ts';
import { readTar } from '../formats/readTar.ts';
import type { ZipEntry } from '../formats/readZip.ts';
import { decodeImage, type ImageDecoding } from './decodeImage.ts';
import { byName, eachOf, isImageName, reasonOf, SourceFault, type DecodedAt, type ImageSource } from './imageSource.ts';

const maxFiles = 2_000_000;
const maxFileBytes = 256 * 2 ** 20;

/** Throws a `SourceFault` where the archive is damaged. */
export async function tarSource(origin: ByteOrigin): Promise<ImageSource> {
  const found: { readonly name: string; readonly entryIdx: number }[] = [];
  const reader = createByteReader(origin.open());
  try {
    let entryIdx = 0;
    for await (const { name } of readTar(reader)) {
      if (isImageName(name)) found.push({ name, entryIdx });
      if (++entryIdx > maxFiles) throw new SourceFault(`it holds more than ${maxFiles} files`);
    }
  } catch (error) {
    throw new SourceFault(reasonOf(error));
  } finally {
    await reader.close();
  }
  found.sort(byName);
  return {
    stored: 'tar',
    nFound: found.length,
    skipped: [],
    nameAt: (position) => found[position]?.name ?? '',
    decode(positions) {
      const positionOf = new Map<number, number>();
      for (const position of eachOf(positions)) positionOf.set(found[position]?.entryIdx ?? -1, position);
      return decodeTar(origin, positionOf);
    },
    close: () => undefined,
  };
}

/** `positionOf`: of entries by their place in the archive. */
async function* decodeTar(
  origin: ByteOrigin,
  positionOf: ReadonlyMap<number, number>,
): AsyncGenerator<DecodedAt, void, void> {
  const reader = createByteReader(origin.open());
  let entryIdx = 0;
  let nLeft = positionOf.size;
  try {
    for await (const { nBytes, read } of readTar(reader)) {
      const position = positionOf.get(entryIdx++);
      if (position === undefined) continue;
      const tooLarge: ImageDecoding = {
        ok: false,
        reason: `it has ${nBytes} bytes, above the limit of ${maxFileBytes}`,
      };
      yield { position, decoding: nBytes > maxFileBytes ? tooLarge : await decodeImage(await read()) };
      if (--nLeft === 0) return;
    }
  } catch (error) {
    throw new SourceFault(reasonOf(error));
  } finally {
    await reader.close();
  }
}

export function zipSource(entries: readonly ZipEntry[], close: () => void): ImageSource {
  const images = entries.filter(({ name }) => isImageName(name)).sort(byName);
  return {
    stored: 'zip',
    nFound: images.length,
    skipped: [],
    nameAt: (position) => images[position]?.name ?? '',
    async *decode(positions) {
      for (const position of eachOf(positions)) {
        const entry = images[position];
        if (entry !== undefined) yield { position, decoding: await decodeEntry(entry) };
      }
    },
    close,
  };
}

async function decodeEntry(entry: ZipEntry): Promise<ImageDecoding> {
  try {
    return await decodeImage(entry.read());
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}
