/**
 * Images in a NumPy array, `.npy` or one of those in an `.npz`: [N, H, W], [N, H, W, C] or [N, C, H, W] with
 * one or three channels. Bytes are taken as they are; floating values must lie in [0, 1], [−1, 1] or
 * [0, 255], which of them is seen from the values and scaled to bytes; anything else is refused.
 */
import { failure, success, type Result } from '../../core/result.ts';
import { readNpy, type NpyArray } from '../formats/readNpy.ts';
import type { ZipEntry } from '../formats/readZip.ts';
import { imagesUnreadable, imagesUnsupported } from './problems.ts';
import type { IdxImages } from './readIdx.ts';

export function readNpyImages(bytes: Uint8Array, path: string): Result<IdxImages> {
  const read = readNpy(bytes);
  if (!read.ok) return failure(imagesUnreadable(path, read.reason));
  const { shape, values } = read.array;
  const layout = imageLayout(shape);
  if (layout === null) {
    return failure(
      imagesUnsupported(path, `an array of shape (${shape.join(', ')}), not (N, H, W), (N, H, W, C) or (N, C, H, W)`),
    );
  }
  const scaled = toBytes(values);
  if (typeof scaled === 'string') return failure(imagesUnsupported(path, `an array ${scaled}`));
  const { nImages, height, width, channels, channelsFirst } = layout;
  const pixels = channelsFirst && channels > 1 ? channelsLast(scaled, nImages, channels, height * width) : scaled;
  return success({ nImages, height, width, channels, pixels });
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

interface Layout {
  readonly nImages: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly channelsFirst: boolean;
}

function imageLayout(shape: readonly number[]): Layout | null {
  const [nImages = 0, a = 0, b = 0, c = 0] = shape;
  if (nImages < 1 || a < 1 || b < 1) return null;
  if (shape.length === 3) return { nImages, height: a, width: b, channels: 1, channelsFirst: false };
  if (shape.length !== 4 || c < 1) return null;
  if (c === 1 || c === 3) return { nImages, height: a, width: b, channels: c, channelsFirst: false };
  if (a === 1 || a === 3) return { nImages, height: b, width: c, channels: a, channelsFirst: true };
  return null;
}

/** Bytes, or what is wrong with the values. */
function toBytes(values: NpyArray['values']): Uint8Array | string {
  if (values instanceof Uint8Array) return values;
  if (values instanceof Uint16Array) return Uint8Array.from(values, (value) => Math.round(value / 257));
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) return 'with values that are not finite';
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low < -1 || high > 255 || (low < 0 && high > 1))
    return `with values from ${low} to ${high}, not in [0, 1], [−1, 1] or [0, 255]`;
  const [scale, offset] = high > 1 ? [1, 0] : low < 0 ? [127.5, 127.5] : [255, 0];
  return Uint8Array.from(values, (value) => Math.round(value * scale + offset));
}

function channelsLast(values: Uint8Array, nImages: number, channels: number, nPixels: number): Uint8Array {
  const moved = new Uint8Array(values.length);
  for (let image = 0; image < nImages; image++) {
    const base = image * channels * nPixels;
    for (let channel = 0; channel < channels; channel++) {
      for (let i = 0; i < nPixels; i++)
        moved[base + i * channels + channel] = values[base + channel * nPixels + i] as number;
    }
  }
  return moved;
}
