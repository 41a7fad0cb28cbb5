/**
 * Batch, instance, group and layer normalization. Batch normalization in training uses the statistics
 * of its own batch and moves the running ones as PyTorch does (new = (1 − m)·old + m·batch, with the
 * unbiased variance in PyTorch and the biased one in Keras and TF.js); otherwise it uses the running ones.
 * Its gradient is written out (Ioffe & Szegedy 2015, §3), which is a third of the passes over the
 * activations that differentiating the formula step by step would take.
 */
import * as tf from '@tensorflow/tfjs-core';
import { success, type Result } from '../../../core/result.ts';
import type { BuildContext, Operator, OperatorTable, SlotRequest, WeightSlot } from '../operator.ts';
import { fromChannelsLast, given, inFrameworkOrder, toChannelsLast, toFramework } from '../value.ts';

export const normalizationOperators: OperatorTable = {
  batch_norm: ({ features, eps, momentum, scale, center, trackStats }, context) => {
    const slots = claim(context, {
      gamma: scale ? { role: 'gamma', shape: [features] } : null,
      beta: center ? { role: 'beta', shape: [features] } : null,
      mean: trackStats ? { role: 'mean', shape: [features] } : null,
      variance: trackStats ? { role: 'variance', shape: [features] } : null,
    });
    if (!slots.ok) return slots;
    const { gamma, beta, mean, variance } = slots.value;
    const unbiased = context.framework === 'pytorch';
    return success(([input], run) => {
      const x = toChannelsLast(given(input), context.layout);
      const axes = Array.from({ length: x.rank - 1 }, (_, i) => i);
      const count = x.size / features;
      let normalized: tf.Tensor;
      if (run.training || !mean || !variance) {
        const statistics = batchStatistics(x, axes);
        // The written-out gradient takes the statistics for constants when it is itself differentiated.
        normalized = run.twice
          ? tf.mul(tf.sub(x, statistics.mean), tf.rsqrt(tf.add(statistics.variance, eps)))
          : normalizeBatch(x, statistics.mean, statistics.variance, eps, axes);
        if (run.updateStatistics && mean && variance) {
          const correction = unbiased && count > 1 ? count / (count - 1) : 1;
          run.assign(mean, blend(run.weight(mean), tf.reshape(statistics.mean, [features]), momentum));
          run.assign(
            variance,
            blend(run.weight(variance), tf.mul(tf.reshape(statistics.variance, [features]), correction), momentum),
          );
        }
      } else {
        const inverse = tf.rsqrt(tf.add(run.weight(variance), eps));
        normalized = tf.mul(tf.sub(x, run.weight(mean)), inverse);
      }
      const scaled = gamma ? tf.mul(normalized, run.weight(gamma)) : normalized;
      return fromChannelsLast(beta ? tf.add(scaled, run.weight(beta)) : scaled, context.layout);
    });
  },
  instance_norm: ({ features, eps, affine }, context) => normalizedGroups(features, features, eps, affine, context),
  group_norm: ({ features, eps, affine, groups }, context) =>
    normalizedGroups(features, groups ?? 1, eps, affine, context),
  layer_norm: ({ eps, affine, axes }, context) => {
    const inputShape = context.inputShapes[0] ?? [];
    const own = axes.map((axis) => (axis < 0 ? axis + inputShape.length : axis));
    const shape = own.map((axis) => inputShape[axis] ?? 1);
    const slots = claim(context, {
      gamma: affine ? { role: 'gamma', shape } : null,
      beta: affine ? { role: 'beta', shape } : null,
    });
    if (!slots.ok) return slots;
    const { gamma, beta } = slots.value;
    const spread = inputShape.map((dim, axis) => (own.includes(axis) ? dim : 1));
    return success(([input], run) => {
      const normalized = normalizeComposed(toFramework(given(input)), own, eps);
      const scaled = gamma ? tf.mul(normalized, tf.reshape(run.weight(gamma), spread)) : normalized;
      return inFrameworkOrder(beta ? tf.add(scaled, tf.reshape(run.weight(beta), spread)) : scaled);
    });
  },
};

/** [n, …spatial, groups, features/groups]: statistics per image and group. */
function normalizedGroups(
  features: number,
  groups: number,
  eps: number,
  affine: boolean,
  context: BuildContext,
): Result<Operator> {
  const slots = claim(context, {
    gamma: affine ? { role: 'gamma', shape: [features] } : null,
    beta: affine ? { role: 'beta', shape: [features] } : null,
  });
  if (!slots.ok) return slots;
  const { gamma, beta } = slots.value;
  return success(([input], run) => {
    const x = toChannelsLast(given(input), context.layout);
    const batch = x.shape[0] ?? 1;
    const grouped = tf.reshape(x, [batch, x.size / batch / features, groups, features / groups]);
    const normalized = tf.reshape(normalizeComposed(grouped, [1, 3], eps), x.shape);
    const scaled = gamma ? tf.mul(normalized, run.weight(gamma)) : normalized;
    return fromChannelsLast(beta ? tf.add(scaled, run.weight(beta)) : scaled, context.layout);
  });
}

/** Mean and biased variance over `axes`, with the reduced axes kept. */
function batchStatistics(x: tf.Tensor, axes: number[]): { mean: tf.Tensor; variance: tf.Tensor } {
  const mean = tf.mean(x, axes, true);
  return { mean, variance: tf.mean(tf.square(tf.sub(x, mean)), axes, true) };
}

/**
 * (x − mean)·(variance + eps)^−½ where mean and variance are those of `x` itself over `axes`:
 * dx = inv·(dy − mean(dy) − x̂·mean(dy·x̂)). Only `x` is an input as the gradient tape sees it, so
 * nothing flows through the statistics a second time.
 */
function normalizeBatch(x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, eps: number, axes: number[]): tf.Tensor {
  const op = tf.customGrad((input: unknown, save: unknown) => {
    const inverse = tf.rsqrt(tf.add(variance, eps));
    const normalized = tf.mul(tf.sub(input as tf.Tensor, mean), inverse);
    (save as tf.GradSaveFunc)([normalized, inverse]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
      const [xHat, inv] = saved as [tf.Tensor, tf.Tensor];
      const centred = tf.sub(dy, tf.mean(dy, axes, true));
      return tf.mul(inv, tf.sub(centred, tf.mul(xHat, tf.mean(tf.mul(dy, xHat), axes, true))));
    };
    return { value: normalized, gradFunc };
  });
  return op(x);
}

function normalizeComposed(x: tf.Tensor, axes: number[], eps: number): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, axes, true));
  const variance = tf.mean(tf.square(centred), axes, true);
  return tf.mul(centred, tf.rsqrt(tf.add(variance, eps)));
}

function blend(old: tf.Tensor, fresh: tf.Tensor, momentum: number): tf.Tensor {
  return tf.add(tf.mul(old, 1 - momentum), tf.mul(fresh, momentum));
}

type Claimed<R> = { readonly [K in keyof R]: WeightSlot | null };

/** Claims several slots, or fails with the first problem. A request of null claims nothing. */
function claim<R extends Readonly<Record<string, SlotRequest | null>>>(
  context: BuildContext,
  requests: R,
): Result<Claimed<R>> {
  const claimed: Record<string, WeightSlot | null> = {};
  for (const [name, request] of Object.entries(requests)) {
    if (!request) {
      claimed[name] = null;
      continue;
    }
    const slot = context.weight(request);
    if (!slot.ok) return slot;
    claimed[name] = slot.value;
  }
  return success(claimed as Claimed<R>);
}
