/**
 * The DCGAN training step that benchmarks and training tests share: one update of the discriminator and one
 * of the generator, written against the TF.js API like a user's own code, with batch normalization, Adam and
 * the logistic loss. The same numbers describe the PyTorch twin in `dcgan_torch.py`.
 */
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

export interface DcganSize {
  readonly name: string;
  readonly batch: number;
  readonly imageSize: number;
  readonly imageChannels: number;
  /** Channels of the widest image layer of both networks (`gf` and `df`). */
  readonly width: number;
  readonly kernel: number;
}

export interface Losses {
  readonly discriminator: Scalar;
  readonly generator: Scalar;
}

export interface Dcgan {
  readonly variables: readonly Variable[];
  /** Gradients of both losses with respect to all variables of their network, by name. */
  gradients(stepIdx: number): Record<string, Tensor>;
  /** Records (or, on an eager backend, does) one update of both networks. The caller disposes the losses. */
  step(stepIdx: number): Losses;
  dispose(): void;
}

const latentSize = 100;
const epsilon = 1e-5;
const initialDeviation = 0.02;
const learningRate = 2e-4;
const beta1 = 0.5;

export function makeDcgan(size: DcganSize, seed: number): Dcgan {
  const { batch, imageSize, imageChannels, kernel } = size;
  const nLayers = Math.log2(imageSize / 4);
  const down = Array.from({ length: nLayers }, (_, i) => size.width * 2 ** i);
  const up = [...down].reverse();
  let nSeeds = seed;
  const weight = (shape: number[]) => tf.variable(tf.randomNormal(shape, 0, initialDeviation, 'float32', ++nSeeds));
  const norm = (channels: number): readonly [Variable, Variable] => [
    tf.variable(tf.zeros([channels])),
    tf.variable(tf.ones([channels])),
  ];
  const [first = size.width] = up;

  const projection = weight([latentSize, 16 * first]);
  const upFilters = up.map((channels, i) => weight([kernel, kernel, up[i + 1] ?? imageChannels, channels]));
  const upNorms = up.map(norm);
  const imageBias = tf.variable(tf.zeros([imageChannels]));
  const downFilters = down.map((channels, i) => weight([kernel, kernel, down[i - 1] ?? imageChannels, channels]));
  const downNorms = down.slice(1).map(norm);
  const decision = weight([16 * first, 1]);

  const generatorVariables = [projection, ...upFilters, ...upNorms.flat(), imageBias];
  const discriminatorVariables = [...downFilters, ...downNorms.flat(), decision];
  const variables = [...generatorVariables, ...discriminatorVariables];

  const real = tf.tidy(() =>
    tf.tanh(tf.randomNormal([batch, imageSize, imageSize, imageChannels], 0, 1, 'float32', ++nSeeds)),
  ) as Tensor4D;
  // What is pending before the first step would be part of it and make it another graph than the second.
  real.dataSync();

  const generate = (latents: Tensor2D): Tensor4D => {
    let image = tf.reshape(tf.matMul(latents, projection as unknown as Tensor2D), [batch, 4, 4, first]) as Tensor4D;
    image = tf.relu(normalize(image, upNorms[0]));
    upFilters.forEach((filter, i) => {
      const side = 8 * 2 ** i;
      const outShape: [number, number, number, number] = [batch, side, side, up[i + 1] ?? imageChannels];
      image = tf.conv2dTranspose(image, filter as unknown as Tensor4D, outShape, 2, 'same');
      image = i + 1 < nLayers ? tf.relu(normalize(image, upNorms[i + 1])) : tf.tanh(tf.add(image, imageBias));
    });
    return image;
  };

  const discriminate = (image: Tensor4D): Tensor => {
    let features = image;
    downFilters.forEach((filter, i) => {
      features = tf.conv2d(features, filter as unknown as Tensor4D, 2, 'same');
      features = tf.leakyRelu(i === 0 ? features : normalize(features, downNorms[i - 1]), 0.2);
    });
    return tf.matMul(tf.reshape(features, [batch, 16 * first]) as Tensor2D, decision as unknown as Tensor2D);
  };

  const discriminatorLoss = (latents: Tensor2D): Scalar =>
    tf.add(logisticLoss(discriminate(real), 1), logisticLoss(discriminate(generate(latents)), 0));
  const generatorLoss = (latents: Tensor2D): Scalar => logisticLoss(discriminate(generate(latents)), 1);
  const latentsOf = (stepIdx: number): Tensor2D =>
    tf.randomNormal([batch, latentSize], 0, 1, 'float32', 100_000 + stepIdx) as Tensor2D;

  const generatorOptimizer = tf.train.adam(learningRate, beta1);
  const discriminatorOptimizer = tf.train.adam(learningRate, beta1);

  return {
    variables,
    gradients(stepIdx) {
      return tf.tidy(() => {
        const latents = latentsOf(stepIdx);
        const ofDiscriminator = tf.variableGrads(() => discriminatorLoss(latents), [...discriminatorVariables]);
        const ofGenerator = tf.variableGrads(() => generatorLoss(latents), [...generatorVariables]);
        return { ...ofDiscriminator.grads, ...ofGenerator.grads } as Record<string, Tensor>;
      });
    },
    step(stepIdx) {
      return tf.tidy(() => {
        const latents = latentsOf(stepIdx);
        const discriminator = discriminatorOptimizer.minimize(() => discriminatorLoss(latents), true, [
          ...discriminatorVariables,
        ]);
        const generator = generatorOptimizer.minimize(() => generatorLoss(latents), true, [...generatorVariables]);
        if (discriminator === null || generator === null) throw new Error('minimize() returned no loss');
        return { discriminator, generator };
      });
    },
    dispose() {
      for (const variable of variables) variable.dispose();
      real.dispose();
      generatorOptimizer.dispose();
      discriminatorOptimizer.dispose();
    },
  };
}

function normalize(x: Tensor4D, parameters: readonly [Variable, Variable] | undefined): Tensor4D {
  if (parameters === undefined) throw new Error('A normalized layer without its parameters');
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const [offset, scale] = parameters as unknown as readonly [Tensor1D, Tensor1D];
  return tf.batchNorm(x, mean as Tensor1D, variance as Tensor1D, offset, scale, epsilon) as Tensor4D;
}

/** Mean of softplus(l) − y·l, the logistic loss of logits `l` with label `y`. */
function logisticLoss(logits: Tensor, label: 0 | 1): Scalar {
  return tf.mean(label === 1 ? tf.sub(tf.softplus(logits), logits) : tf.softplus(logits));
}
