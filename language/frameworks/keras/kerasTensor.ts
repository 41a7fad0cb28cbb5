/**
 * Keras and TensorFlow tensors: nodes of the recording with channels last. Shapes hold batch 1; to the
 * source the batch dimension is None, as Keras shows it.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import type { CallContext } from '../../interpreter/library.ts';
import type { BinaryOperator, CompareOperator } from '../../syntax/ast.ts';
import { FALSE, NONE, TRUE, builtin, foreign, int, list, string, tuple, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { indexValue } from '../../interpreter/access.ts';
import type { NodeOptions, Recorded } from '../recorder.ts';
import { recordLayer, recordNode } from '../recorder.ts';

export interface KerasTensor extends ForeignObject, Recorded {
  readonly typeName: 'KerasTensor';
  /** Comes from an `Input`: functions on it become layers of the model. */
  readonly isSymbolic: boolean;
}

export function kerasTensor(recorded: Recorded, isSymbolic: boolean): KerasTensor {
  return new RecordedTensor(recorded, isSymbolic);
}

const TYPE_PATHS = ['keras.KerasTensor', 'tensorflow.Tensor'] as const;

/** A class, unlike other foreign objects: a model makes tens of thousands of them. */
class RecordedTensor implements KerasTensor {
  readonly typeName = 'KerasTensor';
  readonly node: number;
  readonly shape: Shape | null;
  readonly unknown: string | null;
  readonly isSymbolic: boolean;

  constructor({ node, shape, unknown }: Recorded, isSymbolic: boolean) {
    this.node = node;
    this.shape = shape;
    this.unknown = unknown;
    this.isSymbolic = isSymbolic;
  }

  get typePaths(): readonly string[] {
    return TYPE_PATHS;
  }

  attribute(name: string): Value | null {
    return tensorAttribute(this, name);
  }

  index(index: Value, context: CallContext): Value {
    const dims = indexedDims(this.shape, index);
    return applyOp(context, { op: 'unknown', attributes: { type: 'getitem' } }, [this], 'getitem', { shape: dims });
  }

  binary(operator: BinaryOperator, other: Value, reflected: boolean, context: CallContext): Value | null {
    return binary(this, operator, other, reflected, context);
  }

  unary(operator: '-' | '+' | '~', context: CallContext): Value | null {
    if (operator !== '-') return null;
    return applyOp(context, { op: 'affine', attributes: { scale: -1, offset: 0 } }, [this], 'neg');
  }

  compare(operator: CompareOperator, other: Value): Value | null {
    if (other.kind !== 'none') return unknown('a comparison of tensors');
    return operator === '==' ? FALSE : operator === '!=' ? TRUE : null;
  }

  iterate(): null {
    return null;
  }

  truth(): null {
    return null;
  }

  join(other: ForeignObject, reason: string, context: CallContext): KerasTensor | null {
    if (!isKerasTensor(other) || other.shape === null || this.shape?.length !== other.shape.length) return null;
    const shape = this.shape.map((dim, axis): Dim => (dim === other.shape?.[axis] ? dim : '?'));
    const either: OpCall = { op: 'unknown', attributes: { type: 'either' } };
    const joined = recordNode(context, either, [this, other], { layout: 'channelsLast', shape, unknown: reason });
    return kerasTensor(joined, this.isSymbolic);
  }
}

function isKerasTensor(object: ForeignObject): object is KerasTensor {
  return object.typeName === 'KerasTensor';
}

export function kerasTensorOf(value: Value | undefined): KerasTensor | null {
  return value?.kind === 'foreign' && isKerasTensor(value.object) ? value.object : null;
}

/** Tensors of one value: itself, or the items of a list or tuple; null where one is not a tensor. */
export function kerasTensorsOf(value: Value | undefined, context: CallContext): KerasTensor[] | null {
  const own = kerasTensorOf(value);
  if (own !== null) return [own];
  if (value === undefined || value.kind === 'foreign') return null;
  if (value.kind === 'dict') {
    const found = [...value.entries.values()].map((entry) => kerasTensorOf(entry.value));
    return found.includes(null) ? null : (found as KerasTensor[]);
  }
  const items = value.kind === 'list' || value.kind === 'tuple' ? context.iterate(value) : null;
  const tensors = items?.map(kerasTensorOf) ?? [null];
  return tensors.includes(null) ? null : (tensors as KerasTensor[]);
}

/**
 * An operator written as a function (`tf.nn.relu(x)`). On symbolic tensors Keras makes it a layer of the
 * model, so it gets a row there; elsewhere it is an operator only, and so it is inside of a layer of the user's
 * own, unless it costs multiplications.
 */
export function applyOp(
  context: CallContext,
  call: OpCall,
  inputs: readonly KerasTensor[],
  name: string,
  options: Partial<NodeOptions> = {},
): Value {
  const isSymbolic = inputs.some((input) => input.isSymbolic);
  const isRow = isSymbolic && (context.machine.modelDepth === 0 || call.op === 'matmul' || /conv/.test(call.op));
  const layer = isRow ? recordLayer(context, 'keras', name, call) : null;
  // What a function multiplies with is a tensor of its own.
  if (layer !== null) layer.weights = [];
  const recorded = recordNode(context, call, inputs, { layout: 'channelsLast', layer, ...options });
  return foreign(kerasTensor(recorded, isSymbolic));
}

