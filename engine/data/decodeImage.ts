/**
 * One image file's bytes to 8-bit samples: PNG by fast-png, JPEG by mozjpeg compiled to WASM. What a file
 * is, its first bytes say, never its name. Sizes are read from the header and refused before anything is
 * decoded. 16-bit samples keep their upper byte; transparency is laid over white; the turn that a camera noted is applied. Answers a reason, not an
 * exception, for every file that cannot be used.
 */
import { readFile } from 'node:fs/promises';
import decodeJpeg, { init } from '@jsquash/jpeg/decode.js';
import { decode as decodePng } from 'fast-png';
import { imageHeader } from './imageHeader.ts';
import { locateJpegWasm } from './locateJpegWasm.ts';
import { pngEssentials } from './pngEssentials.ts';
import type { DecodedImage } from './resizeImage.ts';

export type ImageDecoding =
  { readonly ok: true; readonly image: DecodedImage } | { readonly ok: false; readonly reason: string };

/** Pillow's own warning line for decompression bombs. */
const maxPixels = 89_478_485;

export async function decodeImage(bytes: Uint8Array): Promise<ImageDecoding> {
  if (bytes.length === 0) return { ok: false, reason: 'the file is empty' };
  const header = imageHeader(bytes);
  if (!header.ok) return header;
  const { format, width, height } = header;
  if (width === 0 || height === 0) return { ok: false, reason: `it is ${width}×${height} pixels` };
  if (width * height > maxPixels) {
    return { ok: false, reason: `it is ${width}×${height} pixels, above the limit of ${maxPixels}` };
  }
  try {
    if (format === 'jpeg') return { ok: true, image: await fromJpeg(bytes) };
    const essentials = pngEssentials(bytes);
    return essentials.ok ? { ok: true, image: fromPng(essentials.bytes) } : essentials;
  } catch (error) {
    return { ok: false, reason: `it is damaged (${error instanceof Error ? error.message : String(error)})` };
  }
}

function fromPng(bytes: Uint8Array): DecodedImage {
  const png = decodePng(bytes, { checkCrc: true });
  const { width, height, palette, channels, depth, data } = png;
  const nPixels = width * height;
  const scale = depth === 16 ? 1 / 257 : depth < 8 && palette === undefined ? 255 / (2 ** depth - 1) : 1;
  const stored = depth < 8 ? unpackBits(data, width, height, depth) : data;
  const rgb = palette !== undefined || channels >= 3;
  const image = new Uint8Array(nPixels * (rgb ? 3 : 1));
  for (let i = 0; i < nPixels; i++) {
    if (palette !== undefined) {
      const [red = 0, green = 0, blue = 0, alpha = 255] = palette[stored[i] as number] ?? [];
      for (const [k, value] of [red, green, blue].entries()) image[i * 3 + k] = overWhite(value, alpha);
      continue;
    }
    const nColours = channels >= 3 ? 3 : 1;
    const alpha = channels === 2 || channels === 4 ? (stored[i * channels + nColours] as number) * scale : 255;
    for (let k = 0; k < nColours; k++)
      image[i * nColours + k] = overWhite((stored[i * channels + k] as number) * scale, alpha);
  }
  return { width, height, channels: rgb ? 3 : 1, data: image };
}

/** Rows of 1-, 2- and 4-bit samples start at a byte. */
function unpackBits(data: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const bytesPerRow = Math.ceil((width * depth) / 8);
  const samples = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = data[y * bytesPerRow + (bit >> 3)] as number;
      samples[y * width + x] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  }
  return samples;
}

function overWhite(value: number, alpha: number): number {
  return Math.round((value * alpha + 255 * (255 - alpha)) / 255);
}

/** The types in use describe Node without its WebAssembly global. */
const compileWasm = (
  globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<WebAssembly.Module> } }
).WebAssembly.compile;

/** Its published type lacks the second parameter. */
const initJpeg = init as (wasm: WebAssembly.Module, options: { printErr: (text: string) => void }) => Promise<void>;
let jpegWasm: Promise<WebAssembly.Module> | null = null;
let jpegReady: Promise<void> | null = null;
/** What the decoder said about the file at hand; it decodes one at a time. */
let jpegWarnings: string[] = [];

async function startJpeg(): Promise<void> {
  jpegWasm ??= readFile(locateJpegWasm()).then(compileWasm);
  return initJpeg(await jpegWasm, { printErr: (text: string) => jpegWarnings.push(text) });
}

async function fromJpeg(bytes: Uint8Array): Promise<DecodedImage> {
  jpegReady ??= startJpeg();
  await jpegReady;
  jpegWarnings = [];
  // The option's name misleads: with it, the turn that a camera noted is applied.
  const decoding = decodeJpeg(new Uint8Array(bytes).buffer, { preserveOrientation: true });
  const { width, height, data } = await decoding.catch((error: unknown) => {
    // A damaged file can leave the decoder's memory in any state: the next file gets a fresh one.
    jpegReady = null;
    throw error;
  });
  // It fills what is missing with grey and only says so. Bytes between segments do no harm.
  const warning = jpegWarnings.find((text) => !text.includes('extraneous bytes'));
  if (warning !== undefined) throw new Error(warning.trim());
  const image = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    for (let k = 0; k < 3; k++) image[i * 3 + k] = data[i * 4 + k] as number;
  }
  return { width, height, channels: 3, data: image };
}
