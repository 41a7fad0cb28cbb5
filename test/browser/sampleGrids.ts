/**
 * Pictures for the recorded run: grids of the sample's real images, and the same under noise that fades
 * with the steps, so that each step of each variant has its own bytes and a slider can be seen to move.
 */
import { encode } from 'fast-png';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const size = 28;
const pad = 2;
const tile = size + 2 * pad;
const nAcross = 8;

let cached: Uint8Array | null = null;

/** A PNG; `clarity` from 0 (noise) to 1 (the images), `gap` pixels between and around the images. */
export function sampleGrid(seed: number, clarity: number, gap = 0): Uint8Array {
  const images = fashionImages();
  const pitch = tile + gap;
  const side = pitch * nAcross + gap;
  const data = new Uint8Array(side * side);
  let state = (seed * 2654435761) >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const index = Math.floor((y - gap) / pitch) * nAcross + Math.floor((x - gap) / pitch);
      const inX = ((x - gap) % pitch) - pad;
      const inY = ((y - gap) % pitch) - pad;
      const inside = 0 <= inX && inX < size && 0 <= inY && inY < size;
      const pixel =
        inside && 0 <= index ? (images[((index * 37 + seed) % 10_000) * size * size + inY * size + inX] ?? 0) : 0;
      data[y * side + x] = Math.round(clarity * pixel + (1 - clarity) * (90 + 90 * random()));
    }
  }
  return encode({ width: side, height: side, data, channels: 1, depth: 8 });
}

/** The images of the sample, 28 × 28, after the 16 bytes of the IDX header. */
function fashionImages(): Uint8Array {
  cached ??= gunzipSync(
    readFileSync(new URL('../../samples/dcgan/data/t10k-images-idx3-ubyte.gz', import.meta.url)),
  ).subarray(16);
  return cached;
}
