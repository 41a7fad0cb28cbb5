import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { codedWeight, weightValues } from '../formats/packedModel.ts';
import { planeBits } from '../formats/weightPlanes.ts';
import { rng } from '../random/rng.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import type { KernelKind } from '../train/operator.ts';
import { quantizeWeight } from './multiBit.ts';

describe('ternary and k-bit weights', () => {
  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
  });

  const kernels: readonly (readonly [KernelKind, number[], number])[] = [
    ['conv', [3, 3, 4, 5], 3],
    ['deconv', [3, 3, 5, 4], 2],
    ['dense', [9, 5], 1],
  ];
  for (const [kind, shape, outAxis] of kernels) {
    it(`are seen in training as they are stored: ${kind}`, () => {
      const size = shape.reduce((product, dim) => product * dim, 1);
      const values = rng(3, 0, kind)
        .fillNormal(new Float32Array(size))
        .map((x) => x * 0.02);
      for (const bits of planeBits) {
        const seen = quantizeWeight(tf.tensor(values, shape), kind, bits).dataSync();
        const stored = weightValues(codedWeight(bits, shape, outAxis, values));
        const worst = stored.reduce((most, value, i) => Math.max(most, Math.abs(value - (seen[i] ?? NaN))), 0);
        assert.ok(worst < 1e-7, `${bits} bits: ${worst}`);
      }
    });
  }

  it('come nearer to the weights with every bit', () => {
    const values = rng(1, 0, 'error').fillNormal(new Float32Array(4000));
    const errorOf = (bits: (typeof planeBits)[number]): number => {
      const seen = quantizeWeight(tf.tensor(values, [1000, 4]), 'dense', bits).dataSync();
      return values.reduce((sum, value, i) => sum + (value - (seen[i] ?? NaN)) ** 2, 0) / values.length;
    };
    // Max (1960), table II: the least mean square error of uniform levels for a normal distribution.
    assert.ok(Math.abs(errorOf(2) - 0.1188) < 0.01, String(errorOf(2)));
    assert.ok(Math.abs(errorOf(4) - 0.01154) < 0.002, String(errorOf(4)));
    const errors = [2, 3, 4, 5, 6, 7, 8].map((bits) => errorOf(bits as 2));
    assert.ok(errors.every((error, i) => i === 0 || error < (errors[i - 1] ?? 0)), errors.join(' ')); // prettier-ignore
  });

  it('pass the gradient straight through, and a channel of zeros stays zero', () => {
    const weight = tf.tensor([0.5, 0, -0.2, 0, 0.1, 0], [3, 2]);
    for (const bits of ['ternary', 4] as const) {
      const gradient = tf.grad((w: tf.Tensor) => tf.sum(tf.mul(quantizeWeight(w, 'dense', bits), 3)))(weight);
      assert.deepEqual([...gradient.dataSync()], [3, 3, 3, 3, 3, 3]);
      const seen = quantizeWeight(weight, 'dense', bits).dataSync();
      assert.deepEqual([seen[1], seen[3], seen[5]].map((x) => Math.abs(x ?? NaN)), [0, 0, 0]); // prettier-ignore
    }
  });
});
