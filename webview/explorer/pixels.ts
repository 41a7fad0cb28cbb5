/**
 * Images as pixels of a canvas: values in [−1, 1] as gray or RGB, and the difference of two images as a map from
 * black (equal) to white (as different as can be). The map's colours are the data's, not the theme's, so a
 * picture means the same in every theme. Pure.
 */
import type { ExplorerModel } from '../../core/session/explorerEngine.ts';

export type ImageShape = ExplorerModel['image'];

/** RGBA of one image. */
export function imagePixels(
  values: Float32Array,
  { height, width, channels }: ImageShape,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(height * width * 4);
  for (let i = 0, at = 0; at < pixels.length; i += channels, at += 4) {
    for (let channel = 0; channel < 3; channel++) {
      // Clamped and rounded by the array; what is no number is black.
      pixels[at + channel] = ((values[i + (channels === 1 ? 0 : channel)] ?? 0) + 1) * 127.5;
    }
    pixels[at + 3] = 255;
  }
  return pixels;
}

export interface Difference {
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Mean and largest difference as shares of the whole range from black to white. */
  readonly mean: number;
  readonly largest: number;
  /** Decibels; Infinity for equal images. */
  readonly psnr: number;
}

export function differenceOf(a: Float32Array, b: Float32Array, { height, width, channels }: ImageShape): Difference {
  const pixels = new Uint8ClampedArray(height * width * 4);
  let [sum, squares, largest] = [0, 0, 0];
  for (let i = 0, at = 0; at < pixels.length; i += channels, at += 4) {
    let worst = 0;
    for (let channel = 0; channel < channels; channel++) {
      const share = Math.abs((a[i + channel] ?? 0) - (b[i + channel] ?? 0)) / 2;
      sum += share;
      squares += share * share;
      worst = Math.max(worst, share);
    }
    largest = Math.max(largest, worst);
    const [red, green, blue] = heat(worst);
    pixels[at] = red;
    pixels[at + 1] = green;
    pixels[at + 2] = blue;
    pixels[at + 3] = 255;
  }
  const count = height * width * channels;
  return { pixels, mean: sum / count, largest, psnr: -10 * Math.log10(squares / count) };
}

/** Dark to bright in even steps of lightness, so that it also reads without its hues. */
const stops: readonly (readonly [number, number, number])[] = [
  [0, 0, 4],
  [66, 10, 104],
  [147, 38, 103],
  [221, 81, 58],
  [252, 165, 10],
  [252, 255, 220],
];

/** Colour of a share from 0 to 1. */
export function heat(share: number): readonly [number, number, number] {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const [low, high] = [stops[index] ?? [0, 0, 0], stops[index + 1] ?? [0, 0, 0]];
  const mix = (channel: 0 | 1 | 2): number => low[channel] + (high[channel] - low[channel]) * (place - index);
  return [mix(0), mix(1), mix(2)];
}
