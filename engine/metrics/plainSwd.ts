/**
 * The sliced Wasserstein distance as its definition reads, for the tests: nested arrays, two-dimensional
 * convolution, double precision, the built-in sort, one direction at a time. Only the random numbers are
 * drawn as the fast implementation draws them, so that both see the same patches and directions.
 */
import { rng } from '../random/rng.ts';
import type { SwdImages } from './swdDescriptors.ts';

type Matrix = number[][];

const kernel = [1, 4, 6, 4, 1].map((a) => [1, 4, 6, 4, 1].map((b) => (a * b) / 256));

/** ×10³ per level, finest first. */
export function plainSlicedWasserstein(a: SwdImages, b: SwdImages, seed: number): number[] {
  const [ofA, ofB] = [patches(a, seed), patches(b, seed)];
  return ofA.map((level, levelIdx) => {
    const stream = rng(seed, levelIdx, 'swd:directions');
    let total = 0;
    for (let d = 0; d < 512; d++) {
      const direction = [...stream.fillNormal(new Float32Array(level[0]?.length ?? 0))];
      const length = Math.hypot(...direction);
      const project = (set: Matrix) =>
        set
          .map((patch) => patch.reduce((sum, value, k) => sum + (value * (direction[k] ?? NaN)) / length, 0))
          .sort((x, y) => x - y);
      const [pa, pb] = [project(level), project(ofB[levelIdx] ?? [])];
      total += pa.reduce((sum, value, i) => sum + Math.abs(value - (pb[i] ?? NaN)), 0) / pa.length;
    }
    return (1000 * total) / 512;
  });
}

/** Normalised patches, [level][patch][channel · 49 + y · 7 + x]. */
function patches({ values, nImages, size, channels }: SwdImages, seed: number): Matrix[] {
  const levels: Matrix[] = [];
  const streams: ReturnType<typeof rng>[] = [];
  for (let image = 0; image < nImages; image++) {
    const pyramids = Array.from({ length: channels }, (_, channel) =>
      pyramid(
        Array.from({ length: size }, (_, y) =>
          Array.from({ length: size }, (_, x) => {
            const value = values[((image * size + y) * size + x) * channels + channel] ?? NaN;
            return Math.min(255, Math.max(0, Math.round((value + 1) * 127.5)));
          }),
        ),
      ),
    );
    for (let level = 0; level < (pyramids[0]?.length ?? 0); level++) {
      const levelSize = pyramids[0]?.[level]?.length ?? 0;
      const stream = (streams[level] ??= rng(seed, level, 'swd:patches'));
      for (let patch = 0; patch < 128; patch++) {
        const [top, left] = [stream.int(levelSize - 6), stream.int(levelSize - 6)];
        const cut = pyramids.flatMap((ofChannel) =>
          Array.from({ length: 49 }, (_, i) => ofChannel[level]?.[top + Math.floor(i / 7)]?.[left + (i % 7)] ?? NaN),
        );
        (levels[level] ??= []).push(cut);
      }
    }
  }
  return levels.map((level) => {
    const moments = Array.from({ length: channels }, (_, channel) => {
      const all = level.flatMap((patch) => patch.slice(channel * 49, channel * 49 + 49));
      const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
      return { mean, deviation: Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length) };
    });
    return level.map((patch) =>
      patch.map((value, k) => {
        const { mean = NaN, deviation = NaN } = moments[Math.floor(k / 49)] ?? {};
        return (value - mean) / deviation;
      }),
    );
  });
}

function pyramid(image: Matrix): Matrix[] {
  const size = image.length;
  if (size % 2 === 1 || size / 2 < 16) return [image];
  const smaller = filter(image, 1)
    .filter((_, y) => y % 2 === 0)
    .map((row) => row.filter((_, x) => x % 2 === 0));
  const spread = image.map((row, y) =>
    row.map((_, x) => (y % 2 === 0 && x % 2 === 0 ? (smaller[y / 2]?.[x / 2] ?? NaN) : 0)),
  );
  const predicted = filter(spread, 4);
  return [image.map((row, y) => row.map((value, x) => value - (predicted[y]?.[x] ?? NaN))), ...pyramid(smaller)];
}

function filter(image: Matrix, gain: number): Matrix {
  const size = image.length;
  const inside = (i: number) => (i < 0 ? -i : i >= size ? 2 * size - 2 - i : i);
  return image.map((row, y) =>
    row.map((_, x) => {
      let sum = 0;
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) {
          sum += gain * (kernel[dy + 2]?.[dx + 2] ?? NaN) * (image[inside(y + dy)]?.[inside(x + dx)] ?? NaN);
        }
      }
      return sum;
    }),
  );
}
