/**
 * Images in a NumPy array, `.npy` or one of those in an `.npz`: [N, H, W], [N, H, W, C] or [N, C, H, W] with
 * one or three channels. Bytes are taken as they are; floating values must lie in [0, 1], [−1, 1] or
 * [0, 255], which of them is seen from all values and scaled to bytes; anything else is refused.
 */
import { failure, success, type Result } from '../../core/result.ts';
import type { ByteOrigin } from '../formats/byteReader.ts';
import { npyValueBytes, npyValues, readNpyHeader, type NpyType } from '../formats/readNpy.ts';
import type { ZipEntry } from '../formats/readZip.ts';
import { arraySource, everyImage, fromBeginning, type ArrayLayout } from './arraySource.ts';
import type { ImageSource } from './imageSource.ts';
import { imagesUnreadable, imagesUnsupported } from './problems.ts';

/** Throws a `SourceFault` where the file cannot be read. */
export async function npySource(origin: ByteOrigin, path: string, close: () => void): Promise<Result<ImageSource>> {
  const begin = await fromBeginning(origin, async (reader) => ({
    read: await readNpyHeader(reader),
    headerBytes: reader.position,
  }));
  if (!begin.read.ok) return failure(imagesUnreadable(path, begin.read.reason));
  const { shape, type, nBytes } = begin.read.header;
  const follow = origin.nBytes === null ? nBytes : origin.nBytes - begin.headerBytes;
  if (follow !== nBytes) {
    return failure(imagesUnreadable(path, `its shape needs ${nBytes} bytes and ${follow} follow`));
  }
  const form = imageForm(shape);
  if (form === null) {
    return failure(
      imagesUnsupported(path, `an array of shape (${shape.join(', ')}), not (N, H, W), (N, H, W, C) or (N, C, H, W)`),
    );
  }
  const { nImages, height, width, channels, channelsFirst } = form;
  const where = {
    nImages,
    height,
    width,
    channels,
    bytesPerImage: height * width * channels * npyValueBytes[type],
    headerBytes: begin.headerBytes,
    what: 'bytes of values',
  };
  const scale = await fromBeginning(origin, () => scaleOf(origin, where, type));
  if (typeof scale === 'string') return failure(imagesUnsupported(path, `an array ${scale}`));
  const toSamples = (bytes: Uint8Array): Uint8Array => {
    const values = npyValues(bytes, type);
    const samples =
      values instanceof Uint8Array
        ? values
        : Uint8Array.from(values, (value) => Math.round(value * scale.by + scale.add));
    return channelsFirst && channels > 1 ? channelsLast(samples, channels, height * width) : samples;
  };
  return success(arraySource('NumPy', origin, { ...where, toSamples }, close));
}

/** The array to use among those of an `.npz`: one that holds images, by the usual names first. */
export function chooseArray(entries: readonly ZipEntry[]): ZipEntry | undefined {
  const arrays = entries.filter(({ name }) => name.endsWith('.npy'));
  for (const usual of ['images', 'x_train', 'train_images', 'data', 'x', 'arr_0']) {
    const found = arrays.find(({ name }) => name.toLowerCase() === `${usual}.npy`);
    if (found !== undefined) return found;
  }
  return arrays.toSorted((a, b) => b.nBytes - a.nBytes)[0];
}

export function isArrayArchive(entries: readonly ZipEntry[]): boolean {
  return entries.length > 0 && entries.every(({ name }) => name.endsWith('.npy'));
}

interface ImageForm {
  readonly nImages: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly channelsFirst: boolean;
}

function imageForm(shape: readonly number[]): ImageForm | null {
  const [nImages = 0, a = 0, b = 0, c = 0] = shape;
  if (nImages < 1 || a < 1 || b < 1) return null;
  if (shape.length === 3) return { nImages, height: a, width: b, channels: 1, channelsFirst: false };
  if (shape.length !== 4 || c < 1) return null;
  if (c === 1 || c === 3) return { nImages, height: a, width: b, channels: c, channelsFirst: false };
  if (a === 1 || a === 3) return { nImages, height: b, width: c, channels: a, channelsFirst: true };
  return null;
}

interface Scale {
  readonly by: number;
  readonly add: number;
}

/** What values are multiplied by to be bytes, or what is wrong with them. Floating ones are all looked at. */
async function scaleOf(
  origin: ByteOrigin,
  layout: Pick<ArrayLayout, 'nImages' | 'bytesPerImage' | 'headerBytes'>,
  type: NpyType,
): Promise<Scale | string> {
  if (type === 'u1') return { by: 1, add: 0 };
  if (type === 'u2') return { by: 1 / 257, add: 0 };
  let low = Infinity;
  let high = -Infinity;
  for await (const bytes of everyImage(origin, layout)) {
    for (const value of npyValues(bytes, type)) {
      if (!Number.isFinite(value)) return 'with values that are not finite';
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low < -1 || high > 255 || (low < 0 && high > 1))
    return `with values from ${low} to ${high}, not in [0, 1], [−1, 1] or [0, 255]`;
  if (high > 1) return { by: 1, add: 0 };
  return low < 0 ? { by: 127.5, add: 127.5 } : { by: 255, add: 0 };
}

function channelsLast(values: Uint8Array, channels: number, nPixels: number): Uint8Array {
  const moved = new Uint8Array(values.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < nPixels; i++) moved[i * channels + channel] = values[channel * nPixels + i] as number;
  }
  return moved;
}
