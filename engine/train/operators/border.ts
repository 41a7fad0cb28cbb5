/**
 * Pads a tensor by a given number of entries before and after each axis, filled with zeros or from
 * the tensor itself as PyTorch's `reflect`, `replicate` and `circular` do. Made of slices and
 * concatenations only, so every backend can differentiate it. Negative pads crop.
 */
import * as tf from '@tensorflow/tfjs-core';

export type BorderMode = 'constant' | 'reflect' | 'replicate' | 'circular';

export function padBorder(
  tensor: tf.Tensor,
  pads: readonly (readonly [number, number])[],
  mode: BorderMode,
): tf.Tensor {
  const cropped = cropNegative(tensor, pads);
  const positive = pads.map(([before, after]): [number, number] => [Math.max(before, 0), Math.max(after, 0)]);
  if (positive.every(([before, after]) => before === 0 && after === 0)) return cropped;
  if (mode === 'constant') return tf.pad(cropped, positive);
  return positive.reduce((padded, [before, after], axis) => padAxis(padded, axis, before, after, mode), cropped);
}

function cropNegative(tensor: tf.Tensor, pads: readonly (readonly [number, number])[]): tf.Tensor {
  if (pads.every(([before, after]) => before >= 0 && after >= 0)) return tensor;
  const begin = pads.map(([before]) => Math.max(-before, 0));
  const size = tensor.shape.map((dim, axis) => dim - (begin[axis] ?? 0) - Math.max(-(pads[axis]?.[1] ?? 0), 0));
  return tf.slice(tensor, begin, size);
}

function padAxis(tensor: tf.Tensor, axis: number, before: number, after: number, mode: BorderMode): tf.Tensor {
  const length = tensor.shape[axis] ?? 0;
  const take = (from: number, count: number): tf.Tensor => {
    const begin = tensor.shape.map(() => 0);
    const size = tensor.shape.slice();
    begin[axis] = from;
    size[axis] = count;
    return tf.slice(tensor, begin, size);
  };
  const parts: tf.Tensor[] = [];
  if (before > 0) {
    if (mode === 'circular') parts.push(take(length - before, before));
    else if (mode === 'replicate') parts.push(...Array.from({ length: before }, () => take(0, 1)));
    else parts.push(...Array.from({ length: before }, (_, i) => take(before - i, 1)));
  }
  parts.push(tensor);
  if (after > 0) {
    if (mode === 'circular') parts.push(take(0, after));
    else if (mode === 'replicate') parts.push(...Array.from({ length: after }, () => take(length - 1, 1)));
    else parts.push(...Array.from({ length: after }, (_, i) => take(length - 2 - i, 1)));
  }
  return parts.length === 1 ? tensor : tf.concat(parts, axis);
}
