/**
 * Training on the lazy backend: equal to itself whatever happens between the steps, and without leaks.
 * `ganAgainstCpu.test.ts` compares it with other backends. tfjs-wasm is here because we lend it a kernel.
 */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Dcgan, DcganSize } from '../../bench/dcgan.ts';
import { makeDcgan } from '../../bench/dcgan.ts';
import { currentOrtBackend } from '../../engine/tensors/registerBackend.ts';
import type { BackendName } from '../../engine/tensors/selectBackend.ts';
import { selectBackend } from '../../engine/tensors/selectBackend.ts';
import { endStep, releaseGraphs } from '../../engine/tensors/step.ts';
import type { GanTrainer, StepLosses } from '../../engine/train/ganStep.ts';
import { tinyTrainer } from './ganTrajectory.ts';

const tiny: DcganSize = { name: 'tiny', batch: 4, imageSize: 16, imageChannels: 1, width: 4, kernel: 4 };

describe('training on the lazy backend', () => {
  it('trains on tfjs-wasm too, whose missing filter gradient is composed', async () => {
    const expected = await onBackend('cpu', (gan) => readAll(gan.gradients(0)));
    const actual = await onBackend('wasm', (gan) => readAll(gan.gradients(0)));
    actual.forEach((gradient, i) => assertClose(gradient, expected[i] ?? new Float32Array(), 1e-4));
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

  it('trains a network to the same bits with samples, checkpoints and released graphs in between', async () => {
    const selected = await selectBackend({ backend: 'onnxruntime', threads: 2 });
    assert.ok(selected.ok);
    const run = (between: (trainer: GanTrainer, step: number) => void) => {
      const trainer = tinyTrainer();
      const losses: StepLosses[] = [];
      for (let step = 0; step < 6; step++) {
        losses.push(trainer.step(step));
        between(trainer, step);
      }
      const weights = [trainer.task.generator, trainer.task.discriminator].flatMap((network) => network.readWeights());
      const moments = [trainer.adamG.readState(), trainer.adamD.readState()];
      trainer.dispose();
      trainer.task.generator.dispose();
      trainer.task.discriminator.dispose();
      return { losses, weights, moments };
    };
    const plain = run(() => undefined);
    const watched = run(({ task, adamG, adamD }, step) => {
      const { generator, discriminator } = task;
      if (step % 2 === 0) {
        const latents = tf.ones([3, 5]);
        const images = tf.tidy(() => generator.forwardToImages(latents, { training: false }));
        images.dataSync();
        tf.dispose([latents, images]);
      }
      // A checkpoint, and the same one read back.
      if (step % 3 === 1) {
        assert.ok(generator.writeWeights(generator.readWeights()).ok);
        assert.ok(discriminator.writeWeights(discriminator.readWeights()).ok);
        assert.ok(adamG.writeState(adamG.readState()).ok);
        assert.ok(adamD.writeState(adamD.readState()).ok);
      }
      if (step === 3) releaseGraphs();
    });
    assert.deepEqual(watched, plain);
  });

  it('compiles a step once, the first one, whose optimizer state is still zeros', async () => {
    await onBackend('onnxruntime', (gan) => {
      const backend = currentOrtBackend();
      assert.ok(backend !== null);
      backend.releaseGraphs();
      const before = backend.report().nCompiles;
      train(gan, 4);
      assert.equal(backend.report().nCompiles, before + 1);
      const trainer = tinyTrainer();
      for (let step = 0; step < 4; step++) trainer.step(step);
      assert.equal(backend.report().nCompiles, before + 2);
      trainer.dispose();
      trainer.task.generator.dispose();
      trainer.task.discriminator.dispose();
    });
  });

  it('compiles nothing once it is steady, runs no kernel on the host and keeps memory flat', async () => {
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
