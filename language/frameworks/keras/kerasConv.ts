/** Dense, convolutional, pooling and embedding layers of Keras. */
import type { ConvAttributes, OpCall } from '../../../core/graph/ops.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import type { BoundArguments } from '../arguments.ts';
import { given, readBoolean, readInteger, readSizes, readString, sizesOf } from '../arguments.ts';
import { string } from '../../interpreter/values.ts';
import type { KerasBuilder } from './kerasLayer.ts';

const CONV = 'filters kernel_size strides padding data_format dilation_rate groups activation use_bias';

function channelsOf(bound: BoundArguments, input: Shape | null): number | null {
  const format = given(bound, 'data_format');
  const isFirst = format?.kind === 'string' && format.value === 'channels_first';
  const dim = isFirst ? input?.[1] : input?.[input.length - 1];
  return typeof dim === 'number' ? dim : null;
}

function paddingOf(bound: BoundArguments): 'same' | 'valid' | null {
  const written = readString(bound, 'padding', readString(bound, 'border_mode', 'valid') ?? 'valid')?.toLowerCase();
  return written === 'same' || written === 'valid' ? written : null;
}

export function convAttributes(bound: BoundArguments, input: Shape | null, nSpatial: number): ConvAttributes | null {
  const inChannels = channelsOf(bound, input);
  const outChannels = readInteger(bound, 'filters');
  const kernel = kernelOf(bound, nSpatial);
  const stride = readSizes(bound, 'strides', nSpatial, 1);
  const padding = paddingOf(bound);
  const dilation = readSizes(bound, 'dilation_rate', nSpatial, 1);
  const groups = readInteger(bound, 'groups', 1);
  const bias = readBoolean(bound, 'use_bias', true);
  if (inChannels === null || outChannels === null || kernel === null || stride === null) return null;
  if (padding === null || dilation === null || groups === null || bias === null) return null;
  return { inChannels, outChannels, kernel, stride, padding, dilation, groups, bias };
}

/** Keras 1 gave rows and columns one by one: `Conv2D(64, 5, 5)`. */
function kernelOf(bound: BoundArguments, nSpatial: number): readonly number[] | null {
  const row = given(bound, 'nb_row');
  const column = given(bound, 'nb_col');
  if (row?.kind === 'number' && column?.kind === 'number') return [row.value, column.value];
  return readSizes(bound, 'kernel_size', nSpatial);
}

/** All of the padding stands before the data, so that no output sees what comes after it. */
function causal(bound: BoundArguments, input: Shape | null): ConvAttributes | null {
  const values = new Map([...bound.values, ['padding', string('valid')] as const]);
  const attributes = convAttributes({ ...bound, values }, input, 1);
  if (attributes === null) return null;
  const [taps = 1] = attributes.kernel;
  const [dilation = 1] = attributes.dilation;
  return { ...attributes, padding: [(taps - 1) * dilation], paddingEnd: [0] };
}

function conv(nSpatial: 1 | 2 | 3): KerasBuilder {
  return {
    signature: CONV,
    build(bound, [input = null]) {
      const isCausal = nSpatial === 1 && /^causal$/i.test(readString(bound, 'padding', 'valid') ?? '');
      const attributes = isCausal ? causal(bound, input) : convAttributes(bound, input, nSpatial);
      return attributes === null ? null : ({ op: `conv${nSpatial}d`, attributes } as OpCall);
    },
  };
}

function transposed(nSpatial: 1 | 2 | 3): KerasBuilder {
  return {
    signature: 'filters kernel_size strides padding output_padding data_format dilation_rate activation use_bias',
    build(bound, [input = null]) {
      const attributes = convAttributes(bound, input, nSpatial);
      const written = given(bound, 'output_padding');
      const outputPadding =
        written === undefined || written.kind === 'none'
          ? Array.from({ length: nSpatial }, () => 0)
          : sizesOf(written, nSpatial);
      if (attributes === null || outputPadding === null) return null;
      return { op: `conv${nSpatial}d_transpose`, attributes: { ...attributes, outputPadding } } as OpCall;
    },
  };
}

const separable = (nSpatial: 1 | 2): KerasBuilder => ({
  signature: 'filters kernel_size strides padding data_format dilation_rate depth_multiplier activation use_bias',
  build(bound, [input = null]) {
    const attributes = convAttributes(bound, input, nSpatial);
    const depthMultiplier = readInteger(bound, 'depth_multiplier', 1);
    return attributes === null || depthMultiplier === null
      ? null
      : { op: 'separable_conv2d', attributes: { ...attributes, depthMultiplier } };
  },
});

