/**
 * Ternary and k-bit weights as a network sees them in training, on exactly the grids that `weightPlanes.ts`
 * stores: ternary weight networks (Li et al. 2016, eqs. 6 and 7) with Δ = 0.7·mean|W| and α the mean magnitude
 * above it; k bits as 2ᵏ levels without zero, symmetric around it, half a best step for a normal distribution
 * times the root mean square apart. One scale per output channel. The gradient is the straight-through
 * estimator: that of the coded weight, unchanged.
 */
import * as tf from '@tensorflow/tfjs-core';
import { halfBestStep, type PlaneBits } from '../formats/weightPlanes.ts';
import type { KernelKind } from '../train/operator.ts';
import { scaleAxes } from './bwn.ts';

/** Keeps a channel of zeros from dividing by zero; the result is zero either way. */
const tiny = 1e-30;

export function quantizeWeight(weight: tf.Tensor, kind: KernelKind, bits: PlaneBits): tf.Tensor {
  const axes = scaleAxes(kind).slice();
  const op = tf.customGrad((input: unknown) => ({
    value: bits === 'ternary' ? ternary(input as tf.Tensor, axes) : levels(input as tf.Tensor, axes, bits),
    gradFunc: (dy: tf.Tensor) => dy,
  }));
  return op(weight);
}

function ternary(weight: tf.Tensor, axes: number[]): tf.Tensor {
  const magnitude = tf.abs(weight);
  const threshold = tf.mul(tf.mean(magnitude, axes, true), 0.7);
  const above = tf.cast(tf.greater(magnitude, threshold), 'float32');
  const scale = tf.div(tf.sum(tf.mul(magnitude, above), axes, true), tf.maximum(tf.sum(above, axes, true), 1));
  return tf.mul(tf.mul(tf.sign(weight), above), scale);
}

function levels(weight: tf.Tensor, axes: number[], bits: Exclude<PlaneBits, 'ternary'>): tf.Tensor {
  const most = 2 ** bits - 1;
  const rms = tf.sqrt(tf.mean(tf.square(weight), axes, true));
  const scale = tf.mul(rms, halfBestStep(bits));
  const code = tf.floor(tf.add(tf.mul(tf.add(tf.div(weight, tf.maximum(scale, tiny)), most), 0.5), 0.5));
  return tf.mul(tf.sub(tf.mul(tf.clipByValue(code, 0, most), 2), most), scale);
}
