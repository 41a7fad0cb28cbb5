/**
 * Where the JPEG decoder's WASM lies: beside the bundle when packaged (the build copies it there), else in
 * the npm package. The bundle cannot carry it, and the decoder itself would look for it by URL.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The build copies `@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm` beside the bundle under this name. */
export const jpegWasmName = 'mozjpeg_dec.wasm';

export function locateJpegWasm(): string {
  // Bundled as CommonJS there is no import.meta.url, but there is __dirname.
  const here = typeof __dirname === 'string' ? __dirname : path.dirname(fileURLToPath(import.meta.url));
  const beside = path.join(here, jpegWasmName);
  if (existsSync(beside)) return beside;
  return createRequire(path.join(here, 'anchor.js')).resolve(`@jsquash/jpeg/codec/dec/${jpegWasmName}`);
}
