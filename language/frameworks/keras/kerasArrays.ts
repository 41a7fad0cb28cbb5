/**
 * Further functions of `keras.ops`, `keras.backend` and TensorFlow on tensors: pooling, cropping, reducing,
 * joining and cutting. The shape is worked out from what the source says; what depends on an argument that is not
 * known gives a tensor of unknown size, with the reason.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { CallArguments } from '../../interpreter/library.ts';
import { list } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { numbersOf } from '../arguments.ts';
import type { TensorFunction } from './kerasOps.ts';
import { axisAt, firstTensor, numberAt, shaped } from './kerasOps.ts';
import { applyOp, kerasTensorOf, kerasTensorsOf } from './kerasTensor.ts';

function argument({ positional, keywords }: CallArguments, at: number, ...names: readonly string[]): Value | undefined {
  return names.map((name) => keywords.get(name)).find((value) => value !== undefined) ?? positional[at];
}

/** `2`, `(2, 2)` or `[1, 2, 2, 1]`: one number per spatial dimension. */
function spatial(value: Value | undefined, nSpatial: number): readonly number[] | null {
  const numbers = value === undefined ? null : numbersOf(value);
  if (numbers === null) return null;
  if (numbers.length === nSpatial + 2) return numbers.slice(1, -1);
  if (numbers.length === 1) return Array.from({ length: nSpatial }, () => numbers[0] ?? 1);
  return numbers.length === nSpatial ? numbers : null;
}

function pool(op: 'max_pool' | 'avg_pool'): TensorFunction {
  return (args, context, name) => {
    const tensor = firstTensor(args);
    if (tensor?.shape == null || args.keywords.has('data_format')) return null;
    const nSpatial = tensor.shape.length - 2;
    const kernel = spatial(argument(args, 1, 'pool_size', 'ksize'), nSpatial);
    const written = argument(args, 2, 'strides');
    const stride = written === undefined || written.kind === 'none' ? kernel : spatial(written, nSpatial);
    const padding = argument(args, 3, 'padding');
    const word = padding === undefined ? 'valid' : padding.kind === 'string' ? padding.value.toLowerCase() : null;
    if (kernel === null || stride === null || (word !== 'same' && word !== 'valid')) return null;
    const attributes = { kernel, stride, padding: word, countIncludePad: false } as const;
    return applyOp(context, { op, attributes }, [tensor], name);
  };
}

/** Reductions that the table of operators has not: `prod`, `any`, `logsumexp`, …; only the shape is known. */
const reduced: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  if (tensor?.shape == null) return null;
  const rank = tensor.shape.length;
  const at = argument(args, 1, 'axis');
  const numbers = at === undefined || at.kind === 'none' ? null : numbersOf(at);
  if (at !== undefined && at.kind !== 'none' && numbers === null) return null;
  const axes = numbers?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? tensor.shape.map((_dim, axis) => axis);
  const keep = argument(args, 2, 'keepdims', 'keep_dims');
  const isKept = keep?.kind === 'bool' && keep.value;
  const shape = tensor.shape.flatMap((dim, axis): Dim[] => (!axes.includes(axis) ? [dim] : isKept ? [1] : []));
  return shaped(context, [tensor], name, shape);
};

const moveAxis: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const rank = tensor?.shape?.length;
  const [from, to] = [numberAt(args, 1, 'source'), numberAt(args, 2, 'destination')];
  if (tensor === null || rank === undefined || from === null || to === null) return null;
  const axes = Array.from({ length: rank }, (_unused, axis) => axis);
  const [moved = 0] = axes.splice(from < 0 ? from + rank : from, 1);
  axes.splice(to < 0 ? to + rank : to, 0, moved);
  return applyOp(context, { op: 'permute', attributes: { axes } }, [tensor], name);
};

/** Rows and columns of images, as the arguments say. */
function resized(height: readonly string[], width: readonly string[], first: number): TensorFunction {
  return (args, context, name) => {
    const tensor = firstTensor(args);
    if (tensor?.shape?.length !== 4) return null;
    const [batch = 1, , , channels = '?'] = tensor.shape;
    const size = [numberAt(args, first, ...height), numberAt(args, first + 1, ...width)];
    return shaped(context, [tensor], name, [batch, size[0] ?? '?', size[1] ?? '?', channels]);
  };
}

const centralCrop: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const fraction = numberAt(args, 1, 'central_fraction');
  if (tensor?.shape?.length !== 4) return null;
  const cut = (dim: Dim): Dim =>
    dim === '?' || fraction === null ? '?' : dim - 2 * Math.trunc((dim - dim * fraction) / 2);
  const [batch = 1, height = '?', width = '?', channels = '?'] = tensor.shape;
  return shaped(context, [tensor], name, [batch, cut(height), cut(width), channels]);
};

/** Another number of channels. */
function channels(count: number): TensorFunction {
  return (args, context, name) => {
    const tensor = firstTensor(args);
    return tensor?.shape == null ? null : shaped(context, [tensor], name, [...tensor.shape.slice(0, -1), count]);
  };
}

