/**
 * A feature network of one's own: a small classifier trained on the labelled images at hand, whose last hidden
 * layer gives features and whose outputs give class probabilities. It stands where Inception stands in FID and IS,
 * so its name, with what it was trained on and how well it does on images it has not seen, goes beside every
 * number it gives. Two convolutions of stride 2, a hidden layer, a softmax; everything follows from the seed.
 */
import * as tf from '@tensorflow/tfjs-core';
import { imagesAt, type ImageSet } from '../data/imageSet.ts';
import { rng } from '../random/rng.ts';
import type { FeatureSet } from './frechet.ts';

export interface FeatureNetwork {
  /** For people: `64 features of a classifier of Fashion-MNIST (85.1 % right on 1,000 others)`. */
  readonly name: string;
  readonly accuracy: number;
  /** Rows of features, and of class probabilities. Images in [−1, 1], N, H, W, C. */
  look(values: Float32Array, nImages: number): { readonly features: FeatureSet; readonly probabilities: FeatureSet };
  dispose(): void;
}

export interface FeatureTraining {
  readonly images: ImageSet;
  /** One per image. */
  readonly labels: Uint8Array;
  /** What the images are called. */
  readonly dataName: string;
  readonly steps: number;
  readonly batch: number;
  readonly seed: number;
  /** Completes a step's pending work. */
  readonly endStep: () => void;
}

const nFeatures = 64;
const learningRate = 1e-3;
/** Images kept back from training, to say how good the classifier is. */
const heldOutShare = 0.1;
const chunk = 64;

export function trainFeatureNetwork(training: FeatureTraining): FeatureNetwork {
  const { images, labels, dataName, steps, batch, seed, endStep } = training;
  const { size, channels, nImages } = images;
  const nClasses = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const order = rng(seed, 0, 'feature images').permutation(nImages);
  const nHeldOut = Math.min(1000, Math.floor(nImages * heldOutShare));
  const seen = order.subarray(nHeldOut);
  const quarter = Math.ceil(Math.ceil(size / 2) / 2);
  const weights = [
    [3, 3, channels, 16],
    [3, 3, 16, 32],
    [quarter * quarter * 32, nFeatures],
    [nFeatures, nClasses],
  ].map((shape, i) => ({ kernel: heKernel(shape, seed, i), bias: zeros([shape.at(-1) ?? 1]) }));
  const variables = weights.flatMap(({ kernel, bias }) => [kernel, bias]);
  const [first, second, hidden, last] = weights as [Layer, Layer, Layer, Layer];

  const featuresOf = (x: tf.Tensor4D): tf.Tensor2D => {
    const a = tf.relu(tf.add(tf.conv2d(x, first.kernel as tf.Tensor4D, 2, 'same'), first.bias));
    const b = tf.relu(tf.add(tf.conv2d(a as tf.Tensor4D, second.kernel as tf.Tensor4D, 2, 'same'), second.bias));
    const flat = tf.reshape(b, [x.shape[0], -1]);
    return tf.relu(tf.add(tf.matMul(flat, hidden.kernel as tf.Tensor2D), hidden.bias));
  };
  const logitsOf = (features: tf.Tensor2D): tf.Tensor2D =>
    tf.add(tf.matMul(features, last.kernel as tf.Tensor2D), last.bias);

  const optimizer = tf.train.adam(learningRate);
  for (let step = 0; step < steps; step++) {
    const stream = rng(seed, step, 'feature batch');
    const chosen = Array.from({ length: batch }, () => seen[stream.int(seen.length)] ?? 0);
    tf.tidy(() => {
      const x = tf.tensor4d(imagesAt(images, chosen), [batch, size, size, channels]);
      const truth = tf.oneHot(
        tf.tensor1d(
          chosen.map((i) => labels[i] ?? 0),
          'int32',
        ),
        nClasses,
      );
      const { grads } = tf.variableGrads(() => {
        const logits = logitsOf(featuresOf(x));
        const peak = tf.max(logits, 1, true);
        const sum = tf.add(tf.log(tf.sum(tf.exp(tf.sub(logits, peak)), 1, true)), peak);
        return tf.mean(tf.sum(tf.mul(tf.sub(sum, logits), truth), 1));
      }, variables);
      optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
    });
    endStep();
  }
  optimizer.dispose();

  const look: FeatureNetwork['look'] = (values, count) => {
    const features = new Float32Array(count * nFeatures);
    const probabilities = new Float32Array(count * nClasses);
    const perImage = size * size * channels;
    for (let from = 0; from < count; from += chunk) {
      const n = Math.min(chunk, count - from);
      const padded = new Float32Array(chunk * perImage);
      padded.set(values.subarray(from * perImage, (from + n) * perImage));
      const [f, p] = tf.tidy(() => {
        const drawn = featuresOf(tf.tensor4d(padded, [chunk, size, size, channels]));
        return [drawn.dataSync(), tf.softmax(logitsOf(drawn)).dataSync()] as const;
      });
      features.set(f.subarray(0, n * nFeatures), from * nFeatures);
      probabilities.set(p.subarray(0, n * nClasses), from * nClasses);
    }
    return {
      features: { nRows: count, nFeatures, values: features },
      probabilities: { nRows: count, nFeatures: nClasses, values: probabilities },
    };
  };

  const heldOut = order.subarray(0, nHeldOut);
  const { probabilities } = look(imagesAt(images, heldOut), nHeldOut);
  const right = heldOut.filter((image, row) => likeliest(probabilities, row) === labels[image]).length;
  const accuracy = right / nHeldOut;
  return {
    name: `${nFeatures} features of a classifier of ${dataName} (${(100 * accuracy).toFixed(1)} % right on ${nHeldOut.toLocaleString('en')} others)`,
    accuracy,
    look,
    dispose() {
      for (const variable of variables) variable.dispose();
    },
  };
}

interface Layer {
  readonly kernel: tf.Variable;
  readonly bias: tf.Variable;
}

/** He et al. 2015: variance 2 / inputs. */
function heKernel(shape: number[], seed: number, layerIdx: number): tf.Variable {
  const nInputs = shape.slice(0, -1).reduce((product, dim) => product * dim, 1);
  const values = rng(seed, layerIdx, 'feature weights').fillNormal(new Float32Array(nInputs * (shape.at(-1) ?? 1)));
  return tf.tidy(() =>
    tf.variable(
      tf.tensor(
        values.map((x) => x * Math.sqrt(2 / nInputs)),
        shape,
      ),
    ),
  );
}

function zeros(shape: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros(shape)));
}

function likeliest({ nFeatures: nClasses, values }: FeatureSet, row: number): number {
  let best = 0;
  for (let k = 1; k < nClasses; k++) {
    if ((values[row * nClasses + k] ?? 0) > (values[row * nClasses + best] ?? 0)) best = k;
  }
  return best;
}
