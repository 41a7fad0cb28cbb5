import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelKind } from '../train/operator.ts';
import { rng } from '../random/rng.ts';
import { binarize, scaleAxes } from './bwn.ts';
import { selectBackend } from '../tensors/selectBackend.ts';

describe('binary-weight kernels', () => {
  before(async () => {
    const backend = await selectBackend({ backend: 'cpu', threads: null });
    assert.ok(backend.ok);
  });

  it('scale each output channel by its own mean magnitude, wherever that channel stands', () => {
    // The output channel's axis per kind; a transposed kernel is [h, w, OUT, in], which others get wrong.
    const cases: readonly [KernelKind, number[], number][] = [
      ['conv', [2, 3, 4, 5], 3],
      ['deconv', [2, 3, 5, 4], 2],
      ['dense', [6, 5], 1],
    ];
    for (const [kind, shape, outAxis] of cases) {
      const weight = tf.tensor(rng(1, 0, kind).fillNormal(new Float32Array(size(shape))), shape);
      const values = weight.dataSync();
      const coded = binarize(weight, kind, 'xnor').dataSync();
      const outChannels = shape[outAxis] ?? 0;
      const magnitudes = new Array<number>(outChannels).fill(0);
      values.forEach((w, i) => {
        const o = channelOf(i, shape, outAxis);
        magnitudes[o] = (magnitudes[o] ?? 0) + (Math.abs(w) * outChannels) / values.length;
      });
      assert.ok(new Set(magnitudes.map((m) => m.toFixed(4))).size === outChannels, 'the test needs distinct scales');
      coded.forEach((value, i) => {
        const expected = (magnitudes[channelOf(i, shape, outAxis)] ?? 0) * ((values[i] ?? 0) >= 0 ? 1 : -1);
        assert.ok(Math.abs(value - expected) < 1e-6, `${kind} at ${i}: ${value} is not ${expected}`);
      });
    }
  });

  it('take sign(0) as +1, as a stored bit must', () => {
    assert.deepEqual(
      [...binarize(tf.tensor([0, -0.5, 0, 1], [4, 1]), 'dense', 'xnor').dataSync()],
      [0.375, -0.375, 0.375, 0.375],
    );
  });

  it('pass XNOR-Net’s gradient: g ⊙ (α·1[|W| < 1] + 1/n)', () => {
    const weight = tf.tensor([0.5, -2, 0.25, 1], [4, 1]);
    const arriving = tf.tensor([1, 2, -3, 4], [4, 1]);
    const alpha = (0.5 + 2 + 0.25 + 1) / 4;
    const gradient = [
      ...tf
        .grad((w) => binarize(w, 'dense', 'xnor'))(weight, arriving)
        .dataSync(),
    ];
    const expected = [alpha + 0.25, 2 * 0.25, -3 * (alpha + 0.25), 4 * 0.25];
    gradient.forEach((g, i) => assert.ok(Math.abs(g - (expected[i] ?? 0)) < 1e-6));
    const straight = [
      ...tf
        .grad((w) => binarize(w, 'dense', 'ste'))(weight, arriving)
        .dataSync(),
    ];
    assert.deepEqual(straight, [1, 0, -3, 0]);
  });

  it('refuse a grouped transposed kernel, whose output channel is no axis', () => {
    assert.throws(() => scaleAxes('groupedDeconv'));
  });
});

function size(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

function channelOf(index: number, shape: readonly number[], axis: number): number {
  return Math.floor(index / size(shape.slice(axis + 1))) % (shape[axis] ?? 1);
}