/** `slice(x, begin, size)`: −1 is all that is left. */
const slice: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const begin = argument(args, 1, 'begin', 'start_indices');
  const size = argument(args, 2, 'size', 'shape');
  const items = size === undefined ? null : context.iterate(size);
  const starts = begin === undefined ? null : context.iterate(begin);
  if (tensor?.shape == null || items?.length !== tensor.shape.length) return null;
  const shape = tensor.shape.map((dim, axis): Dim => {
    const [item, start] = [items[axis], starts?.[axis]];
    if (item?.kind !== 'number') return axis === 0 ? dim : '?';
    if (item.value !== -1) return axis === 0 ? 1 : item.value;
    return dim !== '?' && start?.kind === 'number' ? dim - start.value : axis === 0 ? dim : '?';
  });
  return shaped(context, [tensor], name, shape);
};

const randomCrop: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const size = argument(args, 1, 'size');
  const items = size === undefined ? null : context.iterate(size);
  if (tensor?.shape == null || items?.length !== tensor.shape.length) return null;
  const dims = items.map((item, axis): Dim => (axis === 0 ? 1 : item.kind === 'number' ? item.value : '?'));
  return shaped(context, [tensor], name, dims);
};

const spaceToDepth: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const factor = numberAt(args, 1, 'block_size');
  if (tensor === null || factor === null) return null;
  const call: OpCall = { op: 'pixel_shuffle', attributes: { factor, inverse: true } };
  return applyOp(context, call, [tensor], name);
};

function joined(axisOf: (rank: number) => number): TensorFunction {
  return (args, context, name) => {
    const parts = args.positional.slice(0, 2);
    const items: Value = { kind: 'list', items: parts, unknown: null };
    const tensors = kerasTensorsOf(name === 'append' ? items : args.positional[0], context);
    const rank = tensors?.[0]?.shape?.length;
    if (tensors === null || rank === undefined) return null;
    const axis = name === 'append' ? axisAt(args, 2, rank, null) : axisOf(rank);
    return axis === null ? null : applyOp(context, { op: 'cat', attributes: { axis } }, tensors, name);
  };
}

/** The last axes of the first with the first axes of the second; also lists of axes. */
const tensordot: TensorFunction = (args, context, name) => {
  const [left, right] = [firstTensor(args), kerasTensorOf(argument(args, 1, 'x2', 'b'))];
  const count = numberAt(args, 2, 'axes');
  if (left?.shape == null || right?.shape == null || count === null) return null;
  const shape: Shape = [...left.shape.slice(0, left.shape.length - count), ...right.shape.slice(count)];
  return shaped(context, [left, right], name, shape);
};

/** Values and their positions. */
const topK: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const count = numberAt(args, 1, 'k');
  if (tensor?.shape == null) return null;
  const shape = [...tensor.shape.slice(0, -1), count ?? 1];
  return list([shaped(context, [tensor], name, shape), shaped(context, [tensor], name, shape)]);
};

const difference: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  if (tensor?.shape == null) return null;
  const times = numberAt(args, 1, 'n') ?? 1;
  const axis = axisAt(args, 2, tensor.shape.length, tensor.shape.length - 1);
  if (axis === null) return null;
  const shape = tensor.shape.map((dim, at): Dim => (at !== axis || dim === '?' ? dim : dim - times));
  return shaped(context, [tensor], name, shape);
};

const sameShape: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  return tensor === null ? null : applyOp(context, { op: 'elementwise', attributes: { fn: name } }, [tensor], name);
};

export const ARRAYS: Readonly<Record<string, TensorFunction>> = {
  max_pool: pool('max_pool'),
  max_pool1d: pool('max_pool'),
  max_pool2d: pool('max_pool'),
  max_pool3d: pool('max_pool'),
  avg_pool: pool('avg_pool'),
  avg_pool1d: pool('avg_pool'),
  avg_pool2d: pool('avg_pool'),
  avg_pool3d: pool('avg_pool'),
  average_pool: pool('avg_pool'),
  ...Object.fromEntries(
    'prod any all median logsumexp count_nonzero reduce_prod reduce_any reduce_all reduce_logsumexp reduce_euclidean_norm'
      .split(' ')
      .map((name) => [name, reduced]),
  ),
  ...Object.fromEntries(
    'absolute arcsin arccos arctan sinh cosh log1p expm1 log2 log10 logical_not isfinite nan_to_num sinc bitwise_not real imag batch_normalization bias_add asin acos atan'
      .split(' ')
      .map((name) => [name, sameShape]),
  ),
  moveaxis: moveAxis,
  resize_with_crop_or_pad: resized(['target_height'], ['target_width'], 1),
  resize_with_pad: resized(['target_height'], ['target_width'], 1),
  resize_image_with_crop_or_pad: resized(['target_height'], ['target_width'], 1),
  crop_to_bounding_box: resized(['target_height'], ['target_width'], 3),
  pad_to_bounding_box: resized(['target_height'], ['target_width'], 3),
  crop_images: resized(['target_height'], ['target_width'], 5),
  central_crop: centralCrop,
  rgb_to_grayscale: channels(1),
  grayscale_to_rgb: channels(3),
  slice,
  random_crop: randomCrop,
  space_to_depth: spaceToDepth,
  hstack: joined((rank) => Math.min(1, rank - 1)),
  vstack: joined(() => 0),
  append: joined(() => 0),
  tensordot,
  top_k: topK,
  diff: difference,
};
