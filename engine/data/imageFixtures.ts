/** JPEG files for tests, made by mozjpeg's encoder, so that no binary fixture needs to be kept. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import encodeJpeg, { init } from '@jsquash/jpeg/encode.js';

const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { compile(bytes: Uint8Array): Promise<WebAssembly.Module> };
};
let ready: Promise<unknown> | null = null;

/** One flat colour. */
export async function sampleJpeg(
  width: number,
  height: number,
  colour: readonly [number, number, number],
): Promise<Uint8Array> {
  const wasm = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm');
  ready ??= readFile(wasm).then(async (bytes) => init(await WebAssembly.compile(bytes)));
  await ready;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) data.set([...colour, 255], i * 4);
  return new Uint8Array(await encodeJpeg({ data, width, height } as Parameters<typeof encodeJpeg>[0]));
}
