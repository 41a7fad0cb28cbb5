/** The losses by hand values, their gradients by small differences, and what one step does with clipping and averages. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { lossSettings, type LossName } from '../../core/plan/trainFields.ts';
import type { ImageSet } from '../data/imageSet.ts';
import { rng } from '../random/rng.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { ganLoss } from './ganLoss.ts';
import { createGanTrainer, type GanTrainer } from './ganStep.ts';
import { gradientPenalty } from './gradientPenalty.ts';
import { handDiscriminator, handGenerator } from './handGraph.ts';
import { createNetwork, initialWeights, type Network } from './network.ts';

describe('the losses of a GAN', function () {
  this.timeout(120_000);
  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
  });

  // D's outputs on two real and two generated images: 2, −1 and 0.5, −3.
  const rows: readonly (readonly [LossName, number, number, number, number])[] = [
    // ln(1+e^−2), ln(1+e^1); ln(1+e^0.5), ln(1+e^−3); ln(1+e^−0.5), ln(1+e^3)
    ['bce', 0, (0.126928 + 1.313262) / 2, (0.974077 + 0.048587) / 2, (0.474077 + 3.048587) / 2],
    // Smoothing by s adds s·mean(x) on the real side: softplus(x) − (1 − s)·x.
    ['bce', 0.1, (0.126928 + 1.313262) / 2 + 0.05, (0.974077 + 0.048587) / 2, (0.474077 + 3.048587) / 2],
    ['lsgan', 0, (1 + 4) / 4, (0.25 + 9) / 4, (0.25 + 16) / 4],
    ['lsgan', 0.1, (1.1 ** 2 + 1.9 ** 2) / 4, (0.25 + 9) / 4, (0.25 + 16) / 4],
    ['hinge', 0, (0 + 2) / 2, (1.5 + 0) / 2, 1.25],
    ['wgan', 0, -0.5, -1.25, 1.25],
    ['wgan-gp', 0, -0.5, -1.25, 1.25],
  ];
  for (const [name, smoothing, real, fake, generated] of rows) {
    it(`${name}${smoothing > 0 ? `, smoothed by ${smoothing}` : ''}: has the values of its definition`, () => {
      const loss = ganLoss(name, smoothing);
      const near = (scalar: tf.Scalar, expected: number): void => {
        const value = scalar.dataSync()[0] ?? NaN;
        assert.ok(Math.abs(value - expected) < 1e-5, `${value} is not ${expected}`);
      };
      near(loss.onReal(tf.tensor([2, -1])), real);
      near(loss.onFake(tf.tensor([0.5, -3])), fake);
      near(loss.onGenerated(tf.tensor([0.5, -3])), generated);
    });
  }

  it('takes the settings of the papers where the plan says nothing', () => {
    const of = (loss: LossName) => lossSettings({ loss, labelSmoothing: 0 });
    assert.deepEqual([of('bce').discriminatorSteps, of('bce').weightClip, of('bce').ema], [1, null, null]);
    assert.deepEqual([of('wgan').discriminatorSteps, of('wgan').weightClip, of('wgan').gradientPenalty], [5, 0.01, 0]);
    assert.deepEqual([of('wgan-gp').weightClip, of('wgan-gp').gradientPenalty], [null, 10]);
    assert.equal(lossSettings({ loss: 'wgan', labelSmoothing: 0, weightClip: 0.1 }).weightClip, 0.1);
  });

  describe('the gradient penalty', () => {
    it('is (‖w‖ − 1)² for a critic that is a plane', () => {
      const w = tf.tensor([1, 2, 2, 0], [1, 2, 2, 1]); // ‖w‖ = 3
      const critic = (images: tf.Tensor): tf.Tensor => tf.sum(tf.mul(images, w), [1, 2, 3]);
      const images = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2, 1]);
      const value = gradientPenalty(critic, images, tf.neg(images), Float32Array.of(0.3, 0.9)).dataSync()[0];
      assert.ok(Math.abs((value ?? NaN) - 4) < 1e-5, String(value));
    });

    it('has the gradient by D’s weights that small changes of them show, batch normalization and all', () => {
      // The gradient of a leaky ReLU jumps, and a penalty on gradients with it: differences need a smooth critic.
      const discriminator = smoothDiscriminator();
      assert.ok(discriminator.writeWeights(discriminator.readWeights().map((w) => ({ ...w, data: w.data.map((x) => x * 4) }))).ok); // prettier-ignore
      const draw = (name: string) => tf.tensor4d(rng(1, 0, name).fillNormal(new Float32Array(3 * 256)), [3, 16, 16, 1]);
      const [real, fake] = [draw('real'), draw('fake')];
      const shares = Float32Array.of(0.2, 0.5, 0.8);
      const penalty = (): tf.Scalar =>
        gradientPenalty(
          (images) =>
            discriminator.forwardFromImages(images, {
              training: true,
              updateStatistics: false,
              twice: true,
              logits: true,
            }),
          real,
          fake,
          shares,
        );
      const { grads } = tf.variableGrads(
        penalty,
        discriminator.trainable.map(({ variable }) => variable),
      );
      let checked = 0;
      for (const { slot, variable } of discriminator.trainable) {
        const gradient = Float32Array.from(grads[variable.name]?.dataSync() ?? []);
        const at = gradient.reduce((best, g, i) => (Math.abs(g) > Math.abs(gradient[best] ?? 0) ? i : best), 0);
        const analytic = gradient[at] ?? 0;
        if (Math.abs(analytic) < 1e-3) continue;
        const weights = discriminator.readWeights();
        const penaltyAt = (shift: number): number => {
          const moved = weights.map((w) => {
            if (w.name !== slot.name) return w;
            const data = w.data.slice();
            data[at] = (data[at] ?? 0) + shift;
            return { ...w, data };
          });
          assert.ok(discriminator.writeWeights(moved).ok);
          return penalty().dataSync()[0] ?? NaN;
        };
        const delta = 2e-3;
        const measured = (penaltyAt(delta) - penaltyAt(-delta)) / (2 * delta);
        penaltyAt(0);
        assert.ok(
          Math.abs(measured - analytic) < 0.02 * Math.abs(analytic) + 1e-3,
          `${slot.name}: ${analytic} by differentiation, ${measured} by difference`,
        );
        checked += 1;
      }
      assert.ok(checked >= 3, `${checked} weights had a gradient worth checking`);
    });
  });

  it('clips the weights of a Wasserstein critic after each of its updates, and G’s never', () => {
    const trainer = make('wgan');
    trainer.step(0);
    const largest = (network: Network): number =>
      Math.max(...network.trainable.map(({ variable }) => Math.max(...tf.abs(variable).dataSync())));
    assert.ok(largest(trainer.task.discriminator) <= 0.01 + 1e-7);
    assert.ok(largest(trainer.task.generator) > 0.01);
  });

  it('keeps an average of G’s weights that starts anew and lags behind them', () => {
    const trainer = make('hinge', { ema: 0.9 });
    const weight = (): number => trainer.task.generator.readWeights()[0]?.data[0] ?? NaN;
    const seen = [weight()];
    let expected = weight();
    for (let step = 0; step < 4; step++) {
      trainer.step(step);
      seen.push(weight());
      const decay = Math.min(0.9, (1 + step) / (10 + step));
      expected = weight() + decay * (expected - weight());
    }
    const average = trainer.ema?.readWeights()[0]?.data[0] ?? NaN;
    assert.ok(Math.abs(average - expected) < 1e-6, `${average} is not ${expected}, of ${seen.join(' ')}`);
  });

  for (const name of ['lsgan', 'hinge', 'wgan', 'wgan-gp'] as const) {
    it(`${name}: moves D to tell real from generated, leaves no tensor behind`, () => {
      const trainer = make(name, name === 'wgan' ? { weightClip: 0.5 } : {});
      const first = trainer.step(0).lossD;
      const tensors = tf.memory().numTensors;
      let last = first;
      for (let step = 1; step < 8; step++) last = trainer.step(step).lossD;
      assert.ok(last < first, `${first} to ${last}`);
      assert.equal(tf.memory().numTensors, tensors);
    });
  }
});

function networks(): { generator: Network; discriminator: Network } {
  const generator = createNetwork(handGenerator({ latents: 5, channels: [6, 4], colours: 1 }), 1);
  const discriminator = createNetwork(handDiscriminator({ size: 16, colours: 1, channels: [4, 6] }), 1);
  assert.ok(generator.ok && discriminator.ok);
  assert.deepEqual(generator.value.readWeights(), initialWeights(generator.value, 1));
  return { generator: generator.value, discriminator: discriminator.value };
}

function smoothDiscriminator(): Network {
  const graph = handDiscriminator({ size: 16, colours: 1, channels: [4, 6] });
  const nodes = graph.nodes.map((node) =>
    node.op === 'activation' ? { ...node, attributes: { fn: 'tanh' as const } } : node,
  );
  const created = createNetwork({ ...graph, nodes }, 1);
  assert.ok(created.ok);
  return created.value;
}

function make(loss: LossName, more: { readonly ema?: number; readonly weightClip?: number } = {}): GanTrainer {
  return createGanTrainer({
    ...networks(),
    images: stripes(),
    batch: 4,
    generatorSteps: 1,
    loss: lossSettings({ loss, labelSmoothing: 0, discriminatorSteps: 2, ...more }),
    latents: 'normal',
    optimizer: { learningRate: 2e-3, beta1: 0.5, beta2: 0.999 },
    rateAt: () => 1,
    seed: 7,
    purpose: 'full',
    transformsG: new Map(),
    transformsD: new Map(),
    endStep: () => undefined,
  });
}

/** 20 images of bright and dark rows, 16 × 16. */
function stripes(): ImageSet {
  const pixels = Uint8Array.from({ length: 20 * 256 }, (_, i) => (Math.floor((i % 256) / 32) % 2 === 0 ? 240 : 15));
  return { nImages: 20, size: 16, channels: 1, pixels, fingerprint: 'stripes', skipped: [] };
}
