/**
 * Functions of TensorFlow and `keras.backend` on tensors, and `keras.layers.concatenate` and its kin, by
 * their last name. On symbolic tensors each becomes a row of the model, as Keras makes them layers.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { NONE, foreign, int, tuple, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { numbersOf } from '../arguments.ts';
import { activationNamed } from './kerasActivation.ts';
import { ARRAYS } from './kerasArrays.ts';
import { CONV_FUNCTIONS } from './kerasConvFunctions.ts';
import type { TensorFunction } from './kerasOps.ts';
import { OPS, firstTensor, reduce, splitParts } from './kerasOps.ts';
import { applyOp, freeKerasTensor, kerasTensorOf, kerasTensorsOf, shapeTuple } from './kerasTensor.ts';

export function tensorFunction(name: string): TensorFunction | null {
  const activation = activationNamed(name);
  if (activation !== null && activation !== 'linear') {
    return (args, context) => {
      const tensor = firstTensor(args);
      if (tensor === null) return null;
      const given = args.keywords.get('alpha') ?? args.keywords.get('negative_slope') ?? args.positional[1];
      const alpha = activation === 'leaky_relu' ? (given?.kind === 'number' ? given.value : 0.2) : undefined;
      const attributes = alpha === undefined ? { fn: activation } : { fn: activation, alpha };
      return applyOp(context, { op: 'activation', attributes }, [tensor], name);
    };
  }
  const own = TABLE[name] ?? OPS[name] ?? CONV_FUNCTIONS[name] ?? ARRAYS[name];
  return own === undefined
    ? null
    : (args, context, of) => plainNumber(args, of) ?? own(args, context, of) ?? lost(args, context, of);
}

/** `tf.minimum(filters, 512)` of numbers is a number, as sizes are worked out with it. */
function plainNumber({ positional, keywords }: CallArguments, name: string): Value | null {
  const [left, right] = positional.map((value) => (value.kind === 'number' ? value.value : null));
  if (positional.length !== 2 || keywords.size > 0 || left == null || right == null) return null;
  const compute: Readonly<Record<string, number>> = {
    minimum: Math.min(left, right),
    maximum: Math.max(left, right),
    multiply: left * right,
    add: left + right,
    subtract: left - right,
    pow: left ** right,
  };
  const value = compute[name];
  const isInteger = [...positional].every((item) => item.kind === 'number' && item.isInteger);
  return value === undefined ? null : { kind: 'number', value, isInteger: isInteger && Number.isInteger(value) };
}

/** On tensors it gives a tensor, if only one of unknown size; on anything else it is not ours. */
function lost(args: CallArguments, context: CallContext, name: string): Value | null {
  const tensor = firstTensor(args);
  if (tensor === null) return null;
  return applyOp(context, { op: 'unknown', attributes: { type: name } }, [tensor], name, {
    shape: null,
    unknown: tensor.unknown ?? `the arguments of ${name} are not known`,
  });
}

function dimsAfter(value: Value | undefined, context: CallContext): Dim[] | null {
  if (value === undefined) return null;
  const isShape = value.kind === 'foreign' && kerasTensorOf(value) === null;
  const items = value.kind === 'tuple' || value.kind === 'list' || isShape ? context.iterate(value) : null;
  return items?.map((item): Dim => (item.kind === 'number' ? item.value : item.kind === 'none' ? -1 : '?')) ?? null;
}

const reshape: TensorFunction = (args, context) => {
  const tensor = firstTensor(args);
  const dims = dimsAfter(
    args.positional[1] ??
      args.keywords.get('shape') ??
      args.keywords.get('newshape') ??
      args.keywords.get('target_shape'),
    context,
  );
  if (tensor === null) return null;
  const open = dims?.filter((dim) => dim === '?' || dim === -1).length ?? 2;
  if (dims !== null && open <= 1) {
    const shape = dims.map((dim) => (dim === '?' ? -1 : dim));
    return applyOp(context, { op: 'reshape', attributes: { shape } }, [tensor], 'reshape');
  }
  const shape = dims?.map((dim, axis): Dim => (axis === 0 ? 1 : dim === -1 ? '?' : dim)) ?? null;
  return applyOp(context, { op: 'unknown', attributes: { type: 'reshape' } }, [tensor], 'reshape', { shape });
};

function firstNamed(args: CallArguments, ...names: readonly string[]): Value | undefined {
  return names.map((name) => args.keywords.get(name)).find((value) => value !== undefined);
}

