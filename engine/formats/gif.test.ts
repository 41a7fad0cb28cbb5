import assert from 'node:assert/strict';
import { rng } from '../random/rng.ts';
import { encodeGif } from './gif.ts';
import { choosePalette } from './palette.ts';

describe('an animated GIF', () => {
  it('gives grayscale frames back exactly, also where codes are reset', () => {
    const random = rng(1, 0, 'gif');
    // 20,000 random pixels fill the table of 4,096 codes several times.
    const frames = [0, 1, 2].map(() => grayFrame(160, 125, () => random.int(256)));
    const read = decodeGif(encodeGif({ width: 160, height: 125, frames, delayMs: 40 }));
    assert.deepEqual([read.width, read.height, read.delay, read.loops], [160, 125, 4, true]);
    assert.equal(read.frames.length, 3);
    for (const [i, frame] of frames.entries()) assert.deepEqual(read.frames[i], rgbOf(frame), `frame ${i}`);
  });

  for (const nColors of [1, 2, 3, 4, 5, 16, 17, 255]) {
    it(`gives ${nColors} colours back exactly`, () => {
      const frame = grayFrame(31, 17, (i) => Math.round(((i * 7) % nColors) * (255 / Math.max(1, nColors - 1))));
      const read = decodeGif(encodeGif({ width: 31, height: 17, frames: [frame], delayMs: 100 }));
      assert.deepEqual(read.frames[0], rgbOf(frame));
    });
  }

  it('keeps many colours close to what they were', () => {
    const frame = new Uint8ClampedArray(64 * 64 * 4);
    for (let i = 0; i < 64 * 64; i++) frame.set([(i % 64) * 4, Math.floor(i / 64) * 4, 128, 255], i * 4);
    const palette = choosePalette([frame]);
    assert.ok(palette.colors.length === 256, `${palette.colors.length} colours`);
    const [read] = decodeGif(encodeGif({ width: 64, height: 64, frames: [frame], delayMs: 100 })).frames;
    const error = rgbOf(frame).reduce((sum, value, i) => sum + Math.abs(value - (read?.[i] ?? 0)), 0) / (64 * 64 * 3);
    assert.ok(error < 6, `mean error ${error}`);
  });

  it('is refused for frames of another size', () => {
    assert.throws(
      () => encodeGif({ width: 2, height: 2, frames: [new Uint8ClampedArray(4)], delayMs: 10 }),
      RangeError,
    );
    assert.throws(() => encodeGif({ width: 2, height: 2, frames: [], delayMs: 10 }), RangeError);
  });
});

function grayFrame(width: number, height: number, value: (i: number) => number): Uint8ClampedArray {
  const frame = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const gray = value(i);
    frame.set([gray, gray, gray, 255], i * 4);
  }
  return frame;
}

function rgbOf(frame: Uint8ClampedArray): number[] {
  return [...frame].filter((_, i) => i % 4 !== 3);
}

/** A reader of its own, by the GIF89a specification: blocks, then LZW with a growing list of strings. */
function decodeGif(bytes: Uint8Array) {
  const short = (at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  assert.equal(new TextDecoder().decode(bytes.subarray(0, 6)), 'GIF89a');
  const [width, height] = [short(6), short(8)];
  const nColors = 2 << ((bytes[10] ?? 0) & 7);
  const colors = Array.from({ length: nColors }, (_, i) => [...bytes.subarray(13 + i * 3, 16 + i * 3)]);
  let at = 13 + nColors * 3;
  const frames: number[][] = [];
  let [delay, loops] = [0, false];
  const blocks = (): number[] => {
    const data: number[] = [];
    for (let size = bytes[at++] ?? 0; size > 0; size = bytes[at++] ?? 0) {
      data.push(...bytes.subarray(at, at + size));
      at += size;
    }
    return data;
  };
  while (bytes[at] !== 0x3b) {
    const kind = bytes[at++];
    if (kind === 0x21) {
      const label = bytes[at++];
      if (label === 0xf9) delay = short(at + 2);
      const data = blocks();
      if (label === 0xff) loops = String.fromCharCode(...data.slice(0, 11)) === 'NETSCAPE2.0';
      continue;
    }
    assert.equal(kind, 0x2c, `block at ${at}`);
    assert.deepEqual([short(at + 4), short(at + 6)], [width, height]);
    at += 9;
    const minBits = bytes[at++] ?? 0;
    frames.push(unpack(blocks(), minBits).flatMap((index) => colors[index] ?? []));
  }
  return { width, height, frames, delay, loops };
}

function unpack(data: readonly number[], minBits: number): number[] {
  const clear = 1 << minBits;
  const out: number[] = [];
  let strings: number[][] = [];
  let bits = 0;
  let last: number[] | null = null;
  const reset = (): void => {
    strings = Array.from({ length: clear + 2 }, (_, i) => (i < clear ? [i] : []));
    bits = minBits + 1;
    last = null;
  };
  reset();
  for (let position = 0; ;) {
    let code = 0;
    for (let i = 0; i < bits; i++, position++) code |= (((data[position >> 3] ?? 0) >> (position & 7)) & 1) << i;
    if (code === clear) {
      reset();
      continue;
    }
    if (code === clear + 1 || position > data.length * 8) return out;
    const known: number[] | undefined = strings[code];
    const before: number[] | null = last;
    const string: number[] = known ?? [...(before ?? []), before?.[0] ?? 0];
    out.push(...string);
    if (before !== null && strings.length < 4096) strings.push([...before, string[0] ?? 0]);
    if (strings.length === 1 << bits && bits < 12) bits++;
    last = string;
  }
}
