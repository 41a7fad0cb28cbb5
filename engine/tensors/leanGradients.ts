/**
 * Gradients in place of some of TF.js's own, with equal values up to rounding and fewer walks over the
 * activations. TF.js multiplies by ones in the size of the activations for sums and means, doubles the
 * activations rather than the small factor for squares, and walks thirteen times for batch normalization,
 * whose five derivatives all follow from two sums (Ioffe and Szegedy 2015, §3).
 */
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

export type NamedGradientMap = Record<string, () => Tensor>;
export type Saved = readonly (Tensor | undefined)[];
export type NewGradient = readonly [name: string, inputsToSave: string[], gradient: Gradient];
type Gradient = (dy: Tensor, saved: Saved, attrs: NamedAttrMap) => NamedGradientMap;

/** TF.js's default when `batchNorm` is called without one. */
const defaultEpsilon = 0.001;

const gradients: readonly NewGradient[] = [
  ['Sum', ['x'], (dy, saved, attrs) => repeated(dy, saved, attrs, false)],
  ['Mean', ['x'], (dy, saved, attrs) => repeated(dy, saved, attrs, true)],
  ['Square', ['x'], (dy, [x]) => ({ x: () => tf.mul(tf.mul(dy, 2), tf.cast(need(x), 'float32')) })],
  ['FusedBatchNorm', ['x', 'mean', 'variance', 'scale'], batchNorm],
];

/** Replaces the registered gradients; TF.js's own must be registered already. */
export function registerLeanGradients(): void {
  registerGradients(gradients);
}

export function registerGradients(all: readonly NewGradient[]): void {
  for (const [kernelName, inputsToSave, gradient] of all) {
    if (tf.getGradient(kernelName) !== undefined) tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      inputsToSave,
      gradFunc: (dy, saved, attrs) => gradient(Array.isArray(dy) ? need(dy[0]) : dy, saved, attrs),
    });
  }
}

function repeated(dy: Tensor, [input]: Saved, attrs: NamedAttrMap, isMean: boolean): NamedGradientMap {
  const x = need(input);
  const axes = tf.util.parseAxisParam(attrs['axis'] as number | number[], x.shape);
  const nSummed = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
  const columnShape = x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
  const repetitions = x.shape.map((dim, i) => (axes.includes(i) ? dim : 1));
  return {
    x: () => {
      const column = tf.reshape(dy, columnShape);
      return tf.tile(isMean ? tf.div(column, nSummed) : column, repetitions);
    },
  };
}

function batchNorm(dy: Tensor, [input, center, spread, scale]: Saved, attrs: NamedAttrMap): NamedGradientMap {
  const [x, mean, variance] = [need(input), need(center), need(spread)];
  const epsilon = (attrs['varianceEpsilon'] as number | undefined) ?? defaultEpsilon;
  const axes = tf.broadcast_util.getReductionAxes(mean.shape, x.shape);
  const perChannel = (full: Tensor): Tensor => tf.reshape(axes.length === 0 ? full : tf.sum(full, axes), mean.shape);
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const gain = scale === undefined ? inverse : tf.mul(inverse, scale);
  const sumDy = perChannel(dy);
  const sumDyDeviation = tf.tidy(() => perChannel(tf.mul(dy, tf.sub(x, mean))));
  return {
    x: () => tf.reshape(tf.mul(dy, gain), x.shape),
    mean: () => tf.neg(tf.mul(gain, sumDy)),
    variance: () => tf.mul(tf.mul(tf.mul(gain, tf.square(inverse)), -0.5), sumDyDeviation),
    scale: () => tf.mul(inverse, sumDyDeviation),
    offset: () => tf.clone(sumDy),
  };
}

export function need(tensor: Tensor | undefined): Tensor {
  if (tensor === undefined) throw new Error('A gradient was called without a tensor that its forward pass saves');
  return tensor;
}
