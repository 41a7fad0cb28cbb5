/** What makes the backend lazy and safe: what is compiled, what is kept, and when buffers are used again. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { OrtBackend } from './ortBackend.ts';
import { currentOrtBackend, ortBackendName } from './registerBackend.ts';
import { selectBackend } from './selectBackend.ts';
import { endStep } from './step.ts';

describe('the lazy ONNX Runtime backend', () => {
  let backend: OrtBackend;

  beforeEach(async () => {
    if (tf.findBackend(ortBackendName) !== null) tf.removeBackend(ortBackendName);
    const selected = await selectBackend({ backend: 'onnxruntime', threads: 1 });
    assert.ok(selected.ok, selected.ok ? '' : selected.problem.message);
    const current = currentOrtBackend();
    assert.ok(current !== null);
    backend = current;
  });

  it('computes nothing until a value is read', () => {
    const y = tf.tidy(() => tf.add(tf.square(tf.tensor1d([1, 2, 3])), 1));
    assert.equal(backend.report().nFlushes, 0);
    assert.deepEqual([...y.dataSync()], [2, 5, 10]);
    assert.equal(backend.report().nFlushes, 1);
  });

  it('drops what was disposed before it was needed', () => {
    tf.tidy(() => void tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])));
    endStep();
    assert.deepEqual([backend.report().nFlushes, backend.report().nCompiles], [0, 0]);
  });

  it('compiles a structure once, whatever its numbers, slice offsets and clip values are', () => {
    const source = tf.variable(tf.range(0, 20));
    for (let i = 0; i < 5; i++) {
      const y = tf.tidy(() => tf.clipByValue(tf.mul(tf.slice(source, i, 4), i + 0.5), i, 10 + i));
      endStep();
      const expected = [0, 1, 2, 3].map((k) => Math.min(Math.max((i + k) * (i + 0.5), i), 10 + i));
      assert.deepEqual([...y.dataSync()], expected);
      y.dispose();
    }
    assert.equal(backend.report().nCompiles, 1);
    source.dispose();
  });

  it('is not touched by what the caller does to its array afterwards', () => {
    const mine = Float32Array.of(1, 2, 3);
    const y = tf.mul(tf.tensor1d(mine), 2);
    mine.fill(0);
    assert.deepEqual([...y.dataSync()], [2, 4, 6]);
  });

  it('never writes into an array that a caller has read', () => {
    const weights = tf.variable(tf.zeros([4096]));
    const read: Float32Array[] = [];
    for (let i = 0; i < 6; i++) {
      tf.tidy(() => weights.assign(tf.add(weights, 1)));
      endStep();
      if (i % 2 === 0) read.push(weights.dataSync() as Float32Array);
    }
    assert.deepEqual(
      read.map((values) => [values[0], values[4095]]),
      [
        [1, 1],
        [3, 3],
        [5, 5],
      ],
    );
    weights.dispose();
  });

  it('neither hoards nor spends buffers when a loop uploads a batch per step', () => {
    const weights = tf.variable(tf.ones([2048]));
    const step = (i: number): void => {
      const batch = Float32Array.from({ length: 2048 }, (_, k) => k + i);
      tf.tidy(() => weights.assign(tf.add(weights, tf.tensor1d(batch))));
      endStep();
    };
    for (let i = 0; i < 10; i++) step(i);
    const before = backend.report().pooledBytes;
    for (let i = 0; i < 50; i++) step(i);
    assert.equal(backend.report().pooledBytes, before);
    weights.dispose();
  });

  it('keeps a value that a pending node still reads after its tensor was disposed', () => {
    const x = tf.tensor1d([5]);
    const y = tf.add(x, 1);
    x.dispose();
    assert.deepEqual([...y.dataSync()], [6]);
  });

  it('bounds the number of pending nodes without being read', () => {
    const total = tf.variable(tf.scalar(0));
    for (let i = 0; i < 25_000; i++) tf.tidy(() => total.assign(tf.add(total, 1)));
    assert.ok(backend.report().nPendingNodes <= 20_000);
    assert.equal(total.dataSync()[0], 25_000);
    total.dispose();
  }).timeout(60_000);

  it('bounds the number of compiled sessions', () => {
    for (let size = 1; size <= 80; size++) tf.tidy(() => tf.square(tf.range(0, size)).dataSync());
    assert.ok(backend.report().nSessions <= 64);
  });

  it('tells the truth about memory', () => {
    const before = tf.memory();
    const kept = tf.tidy(() => tf.relu(tf.conv2d(tf.ones<tf.Rank.R4>([1, 8, 8, 3]), tf.ones([3, 3, 3, 4]), 1, 'same')));
    assert.equal(tf.memory().numTensors, before.numTensors + 1);
    assert.equal(tf.memory().numBytes, before.numBytes + 4 * 8 * 8 * 4);
    kept.dispose();
    assert.deepEqual(tf.memory(), before);
    assert.equal(tf.memory().unreliable, false);
  });

  it('has real integers and booleans', () => {
    const quotient = tf.floorDiv(tf.tensor1d([-7, 7], 'int32'), tf.tensor1d([2, -2], 'int32'));
    assert.deepEqual([quotient.dtype, ...quotient.dataSync()], ['int32', -4, -4]);
    const largest = tf.argMax(tf.tensor1d([1, 9, NaN, 3]));
    assert.deepEqual([largest.dtype, ...largest.dataSync()], ['int32', 1]);
    const either = tf.logicalOr(tf.tensor1d([1, 0], 'bool'), tf.tensor1d([0, 0], 'bool'));
    assert.deepEqual([either.dtype, ...either.dataSync()], ['bool', 1, 0]);
  });

  it('counts the kernel calls that run on the host', () => {
    tf.tidy(() => tf.unique(tf.tensor1d([1, 1, 2])).values.dataSync());
    assert.deepEqual(backend.report().hostFallbacks, { Unique: 1 });
  });

  it('keeps its tensors when the same backend is selected again', async () => {
    const kept = tf.tensor1d([1, 2]);
    assert.ok((await selectBackend({ backend: 'cpu', threads: 1 })).ok);
    assert.ok((await selectBackend({ backend: 'onnxruntime', threads: 1 })).ok);
    assert.deepEqual([...tf.add(kept, 1).dataSync()], [2, 3]);
  });

  it('leaves the error messages of TF.js as they are', () => {
    assert.throws(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3])), /inner shapes \(3\) and \(2\)/);
  });
});
