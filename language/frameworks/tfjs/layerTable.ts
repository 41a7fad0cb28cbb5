/**
 * What each `tf.layers.*` factory builds: its class name, and its operator once the shapes of its inputs
 * are known. Defaults are those of TF.js 4.22. A builder answers null where a size that the operator needs
 * is not known; `config.reason` then says why, or the input does.
 */
import type { ActivationName, OpCall } from '../../../core/graph/ops.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import {
  given,
  numbersOf,
  readBoolean,
  readInteger,
  readNumber,
  readSizes,
  readString,
  type BoundArguments,
} from '../arguments.ts';
import { channelsOf, lastOf, paddingOf, type LayerKind } from './layerKind.ts';
import { activationNamed } from './layerConfig.ts';
import { shapeLayers } from './shapeLayers.ts';
import { wrapperLayers } from './wrapperLayers.ts';

function convolution(nDims: 1 | 2 | 3, transposed: boolean): LayerKind['build'] {
  return (config, inputs) => {
    const inChannels = channelsOf(config, inputs);
    const outChannels = readInteger(config, 'filters');
    const kernel = readSizes(config, 'kernelSize', nDims);
    const stride = readSizes(config, 'strides', nDims, 1);
    const dilation = readSizes(config, 'dilationRate', nDims, 1);
    const padding = paddingOf(config);
    const bias = readBoolean(config, 'useBias', true);
    if (inChannels === null || outChannels === null || kernel === null || stride === null) return null;
    if (dilation === null || padding === null || bias === null) return null;
    const attributes = { inChannels, outChannels, kernel, stride, padding, dilation, groups: 1, bias };
    if (!transposed) return { op: `conv${nDims}d`, attributes };
    return { op: `conv${nDims}d_transpose`, attributes: { ...attributes, outputPadding: kernel.map(() => 0) } };
  };
}

function depthwise(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const inChannels = channelsOf(config, inputs);
  const kernel = readSizes(config, 'kernelSize', 2);
  const stride = readSizes(config, 'strides', 2, 1);
  const dilation = readSizes(config, 'dilationRate', 2, 1);
  const multiplier = readInteger(config, 'depthMultiplier', 1);
  const padding = paddingOf(config);
  const bias = readBoolean(config, 'useBias', true);
  if (inChannels === null || kernel === null || stride === null || dilation === null) return null;
  if (multiplier === null || padding === null || bias === null) return null;
  const outChannels = inChannels * multiplier;
  return {
    op: 'conv2d',
    attributes: { inChannels, outChannels, kernel, stride, padding, dilation, groups: inChannels, bias },
  };
}

function separable(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const call = convolution(2, false)(config, inputs);
  const depthMultiplier = readInteger(config, 'depthMultiplier', 1);
  if (call === null || call.op !== 'conv2d' || depthMultiplier === null) return null;
  return { op: 'separable_conv2d', attributes: { ...call.attributes, depthMultiplier } };
}

function dense(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const inFeatures = lastOf(inputs);
  const outFeatures = readInteger(config, 'units');
  const bias = readBoolean(config, 'useBias', true);
  if (inFeatures === null || outFeatures === null || bias === null) return null;
  return { op: 'dense', attributes: { inFeatures, outFeatures, bias } };
}

/** Its units stand at the end, however many numbers it reads. */
function openDense(config: BoundArguments, input: Shape | null): Shape | null {
  const units = readInteger(config, 'units');
  return input === null || input.length < 2 || units === null ? null : [...input.slice(0, -1), units];
}

function batchNormalization(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const axis = readInteger(config, 'axis', -1);
  const features = axis === null ? null : sizeAt(inputs, axis);
  const eps = readNumber(config, 'epsilon', 1e-3);
  const momentum = readNumber(config, 'momentum', 0.99);
  const scale = readBoolean(config, 'scale', true);
  const center = readBoolean(config, 'center', true);
  if (features === null || eps === null || momentum === null || scale === null || center === null) return null;
  // TF.js and Keras give the share of the old value, the operator table that of the new one.
  const share = Math.round((1 - momentum) * 1e12) / 1e12;
  return { op: 'batch_norm', attributes: { features, eps, momentum: share, scale, center, trackStats: true } };
}

