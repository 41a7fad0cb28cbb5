/**
 * Feature networks from real ONNX files, written by the project's own exporter: their rows against the engine's
 * own forward pass, and every way in which a file is not what was asked for.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { rng } from '../random/rng.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import type { Network } from '../train/network.ts';
import { featureGraph, networkOf, onnxOf } from './featureFixture.ts';
import { openOnnxFeatures } from './onnxFeatures.ts';

const plain = { mean: [0.5], deviation: [0.5] };

describe('features from an ONNX file', () => {
  let folder = '';
  let file = '';
  let network: Network;

  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    folder = mkdtempSync(path.join(os.tmpdir(), 'slimwise-features-'));
    network = networkOf(featureGraph(true));
    file = write('net.onnx', onnxOf(network));
  });
  after(() => {
    network.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are the rows that the network gives, resized, in its channels, normalised as said, in chunks', async () => {
    const [mean, deviation] = [
      [0.4, 0.5, 0.6],
      [0.2, 0.25, 0.3],
    ];
    const opened = await openOnnxFeatures({ model: file, mean, deviation });
    assert.ok(opened.ok, opened.ok ? '' : opened.problem.message);
    // Grey of twice the size, each pixel four times: shrinking gives it back, and colour repeats it.
    const nImages = 19;
    const grey = Uint8Array.from({ length: nImages * 64 }, (_, i) => (i * 37) % 256);
    const values = new Float32Array(nImages * 256);
    values.forEach((_, i) => {
      const [image, y, x] = [Math.floor(i / 256), Math.floor((i % 256) / 16), i % 16];
      values[i] = (grey[image * 64 + Math.floor(y / 2) * 8 + Math.floor(x / 2)] ?? 0) / 127.5 - 1;
    });
    const looked = opened.value.look({ values, nImages, size: 16, channels: 1 });
    assert.ok(looked.ok, looked.ok ? '' : looked.problem.message);
    const { features, probabilities } = looked.value;
    assert.deepEqual([features.nRows, features.nFeatures, probabilities], [nImages, 6, null]);
    const input = Float32Array.from({ length: nImages * 3 * 64 }, (_, i) => {
      const [image, channel, pixel] = [Math.floor(i / 192), Math.floor((i % 192) / 64), i % 64];
      return ((grey[image * 64 + pixel] ?? 0) / 255 - (mean[channel] ?? 0)) / (deviation[channel] ?? 1);
    });
    const expected = network.forward(tf.tensor(input, [nImages, 3, 8, 8]), { training: false }).dataSync();
    expected.forEach((value, i) => assert.ok(Math.abs(value - (features.values[i] ?? NaN)) < 1e-4, `${i}`));
    opened.value.dispose();
  });

  it('are named by file, hash, output and what was fed', async () => {
    const opened = await openOnnxFeatures({ model: file, ...plain });
    assert.ok(opened.ok);
    assert.match(opened.value.name, /^'output' of net\.onnx \(SHA-256 [0-9a-f]{12}…\), fed 8×8 RGB, \(x − 0\.5\) ÷ 0\.5 with x from 0 to 1$/); // prettier-ignore
    opened.value.dispose();
  });

  it('come with classes where they are asked for; logits become probabilities', async () => {
    const opened = await openOnnxFeatures({ model: file, classes: 'output', ...plain });
    assert.ok(opened.ok);
    const looked = opened.value.look({ values: new Float32Array(192).fill(0.5), nImages: 1, size: 8, channels: 3 });
    assert.ok(looked.ok && looked.value.probabilities);
    const { features, probabilities } = looked.value;
    const powers = features.values.map(Math.exp);
    const sum = powers.reduce((total, value) => total + value, 0);
    probabilities.values.forEach((value, i) => assert.ok(Math.abs(value - (powers[i] ?? NaN) / sum) < 1e-6));
    opened.value.dispose();
  });

  for (const [what, change, message] of [
    ['an output that there is not', { features: 'pool3' }, /no float32 output 'pool3'; its outputs are 'output'/],
    ['an input that there is not', { input: 'x' }, /no input 'x'; its inputs are 'input'/],
    ['another size', { size: 299 }, /takes images of 8×8, not 299×299/],
    ['numbers for other channels', { mean: [0.4, 0.5] }, /takes 3 channels, and 2 numbers are given as mean/],
  ] as const) {
    it(`are refused where the plan asks for ${what}`, async () => {
      const opened = await openOnnxFeatures({ model: file, ...plain, ...change } as never);
      assert.ok(!opened.ok && opened.problem.code === 'SWP_FEATURES_DO_NOT_FIT');
      assert.match(opened.problem.message, message);
    });
  }

  it('are refused where the output is a map and no row', async () => {
    const maps = networkOf(featureGraph(false));
    const opened = await openOnnxFeatures({ model: write('maps.onnx', onnxOf(maps)), ...plain });
    maps.dispose();
    assert.ok(opened.ok);
    const looked = opened.value.look({ values: new Float32Array(192), nImages: 1, size: 8, channels: 3 });
    assert.ok(!looked.ok && looked.problem.code === 'SWP_FEATURES_DO_NOT_FIT');
    assert.match(looked.problem.message, /\[1, 4, 4, 4\] for 1 images/);
    opened.value.dispose();
  });

  it('are refused where the file is none, is cut, is something else, or points to other files', async () => {
    const cut = write('cut.onnx', onnxOf(network));
    truncateSync(cut, 300);
    const junk = write('junk.onnx', rng(1, 0, 'junk').fillUniform(new Float32Array(64), 0, 1));
    // A tensor with external data has an entry with the key `location`.
    const outside = write('outside.onnx', Buffer.concat([onnxOf(network), Buffer.from('\n\x08location\x12\x0b/etc/passwd')])); // prettier-ignore
    for (const [model, code, message] of [
      [path.join(folder, 'absent.onnx'), 'SWP_FEATURES_NOT_FOUND', /no feature network/],
      [folder, 'SWP_FEATURES_NOT_FOUND', /no feature network/],
      [cut, 'SWP_FEATURES_DO_NOT_RUN', /does not run/],
      [junk, 'SWP_FEATURES_DO_NOT_RUN', /does not run/],
      [outside, 'SWP_FEATURES_DO_NOT_RUN', /weights in another file/],
    ] as const) {
      const opened = await openOnnxFeatures({ model, ...plain });
      assert.ok(!opened.ok, model);
      assert.equal(opened.problem.code, code, model);
      assert.match(opened.problem.message, message);
    }
  });

  function write(name: string, bytes: Uint8Array | Float32Array): string {
    const target = path.join(folder, name);
    writeFileSync(target, bytes);
    return target;
  }
});
