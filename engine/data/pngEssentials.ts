/**
 * What a PNG needs to be drawn, and nothing else: IHDR, PLTE, tRNS and IDAT, up to the first IEND. Other
 * chunks (profiles, texts, animation) can unpack to a thousand times their size and are never opened. The
 * pixels are unpacked once here under a limit that follows from the header, so that neither a bomb nor a
 * file that was cut short reaches the decoder.
 */
import { inflateSync } from 'node:zlib';

export type PngEssentials =
  { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly reason: string };

const signatureBytes = 8;
const kept: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
/** Samples per pixel by colour type. */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export function pngEssentials(bytes: Uint8Array): PngEssentials {
  const refuse = (reason: string): PngEssentials => ({ ok: false, reason });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const parts: Uint8Array[] = [bytes.subarray(0, signatureBytes)];
  const pixels: Uint8Array[] = [];
  let at = signatureBytes;
  let ended = false;
  while (!ended) {
    if (at + 12 > bytes.length) return refuse('it is cut off');
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) return refuse('it is cut off');
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (kept.has(type)) parts.push(bytes.subarray(at, end));
    if (type === 'IDAT') pixels.push(bytes.subarray(at + 8, end - 4));
    ended = type === 'IEND';
    at = end;
  }
  const expected = unpackedBytes(view);
  if (expected === null) return refuse('its header is not sound');
  try {
    // Interlaced images have up to seven times as many, shorter rows: at most a few bytes more per row.
    const unpacked = inflateSync(concat(pixels), { maxOutputLength: expected.most });
    if (unpacked.length < expected.least)
      return refuse(`it has ${unpacked.length} of ${expected.least} bytes of pixels`);
  } catch (error) {
    return refuse(`it is damaged (${error instanceof Error ? error.message : String(error)})`);
  }
  return { ok: true, bytes: concat(parts) };
}

/** Bytes of the filtered rows, from the header; null where it is not sound. */
function unpackedBytes(view: DataView): { readonly least: number; readonly most: number } | null {
  if (view.byteLength < 33 || view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452) return null;
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const perPixel = samples[view.getUint8(25)];
  const depth = view.getUint8(24);
  if (perPixel === undefined || ![1, 2, 4, 8, 16].includes(depth)) return null;
  const rowBytes = Math.ceil((width * perPixel * depth) / 8);
  const pixelBytes = Math.ceil((width * height * perPixel * depth) / 8);
  return { least: pixelBytes, most: height * (rowBytes + 1) + 16 * (width + height) + 1024 };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
