/**
 * One step of the noise task: `discriminatorSteps` updates of D, each on a real and a generated batch, then
 * `generatorSteps` updates of G, with one of the losses of `ganLoss.ts`. Real and generated images pass D as
 * separate batches, as PyTorch's DCGAN does (batch normalization sees them apart), and D's last update and
 * G's first share their latents. A step depends on its number, the seed and the weights, and on nothing else.
 */
import * as tf from '@tensorflow/tfjs-core';
import { lossSettings, type LossSettings } from '../../core/plan/trainFields.ts';
import { batchAt, type ImageSet } from '../data/imageSet.ts';
import { rng } from '../random/rng.ts';
import { createAdam, type Adam, type AdamSettings } from './adam.ts';
import { createEma, type Ema } from './ema.ts';
import { ganLoss } from './ganLoss.ts';
import { gradientPenalty } from './gradientPenalty.ts';
import { latentTensor } from './latents.ts';
import type { Network, WeightTransform } from './network.ts';

export interface GanTask {
  readonly generator: Network;
  readonly discriminator: Network;
  readonly images: ImageSet;
  readonly batch: number;
  readonly generatorSteps: number;
  /** DCGAN's cross-entropy where absent. */
  readonly loss?: LossSettings;
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
  /** Mean over the discriminator's updates of this step, with the gradient penalty where there is one. */
  readonly lossD: number;
  /** Mean over the generator's updates of this step. */
  readonly lossG: number;
}

export interface GanTrainer {
  readonly task: GanTask;
  readonly adamG: Adam;
  readonly adamD: Adam;
  /** The moving average of G's weights, where one is kept. */
  readonly ema: Ema | null;
  /** Trains step `step` (0, 1, 2…). Losses are those before the updates. */
  step(step: number): StepLosses;
  /** Frees the optimizers; the networks belong to the caller. */
  dispose(): void;
}

const dcganLoss = lossSettings({ loss: 'bce', labelSmoothing: 0 });

export function createGanTrainer(task: GanTask): GanTrainer {
  const { generator, discriminator } = task;
  const settings = task.loss ?? dcganLoss;
  const loss = ganLoss(settings.loss, settings.labelSmoothing);
  const adamG = createAdam(generator, task.optimizer);
  const adamD = createAdam(discriminator, task.optimizer);
  const ema = settings.ema === null ? null : createEma(generator, settings.ema);
  const weightsG = generator.trainable.map(({ variable }) => variable);
  const weightsD = discriminator.trainable.map(({ variable }) => variable);
  const { size, channels } = task.images;
  const lastOfD = settings.discriminatorSteps - 1;

  const draw = (step: number, update: number | string): tf.Tensor =>
    latentTensor({
      distribution: task.latents,
      shape: generator.inputShape,
      count: task.batch,
      seed: task.seed,
      step,
      purpose: `${task.purpose} ${update}`,
    });

  const judge = (images: tf.Tensor, step: number, pass: string, twice = false): tf.Tensor =>
    discriminator.forwardFromImages(images, {
      training: true,
      updateStatistics: !twice,
      twice,
      logits: true,
      transforms: task.transformsD,
      random: rng(task.seed, step, `dropout D ${task.purpose} ${pass}`),
    });

  const imagine = (latents: tf.Tensor, step: number, update: number | string, updateStatistics: boolean): tf.Tensor4D =>
    generator.forwardToImages(latents, {
      training: true,
      updateStatistics,
      transforms: task.transformsG,
      random: rng(task.seed, step, `dropout G ${task.purpose} ${update}`),
    });

  /** The names of a pass; D's last update goes by those of a step that has only one. */
  const passOf = (update: number, name: string): string => (update === lastOfD ? name : `${name} D${update}`);

  const penalty = (real: tf.Tensor4D, fake: tf.Tensor4D, step: number, update: number): tf.Scalar => {
    const shares = rng(task.seed, step, `between ${task.purpose} ${update}`).fillUniform(
      new Float32Array(task.batch),
      0,
      1,
    );
    const critic = (images: tf.Tensor): tf.Tensor => judge(images, step, passOf(update, 'between'), true);
    return tf.mul(gradientPenalty(critic, real, fake, shares), settings.gradientPenalty);
  };

  const updateD = (step: number, update: number, latents: tf.Tensor): tf.Scalar => {
    const position = step * settings.discriminatorSteps + update;
    const real = tf.tensor4d(
      batchAt(task.images, { seed: task.seed, step: position, batchSize: task.batch, purpose: task.purpose }),
      [task.batch, size, size, channels],
    );
    const fake = imagine(latents, step, update === lastOfD ? 0 : `D${update}`, false);
    const { value, grads } = tf.variableGrads(() => {
      const onReal = loss.onReal(judge(real, step, passOf(update, 'real')));
      const total: tf.Scalar = tf.add(onReal, loss.onFake(judge(fake, step, passOf(update, 'fake'))));
      return settings.gradientPenalty > 0 ? tf.add<tf.Scalar>(total, penalty(real, fake, step, update)) : total;
    }, weightsD);
    adamD.update(grads, task.rateAt(step));
    const { weightClip } = settings;
    if (weightClip !== null) {
      for (const weight of weightsD) weight.assign(tf.clipByValue(weight, -weightClip, weightClip));
    }
    return value;
  };

  const updateG = (step: number, update: number, latents: tf.Tensor): tf.Scalar => {
    const { value, grads } = tf.variableGrads(
      () => loss.onGenerated(judge(imagine(latents, step, update, true), step, `G ${update}`)),
      weightsG,
    );
    adamG.update(grads, task.rateAt(step));
    return value;
  };

  return {
    task,
    adamG,
    adamD,
    ema,
    step(step) {
      const losses = tf.tidy(() => {
        const shared = draw(step, 0);
        const ofD: tf.Scalar[] = [];
        for (let update = 0; update < lastOfD; update++) ofD.push(updateD(step, update, draw(step, `D${update}`)));
        ofD.push(updateD(step, lastOfD, shared));
        const ofG: tf.Scalar[] = [updateG(step, 0, shared)];
        for (let update = 1; update < task.generatorSteps; update++)
          ofG.push(updateG(step, update, draw(step, update)));
        ema?.update(step);
        return [tf.addN(ofD), tf.addN(ofG)];
      });
      task.endStep();
      const [lossD, lossG] = losses.map((sum) => sum.dataSync()[0] ?? NaN) as [number, number];
      tf.dispose(losses);
      return { lossD: lossD / settings.discriminatorSteps, lossG: lossG / task.generatorSteps };
    },
    dispose() {
      adamG.dispose();
      adamD.dispose();
      ema?.dispose();
    },
  };
}
