/**
 * A PyTorch tensor as the analysis sees it: a node of the recorded graph with its shape. Attributes and
 * methods are those of `torch.Tensor`; what is not known of a method gives an unknown value.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import type { CallContext } from '../../interpreter/library.ts';
import { FALSE, builtin, foreign, int, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import type { LayerRecord, NodeOptions, Recorded } from '../recorder.ts';
import { recordNode } from '../recorder.ts';
import { binaryTensor, compareTensor } from './tensorArithmetic.ts';
import { indexTensor } from './tensorIndex.ts';
import { tensorMethod } from './tensorMethods.ts';

export interface TensorObject extends ForeignObject, Recorded {
  readonly typeName: 'Tensor' | 'Parameter';
  /** The layer whose weight it is, for functional calls with a layer's weights. */
  readonly weightOf: LayerRecord | null;
  /** Known contents of small tensors. */
  readonly content: Value | null;
}

export interface TensorOptions {
  readonly weightOf?: LayerRecord | null;
  readonly content?: Value | null;
  readonly isParameter?: boolean;
}

export function tensorObject(recorded: Recorded, options: TensorOptions = {}): TensorObject {
  const object: TensorObject = {
    ...recorded,
    typeName: options.isParameter === true ? 'Parameter' : 'Tensor',
    typePaths: options.isParameter === true ? ['torch.nn.Parameter', 'torch.Tensor'] : ['torch.Tensor'],
    weightOf: options.weightOf ?? null,
    content: options.content ?? null,
    attribute: (name, context) => tensorAttribute(object, name, context),
    setAttribute: () => true,
    index: (index, context) => indexTensor(object, index, context),
    setIndex: () => true,
    binary: (operator, other, reflected, context) => binaryTensor(object, operator, other, reflected, context),
    compare: (operator, other, context) => compareTensor(object, operator, other, context),
    unary: (operator, context) =>
      operator === '-' ? apply(context, { op: 'affine', attributes: { scale: -1, offset: 0 } }, [object]) : null,
    iterate(context) {
      const [first] = object.shape ?? [];
      if (typeof first !== 'number' || first > 512) return null;
      return Array.from(
        { length: first },
        (_unused, idx) => indexTensor(object, int(idx), context) ?? unknown('an element'),
      );
    },
    length: () => (object.shape?.[0] === undefined ? null : dimValue(object.shape[0])),
    truth: () => null,
    join(other, reason, context) {
      if (!isTensor(other)) return null;
      const shape = joinShapes(object.shape, other.shape);
      const either: OpCall = { op: 'unknown', attributes: { type: 'either' } };
      return tensorObject(
        recordNode(context, either, [object, other], { layout: 'channelsFirst', shape, unknown: reason }),
      );
    },
  };
  return object;
}

export function isTensor(object: ForeignObject): object is TensorObject {
  return object.typeName === 'Tensor' || object.typeName === 'Parameter';
}

export function tensorOf(value: Value | undefined): TensorObject | null {
  return value?.kind === 'foreign' && isTensor(value.object) ? value.object : null;
}

/** Records one operator on tensors and gives its result. */
export function apply(
  context: CallContext,
  call: OpCall,
  inputs: readonly Recorded[],
  options: Partial<NodeOptions> = {},
): Value {
  return foreign(tensorObject(recordNode(context, call, inputs, { layout: 'channelsFirst', ...options })));
}

/** A tensor about which only the shape is known: random numbers, a constant, a batch of data. */
export function freeTensor(context: CallContext, shape: Shape | null, why: string | null = null): Value {
  const isKnown = shape !== null && !shape.includes('?');
  const call: OpCall = isKnown
    ? { op: 'parameter', attributes: { shape: shape as readonly number[], trainable: false } }
    : { op: 'unknown', attributes: { type: 'tensor' } };
  const reason = isKnown ? null : (why ?? 'the shape of this tensor is not known');
  return apply(context, call, [], { shape, unknown: reason });
}

export function dimValue(dim: Dim): Value {
  return dim === '?' ? unknown('this dimension is not known') : int(dim);
}

/** `torch.Size`: a tuple with the dimensions. */
export function shapeValue(shape: Shape | null): Value {
  if (shape === null) return unknown('the shape of this tensor is not known');
  return { kind: 'tuple', items: shape.map(dimValue) };
}

export function joinShapes(left: Shape | null, right: Shape | null): Shape | null {
  if (left === null || right === null || left.length !== right.length) return null;
  return left.map((dim, axis): Dim => (dim === right[axis] ? dim : '?'));
}

function tensorAttribute(object: TensorObject, name: string, context: CallContext): Value | null {
  switch (name) {
    case 'shape':
      return shapeValue(object.shape);
    case 'ndim':
      return object.shape === null ? unknown('the number of dimensions is not known') : int(object.shape.length);
    case 'data':
    case 'real':
      return foreign(object);
    case 'T':
    case 'mT': {
      const rank = object.shape?.length;
      if (rank === undefined) return null;
      const axes = Array.from({ length: rank }, (_unused, axis) => rank - 1 - axis);
      return apply(context, { op: 'permute', attributes: { axes } }, [object]);
    }
    case 'is_cuda':
    case 'is_xpu':
    case 'is_mps':
    case 'is_sparse':
    case 'is_quantized':
    case 'requires_grad':
      return FALSE;
    case 'device':
    case 'dtype':
    case 'grad':
    case 'layout':
      return unknown(`the ${name} of a tensor`);
    default: {
      const call = tensorMethod(object, name);
      return call === null ? null : builtin(name, call);
    }
  }
}
