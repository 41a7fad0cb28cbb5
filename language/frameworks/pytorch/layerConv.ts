/** Convolutions, transposed convolutions and linear layers of `torch.nn`. */
import type { ConvAttributes, OpCall, Padding } from '../../../core/graph/ops.ts';
import type { BoundArguments } from '../arguments.ts';
import { given, readBoolean, readInteger, readSizes, readString } from '../arguments.ts';
import type { LayerBuilder } from './layerTable.ts';

const CONV = 'in_channels out_channels kernel_size stride padding dilation groups bias padding_mode';
const TRANSPOSED =
  'in_channels out_channels kernel_size stride padding output_padding groups bias dilation padding_mode';

function paddingOf(bound: BoundArguments, nSpatial: number): Padding | null {
  const value = given(bound, 'padding');
  if (value?.kind === 'string') return value.value === 'same' ? 'same' : Array.from({ length: nSpatial }, () => 0);
  return readSizes(bound, 'padding', nSpatial, 0);
}

function convAttributes(bound: BoundArguments, nSpatial: number, inChannels: number | null): ConvAttributes | null {
  const outChannels = readInteger(bound, 'out_channels');
  const kernel = readSizes(bound, 'kernel_size', nSpatial);
  const stride = readSizes(bound, 'stride', nSpatial, 1);
  const padding = paddingOf(bound, nSpatial);
  const dilation = readSizes(bound, 'dilation', nSpatial, 1);
  const groups = readInteger(bound, 'groups', 1);
  const bias = readBoolean(bound, 'bias', true);
  const mode = readString(bound, 'padding_mode', 'zeros');
  if (inChannels === null || outChannels === null || kernel === null || stride === null || padding === null)
    return null;
  if (dilation === null || groups === null || bias === null) return null;
  const paddingMode = mode === 'reflect' || mode === 'replicate' || mode === 'circular' ? mode : 'zeros';
  return { inChannels, outChannels, kernel, stride, padding, dilation, groups, bias, paddingMode };
}

function conv(nSpatial: 1 | 2 | 3): LayerBuilder {
  return {
    signature: CONV,
    build(bound) {
      const attributes = convAttributes(bound, nSpatial, readInteger(bound, 'in_channels'));
      return attributes === null ? null : ({ op: `conv${nSpatial}d`, attributes } as OpCall);
    },
  };
}

function transposed(nSpatial: 1 | 2 | 3): LayerBuilder {
  return {
    signature: TRANSPOSED,
    build(bound) {
      const attributes = convAttributes(bound, nSpatial, readInteger(bound, 'in_channels'));
      const outputPadding = readSizes(bound, 'output_padding', nSpatial, 0);
      if (attributes === null || outputPadding === null) return null;
      return { op: `conv${nSpatial}d_transpose`, attributes: { ...attributes, outputPadding } } as OpCall;
    },
  };
}

function lazyConv(nSpatial: 1 | 2 | 3): LayerBuilder {
  return {
    signature: CONV.replace('in_channels ', ''),
    build: () => null,
    buildFromInput(bound, input) {
      const channels = input?.[1];
      const attributes = convAttributes(bound, nSpatial, typeof channels === 'number' ? channels : null);
      return attributes === null ? null : ({ op: `conv${nSpatial}d`, attributes } as OpCall);
    },
  };
}

const linear: LayerBuilder = {
  signature: 'in_features out_features bias',
  build(bound) {
    const inFeatures = readInteger(bound, 'in_features');
    const outFeatures = readInteger(bound, 'out_features');
    const bias = readBoolean(bound, 'bias', true);
    if (inFeatures === null || outFeatures === null || bias === null) return null;
    return { op: 'dense', attributes: { inFeatures, outFeatures, bias } };
  },
};

const lazyLinear: LayerBuilder = {
  signature: 'out_features bias',
  build: () => null,
  buildFromInput(bound, input) {
    const inFeatures = input?.[input.length - 1];
    const outFeatures = readInteger(bound, 'out_features');
    const bias = readBoolean(bound, 'bias', true);
    if (typeof inFeatures !== 'number' || outFeatures === null || bias === null) return null;
    return { op: 'dense', attributes: { inFeatures, outFeatures, bias } };
  },
};

export const convLayers: Readonly<Record<string, LayerBuilder>> = {
  Conv1d: conv(1),
  Conv2d: conv(2),
  Conv3d: conv(3),
  ConvTranspose1d: transposed(1),
  ConvTranspose2d: transposed(2),
  ConvTranspose3d: transposed(3),
  LazyConv1d: lazyConv(1),
  LazyConv2d: lazyConv(2),
  LazyConv3d: lazyConv(3),
  Linear: linear,
  LazyLinear: lazyLinear,
};
