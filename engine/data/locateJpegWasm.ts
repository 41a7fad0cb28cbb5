/**
 * Where the JPEG decoder's WASM lies: in `wasm/` beside the bundle when packaged (the build copies it
 * there), else in the npm package. The bundle cannot carry it, and the decoder itself would ask for a URL.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const wasmName = 'mozjpeg_dec.wasm';

export function locateJpegWasm(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const packaged = path.join(here, 'wasm', wasmName);
  if (existsSync(packaged)) return packaged;
  return createRequire(import.meta.url).resolve(`@jsquash/jpeg/codec/dec/${wasmName}`);
}