function sizeAt([shape = null]: readonly (Shape | null)[], axis: number): number | null {
  const size = shape?.at(axis);
  return typeof size === 'number' ? size : null;
}

function layerNormalization(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const value = given(config, 'axis');
  const axesGiven = value === undefined || value.kind === 'none' ? [-1] : numbersOf(value);
  const sizes = axesGiven?.map((axis) => sizeAt(inputs, axis)) ?? [null];
  const eps = readNumber(config, 'epsilon', 1e-3);
  const scale = readBoolean(config, 'scale', true);
  const center = readBoolean(config, 'center', true);
  if (axesGiven === null || sizes.includes(null) || eps === null || scale === null || center === null) return null;
  const rank = inputs[0]?.length ?? 0;
  const axes = axesGiven.map((axis) => (axis < 0 ? axis : axis - rank));
  const features = (sizes as readonly number[]).reduce((total, size) => total * size, 1);
  const weights = { ...(scale ? {} : { scale }), ...(center ? {} : { center }) };
  return { op: 'layer_norm', attributes: { features, eps, affine: true, axes, ...weights } };
}

function embedding(config: BoundArguments): OpCall | null {
  const count = readInteger(config, 'inputDim');
  const features = readInteger(config, 'outputDim');
  return count === null || features === null ? null : { op: 'embedding', attributes: { count, features } };
}

function activation(
  fn: ActivationName,
  alpha?: { readonly name: string; readonly otherwise: number },
): LayerKind['build'] {
  return (config) => {
    if (alpha === undefined) return { op: 'activation', attributes: { fn } };
    const value = readNumber(config, alpha.name, alpha.otherwise);
    return { op: 'activation', attributes: { fn, ...(value === null ? {} : { alpha: value }) } };
  };
}

/** A weight for each value of an image, but for the axes that share theirs. */
function prelu(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const axes = given(config, 'sharedAxes');
  const shared = axes === undefined || axes.kind === 'none' ? [] : numbersOf(axes);
  const dims = inputs[0]?.slice(1).filter((_dim, idx) => shared?.includes(idx + 1) !== true) ?? null;
  if (shared === null || dims === null || dims.includes('?')) return null;
  const features = (dims as readonly number[]).reduce((total, dim) => total * dim, 1);
  return { op: 'activation', attributes: { fn: 'prelu', features } };
}

function namedActivation(config: BoundArguments): OpCall | null {
  const name = readString(config, 'activation', 'linear');
  const fn = name === null ? null : activationNamed(name);
  if (fn === null) config.reason ??= `the activation ${name ?? ''} is not known`;
  return fn === null ? null : { op: 'activation', attributes: { fn } };
}

function dropout(config: BoundArguments): OpCall | null {
  const rate = readNumber(config, 'rate', 0);
  return rate === null ? null : { op: 'dropout', attributes: { rate } };
}

function recurrent(cell: 'lstm' | 'gru' | 'rnn'): LayerKind['build'] {
  return (config, inputs) => {
    const inFeatures = lastOf(inputs);
    const units = readInteger(config, 'units');
    const bias = readBoolean(config, 'useBias', true);
    if (inFeatures === null || units === null || bias === null) return null;
    const attributes = { cell, inFeatures, units, layers: 1, bidirectional: false, ...(bias ? {} : { bias }) };
    return { op: 'recurrent', attributes };
  };
}