/** A tensor of which only the shape is known. */
export function freeKerasTensor(context: CallContext, shape: Shape | null): Value {
  const isKnown = shape !== null && !shape.includes('?');
  const call: OpCall = isKnown
    ? { op: 'parameter', attributes: { shape: shape as readonly number[], trainable: false } }
    : { op: 'unknown', attributes: { type: 'tensor' } };
  const unknownShape = isKnown ? null : 'the shape of this tensor is not known';
  return foreign(
    kerasTensor(recordNode(context, call, [], { layout: 'channelsLast', shape, unknown: unknownShape }), false),
  );
}

/** The shape as Keras shows it: None for the batch. */
export function shapeTuple(tensor: KerasTensor): Value {
  if (tensor.shape === null) return unknown(tensor.unknown ?? 'the shape of this tensor is not known');
  return tuple(
    tensor.shape.map((dim, axis) => {
      if (axis === 0) return tensor.isSymbolic ? NONE : dim === '?' ? NONE : int(dim);
      return dim === '?' ? unknown('this dimension is not known') : int(dim);
    }),
  );
}

function tensorAttribute(self: KerasTensor, name: string): Value | null {
  switch (name) {
    case 'shape':
      return shapeObject(shapeTuple(self));
    case '_keras_shape':
      return shapeTuple(self);
    case 'get_shape':
      return builtin(name, () => shapeObject(shapeTuple(self)));
    case 'ndim':
      return self.shape === null ? null : int(self.shape.length);
    case 'dtype':
      return unknown('the type of a tensor');
    case 'name':
      return string('tensor');
    case 'numpy':
    case 'set_shape':
      return builtin(name, () => foreign(self));
    default:
      return null;
  }
}

/** `TensorShape`: a tuple that also has `as_list()`. */
function shapeObject(dims: Value): Value {
  if (dims.kind !== 'tuple') return dims;
  return foreign({
    typeName: 'TensorShape',
    typePaths: ['tensorflow.TensorShape', 'tuple'],
    attribute(name) {
      if (name === 'as_list') return builtin(name, () => list([...dims.items]));
      if (name === 'rank' || name === 'ndims') return int(dims.items.length);
      return null;
    },
    index: (index, context) => indexValue(context.machine, dims, index),
    iterate: () => dims.items,
    length: () => int(dims.items.length),
    truth: () => true,
  });
}

function binary(
  self: KerasTensor,
  operator: BinaryOperator,
  other: Value,
  reflected: boolean,
  context: CallContext,
): Value | null {
  const names: Readonly<Record<string, 'add' | 'sub' | 'mul' | 'div'>> = {
    '+': 'add',
    '-': 'sub',
    '*': 'mul',
    '/': 'div',
  };
  const op = names[operator];
  const tensor = kerasTensorOf(other);
  if (tensor !== null) {
    const inputs = reflected ? [tensor, self] : [self, tensor];
    if (operator === '@') return applyOp(context, { op: 'matmul', attributes: {} }, inputs, 'matmul');
    return applyOp(
      context,
      op === undefined ? { op: 'add', attributes: {} } : { op, attributes: {} },
      inputs,
      op ?? operator,
    );
  }
  if (other.kind === 'unknown') {
    return applyOp(context, { op: 'unknown', attributes: { type: operator } }, [self], op ?? operator, {
      shape: null,
      unknown: other.reason,
    });
  }
  if (other.kind !== 'number') return null;
  const { value } = other;
  const affine = (scale: number, offset: number): Value =>
    applyOp(context, { op: 'affine', attributes: { scale, offset } }, [self], op ?? operator);
  if (operator === '+') return affine(1, value);
  if (operator === '*') return affine(value, 0);
  if (operator === '-') return reflected ? affine(-1, value) : affine(1, -value);
  if (operator === '/' && !reflected && value !== 0) return affine(1 / value, 0);
  return applyOp(context, { op: 'elementwise', attributes: { fn: operator } }, [self], operator);
}

function indexedDims(shape: Shape | null, index: Value): Shape | null {
  if (shape === null) return null;
  const parts = index.kind === 'tuple' ? index.items : [index];
  const dims: Dim[] = [];
  let axis = 0;
  for (const part of parts) {
    if (part.kind === 'none') dims.push(1);
    else if (part.kind === 'number') axis++;
    else if (part.kind === 'ellipsis') {
      const rest = shape.length - parts.filter(({ kind }) => kind !== 'ellipsis' && kind !== 'none').length;
      dims.push(...shape.slice(axis, axis + rest));
      axis += rest;
    } else if (part.kind === 'slice') {
      const isFull = part.lower === null && part.upper === null && part.step === null;
      const size = isFull ? (shape[axis] ?? '?') : sliceLength(shape[axis] ?? '?', part);
      dims.push(size);
      axis++;
    } else return null;
  }
  return [...dims, ...shape.slice(axis)];
}

function sliceLength(dim: Dim, slice: Extract<Value, { kind: 'slice' }>): Dim {
  const bound = (value: Value | null, otherwise: number): number | null =>
    value === null || value.kind === 'none' ? otherwise : value.kind === 'number' ? value.value : null;
  if (dim === '?') return '?';
  const lower = bound(slice.lower, 0);
  const upper = bound(slice.upper, dim);
  const step = bound(slice.step, 1);
  if (lower === null || upper === null || step === null || step < 1) return '?';
  const from = lower < 0 ? Math.max(0, dim + lower) : Math.min(lower, dim);
  const to = upper < 0 ? Math.max(0, dim + upper) : Math.min(upper, dim);
  return to > from ? Math.ceil((to - from) / step) : '?';
}
