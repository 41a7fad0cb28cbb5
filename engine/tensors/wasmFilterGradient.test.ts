import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { rng } from '../random/rng.ts';
import { selectBackend } from './selectBackend.ts';
import { filterGradient } from './wasmFilterGradient.ts';

describe('the composed filter gradient', () => {
  it('equals TF.js’s own kernel over strides, paddings and odd sizes', async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
    const explicit = (top: number, left: number): [number, number][] => [
      [0, 0],
      [top, top],
      [left, left],
      [0, 0],
    ];
    for (const [height, width] of [
      [7, 9],
      [8, 8],
      [5, 6],
    ] as const) {
      for (const strides of [
        [1, 1],
        [2, 2],
        [2, 3],
      ] as [number, number][]) {
        for (const pad of ['same', 'valid', explicit(1, 2)] as ('same' | 'valid')[]) {
          const filterShape: [number, number, number, number] = [3, 4, 2, 3];
          const x: tf.Tensor4D = tf.tensor4d(normal(2 * height * width * 2), [2, height, width, 2]);
          const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, 'floor');
          const shape: [number, number, number, number] = [2, info.outHeight, info.outWidth, 3];
          const dy: tf.Tensor4D = tf.tensor4d(normal(shape.reduce((a, b) => a * b)), shape);
          const attributes = { strides, pad, dimRoundingMode: 'floor', filterShape } as const;
          const own = filterGradient(x, dy, attributes).dataSync();
          const theirs = tf
            .engine()
            .runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, dataFormat: 'NHWC' }) as tf.Tensor;
          theirs.dataSync().forEach((value, i) => {
            assert.ok(
              Math.abs(value - (own[i] ?? NaN)) < 1e-4,
              `${height}×${width}, stride ${strides.join()}, ${JSON.stringify(pad)}`,
            );
          });
        }
      }
    }
  });
});

function normal(count: number): Float32Array {
  return rng(1, count, 'test').fillNormal(new Float32Array(count));
}