/** Only the last step, unless the layer returns them all. */
function recurrentOutput(config: BoundArguments, input: Shape | null): Shape | null {
  const units = readInteger(config, 'units');
  const isSequence = readBoolean(config, 'returnSequences', false);
  if (units === null || isSequence === null) return null;
  return isSequence ? [1, input?.[1] ?? '?', units] : [1, units];
}

/** One place for each token, however many the input names. */
function encodedShape(config: BoundArguments, input: Shape | null): Shape | null {
  const nTokens = readInteger(config, 'numTokens');
  const mode = readString(config, 'outputMode', 'multiHot');
  return nTokens === null || input?.length !== 2 || mode === null ? null : [1, nTokens];
}

/** By the factory's name in `tf.layers`. */
export const layerKinds: Readonly<Record<string, LayerKind>> = {
  dense: { type: 'Dense', hasActivation: true, build: dense, openShape: openDense },
  conv1d: { type: 'Conv1D', hasActivation: true, build: convolution(1, false) },
  conv2d: { type: 'Conv2D', hasActivation: true, build: convolution(2, false) },
  conv3d: { type: 'Conv3D', hasActivation: true, build: convolution(3, false) },
  conv2dTranspose: { type: 'Conv2DTranspose', hasActivation: true, build: convolution(2, true) },
  conv3dTranspose: { type: 'Conv3DTranspose', hasActivation: true, build: convolution(3, true) },
  depthwiseConv2d: { type: 'DepthwiseConv2D', hasActivation: true, build: depthwise },
  separableConv2d: { type: 'SeparableConv2D', hasActivation: true, build: separable },
  batchNormalization: { type: 'BatchNormalization', build: batchNormalization },
  layerNormalization: { type: 'LayerNormalization', build: layerNormalization },
  embedding: { type: 'Embedding', build: embedding },
  activation: { type: 'Activation', build: namedActivation },
  thresholdedReLU: {
    type: 'ThresholdedReLU',
    build: () => ({ op: 'elementwise', attributes: { fn: 'thresholded_relu' } }),
  },
  reLU: { type: 'ReLU', build: activation('relu') },
  leakyReLU: { type: 'LeakyReLU', build: activation('leaky_relu', { name: 'alpha', otherwise: 0.3 }) },
  prelu: { type: 'PReLU', build: prelu },
  elu: { type: 'ELU', build: activation('elu', { name: 'alpha', otherwise: 1 }) },
  softmax: { type: 'Softmax', build: activation('softmax') },
  dropout: { type: 'Dropout', build: dropout },
  spatialDropout1d: { type: 'SpatialDropout1D', build: dropout },
  alphaDropout: { type: 'AlphaDropout', build: dropout },
  gaussianDropout: { type: 'GaussianDropout', build: dropout },
  gaussianNoise: { type: 'GaussianNoise', build: () => ({ op: 'identity', attributes: {} }) },
  masking: { type: 'Masking', build: () => ({ op: 'identity', attributes: {} }) },
  rescaling: { type: 'Rescaling', build: () => ({ op: 'elementwise', attributes: { fn: 'rescale' } }) },
  lstm: { type: 'LSTM', build: recurrent('lstm'), outputShape: recurrentOutput },
  gru: { type: 'GRU', build: recurrent('gru'), outputShape: recurrentOutput },
  simpleRNN: { type: 'SimpleRNN', build: recurrent('rnn'), outputShape: recurrentOutput },
  lstmCell: { type: 'LSTMCell', build: recurrent('lstm') },
  gruCell: { type: 'GRUCell', build: recurrent('gru') },
  simpleRNNCell: { type: 'SimpleRNNCell', build: recurrent('rnn') },
  convLstm2d: { type: 'ConvLSTM2D', build: () => null },
  categoryEncoding: {
    type: 'CategoryEncoding',
    build: () => ({ op: 'elementwise', attributes: { fn: 'category_encoding' } }),
    outputShape: (config, input) => encodedShape(config, input),
  },
  ...shapeLayers,
  ...wrapperLayers,
};
