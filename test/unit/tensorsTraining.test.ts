/** Training on the lazy backend: against TF.js's `cpu` backend, against itself, and without leaks. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Dcgan, DcganSize } from '../../bench/dcgan.ts';
import { makeDcgan } from '../../bench/dcgan.ts';
import { currentOrtBackend } from '../../engine/tensors/registerBackend.ts';
import type { BackendName } from '../../engine/tensors/selectBackend.ts';
import { selectBackend } from '../../engine/tensors/selectBackend.ts';
import { endStep } from '../../engine/tensors/step.ts';

const tiny: DcganSize = { name: 'tiny', batch: 4, imageSize: 16, imageChannels: 1, width: 4, kernel: 4 };

describe('training on the lazy backend', () => {
  it('gives the gradients of a GAN step that the cpu backend gives', async () => {
    const expected = await onBackend('cpu', (gan) => readAll(gan.gradients(0)));
    const actual = await onBackend('onnxruntime', (gan) => readAll(gan.gradients(0)));
    assert.equal(actual.length, expected.length);
    actual.forEach((gradient, i) => assertClose(gradient, expected[i] ?? new Float32Array(), 1e-4));
  });

  it('trains on tfjs-wasm too, whose missing filter gradient is composed', async () => {
    const expected = await onBackend('cpu', (gan) => readAll(gan.gradients(0)));
    const actual = await onBackend('wasm', (gan) => readAll(gan.gradients(0)));
    actual.forEach((gradient, i) => assertClose(gradient, expected[i] ?? new Float32Array(), 1e-4));
  });

  it('stays with the cpu backend over 20 steps', async () => {
    const expected = await onBackend('cpu', (gan) => train(gan, 20));
    const actual = await onBackend('onnxruntime', (gan) => train(gan, 20));
    actual.losses.forEach((loss, i) => assert.ok(Math.abs(loss - (expected.losses[i] ?? NaN)) < 1e-3, `step ${i}`));
    actual.weights.forEach((weights, i) => assertClose(weights, expected.weights[i] ?? new Float32Array(), 2e-2));
  });

  it('is bitwise equal to itself, with and without reads in between', async () => {
    const plain = await onBackend('onnxruntime', (gan) => train(gan, 6));
    const again = await onBackend('onnxruntime', (gan) => train(gan, 6));
    const read = await onBackend('onnxruntime', (gan) =>
      train(gan, 6, (stepIdx) => {
        if (stepIdx % 2 === 0) for (const variable of gan.variables) variable.dataSync();
      }),
    );
    assert.deepEqual(again, plain);
    assert.deepEqual(read, plain);
  });

  it('compiles a step once it is steady, runs no kernel on the host and keeps memory flat', async () => {
    await onBackend('onnxruntime', (gan) => {
      train(gan, 3);
      const backend = currentOrtBackend();
      assert.ok(backend !== null);
      const before = { ...tf.memory(), ids: backend.numDataIds(), compiles: backend.report().nCompiles };
      train(gan, 40);
      const after = { ...tf.memory(), ids: backend.numDataIds(), compiles: backend.report().nCompiles };
      assert.deepEqual(after, before);
      assert.deepEqual(backend.report().hostFallbacks, {});
      assert.equal(backend.report().nPendingNodes, 0);
    });
  });
});

async function onBackend<T>(backend: BackendName, use: (gan: Dcgan) => T): Promise<T> {
  const selected = await selectBackend({ backend, threads: 2 });
  assert.ok(selected.ok, selected.ok ? '' : selected.problem.message);
  const gan = makeDcgan(tiny, 7);
  try {
    return use(gan);
  } finally {
    gan.dispose();
  }
}

function train(gan: Dcgan, nSteps: number, afterStep: (stepIdx: number) => void = () => undefined) {
  const losses: number[] = [];
  for (let stepIdx = 0; stepIdx < nSteps; stepIdx++) {
    const { discriminator, generator } = gan.step(stepIdx);
    endStep();
    losses.push(discriminator.dataSync()[0] ?? NaN, generator.dataSync()[0] ?? NaN);
    discriminator.dispose();
    generator.dispose();
    afterStep(stepIdx);
  }
  return { losses, weights: gan.variables.map((variable) => Float32Array.from(variable.dataSync())) };
}

function readAll(tensors: Record<string, tf.Tensor>): Float32Array[] {
  // Variables are numbered over the whole process, so the order is what identifies them.
  const arrays = Object.values(tensors).map((tensor) => Float32Array.from(tensor.dataSync()));
  tf.dispose(tensors);
  return arrays;
}

/** The largest difference, relative to the largest element. */
function assertClose(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12);
  const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))), 0);
  assert.ok(worst / scale < tolerance, `relative difference ${worst / scale}`);
}
