/** Convolutions, transposed convolutions and linear layers of `torch.nn`. */
import type { ConvAttributes, OpCall, Padding } from '../../../core/graph/ops.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import { inferShape } from '../../../core/shape/inferShape.ts';
import type { BoundArguments } from '../arguments.ts';
import { given, isOpen, readBoolean, readInteger, readSizes, readString } from '../arguments.ts';
import type { LayerBuilder } from './layerTable.ts';

const CONV = 'in_channels out_channels kernel_size stride padding dilation groups bias padding_mode';
const TRANSPOSED =
  'in_channels out_channels kernel_size stride padding output_padding groups bias dilation padding_mode';

function paddingOf(bound: BoundArguments, nSpatial: number): Padding | null {
  const value = given(bound, 'padding');
  if (value?.kind === 'string') return value.value === 'same' ? 'same' : Array.from({ length: nSpatial }, () => 0);
  return readSizes(bound, 'padding', nSpatial, 0);
}

function convAttributes(
  bound: BoundArguments,
  nSpatial: number,
  inChannels: number | null,
  outChannels = readInteger(bound, 'out_channels'),
): ConvAttributes | null {
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

function channelsOf(input: Shape | null): number | null {
  const channels = input?.[1];
  return typeof channels === 'number' ? channels : null;
}

function convLayer(nSpatial: 1 | 2 | 3, isTransposed: boolean): LayerBuilder {
  const callOf = (attributes: ConvAttributes | null, bound: BoundArguments): OpCall | null => {
    if (attributes === null) return null;
    if (!isTransposed) return { op: `conv${nSpatial}d`, attributes } as OpCall;
    const outputPadding = readSizes(bound, 'output_padding', nSpatial, 0);
    if (outputPadding === null) return null;
    return { op: `conv${nSpatial}d_transpose`, attributes: { ...attributes, outputPadding } } as OpCall;
  };
  return {
    signature: isTransposed ? TRANSPOSED : CONV,
    build: (bound) => callOf(convAttributes(bound, nSpatial, readInteger(bound, 'in_channels')), bound),
    // The model runs only if the layer takes what it is given.
    buildFromInput: (bound, input) =>
      isOpen(bound, 'in_channels') ? callOf(convAttributes(bound, nSpatial, channelsOf(input)), bound) : null,
    partialShape(bound, input) {
      if (input?.length !== nSpatial + 2) return null;
      const out = given(bound, 'out_channels');
      const outChannels = out?.kind === 'number' ? out.value : null;
      const call = callOf(convAttributes(bound, nSpatial, 1, 1), bound);
      const result =
        call === null ? null : inferShape(call, [[input[0] ?? '?', '?', ...input.slice(2)]], 'channelsFirst');
      if (result?.kind !== 'shape' || result.shape === null) return null;
      return [result.shape[0] ?? '?', outChannels ?? '?', ...result.shape.slice(2)];
    },
  };
}

function conv(nSpatial: 1 | 2 | 3): LayerBuilder {
  return convLayer(nSpatial, false);
}

function transposed(nSpatial: 1 | 2 | 3): LayerBuilder {
  return convLayer(nSpatial, true);
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
  buildFromInput: (bound, input) => (isOpen(bound, 'in_features') ? denseFromInput(bound, input) : null),
  partialShape(bound, input) {
    const out = given(bound, 'out_features');
    return input === null ? null : [...input.slice(0, -1), out?.kind === 'number' ? out.value : '?'];
  },
};

function denseFromInput(bound: BoundArguments, input: Shape | null): OpCall | null {
  const inFeatures = input?.[input.length - 1];
  const outFeatures = readInteger(bound, 'out_features');
  const bias = readBoolean(bound, 'bias', true);
  if (typeof inFeatures !== 'number' || outFeatures === null || bias === null) return null;
  return { op: 'dense', attributes: { inFeatures, outFeatures, bias } };
}

const lazyLinear: LayerBuilder = {
  signature: 'out_features bias',
  build: () => null,
  buildFromInput: denseFromInput,
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
