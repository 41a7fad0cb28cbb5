import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { selectBackend } from '../tensors/selectBackend.ts';
import { packGenerator } from '../compress/packGenerator.ts';
import { rng } from '../random/rng.ts';
import { handGenerator } from '../train/handGraph.ts';
import { randomNetwork } from './compareWithEngine.ts';
import { shares, type GeneratorPool } from './generatorPool.ts';
import { openPackedGenerator, type PackedGenerator } from './packedGenerator.ts';
import { GeneratorError, loadGeneratorPool } from './runtime.ts';

const latentSize = 37;

describe('a pool of generators', () => {
  let file: Uint8Array;
  let alone: PackedGenerator;
  let pool: GeneratorPool;

  /** Workers load no TypeScript, so they get the bundle that ships. */
  const folder = mkdtempSync(path.join(tmpdir(), 'slimwise-worker-'));
  const workerUrl = pathToFileURL(path.join(folder, 'runtimeWorker.mjs'));
  const open = (bytes: Uint8Array, threads: number): Promise<GeneratorPool> =>
    loadGeneratorPool(bytes, { threads, workerUrl });

  before(async () => {
    await build({
      entryPoints: [path.join(import.meta.dirname, 'runtimeWorker.ts')],
      outfile: path.join(folder, 'runtimeWorker.mjs'),
      bundle: true,
      format: 'esm',
      target: 'es2022',
      logLevel: 'silent',
    });
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    const network = randomNetwork(handGenerator({ latents: latentSize, channels: [40, 24], colours: 3 }));
    const binarized = ['fc', 'main.2'];
    file = packGenerator({ network, weights: network.readWeights(), binarized, plan: {}, sources: {} });
    network.dispose();
    const opened = await openPackedGenerator(file);
    assert.ok(opened.ok);
    alone = opened.value;
    pool = await open(file, 3);
  });
  after(async () => {
    await pool.close();
    rmSync(folder, { recursive: true });
  });

  it('draws the images of one thread bit for bit, however many there are', async () => {
    for (const precision of ['fp32', 'int8'] as const) {
      for (const count of [1, 2, 3, 7, 20]) {
        const latents = rng(count, 0, 'z').fillNormal(new Float32Array(count * latentSize));
        assert.deepEqual(await pool.generate(latents, { precision }), alone.generate(latents, { precision }));
      }
    }
  });

  it('answers calls that overlap, each with its own images', async () => {
    const batches = [1, 2, 3, 4].map((seed) => rng(seed, 0, 'z').fillNormal(new Float32Array(4 * latentSize)));
    const drawn = await Promise.all(batches.map((latents) => pool.generate(latents)));
    drawn.forEach((images, i) => assert.deepEqual(images, alone.generate(batches[i] ?? new Float32Array(0))));
  });

  it('says what it is and what its workers hold', async () => {
    const { name, layers, image, threads } = pool;
    assert.deepEqual([name, layers, image, threads], [alone.name, alone.layers, alone.image, 3]);
    assert.equal((await pool.memory()).residentBytes, 3 * alone.memory().residentBytes);
  });

  it('refuses what is no model, no batch or no number of threads', async () => {
    await assert.rejects(open(new Uint8Array(9), 2), GeneratorError);
    await assert.rejects(open(file, 0), RangeError);
    await assert.rejects(pool.generate(new Float32Array(latentSize + 1)), RangeError);
  });

  it('rejects what was asked when it is closed, and whatever is asked then', async () => {
    const short = await open(file, 1);
    const pending = assert.rejects(short.generate(new Float32Array(latentSize * 50)), /closed/);
    await short.close();
    await pending;
    await assert.rejects(short.generate(new Float32Array(latentSize)), /closed/);
  });

  it('gives every image to one thread', () => {
    for (let nImages = 1; nImages < 20; nImages++) {
      for (let threads = 1; threads < 9; threads++) {
        const parts = shares(nImages, threads);
        assert.equal(parts[0]?.from, 0);
        assert.equal(parts.at(-1)?.to, nImages);
        parts.slice(1).forEach(({ from }, i) => assert.equal(from, parts[i]?.to));
        const sizes = parts.map(({ from, to }) => to - from);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      }
    }
  });
});

describe('an image of the packed runtime', () => {
  it('does not depend on its batch, whatever the layers are', async () => {
    const network = randomNetwork(handGenerator({ latents: latentSize, channels: [40, 24], colours: 1 }));
    for (const binarized of [[], ['main.2'], ['fc', 'main.2', 'main.5']]) {
      const opened = await openPackedGenerator(
        packGenerator({ network, weights: network.readWeights(), binarized, plan: {}, sources: {} }),
      );
      assert.ok(opened.ok);
      const latents = rng(1, 0, 'z').fillNormal(new Float32Array(8 * latentSize));
      for (const precision of ['fp32', 'int8'] as const) {
        const together = opened.value.generate(latents, { precision });
        const size = together.length / 8;
        for (let i = 0; i < 8; i++) {
          const one = opened.value.generate(latents.subarray(i * latentSize, (i + 1) * latentSize), { precision });
          assert.deepEqual(one, together.subarray(i * size, (i + 1) * size));
        }
      }
    }
    network.dispose();
  });
});
