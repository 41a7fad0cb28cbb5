/**
 * One step of the noise task: one update of D on a real and a generated batch, then `generatorSteps`
 * updates of G, with the non-saturating binary cross-entropy of DCGAN, computed from logits as
 * softplus(∓x) so that it cannot overflow. Real and generated images pass D as separate batches, as
 * PyTorch's DCGAN does (batch normalization sees them apart), and D's update and G's first update share
 * their latents. A step depends on its number, the seed and the weights, and on nothing else.
 */
import * as tf from '@tensorflow/tfjs-core';
import { batchAt, type ImageSet } from '../data/imageSet.ts';
import { rng } from '../random/rng.ts';
import { createAdam, type Adam, type AdamSettings } from './adam.ts';
import { latentTensor } from './latents.ts';
import type { Network, WeightTransform } from './network.ts';

export interface GanTask {
  readonly generator: Network;
  readonly discriminator: Network;
  readonly images: ImageSet;
  readonly batch: number;
  readonly generatorSteps: number;
  readonly latents: 'normal' | 'uniform';
  readonly optimizer: AdamSettings;
  /** What the learning rate is multiplied by at a step. */
  readonly rateAt: (step: number) => number;
  readonly seed: number;
  /** Names the streams of data order and latents; another variant of a run has another purpose. */
  readonly purpose: string;
  readonly transformsG: ReadonlyMap<string, WeightTransform>;
  readonly transformsD: ReadonlyMap<string, WeightTransform>;
  /** Completes the step's pending work (`endStep`); called once per step, before losses are read. */
  readonly endStep: () => void;
}

export interface StepLosses {
  readonly lossD: number;
  /** Mean over the generator's updates of this step. */
  readonly lossG: number;
}

export interface GanTrainer {
  readonly task: GanTask;
  readonly adamG: Adam;
  readonly adamD: Adam;
  /** Trains step `step` (0, 1, 2…). Losses are those before the updates. */
  step(step: number): StepLosses;
  /** Frees the optimizers; the networks belong to the caller. */
  dispose(): void;
}

export function createGanTrainer(task: GanTask): GanTrainer {
  const { generator, discriminator } = task;
  const adamG = createAdam(generator, task.optimizer);
  const adamD = createAdam(discriminator, task.optimizer);
  const weightsG = generator.trainable.map(({ variable }) => variable);
  const weightsD = discriminator.trainable.map(({ variable }) => variable);
  const { size, channels } = task.images;

  const draw = (step: number, update: number): tf.Tensor =>
    latentTensor({
      distribution: task.latents,
      shape: generator.inputShape,
      count: task.batch,
      seed: task.seed,
      step,
      purpose: `${task.purpose} ${update}`,
    });

  const judge = (images: tf.Tensor, step: number, pass: string): tf.Tensor =>
    discriminator.forwardFromImages(images, {
      training: true,
      logits: true,
      transforms: task.transformsD,
      random: rng(task.seed, step, `dropout D ${task.purpose} ${pass}`),
    });

  const imagine = (latents: tf.Tensor, step: number, update: number, updateStatistics: boolean): tf.Tensor4D =>
    generator.forwardToImages(latents, {
      training: true,
      updateStatistics,
      transforms: task.transformsG,
      random: rng(task.seed, step, `dropout G ${task.purpose} ${update}`),
    });

  const updateD = (step: number, latents: tf.Tensor): tf.Scalar => {
    const real = tf.tensor4d(
      batchAt(task.images, { seed: task.seed, step, batchSize: task.batch, purpose: task.purpose }),
      [task.batch, size, size, channels],
    );
    const fake = imagine(latents, step, 0, false);
    const { value, grads } = tf.variableGrads(() => {
      const onReal = lossOfLabel(judge(real, step, 'real'), 1);
      return tf.add(onReal, lossOfLabel(judge(fake, step, 'fake'), 0));
    }, weightsD);
    adamD.update(grads, task.rateAt(step));
    return value;
  };

  const updateG = (step: number, update: number, latents: tf.Tensor): tf.Scalar => {
    const { value, grads } = tf.variableGrads(
      () => lossOfLabel(judge(imagine(latents, step, update, true), step, `G ${update}`), 1),
      weightsG,
    );
    adamG.update(grads, task.rateAt(step));
    return value;
  };

  return {
    task,
    adamG,
    adamD,
    step(step) {
      const losses = tf.tidy(() => {
        const shared = draw(step, 0);
        const lossD = updateD(step, shared);
        let lossG: tf.Scalar = updateG(step, 0, shared);
        for (let update = 1; update < task.generatorSteps; update++) {
          lossG = tf.add(lossG, updateG(step, update, draw(step, update)));
        }
        return [lossD, lossG];
      });
      task.endStep();
      const [lossD, lossG] = losses.map((loss) => loss.dataSync()[0] ?? NaN) as [number, number];
      tf.dispose(losses);
      return { lossD, lossG: lossG / task.generatorSteps };
    },
    dispose() {
      adamG.dispose();
      adamD.dispose();
    },
  };
}

/** Mean binary cross-entropy of logits against one label: −log σ(x) = softplus(−x), −log(1 − σ(x)) = softplus(x). */
export function lossOfLabel(logits: tf.Tensor, label: 0 | 1): tf.Scalar {
  return tf.mean(tf.softplus(label === 1 ? tf.neg(logits) : logits));
}
