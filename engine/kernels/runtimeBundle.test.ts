import assert from 'node:assert/strict';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { loadGenerator } from './runtime.ts';

describe('the runtime as one file', () => {
  it('needs nothing of Node, is below 40 kB gzipped and refuses what is no model', async () => {
    const { outputFiles } = await build({
      entryPoints: [path.join(import.meta.dirname, 'runtime.ts')],
      bundle: true,
      minify: true,
      write: false,
      platform: 'browser',
      format: 'esm',
      target: 'es2022',
      logLevel: 'silent',
    });
    const bundle = outputFiles[0]?.contents ?? new Uint8Array();
    const zipped = gzipSync(bundle).length;
    assert.ok(5000 < zipped && zipped <= 40_000, `${zipped} bytes`);
    const url = `data:text/javascript;base64,${Buffer.from(bundle).toString('base64')}`;
    const runtime = (await import(url)) as { loadGenerator: typeof loadGenerator };
    await assert.rejects(runtime.loadGenerator(new Uint8Array(100)), /not a sound safetensors file/);
  });
});
