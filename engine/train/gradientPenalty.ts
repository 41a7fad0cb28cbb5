/**
 * The gradient penalty of WGAN-GP (Gulrajani et al. 2017, algorithm 1): E[(‖∇D(x̂)‖₂ − 1)²] at random points x̂
 * on the straight lines between real and generated images. Differentiating it by D's weights needs the second
 * derivative of D, so the pass must be made of operators that can be differentiated twice.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Keeps the root differentiable where a gradient is exactly zero. */
const smallest = 1e-12;

/** `share`: how far from the generated to the real image each point lies, one number per image in [0, 1). */
export function gradientPenalty(
  judge: (images: tf.Tensor) => tf.Tensor,
  real: tf.Tensor4D,
  fake: tf.Tensor4D,
  share: Float32Array,
): tf.Scalar {
  const between = tf.tensor(share, [share.length, 1, 1, 1]);
  const mixed = tf.add(fake, tf.mul(tf.sub(real, fake), between));
  const gradient = tf.grad((images: tf.Tensor) => tf.sum(judge(images)))(mixed);
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(gradient), [1, 2, 3]), smallest));
  return tf.mean(tf.square(tf.sub(norm, 1)));
}
