/**
 * Operators that move numbers and compute nothing: reshape, flatten, permute, squeeze, slices, padding,
 * concatenation, channel shuffles. The graph's axis order is the truth here: a value whose channels were
 * moved last for a kernel is brought back first, so a flatten takes N,C,H,W in PyTorch's order.
 */
import * as tf from '@tensorflow/tfjs-core';
import { failure, success } from '../../../core/result.ts';
import type { OperatorTable } from '../operator.ts';
import { alike, axisIn, fromChannelsLast, inFrameworkOrder, toChannelsLast, toFramework, given } from '../value.ts';
import { padBorder } from './border.ts';

export const rearrangingOperators: OperatorTable = {
  reshape: ({ shape }, context) => {
    const from = context.inputShapes[0] ?? [];
    return success(([input]) => {
      const x = toFramework(given(input));
      return inFrameworkOrder(tf.reshape(x, batched(shape, from, x.shape[0] ?? 1)));
    });
  },
  flatten: ({ startAxis, endAxis }) =>
    success(([input]) => {
      const x = toFramework(given(input));
      const start = startAxis < 0 ? startAxis + x.rank : startAxis;
      const end = endAxis < 0 ? endAxis + x.rank : endAxis;
      const merged = x.shape.slice(start, end + 1).reduce((product, dim) => product * dim, 1);
      return inFrameworkOrder(tf.reshape(x, [...x.shape.slice(0, start), merged, ...x.shape.slice(end + 1)]));
    }),
  permute: ({ axes }) => success(([input]) => inFrameworkOrder(tf.transpose(toFramework(given(input)), axes.slice()))),
  squeeze: ({ axes }) =>
    success(([input]) => {
      const x = toFramework(given(input));
      const gone = axes.map((axis) => (axis < 0 ? axis + x.rank : axis));
      return inFrameworkOrder(
        tf.reshape(
          x,
          x.shape.filter((_, axis) => !gone.includes(axis)),
        ),
      );
    }),
  unsqueeze: ({ axis }) =>
    success(([input]) => {
      const x = toFramework(given(input));
      const at = axis < 0 ? axis + x.rank + 1 : axis;
      return inFrameworkOrder(tf.reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]));
    }),
  tile: ({ repeats }) => success(([input]) => inFrameworkOrder(tf.tile(toFramework(given(input)), repeats.slice()))),
  slice: ({ begin, size, step }, context) => {
    if (step?.some((s) => s !== 1)) return failure(context.cannotTrain('slices with a step have no gradient here'));
    return success(([input]) => {
      const x = toFramework(given(input));
      const sizes = x.shape.map((dim, axis) => (axis === 0 ? dim : (size[axis] ?? dim)));
      return inFrameworkOrder(tf.slice(x, begin.slice(), sizes));
    });
  },
  pad: ({ pads, mode }) =>
    success(([input]) => {
      const value = given(input);
      const rank = value.tensor.rank;
      const placed = Array.from({ length: rank }, (): readonly [number, number] => [0, 0]);
      pads.forEach((pad, axis) => (placed[axisIn(value, rank, axis)] = pad));
      return { tensor: padBorder(value.tensor, placed, mode), channelsMoved: value.channelsMoved };
    }),
  cat: ({ axis }) =>
    success((inputs) => {
      const { tensors, channelsMoved } = alike(inputs);
      const rank = tensors[0]?.rank ?? 0;
      return { tensor: tf.concat(tensors, axisIn({ channelsMoved }, rank, axis)), channelsMoved };
    }),
  stack: ({ axis }) => success((inputs) => inFrameworkOrder(tf.stack(inputs.map(toFramework), axis))),
  pixel_shuffle: ({ factor, inverse }, context) =>
    success(([input]) => {
      const x = toChannelsLast(given(input), context.layout);
      const torchOrder = context.layout === 'channelsFirst';
      return fromChannelsLast(
        inverse ? spaceToDepth(x, factor, torchOrder) : depthToSpace(x, factor, torchOrder),
        context.layout,
      );
    }),
};

/** PyTorch's channel index is c·f² + fy·f + fx; TensorFlow's is (fy·f + fx)·C + c. */
function depthToSpace(x: tf.Tensor, f: number, torchOrder: boolean): tf.Tensor {
  const [n = 1, h = 1, w = 1, channels = 1] = x.shape;
  const c = channels / (f * f);
  const parts = tf.reshape(x, torchOrder ? [n, h, w, c, f, f] : [n, h, w, f, f, c]);
  const moved = tf.transpose(parts, torchOrder ? [0, 1, 4, 2, 5, 3] : [0, 1, 3, 2, 4, 5]);
  return tf.reshape(moved, [n, h * f, w * f, c]);
}

function spaceToDepth(x: tf.Tensor, f: number, torchOrder: boolean): tf.Tensor {
  const [n = 1, h = 1, w = 1, c = 1] = x.shape;
  const parts = tf.reshape(x, [n, h / f, f, w / f, f, c]);
  const moved = tf.transpose(parts, torchOrder ? [0, 1, 3, 5, 2, 4] : [0, 1, 3, 2, 4, 5]);
  return tf.reshape(moved, [n, h / f, w / f, f * f * c]);
}

/**
 * The target shape for a batch of n. The graph was followed with batch 1, so where a source writes
 * `view(-1, …)` or `view(x.size(0), …)` the first entry is −1 or 1; both mean the batch.
 */
function batched(shape: readonly number[], from: readonly number[], batch: number): number[] {
  const perImage = from.slice(1).reduce((product, dim) => product * dim, 1);
  const known = shape.slice(1).reduce((product, dim) => product * (dim === -1 ? 1 : dim), 1);
  return [batch, ...shape.slice(1).map((dim) => (dim === -1 ? perImage / known : dim))];
}
