/**
 * A PyTorch tensor as the analysis sees it: a node of the recorded graph with its shape. Attributes and
 * methods are those of `torch.Tensor`; what is not known of a method gives an unknown value.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import type { CallContext } from '../../interpreter/library.ts';
import type { BinaryOperator, CompareOperator } from '../../syntax/ast.ts';
import { FALSE, NONE, builtin, foreign, int, string, unknown } from '../../interpreter/values.ts';
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
  /**
   * `resize_` changes the tensor itself; null where it is not known to what. Room that a source makes for a
   * batch of images (four sizes) and then gives the size of the data that comes is room for just these.
   */
  resize(shape: Shape | null): void;
  /** Its numbers are changed in place. */
  forget(): void;
}

export interface TensorOptions {
  readonly weightOf?: LayerRecord | null;
  readonly content?: Value | null;
  readonly isParameter?: boolean;
}

export function tensorObject(recorded: Recorded, options: TensorOptions = {}): TensorObject {
  return new RecordedTensor(recorded, options);
}

/** A class, unlike other foreign objects: a model makes tens of thousands of them. */
class RecordedTensor implements TensorObject {
  readonly typeName: 'Tensor' | 'Parameter';
  readonly node: number;
  shape: Shape | null;
  readonly unknown: string | null;
  readonly weightOf: LayerRecord | null;
  content: Value | null;

  constructor(recorded: Recorded, options: TensorOptions) {
    this.typeName = options.isParameter === true ? 'Parameter' : 'Tensor';
    this.node = recorded.node;
    this.shape = recorded.shape;
    this.unknown = recorded.unknown;
    this.weightOf = options.weightOf ?? null;
    this.content = options.content ?? null;
  }

  get typePaths(): readonly string[] {
    return this.typeName === 'Parameter' ? PARAMETER_PATHS : TENSOR_PATHS;
  }

  attribute(name: string, context: CallContext): Value | null {
    return tensorAttribute(this, name, context);
  }

  setAttribute(name: string): boolean {
    if (name === 'data') this.forget();
    return true;
  }

  resize(shape: Shape | null): void {
    if (shape !== null || this.shape?.length !== 4) this.shape = shape;
    this.content = null;
  }

  forget(): void {
    this.content = null;
  }

  index(index: Value, context: CallContext): Value | null {
    return indexTensor(this, index, context);
  }

  setIndex(): boolean {
    this.forget();
    return true;
  }

  binary(operator: BinaryOperator, other: Value, reflected: boolean, context: CallContext): Value | null {
    return binaryTensor(this, operator, other, reflected, context);
  }

  compare(operator: CompareOperator, other: Value, context: CallContext): Value | null {
    return compareTensor(this, operator, other, context);
  }

  unary(operator: '-' | '+' | '~', context: CallContext): Value | null {
    return operator === '-' ? apply(context, { op: 'affine', attributes: { scale: -1, offset: 0 } }, [this]) : null;
  }

  iterate(context: CallContext): readonly Value[] | null {
    const [first] = this.shape ?? [];
    if (typeof first !== 'number' || first > 512) return null;
    return Array.from(
      { length: first },
      (_unused, idx) => indexTensor(this, int(idx), context) ?? unknown('an element'),
    );
  }

  length(): Value | null {
    return this.shape?.[0] === undefined ? null : dimValue(this.shape[0]);
  }

  truth(): boolean | null {
    return null;
  }

  join(other: ForeignObject, reason: string, context: CallContext): ForeignObject | null {
    if (!isTensor(other)) return null;
    const shape = joinShapes(this.shape, other.shape);
    const either: OpCall = { op: 'unknown', attributes: { type: 'either' } };
    return tensorObject(
      recordNode(context, either, [this, other], { layout: 'channelsFirst', shape, unknown: reason }),
    );
  }
}

const TENSOR_PATHS = ['torch.Tensor'];
const PARAMETER_PATHS = ['torch.nn.Parameter', 'torch.Tensor'];

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
  return { kind: 'tuple', items: shape.map(dimValue), isSize: true };
}

function joinShapes(left: Shape | null, right: Shape | null): Shape | null {
  if (left === null || right === null || left.length !== right.length) return null;
  return left.map((dim, axis): Dim => (dim === right[axis] ? dim : '?'));
}

/** `(2, 3)` and `((2, 3))`. */
function sizeIn(args: readonly Value[]): Shape | null {
  const [first] = args;
  if (first === undefined) return null;
  if (first.kind === 'tuple') return first.items.map(dimOf);
  if (first.kind === 'list') return first.unknown === null ? first.items.map(dimOf) : null;
  return args.length > 1 || first.kind === 'number' ? args.map(dimOf) : null;
}

function dimOf(value: Value): Dim {
  return value.kind === 'number' ? value.value : '?';
}

/** Where a GPU is asked for there is none, so that functions written twice run as on any machine. */
const DEVICE = foreign({
  typeName: 'device',
  typePaths: ['torch.device'],
  attribute: (name) => (name === 'type' ? string('cpu') : name === 'index' ? NONE : null),
  truth: () => true,
});

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
    case 'resize_':
      return builtin(name, ({ positional }) => {
        object.resize(sizeIn(positional));
        return foreign(object);
      });
    case 'resize_as_':
      return builtin(name, ({ positional }) => {
        object.resize(tensorOf(positional[0])?.shape ?? null);
        return foreign(object);
      });
    case 'is_cuda':
    case 'is_xpu':
    case 'is_mps':
    case 'is_sparse':
    case 'is_quantized':
    case 'requires_grad':
      return FALSE;
    case 'device':
      return DEVICE;
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
