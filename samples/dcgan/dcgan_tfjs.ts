// The same DCGAN as dcgan_torch.py, in TensorFlow.js.
//
//     npx tsx dcgan_tfjs.ts
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as tf from '@tensorflow/tfjs';

export function buildGenerator(latents = 100, width = 64, channels = 1): tf.Sequential {
  const upsample = { kernelSize: 4, strides: 2, padding: 'same' } as const;
  return tf.sequential({
    name: 'generator',
    layers: [
      tf.layers.dense({ units: width * 4 * 4 * 4, inputShape: [latents] }),
      tf.layers.reshape({ targetShape: [4, 4, width * 4] }),
      batchNorm(),
      tf.layers.reLU(),
      tf.layers.conv2dTranspose({ filters: width * 2, ...upsample, useBias: false }),
      batchNorm(),
      tf.layers.reLU(),
      tf.layers.conv2dTranspose({ filters: width, ...upsample, useBias: false }),
      batchNorm(),
      tf.layers.reLU(),
      tf.layers.conv2dTranspose({ filters: channels, ...upsample, activation: 'tanh' }),
    ],
  });
}

export function buildDiscriminator(channels = 1, width = 64): tf.Sequential {
  const model = tf.sequential({ name: 'discriminator' });
  model.add(
    tf.layers.conv2d({ filters: width, kernelSize: 4, strides: 2, padding: 'same', inputShape: [32, 32, channels] }),
  );
  model.add(tf.layers.leakyReLU({ alpha: 0.2 }));
  for (const scale of [2, 4]) {
    model.add(tf.layers.conv2d({ filters: width * scale, kernelSize: 4, strides: 2, padding: 'same', useBias: false }));
    model.add(batchNorm());
    model.add(tf.layers.leakyReLU({ alpha: 0.2 }));
  }
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({ units: 1 }));
  return model;
}

function batchNorm(): tf.layers.Layer {
  return tf.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 });
}

/** Images of an IDX file as N x 32 x 32 x 1, between -1 and 1. */
export function loadImages(path: string): tf.Tensor4D {
  const pixels = Float32Array.from(gunzipSync(readFileSync(path)).subarray(16));
  const images = tf.tensor4d(pixels, [pixels.length / (28 * 28), 28, 28, 1]);
  return tf.pad4d(images, [[0, 0], [2, 2], [2, 2], [0, 0]]).div(127.5).sub(1); // prettier-ignore
}

async function main(): Promise<void> {
  const latents = 100;
  const batch = 64;
  const epochs = 25;
  const learningRate = 2e-4;

  const generator = buildGenerator(latents);
  const discriminator = buildDiscriminator();
  const optimizerG = tf.train.adam(learningRate, 0.5);
  const optimizerD = tf.train.adam(learningRate, 0.5);
  const images = loadImages('data/t10k-images-idx3-ubyte.gz');
  const ones = tf.ones([batch, 1]);
  const zeros = tf.zeros([batch, 1]);
  const classify = (input: tf.Tensor): tf.Tensor => discriminator.apply(input, { training: true }) as tf.Tensor;
  const generate = (noise: tf.Tensor): tf.Tensor => generator.apply(noise, { training: true }) as tf.Tensor;
  const variablesOf = (model: tf.Sequential): tf.Variable[] =>
    model.trainableWeights.map((weight) => weight.read() as tf.Variable);

  const nBatches = Math.floor(images.shape[0] / batch);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = tf.util.createShuffledIndices(images.shape[0]);
    for (let i = 0; i < nBatches; i++) {
      const [lossD, lossG] = tf.tidy(() => {
        const real = tf.gather(images, tf.tensor1d(Int32Array.from(order.subarray(i * batch, (i + 1) * batch))));
        const noise = tf.randomNormal([batch, latents]);
        const fake = generate(noise);
        const costD = optimizerD.minimize(
          () =>
            tf.add(
              tf.losses.sigmoidCrossEntropy(ones, classify(real)),
              tf.losses.sigmoidCrossEntropy(zeros, classify(fake)),
            ),
          true,
          variablesOf(discriminator),
        );
        const costG = optimizerG.minimize(
          () => tf.losses.sigmoidCrossEntropy(ones, classify(generate(noise))),
          true,
          variablesOf(generator),
        );
        return [costD?.dataSync()[0], costG?.dataSync()[0]];
      });
      if (i % 50 === 0) console.log(`epoch ${epoch} batch ${i}: D ${lossD?.toFixed(3)} G ${lossG?.toFixed(3)}`);
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