const concat: TensorFunction = (args, context, name) => {
  const tensors = kerasTensorsOf(args.positional[0] ?? firstNamed(args, 'values', 'inputs', 'tensors', 'xs'), context);
  const at = args.keywords.get('axis') ?? args.positional[1];
  if (tensors === null) return null;
  const rank = tensors[0]?.shape?.length;
  const written = at?.kind === 'number' ? at.value : at === undefined ? -1 : null;
  if (rank === undefined || written === null) return unknown('the axis of a concatenation is not known');
  const axis = written < 0 ? rank + written : written;
  return applyOp(context, { op: 'cat', attributes: { axis } }, tensors, name);
};

function merge(op: 'add' | 'sub' | 'mul' | 'div' | 'maximum'): TensorFunction {
  return (args, context, name) => {
    const first = args.positional[0] ?? firstNamed(args, 'x1', 'x');
    const second = args.positional[1] ?? args.keywords.get('x2');
    const tensors = kerasTensorsOf(first ?? args.keywords.get('inputs'), context);
    if (tensors === null) return null;
    const other = kerasTensorOf(second ?? args.keywords.get('y'));
    if (other !== null) return applyOp(context, { op, attributes: {} }, [...tensors, other], name);
    if (tensors.length > 1) return applyOp(context, { op, attributes: {} }, tensors, name);
    return applyOp(context, { op: 'elementwise', attributes: { fn: name } }, tensors, name);
  };
}

const elementwise: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  return tensor === null ? null : applyOp(context, { op: 'elementwise', attributes: { fn: name } }, [tensor], name);
};

const expandDims: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const at = args.keywords.get('axis') ?? args.positional[1];
  if (tensor?.shape == null || at?.kind !== 'number') return null;
  const axis = at.value < 0 ? tensor.shape.length + 1 + at.value : at.value;
  return applyOp(context, { op: 'unsqueeze', attributes: { axis } }, [tensor], name);
};

const squeeze: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const at = args.keywords.get('axis') ?? args.positional[1];
  const axes = at === undefined ? [] : numbersOf(at);
  if (tensor === null || axes === null) return null;
  return applyOp(context, { op: 'squeeze', attributes: { axes } }, [tensor], name);
};

const transpose: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const order = firstNamed(args, 'perm', 'pattern', 'axes') ?? args.positional[1];
  const rank = tensor?.shape?.length ?? 0;
  const isReversed = order === undefined || order.kind === 'none';
  const axes = isReversed ? Array.from({ length: rank }, (_unused, axis) => rank - 1 - axis) : numbersOf(order);
  if (tensor === null || axes === null) return null;
  return applyOp(context, { op: 'permute', attributes: { axes } }, [tensor], name);
};

const resize: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const value = args.keywords.get('size') ?? args.positional[1];
  if (tensor === null) return null;
  const size = value === undefined ? null : numbersOf(value);
  const mode = /nearest/.test(name) ? 'nearest' : 'bilinear';
  if (size !== null && size.length === 2) {
    return applyOp(context, { op: 'upsample', attributes: { scale: null, size, mode } }, [tensor], name);
  }
  const shape: Shape | null = tensor.shape === null ? null : [tensor.shape[0] ?? 1, '?', '?', tensor.shape[3] ?? '?'];
  return applyOp(context, { op: 'unknown', attributes: { type: name } }, [tensor], name, {
    shape,
    unknown: 'the size that is resized to is not known',
  });
};

const matmul: TensorFunction = (args, context, name) => {
  const left = firstTensor(args);
  const right = kerasTensorOf(args.positional[1] ?? firstNamed(args, 'b', 'x2', 'y'));
  if (left === null || right === null) return null;
  const transposeA = args.keywords.get('transpose_a');
  const transposeB = args.keywords.get('transpose_b');
  const call: OpCall = {
    op: 'matmul',
    attributes: {
      transposeA: transposeA?.kind === 'bool' && transposeA.value,
      transposeB: transposeB?.kind === 'bool' && transposeB.value,
    },
  };
  return applyOp(context, call, [left, right], name);
};

