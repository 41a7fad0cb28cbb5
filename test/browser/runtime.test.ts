/**
 * `slimwise/runtime` in a real Chromium, as docs/runtime.md says to use it: a page with nothing but the two bundles,
 * under a content security policy. Its images must be Node's, bit for bit, from one thread and from a pool.
 */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { after, before, describe, it } from 'mocha';
import { chromium, type Browser, type Page } from 'playwright-core';
import type * as Runtime from '../../engine/kernels/published/runtime.d.ts';
import { openPackedGenerator } from '../../engine/kernels/packedGenerator.ts';
import { rng } from '../../engine/random/rng.ts';
import { chromiumPath } from './chromium.ts';
import { patienceMs } from './patiently.ts';
import { sampleModels } from './sampleModels.ts';

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

describe('slimwise/runtime in a browser', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let model: Uint8Array;

  before(async () => {
    ({ packed: model } = await sampleModels());
    const files = new Map<string, readonly [type: string, body: string | Uint8Array]>([
      ['/', ['text/html', '<!doctype html><title>runtime</title>']],
      ['/runtime.mjs', ['text/javascript', await bundle('runtime.ts')]],
      ['/runtimeWorker.mjs', ['text/javascript', await bundle('runtimeWorker.ts')]],
      ['/model.safetensors', ['application/octet-stream', model]],
    ]);
    server = createServer(({ url }, response) => {
      const [type, body] = files.get(url ?? '') ?? ['text/plain', null];
      response.writeHead(body === null ? 404 : 200, { 'content-type': type, 'content-security-policy': policy });
      response.end(body ?? '');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    browser = await chromium.launch({ executablePath: chromiumPath() ?? '', args: ['--no-sandbox'] });
    page = await browser.newPage();
    page.setDefaultTimeout(patienceMs);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  after(async () => {
    await browser.close();
    server.close();
  });

  it("draws Node's images bit for bit, on one thread and on a pool", async () => {
    const opened = await openPackedGenerator(model);
    assert.ok(opened.ok);
    const { latentSize } = opened.value;
    const latents = rng(4, 0, 'z').fillNormal(new Float32Array(3 * latentSize));
    for (const precision of ['fp32', 'int8'] as const) {
      const drawn = await page.evaluate(drawInPage, { latents: [...latents], precision });
      const expected = opened.value.generate(latents, { precision });
      assert.deepEqual(Float32Array.from(drawn.alone), expected, `${precision} on the page's thread`);
      assert.deepEqual(Float32Array.from(drawn.pooled), expected, `${precision} on two workers`);
    }
  });

  it('says what is wrong with a file', async () => {
    const code = await page.evaluate(async () => {
      const path = '/runtime.mjs';
      const { loadGenerator } = (await import(path)) as typeof Runtime;
      return loadGenerator(new Uint8Array(50)).then(
        () => 'accepted',
        (error: Runtime.GeneratorError) => error.problem.code,
      );
    });
    assert.equal(code, 'SWP_SAFETENSORS_UNREADABLE');
  });
});

/** Runs in the page. */
async function drawInPage(request: { latents: number[]; precision: 'fp32' | 'int8' }) {
  const path = '/runtime.mjs';
  const { loadGenerator, loadGeneratorPool } = (await import(path)) as typeof Runtime;
  const file = new Uint8Array(await (await fetch('/model.safetensors')).arrayBuffer());
  const latents = Float32Array.from(request.latents);
  const { precision } = request;
  const alone = (await loadGenerator(file)).generate(latents, { precision });
  const pool = await loadGeneratorPool(file, { threads: 2 });
  const pooled = await pool.generate(latents, { precision });
  await pool.close();
  return { alone: [...alone], pooled: [...pooled] };
}

async function bundle(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../engine/kernels/${entry}`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
