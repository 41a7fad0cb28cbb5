/**
 * A tensor of TF.js, symbolic or eager: what the recorder knows of it, with the attributes that model code
 * reads. The batch is 1 inside and `null` to the source, as on a symbolic tensor. Arithmetic methods are
 * recorded; any other method gives a tensor of which nothing is known.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { CallContext } from '../../interpreter/library.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import { NONE, builtin, foreign, int, list, unknown, type ForeignValue, type Value } from '../../interpreter/values.ts';
import { recordNode, type Recorded } from '../recorder.ts';

export interface TfjsTensor extends ForeignObject {
  readonly recorded: Recorded;
}

const tensors = new WeakSet<object>();

export function tensorValue(recorded: Recorded): ForeignValue {
  const tensor: TfjsTensor = {
    typeName: 'SymbolicTensor',
    typePaths: ['tf.SymbolicTensor', 'tf.Tensor'],
    recorded,
    attribute: (name, context) => tensorAttribute(tensor, name, context),
    join: () => null,
  };
  tensors.add(tensor);
  return foreign(tensor);
}

export function asTensor(value: Value | undefined): TfjsTensor | null {
  return value?.kind === 'foreign' && tensors.has(value.object) ? (value.object as TfjsTensor) : null;
}

/** What is recorded of a tensor or of a list of tensors; null: it is neither. */
export function recordedOf(value: Value | undefined, context: CallContext): readonly Recorded[] | null {
  const single = asTensor(value);
  if (single !== null) return [single.recorded];
  const items = value?.kind === 'list' || value?.kind === 'tuple' ? context.iterate(value) : null;
  const tensors = items?.map(asTensor) ?? [];
  if (tensors.length === 0 || tensors.includes(null)) return null;
  return tensors.flatMap((tensor) => (tensor === null ? [] : [tensor.recorded]));
}

const binary: Readonly<Record<string, OpCall>> = {
  add: { op: 'add', attributes: {} },
  sub: { op: 'sub', attributes: {} },
  mul: { op: 'mul', attributes: {} },
  div: { op: 'div', attributes: {} },
  maximum: { op: 'maximum', attributes: {} },
};

const unary: Readonly<Record<string, OpCall>> = {
  relu: { op: 'activation', attributes: { fn: 'relu' } },
  tanh: { op: 'activation', attributes: { fn: 'tanh' } },
  sigmoid: { op: 'activation', attributes: { fn: 'sigmoid' } },
  softmax: { op: 'activation', attributes: { fn: 'softmax' } },
  leakyRelu: { op: 'activation', attributes: { fn: 'leaky_relu', alpha: 0.2 } },
};

export function isTensorFunction(name: string): boolean {
  return Object.hasOwn(binary, name) || Object.hasOwn(unary, name);
}

/** `tf.add(a, b)` or `a.add(b)`; null where it is not followed. */
export function tensorFunction(name: string, args: readonly Value[], context: CallContext): Value | null {
  const [first, second] = args.map(asTensor);
  const pair = Object.hasOwn(binary, name) ? binary[name] : undefined;
  const single = Object.hasOwn(unary, name) ? unary[name] : undefined;
  if (first === null || first === undefined) return null;
  if (pair !== undefined && second !== null && second !== undefined) {
    return tensorValue(recordNode(context, pair, [first.recorded, second.recorded], { layout: 'channelsLast' }));
  }
  const other = args[1];
  if (pair !== undefined && other?.kind === 'number') {
    return tensorValue(recordNode(context, affine(name, other.value), [first.recorded], { layout: 'channelsLast' }));
  }
  return single === undefined
    ? null
    : tensorValue(recordNode(context, single, [first.recorded], { layout: 'channelsLast' }));
}

function affine(name: string, constant: number): OpCall {
  switch (name) {
    case 'add':
      return { op: 'affine', attributes: { scale: 1, offset: constant } };
    case 'sub':
      return { op: 'affine', attributes: { scale: 1, offset: -constant } };
    case 'mul':
      return { op: 'affine', attributes: { scale: constant, offset: 0 } };
    case 'div':
      return { op: 'affine', attributes: { scale: 1 / constant, offset: 0 } };
    default:
      return { op: 'elementwise', attributes: { fn: name } };
  }
}

function tensorAttribute(tensor: TfjsTensor, name: string, context: CallContext): Value | null {
  const { shape } = tensor.recorded;
  if (name === 'shape') {
    if (shape === null) return unknown(tensor.recorded.unknown ?? 'the shape is not known');
    return list(
      shape.map((dim, axis) => (axis === 0 ? NONE : dim === '?' ? unknown('this size is not known') : int(dim))),
    );
  }
  if (name === 'rank') return shape === null ? null : int(shape.length);
  return builtin(name, ({ positional }) => {
    const result = tensorFunction(name, [foreign(tensor), ...positional], context);
    return result ?? unknown(`${name} of a tensor is not followed`);
  });
}
