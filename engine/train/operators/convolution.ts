/**
 * Convolution and transposed convolution of two spatial dimensions. A transposed convolution is the
 * gradient of a convolution with respect to its input, which is what TF.js calls it too; padding p
 * crops p rows on each side, output padding adds rows at the far end. Dilated kernels are written out
 * with zeros between their entries, because TF.js has no gradient for dilation; groups are computed
 * one by one. One and three spatial dimensions are costed by the analysis and not trained here.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ConvAttributes, ConvTransposeAttributes, Padding } from '../../../core/graph/ops.ts';
import { success, type Result } from '../../../core/result.ts';
import type { BuildContext, ForwardRun, KernelKind, Operator, OperatorTable, WeightSlot } from '../operator.ts';
import { fromChannelsLast, toChannelsLast } from '../value.ts';
import { padBorder } from './border.ts';

/** Kernels of PyTorch are [out, in, h, w] (transposed: [in, out, h, w]); of Keras and TF.js as here. */
const pytorchKernelAxes = [3, 2, 0, 1];

type Kernel4D = tf.Tensor4D;

export const convolutionOperators: OperatorTable = {
  conv2d: (attributes, context) => {
    const { inChannels, outChannels, groups } = attributes;
    const kernel = claimKernel(context, 'conv', [...pair(attributes.kernel), inChannels / groups, outChannels]);
    if (!kernel.ok) return kernel;
    return withBias(attributes, context, (input, run) => convolve(input, run.weight(kernel.value), attributes));
  },
  conv2d_transpose: (attributes, context) => {
    const { inChannels, outChannels, groups } = attributes;
    const kind = groups === 1 ? 'deconv' : 'groupedDeconv';
    const kernel = claimKernel(context, kind, [...pair(attributes.kernel), outChannels / groups, inChannels]);
    if (!kernel.ok) return kernel;
    return withBias(attributes, context, (input, run) =>
      convolveTransposed(input, run.weight(kernel.value), attributes),
    );
  },
};

function claimKernel(context: BuildContext, kind: KernelKind, shape: number[]): Result<WeightSlot> {
  return context.weight({
    role: 'kernel',
    kind,
    shape,
    ...(context.framework === 'pytorch' ? { frameworkAxes: pytorchKernelAxes } : {}),
  });
}

function withBias(
  attributes: ConvAttributes,
  context: BuildContext,
  apply: (input: tf.Tensor4D, run: ForwardRun) => tf.Tensor,
): Result<Operator> {
  const bias = attributes.bias
    ? context.weight({ role: 'bias', shape: [attributes.outChannels] })
    : success<WeightSlot | null>(null);
  if (!bias.ok) return bias;
  const slot = bias.value;
  return success(([input], run) => {
    const output = apply(toChannelsLast(required(input), context.layout) as tf.Tensor4D, run);
    return fromChannelsLast(slot ? tf.add(output, run.weight(slot)) : output, context.layout);
  });
}

function convolve(input: tf.Tensor4D, kernel: tf.Tensor, attributes: ConvAttributes): tf.Tensor {
  const stride = pair(attributes.stride);
  const dilated = dilateKernel(kernel as Kernel4D, pair(attributes.dilation));
  let padded = input;
  let padding = attributes.padding;
  if (typeof padding !== 'string' && attributes.paddingMode && attributes.paddingMode !== 'zeros') {
    const [top, left] = pair(padding);
    padded = padBorder(
      input,
      [
        [0, 0],
        [top, top],
        [left, left],
        [0, 0],
      ],
      attributes.paddingMode,
    ) as tf.Tensor4D;
    padding = 'valid';
  }
  const pad = explicitPadding(padding);
  const one = (x: tf.Tensor4D, w: Kernel4D): tf.Tensor4D => tf.conv2d(x, w, stride, pad, 'NHWC', 1, rounding(padding));
  if (attributes.groups === 1) return one(padded, dilated);
  const inputs: tf.Tensor4D[] = tf.split(padded, attributes.groups, 3);
  const kernels: Kernel4D[] = tf.split(dilated, attributes.groups, 3);
  return tf.concat(
    inputs.map((x, i) => one(x, required(kernels[i]))),
    3,
  );
}

function convolveTransposed(input: tf.Tensor4D, kernel: tf.Tensor, attributes: ConvTransposeAttributes): tf.Tensor {
  const stride = pair(attributes.stride);
  const dilated = dilateKernel(kernel as Kernel4D, pair(attributes.dilation));
  const [batch, height, width] = input.shape;
  const size = (length: number, axis: 0 | 1): number => {
    const k = dilated.shape[axis];
    const extra = attributes.outputPadding[axis] ?? 0;
    if (attributes.padding === 'same') return length * stride[axis];
    if (attributes.padding === 'valid') return length * stride[axis] + Math.max(k - stride[axis], 0);
    return (length - 1) * stride[axis] - 2 * (attributes.padding[axis] ?? 0) + k + extra;
  };
  const pad = explicitPadding(attributes.padding);
  const one = (x: tf.Tensor4D, w: Kernel4D): tf.Tensor4D =>
    tf.conv2dTranspose(
      x,
      w,
      [batch, size(height, 0), size(width, 1), w.shape[2]],
      stride,
      pad,
      rounding(attributes.padding),
    );
  if (attributes.groups === 1) return one(input, dilated);
  const inputs: tf.Tensor4D[] = tf.split(input, attributes.groups, 3);
  const kernels: Kernel4D[] = tf.split(dilated, attributes.groups, 3);
  return tf.concat(
    inputs.map((x, i) => one(x, required(kernels[i]))),
    3,
  );
}

/** [kh, kw, a, b] → [(kh−1)·d+1, …] with zeros between the entries. */
function dilateKernel(kernel: Kernel4D, [dh, dw]: readonly [number, number]): Kernel4D {
  if (dh === 1 && dw === 1) return kernel;
  const [kh, kw, a, b] = kernel.shape;
  const spread = tf.pad(tf.reshape(kernel, [kh, 1, kw, 1, a * b]), [
    [0, 0],
    [0, dh - 1],
    [0, 0],
    [0, dw - 1],
    [0, 0],
  ]);
  const whole: tf.Tensor4D = tf.reshape(spread, [kh * dh, kw * dw, a, b]);
  return tf.slice(whole, [0, 0, 0, 0], [(kh - 1) * dh + 1, (kw - 1) * dw + 1, a, b]);
}

type ExplicitPads = [[number, number], [number, number], [number, number], [number, number]];

function explicitPadding(padding: Padding): 'same' | 'valid' | ExplicitPads {
  if (padding === 'same' || padding === 'valid') return padding;
  const [top, left] = pair(padding);
  return [
    [0, 0],
    [top, top],
    [left, left],
    [0, 0],
  ];
}

/** PyTorch rounds down where the stride does not divide; TF.js wants to be told so. */
function rounding(padding: Padding): 'floor' | undefined {
  return typeof padding === 'string' ? undefined : 'floor';
}

function pair(list: readonly number[]): [number, number] {
  const [first = 1, second = first] = list;
  return [first, second];
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('an operator was called with too few inputs');
  return value;
}
