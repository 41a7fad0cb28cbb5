/**
 * More functions on Keras' tensors, as `keras.ops` and TensorFlow name them: sequences of numbers, joining,
 * repeating, reordering, comparing, patches. What depends on values that are not known gives a tensor of
 * unknown size, never a guess.
 */
import type { OpAttributeMap } from '../../../core/graph/ops.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { list } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { numbersOf } from '../arguments.ts';
import type { KerasTensor } from './kerasTensor.ts';
import { applyOp, freeKerasTensor, kerasTensorOf, kerasTensorsOf } from './kerasTensor.ts';

export type TensorFunction = (args: CallArguments, context: CallContext, name: string) => Value | null;

export function firstTensor(args: CallArguments): KerasTensor | null {
  for (const key of ['x', 'inputs', 'input', 'tensor', 'features', 'input_tensor', 'value', 'images', 'x1', 'a']) {
    const found = kerasTensorOf(args.keywords.get(key));
    if (found !== null) return found;
  }
  return kerasTensorOf(args.positional[0]);
}

export function numberAt(args: CallArguments, position: number, ...names: readonly string[]): number | null {
  const named = names.map((name) => args.keywords.get(name)).find((value) => value !== undefined);
  const value = named ?? args.positional[position];
  return value?.kind === 'number' ? value.value : null;
}

/** The axis counted from the front; null where it is not known. */
export function axisAt(args: CallArguments, position: number, rank: number, otherwise: number | null): number | null {
  const value = args.keywords.get('axis') ?? args.positional[position];
  const axis = value === undefined ? otherwise : value.kind === 'number' ? value.value : null;
  return axis === null ? null : axis < 0 ? axis + rank : axis;
}

/** An operator whose result has this shape, whatever it computes. */
export function shaped(
  context: CallContext,
  inputs: readonly KerasTensor[],
  name: string,
  shape: Shape | null,
  reason = 'the size of what this function gives is not known',
): Value {
  const isOpen = shape === null || shape.includes('?');
  return applyOp(context, { op: 'unknown', attributes: { type: name } }, inputs, name, {
    shape,
    unknown: isOpen ? (inputs.find(({ unknown }) => unknown !== null)?.unknown ?? reason) : null,
  });
}

/** `arange(stop)`, `arange(start, stop, step)`; `range` of TensorFlow is the same. */
const arange: TensorFunction = (args, context) => {
  const named = (name: string): number | null => numberAt({ ...args, positional: [] }, 0, name);
  const [first, second, third] = args.positional.map((value) => (value.kind === 'number' ? value.value : null));
  const isSpan = args.positional.length > 1 || args.keywords.has('stop') || args.keywords.has('limit');
  const start = isSpan ? (first ?? named('start')) : 0;
  const stop = isSpan ? (second ?? named('stop') ?? named('limit')) : (first ?? named('start'));
  const hasStep = args.positional.length > 2 || args.keywords.has('step') || args.keywords.has('delta');
  const step = hasStep ? (third ?? named('step') ?? named('delta')) : 1;
  if (start === null || stop === null || step === null || step === 0) return freeKerasTensor(context, ['?']);
  const length = Math.ceil((stop - start) / step);
  return freeKerasTensor(context, [length > 0 ? length : '?']);
};

const linspace: TensorFunction = (args, context) => {
  const count = args.keywords.has('num') || args.positional.length > 2 ? numberAt(args, 2, 'num') : 50;
  return freeKerasTensor(context, [count ?? '?']);
};

const stack: TensorFunction = (args, context, name) => {
  const value = args.positional[0] ?? args.keywords.get('x') ?? args.keywords.get('values');
  const tensors = kerasTensorsOf(value, context);
  const rank = tensors?.[0]?.shape?.length;
  if (tensors === null || rank === undefined) return null;
  const axis = axisAt(args, 1, rank + 1, 0);
  return axis === null ? null : applyOp(context, { op: 'stack', attributes: { axis } }, tensors, name);
};

const tile: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  if (tensor === null) return null;
  const value = args.positional[1] ?? args.keywords.get('repeats') ?? args.keywords.get('multiples');
  const repeats = value === undefined ? null : numbersOf(value);
  if (repeats === null || repeats.length !== tensor.shape?.length)
    return shaped(context, [tensor], name, tensor.shape?.map((): Dim => '?') ?? null);
  return applyOp(context, { op: 'tile', attributes: { repeats } }, [tensor], name);
};

