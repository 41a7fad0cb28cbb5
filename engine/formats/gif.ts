/**
 * Animated GIF (89a): frames of one size that repeat for ever. A palette of at most 256 colours is taken from all
 * frames together, exact where they have no more (every grayscale animation), by median cut otherwise; no
 * dithering, so a still part stays still. Reading is left out.
 */
import type { Animation } from '../../core/session/explorerEngine.ts';
import { choosePalette, type Palette } from './palette.ts';

export function encodeGif({ width, height, frames, delayMs }: Animation): Uint8Array {
  const nPixels = width * height;
  if (!(1 <= width && width <= 0xffff && 1 <= height && height <= 0xffff)) {
    throw new RangeError(`A GIF cannot be ${width}×${height}`);
  }
  if (frames.length === 0 || frames.some((frame) => frame.length !== nPixels * 4)) {
    throw new RangeError(`Frames of a GIF are ${width}×${height} RGBA, at least one`);
  }
  const palette = choosePalette(frames);
  const bits = Math.max(1, Math.ceil(Math.log2(palette.colors.length)));
  const out = new ByteList();
  out.text('GIF89a');
  out
    .short(width)
    .short(height)
    .byte(0x80 | (bits - 1))
    .byte(0)
    .byte(0);
  writeColors(out, palette, 1 << bits);
  // Netscape's extension: repeat for ever.
  out.byte(0x21).byte(0xff).byte(11).text('NETSCAPE2.0').byte(3).byte(1).short(0).byte(0);
  const delay = Math.max(2, Math.round(delayMs / 10));
  for (const frame of frames) {
    out.byte(0x21).byte(0xf9).byte(4).byte(0).short(delay).byte(0).byte(0);
    out.byte(0x2c).short(0).short(0).short(width).short(height).byte(0);
    writeLzw(out, Math.max(2, bits), palette.indices(frame));
  }
  out.byte(0x3b);
  return out.finish();
}

function writeColors(out: ByteList, { colors }: Palette, size: number): void {
  for (let i = 0; i < size; i++) {
    const color = colors[i] ?? 0;
    out
      .byte(color >> 16)
      .byte((color >> 8) & 0xff)
      .byte(color & 0xff);
  }
}

const maxCode = 4095;

/** Variable-length codes from `minBits + 1` to 12 bits, the lowest bit first, in blocks of at most 255 bytes. */
function writeLzw(out: ByteList, minBits: number, indices: Uint8Array): void {
  const [clear, end] = [1 << minBits, (1 << minBits) + 1];
  const block: number[] = [];
  let [buffer, nBuffered] = [0, 0];
  let codeBits = minBits + 1;
  let next = end + 1;
  // (known string, next index) → code of the longer string.
  let table = new Map<number, number>();
  const flush = (): void => {
    if (block.length === 0) return;
    out.byte(block.length);
    for (const byte of block.splice(0)) out.byte(byte);
  };
  const write = (code: number): void => {
    buffer |= code << nBuffered;
    nBuffered += codeBits;
    while (nBuffered >= 8) {
      block.push(buffer & 0xff);
      if (block.length === 255) flush();
      buffer >>>= 8;
      nBuffered -= 8;
    }
  };
  out.byte(minBits);
  write(clear);
  let known = indices[0] ?? 0;
  for (let i = 1; i < indices.length; i++) {
    const index = indices[i] ?? 0;
    const key = (known << 8) | index;
    const longer = table.get(key);
    if (longer !== undefined) {
      known = longer;
      continue;
    }
    write(known);
    if (next > maxCode) {
      write(clear);
      table = new Map();
      codeBits = minBits + 1;
      next = end + 1;
    } else {
      table.set(key, next);
      // A reader adds an entry one code later, so the length grows with the entry that no longer fits.
      if (next === 1 << codeBits && codeBits < 12) codeBits++;
      next++;
    }
    known = index;
  }
  write(known);
  write(end);
  if (nBuffered > 0) block.push(buffer & 0xff);
  flush();
  out.byte(0);
}

class ByteList {
  #bytes = new Uint8Array(4096);
  #length = 0;

  byte(value: number): this {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#bytes.length);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = value;
    return this;
  }

  short(value: number): this {
    return this.byte(value & 0xff).byte(value >> 8);
  }

  text(value: string): this {
    for (const character of value) this.byte(character.charCodeAt(0));
    return this;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
