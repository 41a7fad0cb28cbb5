/**
 * IDX, the format of MNIST: 0, 0, a type byte, the number of dimensions, big-endian sizes, then bytes.
 * Unsigned bytes in three dimensions (grey) or four (the last being 1 or 3 channels) are images; the file
 * must be exactly as long as its header says.
 */
import { failure, success, type Result } from '../../core/result.ts';
import type { ByteOrigin } from '../formats/byteReader.ts';
import { arraySource, fromBeginning } from './arraySource.ts';
import type { ImageSource } from './imageSource.ts';
import { imagesUnreadable, imagesUnsupported } from './problems.ts';

/** Throws a `SourceFault` where the file cannot be read. */
export async function idxSource(origin: ByteOrigin, path: string): Promise<Result<ImageSource>> {
  // At most four dimensions.
  const bytes = await fromBeginning(origin, (reader) => reader.take(20));
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    return failure(imagesUnsupported(path, 'a file that does not start as IDX'));
  }
  const [, , type, rank] = bytes;
  if (type !== 8)
    return failure(imagesUnsupported(path, `an IDX file of type 0x${(type ?? 0).toString(16)}, not of unsigned bytes`));
  if (rank !== 3 && rank !== 4)
    return failure(imagesUnsupported(path, `an IDX file with ${rank ?? 0} dimensions (labels have one, images three)`));
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) return failure(imagesUnreadable(path, 'it ends within its header'));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [nImages = 0, height = 0, width = 0, channels = 1] = Array.from({ length: rank }, (_, i) =>
    view.getUint32(4 + 4 * i),
  );
  if (channels !== 1 && channels !== 3)
    return failure(imagesUnsupported(path, `an IDX file with ${channels} channels`));
  if (nImages === 0 || height === 0 || width === 0) return failure(imagesUnreadable(path, 'it has no images'));
  const layout = {
    nImages,
    height,
    width,
    channels,
    bytesPerImage: height * width * channels,
    headerBytes,
    what: 'bytes of pixels',
    toSamples: (pixels: Uint8Array) => pixels,
  } as const;
  return success(arraySource('IDX', origin, layout, () => undefined));
}