const repeat: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  if (tensor?.shape == null) return null;
  const count = numberAt(args, 1, 'repeats', 'rep');
  const axis = axisAt(args, 2, tensor.shape.length, null);
  const times = (dim: Dim): Dim => (typeof dim === 'number' && count !== null ? dim * count : '?');
  const shape = tensor.shape.map((dim, at) => (at === axis ? times(dim) : dim));
  return shaped(context, [tensor], name, axis === null ? ['?'] : shape);
};

/** `repeat_elements(x, rep, axis)` of the backend. */
const swapaxes: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const rank = tensor?.shape?.length;
  const one = numberAt(args, 1, 'axis1');
  const two = numberAt(args, 2, 'axis2');
  if (tensor === null || rank === undefined || one === null || two === null) return null;
  const axes = Array.from({ length: rank }, (_unused, axis) => axis);
  const [left, right] = [one < 0 ? one + rank : one, two < 0 ? two + rank : two];
  axes[left] = right;
  axes[right] = left;
  return applyOp(context, { op: 'permute', attributes: { axes } }, [tensor], name);
};

const broadcastTo: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const value = args.positional[1] ?? args.keywords.get('shape');
  const items = value === undefined ? null : context.iterate(value);
  if (tensor === null || items === null) return null;
  const shape = items.map((item, axis): Dim => (item.kind === 'number' ? item.value : axis === 0 ? 1 : '?'));
  return shaped(context, [tensor], name, shape);
};

const oneHot: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args) ?? kerasTensorOf(args.keywords.get('indices'));
  const depth = numberAt(args, 1, 'depth', 'num_classes');
  if (tensor?.shape == null) return null;
  return shaped(context, [tensor], name, [...tensor.shape, depth ?? '?']);
};

/** Positions of the largest or smallest values along an axis. */
const argument: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  if (tensor?.shape == null) return null;
  const axis = axisAt(args, 1, tensor.shape.length, /^arg/.test(name) && args.keywords.has('dimension') ? null : 0);
  const shape = axis === null ? null : tensor.shape.filter((_dim, at) => at !== axis);
  return shaped(context, [tensor], name, shape);
};

/** Over all axes where none is given; axes that are not known are not taken for all of them. */
export function reduce(fn: OpAttributeMap['reduce']['fn']): TensorFunction {
  return (args, context, name) => {
    const tensor = firstTensor(args);
    if (tensor === null) return null;
    const at = args.keywords.get('axis') ?? args.positional[1];
    const numbers = at === undefined || at.kind === 'none' ? null : numbersOf(at);
    if (numbers === null && at !== undefined && at.kind !== 'none') return null;
    const rank = tensor.shape?.length ?? 0;
    const axes = numbers?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? null;
    const keep = args.keywords.get('keepdims') ?? args.keywords.get('keep_dims') ?? args.positional[2];
    const keepDims = keep?.kind === 'bool' && keep.value;
    return applyOp(context, { op: 'reduce', attributes: { fn, axes, keepDims } }, [tensor], name);
  };
}

/** Mean and variance, each without the axes. */
const moments: TensorFunction = (args, context) => {
  const axes = args.keywords.get('axes') ?? args.keywords.get('axis') ?? args.positional[1];
  const keywords = new Map([...args.keywords, ...(axes === undefined ? [] : [['axis', axes] as const])]);
  const own = { ...args, positional: args.positional.slice(0, 1), keywords };
  const mean = reduce('mean')(own, context, 'mean');
  const variance = reduce('var')(own, context, 'variance');
  return mean === null || variance === null ? null : list([mean, variance]);
};

/** `keras.ops.split(x, 4)` or `split(x, [2, 5])`: equal parts, or parts that begin at these positions. */
export const splitParts: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  const how = args.positional[1] ?? args.keywords.get('indices_or_sections') ?? args.keywords.get('num_or_size_splits');
  if (tensor?.shape == null || how === undefined) return null;
  const { shape } = tensor;
  const axis = axisAt(args, 2, shape.length, 0);
  const dim = axis === null ? undefined : shape[axis];
  if (axis === null || dim === undefined) return null;
  const numbers = how.kind === 'number' ? null : numbersOf(how);
  const isSizes = args.keywords.has('num_or_size_splits') || (typeof dim === 'number' && sum(numbers ?? []) === dim);
  const sizes =
    how.kind === 'number'
      ? Array.from({ length: Math.min(how.value, 64) }, (): Dim => (typeof dim === 'number' ? dim / how.value : '?'))
      : numbers === null
        ? null
        : isSizes
          ? [...numbers]
          : typeof dim === 'number'
            ? differences([0, ...numbers, dim])
            : null;
  if (sizes === null) return null;
  return list(
    sizes.map((size) =>
      shaped(
        context,
        [tensor],
        name,
        shape.map((other, at) => (at === axis ? size : other)),
      ),
    ),
  );
};

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function differences(values: readonly number[]): number[] {
  return values.slice(1).map((value, idx) => value - (values[idx] ?? 0));
}

