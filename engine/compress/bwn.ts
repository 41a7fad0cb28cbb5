/**
 * Binary-weight networks (XNOR-Net, Rastegari et al. 2016, §3.1 and the authors' code): a kernel is seen
 * as α·sign(W) with one α = mean|W| per output channel, and its gradient is g ⊙ (α·1[|W|<1] + 1/n), n being
 * the weights that share an α. sign(0) is +1, because a stored bit has no third value (Torch's is 0).
 * The output channel of a transposed kernel is its third axis: scaling it by its last, as other libraries
 * do, is a scale per *input* channel. The authors' centring over input channels and clipping to [−1, 1] are
 * left out: PBGen does not mention the one, and GAN weights of deviation 0.02 never meet the other.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assertNever } from '../../core/assertNever.ts';
import type { KernelKind } from '../train/operator.ts';

export type BwnGradient = 'xnor' | 'ste';

/** Axes of a canonical kernel that share one α. */
export function scaleAxes(kind: KernelKind): readonly number[] {
  switch (kind) {
    case 'conv': // [h, w, in, out]
      return [0, 1, 2];
    case 'deconv': // [h, w, out, in]
      return [0, 1, 3];
    case 'dense': // [in, out]
      return [0];
    case 'groupedDeconv': // [h, w, out / groups, in]: an output channel is not one index of any axis
      throw new Error('a grouped transposed kernel has no axis of output channels');
    default:
      return assertNever(kind);
  }
}

/** α·sign(W) as a differentiable function of W. */
export function binarize(weight: tf.Tensor, kind: KernelKind, gradient: BwnGradient): tf.Tensor {
  const axes = scaleAxes(kind);
  const n = axes.reduce((product, axis) => product * (weight.shape[axis] ?? 1), 1);
  const op = tf.customGrad((input: unknown, save: unknown) => {
    const real = input as tf.Tensor;
    const alpha = tf.mean(tf.abs(real), axes.slice(), true);
    (save as tf.GradSaveFunc)([real, alpha]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
      const [w, scale] = saved as [tf.Tensor, tf.Tensor];
      const inside = tf.cast(tf.less(tf.abs(w), 1), 'float32');
      return gradient === 'ste' ? tf.mul(dy, inside) : tf.mul(dy, tf.add(tf.mul(inside, scale), 1 / n));
    };
    return { value: tf.mul(signOf(real), alpha), gradFunc };
  });
  return op(weight);
}

function signOf(weight: tf.Tensor): tf.Tensor {
  return tf.sub(tf.mul(tf.cast(tf.greaterEqual(weight, 0), 'float32'), 2), 1);
}
