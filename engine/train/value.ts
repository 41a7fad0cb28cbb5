/**
 * A tensor on its way through a network. TF.js kernels want channels last, PyTorch's graphs speak of
 * channels second; a value therefore says how it lies in memory, and operators ask for the form they
 * need. The invariant: `toFramework(v)` always has the axis order of the graph's own layout, so a
 * reshape or flatten takes numbers in exactly the order that the framework would.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Layout } from '../../core/graph/shape.ts';

export interface Value {
  readonly tensor: tf.Tensor;
  /** True: channels lie last although the graph writes them second. Never true for channelsLast graphs. */
  readonly channelsMoved: boolean;
}

/** A tensor whose axes are in the graph's own order. */
export function inFrameworkOrder(tensor: tf.Tensor): Value {
  return { tensor, channelsMoved: false };
}

/** Axes from the graph's order to channels last: N,C,H,W → N,H,W,C. */
function axesToLast(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
}

function axesToFirst(rank: number): number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
}

/** The tensor with the axes that the graph speaks of. */
export function toFramework(value: Value): tf.Tensor {
  return value.channelsMoved ? tf.transpose(value.tensor, axesToFirst(value.tensor.rank)) : value.tensor;
}

/** The tensor with channels last; tensors of rank 2 and below have them last in both layouts. */
export function toChannelsLast(value: Value, layout: Layout): tf.Tensor {
  if (layout === 'channelsLast' || value.channelsMoved || value.tensor.rank < 3) return value.tensor;
  return tf.transpose(value.tensor, axesToLast(value.tensor.rank));
}

/** Marks a tensor that was made with channels last. */
export function fromChannelsLast(tensor: tf.Tensor, layout: Layout): Value {
  return { tensor, channelsMoved: layout === 'channelsFirst' && tensor.rank >= 3 };
}

/** Applies an elementwise function, wherever the channels lie. */
export function mapValue(value: Value, fn: (tensor: tf.Tensor) => tf.Tensor): Value {
  return { tensor: fn(value.tensor), channelsMoved: value.channelsMoved };
}

/** Two or more values in one common axis order (theirs where they agree, else the graph's own). */
export function alike(values: readonly Value[]): { readonly tensors: tf.Tensor[]; readonly channelsMoved: boolean } {
  const first = values[0];
  const rank = first?.tensor.rank;
  const agree = values.every((v) => v.channelsMoved === first?.channelsMoved && v.tensor.rank === rank);
  if (agree) return { tensors: values.map((v) => v.tensor), channelsMoved: first?.channelsMoved ?? false };
  const moved = values.find((v) => v.channelsMoved);
  if (moved && values.every((v) => v.tensor.rank === moved.tensor.rank)) {
    return { tensors: values.map((v) => toChannelsLast(v, 'channelsFirst')), channelsMoved: true };
  }
  return { tensors: values.map(toFramework), channelsMoved: false };
}

/** Where the graph's axis `axis` lies in the tensor. */
export function axisIn(value: { readonly channelsMoved: boolean }, rank: number, axis: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!value.channelsMoved) return positive;
  return axesToLast(rank).indexOf(positive);
}

/** An operator's input; a graph that passes the analysis always has it, so its absence is a defect. */
export function given(input: Value | undefined): Value {
  if (!input) throw new Error('an operator was called with too few inputs');
  return input;
}
