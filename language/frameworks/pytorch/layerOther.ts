/** Padding, resizing, reshaping, embedding, recurrent and attention layers of `torch.nn`. */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { BoundArguments } from '../arguments.ts';
import { given, numbersOf, readBoolean, readInteger, readString, sizesOf } from '../arguments.ts';
import { padsFromEnd } from './arrangeFunctions.ts';
import { scalesOf } from './layerFunctions.ts';
import type { LayerBuilder } from './layerTable.ts';

type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

function padding(mode: PadMode, nSpatial: number): LayerBuilder {
  return {
    signature: 'padding value',
    build(bound) {
      const value = given(bound, 'padding');
      const numbers = value === undefined ? null : numbersOf(value);
      if (numbers === null) {
        bound.reason ??= 'the argument padding is not known';
        return null;
      }
      const widths = numbers.length === 1 ? Array.from({ length: 2 * nSpatial }, () => numbers[0] ?? 0) : numbers;
      return { op: 'pad', attributes: { pads: padsFromEnd(widths), mode } };
    },
  };
}

function upsample(fixedMode: 'nearest' | 'bilinear' | null): LayerBuilder {
  return {
    signature: fixedMode === null ? 'size scale_factor mode align_corners' : 'size scale_factor',
    build(bound) {
      const written = fixedMode ?? readString(bound, 'mode', 'nearest');
      const mode = written === 'bilinear' || written === 'bicubic' || written === 'trilinear' ? written : 'nearest';
      const sizeValue = given(bound, 'size');
      const scaleValue = given(bound, 'scale_factor');
      const nSpatial = written === 'linear' ? 1 : mode === 'trilinear' ? 3 : 2;
      const size = sizeValue === undefined || sizeValue.kind === 'none' ? null : sizesOf(sizeValue, nSpatial);
      const scale = scaleValue === undefined ? null : scalesOf(scaleValue, nSpatial);
      if (size === null && scale === null) {
        bound.reason ??= 'neither size nor scale_factor is known';
        return null;
      }
      return { op: 'upsample', attributes: { scale: size === null ? scale : null, size, mode } };
    },
  };
}

const pixelShuffle = (inverse: boolean): LayerBuilder => ({
  signature: inverse ? 'downscale_factor' : 'upscale_factor',
  build(bound) {
    const factor = readInteger(bound, inverse ? 'downscale_factor' : 'upscale_factor');
    return factor === null ? null : { op: 'pixel_shuffle', attributes: { factor, inverse } };
  },
});

const flatten: LayerBuilder = {
  signature: 'start_dim end_dim',
  build(bound) {
    const startAxis = readInteger(bound, 'start_dim', 1);
    const endAxis = readInteger(bound, 'end_dim', -1);
    return startAxis === null || endAxis === null ? null : { op: 'flatten', attributes: { startAxis, endAxis } };
  },
};

const embedding: LayerBuilder = {
  signature: 'num_embeddings embedding_dim padding_idx',
  build(bound) {
    const count = readInteger(bound, 'num_embeddings');
    const features = readInteger(bound, 'embedding_dim');
    return count === null || features === null ? null : { op: 'embedding', attributes: { count, features } };
  },
  // How many classes there are does not matter to what is made of one.
  partialShape: (bound, input) => (input === null ? null : [...input, readInteger(bound, 'embedding_dim') ?? '?']),
};

function recurrent(cell: 'lstm' | 'gru' | 'rnn'): LayerBuilder {
  return {
    signature: 'input_size hidden_size num_layers',
    build(bound): OpCall | null {
      const inFeatures = readInteger(bound, 'input_size');
      const units = readInteger(bound, 'hidden_size');
      const layers = readInteger(bound, 'num_layers', 1);
      const bidirectional = readBoolean(bound, 'bidirectional', false);
      const bias = readBoolean(bound, 'bias', true);
      if (inFeatures === null || units === null || layers === null || bidirectional === null) return null;
      if (bias === null) return null;
      const attributes = { cell, inFeatures, units, layers, bidirectional, ...(bias ? {} : { bias }) };
      return { op: 'recurrent', attributes };
    },
  };
}

const attention: LayerBuilder = {
  signature: 'embed_dim num_heads',
  build(bound) {
    const features = readInteger(bound, 'embed_dim');
    const heads = readInteger(bound, 'num_heads');
    return features === null || heads === null ? null : { op: 'attention', attributes: { features, heads } };
  },
};

const unflatten: LayerBuilder = {
  signature: 'dim unflattened_size',
  build(bound: BoundArguments) {
    const dim = readInteger(bound, 'dim');
    const value = given(bound, 'unflattened_size');
    const sizes = value === undefined ? null : numbersOf(value);
    return dim === 1 && sizes !== null ? { op: 'reshape', attributes: { shape: [1, ...sizes] } } : null;
  },
};

const identity: LayerBuilder = { signature: '', build: () => ({ op: 'identity', attributes: {} }) };

export const otherLayers: Readonly<Record<string, LayerBuilder>> = {
  ZeroPad1d: padding('constant', 1),
  ZeroPad2d: padding('constant', 2),
  ConstantPad1d: padding('constant', 1),
  ConstantPad2d: padding('constant', 2),
  ConstantPad3d: padding('constant', 3),
  ReflectionPad1d: padding('reflect', 1),
  ReflectionPad2d: padding('reflect', 2),
  ReflectionPad3d: padding('reflect', 3),
  ReplicationPad1d: padding('replicate', 1),
  ReplicationPad2d: padding('replicate', 2),
  ReplicationPad3d: padding('replicate', 3),
  CircularPad2d: padding('circular', 2),
  Upsample: upsample(null),
  UpsamplingNearest2d: upsample('nearest'),
  UpsamplingBilinear2d: upsample('bilinear'),
  PixelShuffle: pixelShuffle(false),
  PixelUnshuffle: pixelShuffle(true),
  Flatten: flatten,
  Unflatten: unflatten,
  Identity: identity,
  Embedding: embedding,
  LSTM: recurrent('lstm'),
  GRU: recurrent('gru'),
  RNN: recurrent('rnn'),
  MultiheadAttention: attention,
};
