/**
 * Twenty steps of tiny GANs on the backend that is selected, recorded so that backends can be compared: the
 * losses, the gradients and the weights after every step. One GAN is written against TF.js's own API and
 * optimizer, the other is trained by the engine from ModelGraphs. Everything random comes from seeds, and
 * what is random is rounded to float32, so that a run in another precision starts from the same numbers.
 */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { makeDcgan } from '../../bench/dcgan.ts';
import type { ImageSet } from '../../engine/data/imageSet.ts';
import { endStep } from '../../engine/tensors/step.ts';
import { createGanTrainer, type GanTask, type GanTrainer } from '../../engine/train/ganStep.ts';
import { handDiscriminator, handGenerator } from '../../engine/train/handGraph.ts';
import { createNetwork, type NamedWeight } from '../../engine/train/network.ts';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';

/** One row per step; within a row the same tensors in the same order every time. */
export interface Trajectory {
  readonly names: readonly string[];
  /** Of D and of G. */
  readonly losses: readonly (readonly number[])[];
  readonly gradients: readonly (readonly (readonly number[])[])[];
  readonly weights: readonly (readonly (readonly number[])[])[];
}

export type TinyGan = 'tfjs' | 'engine';

export const nTrajectorySteps = 20;
const batch = 4;
const size = 16;

export function recordTrajectory(gan: TinyGan, nSteps = nTrajectorySteps): Trajectory {
  return gan === 'tfjs' ? trajectoryOfTfjs(nSteps) : trajectoryOfEngine(tinyTrainer(), nSteps);
}

function trajectoryOfTfjs(nSteps: number): Trajectory {
  const gan = makeDcgan({ name: 'tiny', batch, imageSize: size, imageChannels: 1, width: 4, kernel: 4 }, 7);
  for (const variable of gan.variables) {
    const rounded = tf.tensor(Array.from(variable.dataSync(), Math.fround), variable.shape);
    variable.assign(rounded);
    rounded.dispose();
  }
  const losses: number[][] = [];
  const gradients: number[][][] = [];
  const weights: number[][][] = [];
  for (let step = 0; step < nSteps; step++) {
    const taken = gan.gradients(step);
    endStep();
    gradients.push(Object.values(taken).map(numbersOf));
    tf.dispose(taken);
    const { discriminator, generator } = gan.step(step);
    endStep();
    losses.push([discriminator, generator].map((loss) => numbersOf(loss)[0] ?? NaN));
    tf.dispose([discriminator, generator]);
    weights.push(gan.variables.map(numbersOf));
  }
  const names = gan.variables.map(({ shape }, i) => `${i} [${shape.join()}]`);
  gan.dispose();
  return { names, losses, gradients, weights };
}

/** Ends the trainer and its networks. Gradients follow from Adam's first moments: m ← β₁·m + (1 − β₁)·g. */
export function trajectoryOfEngine(trainer: GanTrainer, nSteps: number): Trajectory {
  const { generator, discriminator, optimizer } = trainer.task;
  const { beta1 } = optimizer;
  const moments = (): NamedWeight[] =>
    [trainer.adamD, trainer.adamG]
      .flatMap((adam) => adam.readState().moments)
      .filter(({ name }) => name.endsWith('/m'));
  const losses: number[][] = [];
  const gradients: number[][][] = [];
  const weights: number[][][] = [];
  let before = moments();
  for (let step = 0; step < nSteps; step++) {
    const { lossD, lossG } = trainer.step(step);
    losses.push([lossD, lossG]);
    const after = moments();
    gradients.push(
      after.map(({ data }, k) => Array.from(data, (m, i) => (m - beta1 * (before[k]?.data[i] ?? NaN)) / (1 - beta1))),
    );
    before = after;
    weights.push([...discriminator.readWeights(), ...generator.readWeights()].map(({ data }) => Array.from(data)));
  }
  const names = [
    ...discriminator.readWeights().map(({ name }) => `D ${name}`),
    ...generator.readWeights().map(({ name }) => `G ${name}`),
  ];
  trainer.dispose();
  generator.dispose();
  discriminator.dispose();
  return { names, losses, gradients, weights };
}

export function tinyTrainer(task: Partial<GanTask> = {}): GanTrainer {
  return trainerOf(
    handGenerator({ latents: 5, channels: [6, 4], colours: 1 }),
    handDiscriminator({ size, colours: 1, channels: [4, 6], sigmoid: true }),
    { images: rings(), batch, ...task },
  );
}

/** A trainer with DCGAN's settings on networks made from graphs. */
export function trainerOf(
  generatorGraph: ModelGraph,
  discriminatorGraph: ModelGraph,
  task: Pick<GanTask, 'images' | 'batch'> & Partial<GanTask>,
): GanTrainer {
  const generator = createNetwork(generatorGraph, 1);
  const discriminator = createNetwork(discriminatorGraph, 2);
  assert.ok(generator.ok && discriminator.ok);
  return createGanTrainer({
    generator: generator.value,
    discriminator: discriminator.value,
    generatorSteps: 1,
    latents: 'normal',
    optimizer: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999 },
    rateAt: () => 1,
    seed: 3,
    purpose: 'trajectory',
    transformsG: new Map(),
    transformsD: new Map(),
    endStep,
    ...task,
  });
}

/** 24 images of a bright ring on a grainy ground. */
export function rings(): ImageSet {
  const nImages = 24;
  let state = 1;
  const pixels = Uint8Array.from({ length: nImages * size * size }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const [x, y] = [i % size, Math.floor(i / size) % size];
    const ring = Math.abs(Math.hypot(x - 8, y - 8) - 4 - (Math.floor(i / size ** 2) % 3)) < 1.5;
    return (ring ? 170 : 20) + (state >>> 26);
  });
  return { nImages, size, channels: 1, pixels, fingerprint: 'rings', skipped: [] };
}

function numbersOf(tensor: tf.Tensor): number[] {
  return Array.from(tensor.dataSync());
}
