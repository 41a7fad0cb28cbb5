/**
 * The losses of the noise task, each from the logits of D (a sigmoid at D's end is left out): binary
 * cross-entropy in its non-saturating form (Goodfellow et al. 2014), least squares with a = 0, b = c = 1 (Mao
 * et al. 2017, eq. 9), hinge (Lim & Ye 2017) and the Wasserstein critic (Arjovsky et al. 2017). Real labels can
 * be smoothed on their side only, because smoothed fakes reward what G already does (Salimans et al. 2016, §3.4).
 */
import * as tf from '@tensorflow/tfjs-core';
import { assertNever } from '../../core/assertNever.ts';
import type { LossName } from '../../core/plan/trainFields.ts';

export interface GanLoss {
  /** The terms of D's loss, and G's loss; means over the batch. */
  onReal(logits: tf.Tensor): tf.Scalar;
  onFake(logits: tf.Tensor): tf.Scalar;
  onGenerated(logits: tf.Tensor): tf.Scalar;
}

/** `smoothing` is taken off the label of real images; hinge and Wasserstein losses have no labels. */
export function ganLoss(name: LossName, smoothing: number): GanLoss {
  switch (name) {
    case 'bce':
      return {
        onReal: (logits) => crossEntropy(logits, 1 - smoothing),
        onFake: (logits) => crossEntropy(logits, 0),
        onGenerated: (logits) => crossEntropy(logits, 1),
      };
    case 'lsgan':
      return {
        onReal: (logits) => halfSquare(logits, 1 - smoothing),
        onFake: (logits) => halfSquare(logits, 0),
        onGenerated: (logits) => halfSquare(logits, 1),
      };
    case 'hinge':
      return {
        onReal: (logits) => tf.mean(tf.relu(tf.sub(1, logits))),
        onFake: (logits) => tf.mean(tf.relu(tf.add(1, logits))),
        onGenerated: (logits) => tf.neg(tf.mean(logits)),
      };
    case 'wgan':
    case 'wgan-gp':
      return {
        onReal: (logits) => tf.neg(tf.mean(logits)),
        onFake: (logits) => tf.mean(logits),
        onGenerated: (logits) => tf.neg(tf.mean(logits)),
      };
    default:
      return assertNever(name);
  }
}

/** −t·log σ(x) − (1 − t)·log(1 − σ(x)) = softplus(x) − t·x, without overflow for any x. */
function crossEntropy(logits: tf.Tensor, label: number): tf.Scalar {
  if (label === 1) return tf.mean(tf.softplus(tf.neg(logits)));
  const positive = tf.softplus(logits);
  return tf.mean(label === 0 ? positive : tf.sub(positive, tf.mul(logits, label)));
}

function halfSquare(logits: tf.Tensor, label: number): tf.Scalar {
  return tf.mul(tf.mean(tf.square(label === 0 ? logits : tf.sub(logits, label))), 0.5);
}