const pad: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const value = firstNamed(args, 'paddings', 'pad_width') ?? args.positional[1];
  const rows = value === undefined ? null : context.iterate(value);
  const pads = rows?.map((row) => numbersOf(row)) ?? [null];
  if (tensor === null || pads.includes(null)) return null;
  const mode = args.keywords.get('mode') ?? args.positional[2];
  const isReflect = mode?.kind === 'string' && /reflect|symmetric/i.test(mode.value);
  const pairs = (pads as (readonly number[])[]).map((pair): [number, number] => [pair[0] ?? 0, pair[1] ?? 0]);
  return applyOp(
    context,
    { op: 'pad', attributes: { pads: pairs, mode: isReflect ? 'reflect' : 'constant' } },
    [tensor],
    name,
  );
};

/** Sizes are given as the first argument or as `shape`. */
const made: TensorFunction = (args, context) => {
  const value = args.keywords.get('shape') ?? args.positional[0];
  const dims = dimsAfter(value, context);
  return freeKerasTensor(context, dims?.map((dim) => (dim === -1 ? '?' : dim)) ?? null);
};

const like: TensorFunction = (args, context) => {
  const tensor = firstTensor(args);
  return tensor === null ? null : freeKerasTensor(context, tensor.shape);
};

/** Numbers as a tensor: they stay what they are, so that they can be paddings and sizes. */
const plain: TensorFunction = (args, context, name) => {
  const value = args.positional[0] ?? args.keywords.get('value');
  const isPlain = value?.kind === 'number' || value?.kind === 'list' || value?.kind === 'tuple';
  return isPlain ? value : same(args, context, name);
};

const shapeOf: TensorFunction = (args) => {
  const tensor = firstTensor(args);
  if (tensor?.shape == null) return unknown('the shape of this tensor is not known');
  return tuple(tensor.shape.map((dim) => (dim === '?' ? unknown('this dimension is not known') : int(dim))));
};

const same: TensorFunction = (args) => {
  const tensor = firstTensor(args);
  return tensor === null ? null : foreign(tensor);
};

const TABLE: Readonly<Record<string, TensorFunction>> = {
  reshape,
  concat,
  concatenate: concat,
  add: merge('add'),
  add_n: merge('add'),
  subtract: merge('sub'),
  multiply: merge('mul'),
  divide: merge('div'),
  maximum: merge('maximum'),
  average: merge('add'),
  reduce_mean: reduce('mean'),
  reduce_sum: reduce('sum'),
  reduce_max: reduce('max'),
  reduce_min: reduce('min'),
  reduce_std: reduce('std'),
  reduce_variance: reduce('var'),
  mean: reduce('mean'),
  sum: reduce('sum'),
  std: reduce('std'),
  var: reduce('var'),
  expand_dims: expandDims,
  squeeze,
  transpose,
  permute_dimensions: transpose,
  resize,
  resize_images: resize,
  resize_bilinear: resize,
  resize_nearest_neighbor: resize,
  matmul,
  dot: matmul,
  pad,
  shape: shapeOf,
  int_shape: (args) => {
    const tensor = firstTensor(args);
    return tensor === null ? null : shapeTuple(tensor);
  },
  get_shape: (args) => {
    const tensor = firstTensor(args);
    return tensor === null ? null : shapeTuple(tensor);
  },
  zeros: made,
  ones: made,
  fill: made,
  normal: made,
  random_normal: made,
  truncated_normal: made,
  uniform: made,
  random_uniform: made,
  zeros_like: like,
  ones_like: like,
  cast: plain,
  identity: same,
  stop_gradient: same,
  convert_to_tensor: plain,
  constant: plain,
  split: splitParts,
  batch_flatten: (args, context, name) => {
    const tensor = firstTensor(args);
    return tensor === null
      ? null
      : applyOp(context, { op: 'flatten', attributes: { startAxis: 1, endAxis: -1 } }, [tensor], name);
  },
  flatten: (args, context, name) => TABLE['batch_flatten']?.(args, context, name) ?? NONE,
  depth_to_space: (args, context, name) => {
    const tensor = firstTensor(args);
    const factor = args.positional[1] ?? args.keywords.get('block_size');
    if (tensor === null || factor?.kind !== 'number') return null;
    return applyOp(
      context,
      { op: 'pixel_shuffle', attributes: { factor: factor.value, inverse: false } },
      [tensor],
      name,
    );
  },
  ...Object.fromEntries(
    'exp log sqrt square abs sign pow clip clip_by_value rsqrt dropout l2_normalize round floor ceil negative sin cos'
      .split(' ')
      .map((name) => [name, elementwise]),
  ),
};
