import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { bwnCoding, transformsFor } from '../compress/weightCoding.ts';
import type { ImageSet } from '../data/imageSet.ts';
import { rng } from '../random/rng.ts';
import { ganLoss } from './ganLoss.ts';
import { createGanTrainer, type GanTask, type GanTrainer } from './ganStep.ts';
import { handDiscriminator, handGenerator } from './handGraph.ts';
import { createNetwork, type Network } from './network.ts';
import { selectBackend } from '../tensors/selectBackend.ts';

describe('a GAN training step', () => {
  before(async () => {
    const backend = await selectBackend({ backend: 'cpu', threads: null });
    assert.ok(backend.ok);
  });

  it('computes the cross-entropy of logits without overflow', () => {
    const logits = tf.tensor([-200, -1, 0, 3, 200]);
    const expected = (label: 0 | 1) =>
      [-200, -1, 0, 3, 200].reduce(
        (sum, x) => sum + Math.log1p(Math.exp(-Math.abs(x))) + Math.max(label === 1 ? -x : x, 0),
        0,
      ) / 5;
    for (const label of [0, 1] as const) {
      const { onReal, onFake } = ganLoss('bce', 0);
      const loss = (label === 1 ? onReal : onFake)(logits).dataSync()[0] ?? NaN;
      assert.ok(Math.abs(loss - expected(label)) < 1e-3, `${loss} for ${label}`);
    }
  });

  it('has the gradients that small changes of the weights show', () => {
    const { generator, discriminator } = networks();
    const latents = tf.tensor(rng(1, 0, 'z').fillNormal(new Float32Array(20)), [4, 5]);
    const loss = (): tf.Scalar =>
      ganLoss('bce', 0).onGenerated(
        discriminator.forwardFromImages(
          generator.forwardToImages(latents, { training: true, updateStatistics: false }),
          {
            training: true,
            updateStatistics: false,
            logits: true,
          },
        ),
      );
    // Larger weights than at the start of a training: activations then keep away from their kinks at 0.
    for (const network of [generator, discriminator]) {
      assert.ok(network.writeWeights(network.readWeights().map((w) => ({ ...w, data: w.data.map((x) => x * 8) }))).ok);
    }
    for (const network of [generator, discriminator]) {
      const { grads } = tf.variableGrads(
        loss,
        network.trainable.map(({ variable }) => variable),
      );
      for (const { slot, variable } of network.trainable) {
        // A bias in front of a batch normalization has no effect; 0 is then the right gradient.
        const gradient = Float32Array.from(grads[variable.name]?.dataSync() ?? []);
        const weights = network.readWeights();
        const data = weights.find((w) => w.name === slot.name)?.data ?? new Float32Array(0);
        const at = gradient.reduce((best, g, i) => (Math.abs(g) > Math.abs(gradient[best] ?? 0) ? i : best), 0);
        const delta = 1e-3;
        const lossAt = (shift: number): number => {
          const moved = weights.map((w) => {
            if (w.name !== slot.name) return w;
            const copy = data.slice();
            copy[at] = (copy[at] ?? 0) + shift;
            return { ...w, data: copy };
          });
          assert.ok(network.writeWeights(moved).ok);
          return loss().dataSync()[0] ?? NaN;
        };
        const measured = (lossAt(delta) - lossAt(-delta)) / (2 * delta);
        lossAt(0);
        const analytic = gradient[at] ?? NaN;
        assert.ok(
          Math.abs(measured - analytic) <= 2e-4 + 0.05 * Math.abs(analytic),
          `${slot.name}[${at}]: ${analytic} by differentiation, ${measured} by difference`,
        );
      }
    }
  });

  it('moves D to tell real from generated and is the same for the same seed', () => {
    const run = (): { losses: number[]; weights: number[] } => {
      const trainer = make();
      const losses = Array.from({ length: 12 }, (_, step) => trainer.step(step).lossD);
      return { losses, weights: trainer.task.generator.readWeights().flatMap((w) => [...w.data]) };
    };
    const [a, b] = [run(), run()];
    assert.ok((a.losses.at(-1) ?? 9) < (a.losses[0] ?? 0) - 0.2, a.losses.join(' '));
    assert.deepEqual(a, b);
  });

  it('goes on bit for bit from saved weights and optimizer state', () => {
    const whole = make();
    for (let step = 0; step < 6; step++) whole.step(step);
    const first = make();
    for (let step = 0; step < 3; step++) first.step(step);
    const saved = [first.task.generator.readWeights(), first.task.discriminator.readWeights()] as const;
    const [stateG, stateD] = [first.adamG.readState(), first.adamD.readState()];
    const second = make(99); // other initial weights, the same task
    assert.ok(second.task.generator.writeWeights(saved[0]).ok);
    assert.ok(second.task.discriminator.writeWeights(saved[1]).ok);
    assert.ok(second.adamG.writeState(stateG).ok);
    assert.ok(second.adamD.writeState(stateD).ok);
    for (let step = 3; step < 6; step++) second.step(step);
    assert.deepEqual(second.task.generator.readWeights(), whole.task.generator.readWeights());
    assert.deepEqual(second.task.discriminator.readWeights(), whole.task.discriminator.readWeights());
    assert.deepEqual(second.adamG.readState(), whole.adamG.readState());
  });

  it('lets G see its binarized weights while the real ones keep moving', () => {
    const trainer = make(1, ['fc', 'main.2']);
    const before = kernel(trainer.task.generator, 'fc.weight');
    for (let step = 0; step < 3; step++) trainer.step(step);
    const after = kernel(trainer.task.generator, 'fc.weight');
    assert.ok(after.some((w, i) => w !== before[i]));
    assert.ok(new Set(after.map(Math.abs)).size > after.length / 2, 'the real weights are not binary');
  });

  it('leaves no tensor behind', () => {
    const trainer = make();
    trainer.step(0);
    const before = tf.memory().numTensors;
    trainer.step(1);
    trainer.step(2);
    assert.equal(tf.memory().numTensors, before);
  });
});

function networks(seed = 1): { generator: Network; discriminator: Network } {
  const generator = createNetwork(handGenerator({ latents: 5, channels: [6, 4], colours: 1 }), seed);
  const discriminator = createNetwork(
    handDiscriminator({ size: 16, colours: 1, channels: [4, 6], sigmoid: true }),
    seed,
  );
  assert.ok(generator.ok && discriminator.ok);
  return { generator: generator.value, discriminator: discriminator.value };
}

function make(networkSeed = 1, binary: readonly string[] = []): GanTrainer {
  const { generator, discriminator } = networks(networkSeed);
  return createGanTrainer({
    generator,
    discriminator,
    images: stripes(),
    batch: 4,
    generatorSteps: 1,
    latents: 'normal',
    optimizer: { learningRate: 2e-3, beta1: 0.5, beta2: 0.999 },
    rateAt: () => 1,
    seed: 7,
    purpose: 'full',
    transformsG: transformsFor(generator, binary, bwnCoding('xnor')),
    transformsD: new Map(),
    endStep: () => undefined,
  } satisfies GanTask);
}

function kernel(network: Network, name: string): Float32Array {
  return network.readWeights().find((w) => w.name === name)?.data ?? new Float32Array(0);
}

/** 20 images of bright and dark rows, 16 × 16. */
function stripes(): ImageSet {
  const pixels = Uint8Array.from({ length: 20 * 256 }, (_, i) => (Math.floor((i % 256) / 32) % 2 === 0 ? 240 : 15));
  return { nImages: 20, size: 16, channels: 1, pixels, fingerprint: 'stripes', skipped: [] };
}
