/**
 * Output length of one spatial dimension that a window (convolution or pooling kernel) slides over, and
 * of its transpose. Explicit padding follows PyTorch, `same` and `valid` follow TensorFlow and Keras.
 * Lengths may come out as 0 or less: then the window does not fit, and the caller says so.
 */
import type { Padding } from '../graph/ops.ts';

export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number | 'same' | 'valid';
  readonly dilation: number;
}

/** What stands on one side of one axis; of two different sides their mean, since lengths depend on the sum alone. */
export function paddingAt(
  { padding, paddingEnd }: { readonly padding: Padding; readonly paddingEnd?: readonly number[] },
  axis: number,
): Window['padding'] {
  if (typeof padding === 'string') return padding;
  const before = padding[axis] ?? 0;
  return paddingEnd === undefined ? before : (before + (paddingEnd[axis] ?? before)) / 2;
}

/** Length that a dilated kernel covers. */
export function kernelExtent(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

export function convLength(length: number, window: Window): number {
  const { kernel, stride, padding, dilation } = window;
  if (padding === 'same') return Math.ceil(length / stride);
  const padded = length + (padding === 'valid' ? 0 : 2 * padding);
  return Math.floor((padded - kernelExtent(kernel, dilation)) / stride) + 1;
}

/**
 * Keras computes `same` and `valid` without output padding as multiples of the stride; once an output padding
 * is given, as if `same` were an explicit padding of half the kernel (Keras' own `compute_conv_transpose_output_shape`).
 */
export function convTransposeLength(length: number, window: Window, outputPadding: number): number {
  const { stride, padding } = window;
  const extent = kernelExtent(window.kernel, window.dilation);
  if (typeof padding === 'number') return (length - 1) * stride - 2 * padding + extent + outputPadding;
  if (outputPadding !== 0) {
    const cropped = padding === 'same' ? 2 * Math.floor(extent / 2) : 0;
    return (length - 1) * stride + extent - cropped + outputPadding;
  }
  return length * stride + (padding === 'valid' ? Math.max(extent - stride, 0) : 0);
}

/** Pooling with PyTorch's ceil mode: the last window must start inside the input or its left padding. */
export function poolLength(length: number, window: Window, ceilMode: boolean): number {
  if (!ceilMode || typeof window.padding !== 'number') return convLength(length, window);
  const { stride, padding } = window;
  const nWindows = Math.ceil((length + 2 * padding - kernelExtent(window.kernel, window.dilation)) / stride) + 1;
  return (nWindows - 1) * stride >= length + padding ? nWindows - 1 : nWindows;
}