const depthwise = (nSpatial: 1 | 2): KerasBuilder => ({
  signature: 'kernel_size strides padding depth_multiplier data_format dilation_rate activation use_bias',
  build(bound, [input = null]) {
    const inChannels = channelsOf(bound, input);
    const kernel = readSizes(bound, 'kernel_size', nSpatial);
    const stride = readSizes(bound, 'strides', nSpatial, 1);
    const padding = paddingOf(bound);
    const dilation = readSizes(bound, 'dilation_rate', nSpatial, 1);
    const multiplier = readInteger(bound, 'depth_multiplier', 1);
    const bias = readBoolean(bound, 'use_bias', true);
    if (inChannels === null || kernel === null || stride === null || padding === null || dilation === null) return null;
    if (multiplier === null || bias === null) return null;
    const outChannels = inChannels * multiplier;
    return {
      op: `conv${nSpatial}d`,
      attributes: { inChannels, outChannels, kernel, stride, padding, dilation, groups: inChannels, bias },
    };
  },
});

const dense: KerasBuilder = {
  signature: 'units activation use_bias',
  build(bound, [input = null]) {
    const inFeatures = input?.[input.length - 1];
    const outFeatures = readInteger(bound, 'units', legacyUnits(bound));
    const bias = readBoolean(bound, 'use_bias', true);
    if (typeof inFeatures !== 'number' || outFeatures === null || bias === null) return null;
    return { op: 'dense', attributes: { inFeatures, outFeatures, bias } };
  },
};

function legacyUnits(bound: BoundArguments): number | undefined {
  const value = given(bound, 'output_dim');
  return value?.kind === 'number' ? value.value : undefined;
}

function pool(op: 'max_pool' | 'avg_pool', nSpatial: number): KerasBuilder {
  return {
    signature: 'pool_size strides padding data_format',
    build(bound) {
      const kernel = readSizes(bound, 'pool_size', nSpatial, 2);
      const written = given(bound, 'strides');
      const stride = written === undefined || written.kind === 'none' ? kernel : sizesOf(written, nSpatial);
      const padding = paddingOf(bound);
      if (kernel === null || stride === null || padding === null) return null;
      return { op, attributes: { kernel, stride, padding, countIncludePad: false } };
    },
  };
}

function globalPool(op: 'global_avg_pool' | 'global_max_pool'): KerasBuilder {
  return {
    signature: 'data_format',
    build(bound) {
      const keepDims = readBoolean(bound, 'keepdims', false);
      return keepDims === null ? null : { op, attributes: { keepDims } };
    },
  };
}

const embedding: KerasBuilder = {
  signature: 'input_dim output_dim',
  build(bound) {
    const count = readInteger(bound, 'input_dim');
    const features = readInteger(bound, 'output_dim');
    return count === null || features === null ? null : { op: 'embedding', attributes: { count, features } };
  },
};

export const convBuilders: Readonly<Record<string, KerasBuilder>> = {
  Dense: dense,
  Conv1D: conv(1),
  Conv2D: conv(2),
  Conv3D: conv(3),
  Conv1DTranspose: transposed(1),
  Conv2DTranspose: transposed(2),
  Conv3DTranspose: transposed(3),
  SeparableConv1D: separable(1),
  SeparableConv2D: separable(2),
  DepthwiseConv1D: depthwise(1),
  DepthwiseConv2D: depthwise(2),
  MaxPooling1D: pool('max_pool', 1),
  MaxPooling2D: pool('max_pool', 2),
  MaxPooling3D: pool('max_pool', 3),
  AveragePooling1D: pool('avg_pool', 1),
  AveragePooling2D: pool('avg_pool', 2),
  AveragePooling3D: pool('avg_pool', 3),
  GlobalAveragePooling1D: globalPool('global_avg_pool'),
  GlobalAveragePooling2D: globalPool('global_avg_pool'),
  GlobalAveragePooling3D: globalPool('global_avg_pool'),
  GlobalMaxPooling1D: globalPool('global_max_pool'),
  GlobalMaxPooling3D: globalPool('global_max_pool'),
  GlobalMaxPooling2D: globalPool('global_max_pool'),
  Embedding: embedding,
};