/** As many tensors as the axis is long. */
const unstack: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  if (tensor?.shape == null) return null;
  const axis = axisAt({ ...args, positional: [] }, 0, tensor.shape.length, 0);
  const count = axis === null ? undefined : tensor.shape[axis];
  if (typeof count !== 'number' || count > 64) return null;
  const shape = tensor.shape.filter((_dim, at) => at !== axis);
  return list(Array.from({ length: count }, () => shaped(context, [tensor], name, shape)));
};

/** Rows of a table by an index tensor. */
const take: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args) ?? kerasTensorOf(args.keywords.get('params'));
  const written = args.positional[1] ?? args.keywords.get('indices');
  const indices = kerasTensorOf(written);
  const isPlain = written?.kind === 'list' || written?.kind === 'tuple' || written?.kind === 'number';
  const numbers = isPlain ? numbersOf(written) : null;
  const dims = indices?.shape ?? (numbers === null || written?.kind === 'number' ? [] : [numbers.length]);
  if (tensor?.shape == null || (indices?.shape == null && numbers === null)) return null;
  const axis = axisAt(args, 2, tensor.shape.length, 0);
  if (axis === null) return null;
  const shape = [...tensor.shape.slice(0, axis), ...dims, ...tensor.shape.slice(axis + 1)];
  return shaped(context, indices === null ? [tensor] : [tensor, indices], name, shape);
};

/** `einsum('bhc,bhw->bcw', x, y)`: each letter has the size that an operand gives it. */
const einsum: TensorFunction = (args, context, name) => {
  const [equation, ...operands] = args.positional;
  const tensors = operands.flatMap((value) => kerasTensorOf(value) ?? []);
  if (equation?.kind !== 'string' || tensors.length !== operands.length || tensors.length === 0) return null;
  const [left = '', right] = equation.value.replace(/\s/g, '').split('->');
  const terms = left.split(',');
  if (right === undefined || terms.length !== tensors.length || equation.value.includes('.'))
    return shaped(context, tensors, name, null);
  const sizes = new Map<string, Dim>();
  terms.forEach((term, idx) =>
    [...term].forEach((letter, axis) => {
      const dim = tensors[idx]?.shape?.[axis] ?? '?';
      if (sizes.get(letter) === undefined || sizes.get(letter) === '?') sizes.set(letter, dim);
    }),
  );
  return shaped(
    context,
    tensors,
    name,
    [...right].map((letter) => sizes.get(letter) ?? '?'),
  );
};

/** The same shape as the first tensor's, the others taking part. */
const sameShape: TensorFunction = (args, context, name) => {
  const tensor = firstTensor(args);
  return tensor === null ? null : applyOp(context, { op: 'elementwise', attributes: { fn: name } }, [tensor], name);
};

/** Element by element over two or three tensors of broadcastable shapes. */
const broadcast: TensorFunction = (args, context, name) => {
  const tensors = [...args.positional, ...args.keywords.values()].flatMap((value) => kerasTensorOf(value) ?? []);
  if (tensors.length < 2)
    return sameShape({ ...args, positional: tensors.map((object) => ({ kind: 'foreign', object })) }, context, name);
  return applyOp(context, { op: 'add', attributes: {} }, tensors, name);
};

export const OPS: Readonly<Record<string, TensorFunction>> = {
  arange,
  range: arange,
  linspace,
  stack,
  unstack,
  tile,
  repeat,
  repeat_elements: repeat,
  swapaxes,
  broadcast_to: broadcastTo,
  one_hot: oneHot,
  argmax: argument,
  argmin: argument,
  amax: reduce('max'),
  amin: reduce('min'),
  max: reduce('max'),
  min: reduce('min'),
  norm: reduce('norm'),
  moments,
  einsum,
  take,
  gather: take,
  minimum: broadcast,
  where: broadcast,
  power: broadcast,
  equal: broadcast,
  greater: broadcast,
  less: broadcast,
  logical_and: broadcast,
  squared_difference: broadcast,
  lerp: broadcast,
  ...Object.fromEntries(
    'roll flip cumsum normalize reciprocal erf tan isnan not_equal greater_equal less_equal sort reverse'
      .split(' ')
      .map((name) => [name, sameShape]),
  ),
};
