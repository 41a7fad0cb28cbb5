import assert from 'node:assert/strict';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs-core';
import { build } from 'esbuild';
import { decode } from 'fast-png';
import type { ExplorerModel } from '../../core/session/explorerEngine.ts';
import { packGenerator } from '../compress/packGenerator.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { handGenerator } from '../train/handGraph.ts';
import { latentValues } from '../train/latents.ts';
import { createNetwork } from '../train/network.ts';
import { explorerEngine } from './explorerEngine.ts';

describe("the explorer's engine", () => {
  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
  });

  it('draws what the training engine draws, from the packed and from the full-precision file', async () => {
    const created = createNetwork(handGenerator({ latents: 5, channels: [6, 4], colours: 1 }), 3);
    assert.ok(created.ok);
    const network = created.value;
    const pack = (binarized: readonly string[]): Uint8Array => {
      const plan = { train: { latents: 'uniform' } };
      return packGenerator({ network, weights: network.readWeights(), binarized, plan, sources: {} });
    };
    const full = await explorerEngine.open(pack([]));
    const packed = await explorerEngine.open(pack(['main.2']));
    assert.ok(full.ok && packed.ok);
    assert.deepEqual([full.value.nBitLayers, packed.value.nBitLayers, packed.value.distribution], [0, 1, 'uniform']);
    const z = explorerEngine.latents('normal', 5, 2, 1);
    const expected = network.forwardToImages(tf.tensor(z, [2, 5]), { training: false }).dataSync();
    const drawn = full.value.draw(z, 'fp32');
    assert.equal(drawn.length, expected.length);
    assert.ok(drawn.every((value, i) => Math.abs(value - (expected[i] ?? NaN)) < 1e-5));
    assert.ok(packed.value.residentBytes() < full.value.residentBytes());
  });

  it('draws the latents of `slimwise generate`', () => {
    for (const distribution of ['normal', 'uniform'] as const) {
      const expected = latentValues({ distribution, shape: [1, 7], count: 16, seed: 9, step: 0, purpose: 'generate' });
      assert.deepEqual(explorerEngine.latents(distribution, 7, 16, 9), expected);
    }
  });

  it('says what is wrong with a damaged file', async () => {
    const opened = await explorerEngine.open(new Uint8Array(50));
    assert.ok(!opened.ok && opened.problem.code === 'SWP_SAFETENSORS_UNREADABLE');
  });

  it('encodes pictures that read back as they were', () => {
    const rgba = new Uint8ClampedArray([1, 2, 3, 255, 250, 128, 0, 0]);
    const read = decode(explorerEngine.encodePng({ width: 2, height: 1, rgba }));
    assert.deepEqual([read.width, read.height, [...read.data]], [2, 1, [1, 2, 3, 250, 128, 0]]);
  });

  it('is one script without TF.js or Node, below 60 kB gzipped', async () => {
    const { outputFiles } = await build({
      entryPoints: [path.join(import.meta.dirname, 'explorerEngine.ts')],
      bundle: true,
      minify: true,
      write: false,
      platform: 'browser',
      format: 'iife',
      globalName: 'slimwiseExplorerEngine',
      logLevel: 'silent',
    });
    const zipped = gzipSync(outputFiles[0]?.contents ?? new Uint8Array()).length;
    assert.ok(10_000 < zipped && zipped < 60_000, `${zipped} bytes`);
  });
});

describe('principal directions', () => {
  const pause = (): Promise<void> => Promise.resolve();

  it('are found in the order of their effect, with its shares', async () => {
    // Pixels are a rotation of the latents, stretched by 4, 2, 1 and 0: the directions are known.
    const stretch = [1, 0, 4, 2];
    const model = linearModel((z) => z.map((value, i) => value * (stretch[i] ?? 0)));
    const { vectors, shares } = await explorerEngine.directions(model, { count: 3, seed: 1, pause });
    const strongest = vectors.map((vector) => vector.indexOf(Math.max(...vector)));
    assert.deepEqual(strongest, [2, 3, 0]);
    [16 / 21, 4 / 21, 1 / 21].forEach((share, i) =>
      assert.ok(Math.abs(share - (shares[i] ?? 0)) < 1e-3, `${i}: ${shares[i]}`),
    );
    for (const vector of vectors) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-4);
  });

  it('are the same each time, and no more than there are latents', async () => {
    const model = linearModel((z) => z.map((value, i) => Math.tanh(value * (i + 1))));
    const once = await explorerEngine.directions(model, { count: 9, seed: 1, pause });
    assert.equal(once.vectors.length, 4);
    assert.deepEqual(await explorerEngine.directions(model, { count: 9, seed: 1, pause }), once);
  });

  it('of a model that always draws the same have no effect', async () => {
    const model = linearModel((z) => z.map(() => 0.5));
    const { shares } = await explorerEngine.directions(model, { count: 2, seed: 1, pause });
    assert.deepEqual(shares, [0, 0]);
  });
});

/** Four latents to an image of 2×2. */
function linearModel(image: (z: Float32Array) => Float32Array): ExplorerModel {
  return {
    name: 'linear',
    latentSize: 4,
    image: { height: 2, width: 2, channels: 1 },
    distribution: 'normal',
    nBitLayers: 0,
    hasInt8: false,
    draw(latents) {
      const out = new Float32Array(latents.length);
      for (let i = 0; i < latents.length; i += 4) out.set(image(latents.slice(i, i + 4)), i);
      return out;
    },
    residentBytes: () => 0,
  };
}
