/** Layers of Keras that rearrange or resize. */
import { given, numbersOf, readInteger, readSizes, readString } from '../arguments.ts';
import type { KerasBuilder } from './kerasLayer.ts';
import type { Value } from '../../interpreter/values.ts';

const reshape: KerasBuilder = {
  signature: 'target_shape',
  build(bound) {
    const value = given(bound, 'target_shape');
    const shape = value === undefined ? null : numbersOf(value);
    if (shape === null) {
      bound.reason ??= 'the target shape is not known';
      return null;
    }
    return { op: 'reshape', attributes: { shape: [1, ...shape] } };
  },
};

const flatten: KerasBuilder = {
  signature: 'data_format',
  build: (_bound, [input = null]) =>
    input?.length === 1
      ? { op: 'unsqueeze', attributes: { axis: 1 } }
      : { op: 'flatten', attributes: { startAxis: 1, endAxis: -1 } },
};

const permute: KerasBuilder = {
  signature: 'dims',
  build(bound) {
    const value = given(bound, 'dims');
    const axes = value === undefined ? null : numbersOf(value);
    return axes === null ? null : { op: 'permute', attributes: { axes: [0, ...axes] } };
  },
};

const repeatVector: KerasBuilder = {
  signature: 'n',
  build(bound, [input = null]) {
    const count = readInteger(bound, 'n');
    const features = input?.[1];
    return count === null || typeof features !== 'number'
      ? null
      : { op: 'expand', attributes: { shape: [1, count, features] } };
  },
  outputShape: (bound, input) => [1, readInteger(bound, 'n') ?? '?', input?.[1] ?? '?'],
};

/** Cuts rows and columns out, which ones is decided when it runs. */
const crop: KerasBuilder = {
  signature: 'height width',
  build: () => ({ op: 'unknown', attributes: { type: 'crop', macs: 0 } }),
  weights: () => [],
  outputShape: (bound, input) => [
    1,
    readInteger(bound, 'height') ?? '?',
    readInteger(bound, 'width') ?? '?',
    input?.[3] ?? '?',
  ],
};

const adaptive = (op: 'adaptive_avg_pool' | 'adaptive_max_pool', nSpatial: number): KerasBuilder => ({
  signature: 'output_size data_format',
  build(bound) {
    const size = readSizes(bound, 'output_size', nSpatial);
    return size === null ? null : { op, attributes: { size } };
  },
});

/** Whole numbers as vectors: `one_hot` and `multi_hot` are as long as there are tokens. */
const categories: KerasBuilder = {
  signature: 'num_tokens output_mode',
  build: () => ({ op: 'unknown', attributes: { type: 'category_encoding', macs: 0 } }),
  weights: () => [],
  outputShape: (bound, input) =>
    input === null ? null : [...input.slice(0, -1), readInteger(bound, 'num_tokens') ?? '?'],
};

function upSampling(nSpatial: number): KerasBuilder {
  return {
    signature: nSpatial === 2 ? 'size data_format interpolation' : 'size',
    build(bound) {
      const scale = readSizes(bound, 'size', nSpatial, 2);
      const written = readString(bound, 'interpolation', 'nearest');
      const mode = written === 'bilinear' || written === 'bicubic' ? written : 'nearest';
      return scale === null ? null : { op: 'upsample', attributes: { scale, size: null, mode } };
    },
  };
}

/** `1`, `(1, 2)` or `((0, 1), (0, 1))`: pads before and after, per dimension. */
function pairsOf(value: Value | undefined, nSpatial: number, otherwise: number): [number, number][] | null {
  if (value === undefined) return Array.from({ length: nSpatial }, () => [otherwise, otherwise]);
  if (value.kind === 'number') return Array.from({ length: nSpatial }, () => [value.value, value.value]);
  if (value.kind !== 'tuple' && value.kind !== 'list') return null;
  if (nSpatial === 1) {
    const numbers = numbersOf(value);
    return numbers === null ? null : [[numbers[0] ?? 0, numbers[1] ?? numbers[0] ?? 0]];
  }
  const pairs = value.items.map((item): [number, number] | null => {
    const numbers = numbersOf(item);
    return numbers === null ? null : [numbers[0] ?? 0, numbers[1] ?? numbers[0] ?? 0];
  });
  return pairs.includes(null) || pairs.length !== nSpatial ? null : (pairs as [number, number][]);
}

function padding(nSpatial: number, sign: 1 | -1): KerasBuilder {
  return {
    signature: sign === 1 ? 'padding data_format' : 'cropping data_format',
    build(bound) {
      const pairs = pairsOf(given(bound, sign === 1 ? 'padding' : 'cropping'), nSpatial, sign === 1 ? 1 : 0);
      if (pairs === null) {
        bound.reason ??= 'how much is padded is not known';
        return null;
      }
      const isFirst =
        given(bound, 'data_format')?.kind === 'string' && readString(bound, 'data_format', '') === 'channels_first';
      const signed = pairs.map(([before, after]): [number, number] => [sign * before, sign * after]);
      return { op: 'pad', attributes: { pads: isFirst ? signed : [...signed, [0, 0]], mode: 'constant' } };
    },
  };
}

const resizing: KerasBuilder = {
  signature: 'height width interpolation',
  build(bound) {
    const height = readInteger(bound, 'height');
    const width = readInteger(bound, 'width');
    if (height === null || width === null) return null;
    return { op: 'upsample', attributes: { scale: null, size: [height, width], mode: 'bilinear' } };
  },
};

export const shapeBuilders: Readonly<Record<string, KerasBuilder>> = {
  Reshape: reshape,
  Flatten: flatten,
  Permute: permute,
  RepeatVector: repeatVector,
  UpSampling1D: upSampling(1),
  UpSampling2D: upSampling(2),
  UpSampling3D: upSampling(3),
  ZeroPadding1D: padding(1, 1),
  ZeroPadding2D: padding(2, 1),
  ZeroPadding3D: padding(3, 1),
  Cropping1D: padding(1, -1),
  Cropping2D: padding(2, -1),
  Cropping3D: padding(3, -1),
  Resizing: resizing,
  CenterCrop: crop,
  RandomCrop: crop,
  CategoryEncoding: categories,
  AdaptiveAveragePooling1D: adaptive('adaptive_avg_pool', 1),
  AdaptiveAveragePooling2D: adaptive('adaptive_avg_pool', 2),
  AdaptiveAveragePooling3D: adaptive('adaptive_avg_pool', 3),
  AdaptiveMaxPooling1D: adaptive('adaptive_max_pool', 1),
  AdaptiveMaxPooling2D: adaptive('adaptive_max_pool', 2),
  AdaptiveMaxPooling3D: adaptive('adaptive_max_pool', 3),
  Identity: { signature: '', build: () => ({ op: 'identity', attributes: {} }) },
};
