/**
 * IDX, the format of MNIST: 0, 0, a type byte, the number of dimensions, big-endian sizes, then bytes.
 * Unsigned bytes in three dimensions (grey) or four (the last being 1 or 3 channels) are images; the file
 * must be exactly as long as its header says, and nothing is allocated before that is known.
 */
import { failure, success, type Result } from '../../core/result.ts';
import { imagesUnreadable, imagesUnsupported } from './problems.ts';

export interface IdxImages {
  readonly nImages: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array;
}

export function readIdx(bytes: Uint8Array, path: string): Result<IdxImages> {
  const reject = (reason: string) => failure(imagesUnreadable(path, reason));
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) {
    return failure(imagesUnsupported(path, 'a file that does not start as IDX'));
  }
  const [, , type, rank] = bytes;
  if (type !== 8)
    return failure(imagesUnsupported(path, `an IDX file of type 0x${(type ?? 0).toString(16)}, not of unsigned bytes`));
  if (rank !== 3 && rank !== 4)
    return failure(imagesUnsupported(path, `an IDX file with ${rank ?? 0} dimensions (labels have one, images three)`));
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) return reject('it ends within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [nImages = 0, height = 0, width = 0, channels = 1] = Array.from({ length: rank }, (_, i) =>
    view.getUint32(4 + 4 * i),
  );
  if (channels !== 1 && channels !== 3)
    return failure(imagesUnsupported(path, `an IDX file with ${channels} channels`));
  if (nImages === 0 || height === 0 || width === 0) return reject('it has no images');
  const expected = nImages * height * width * channels;
  if (bytes.length - headerBytes !== expected) {
    return reject(`its header promises ${expected} bytes of pixels and ${bytes.length - headerBytes} follow`);
  }
  return success({ nImages, height, width, channels, pixels: bytes.subarray(headerBytes) });
}
