/**
 * Sizes that a TensorFlow graph computes from shapes, node by node, before it reshapes. Such nodes have no row;
 * an open size stays open. Real numbers are never folded here: they are weights.
 */
import type { Dim } from '../../../core/graph/shape.ts';
import { constant, elementwise, gather, join, mapValues, sizeOf, sliced, vector, wholeNumbers } from '../constants.ts';
import type { ConstValue } from '../fileGraph.ts';
import type { GraphOperator } from './graphOperator.ts';

/** null: it computes with data. */
export function foldSizes(op: GraphOperator): ConstValue | null {
  const { type } = op.node;
  if (type === 'Shape') {
    const shape = op.shape();
    return shape === null ? null : vector(shape);
  }
  const inputs = op.inputs.filter((value) => value !== null);
  if (inputs.length === 0 || !inputs.every((value): value is ConstValue => value.kind === 'const')) return null;
  const [first, second] = inputs;
  if (first === undefined || inputs.some(({ isFloat }) => isFloat)) return null;
  switch (type) {
    case 'StridedSlice': {
      const [begin, end, by] = [1, 2, 3].map((idx) => wholeNumbers(op.constant(idx))?.[0]);
      if (begin === undefined || end === undefined || first.shape.length !== 1) return null;
      if (op.int('shrink_axis_mask', 0) === 1) return gather(first, [begin], []);
      const from = op.int('begin_mask', 0) === 1 ? 0 : begin;
      return sliced(first, from, op.int('end_mask', 0) === 1 ? (first.shape[0] ?? 0) : end, by ?? 1);
    }
    case 'Pack':
      return inputs.every(({ shape }) => shape.length === 0) ? join(inputs) : null;
    case 'ConcatV2':
      return join(inputs.slice(0, -1));
    case 'Mul':
    case 'AddV2':
    case 'Add':
    case 'Sub':
    case 'FloorDiv':
    case 'Maximum':
    case 'Minimum':
      return second === undefined ? null : elementwise(first, second, arithmeticOf[type]);
    case 'GatherV2': {
      const places = wholeNumbers(second ?? null);
      const axis = wholeNumbers(op.constant(2))?.[0] ?? 0;
      if (places === null || second === undefined || axis !== 0 || first.shape.length !== 1) return null;
      return gather(first, places, second.shape);
    }
    case 'Reshape':
    case 'ExpandDims':
    case 'Squeeze':
      return asVector(first, type === 'Reshape' ? wholeNumbers(op.constant(1)) : null, type);
    case 'Neg':
      return mapValues(first, (value) => -value);
    case 'Prod':
      return constant([], [first.values?.reduce<Dim>((a, b) => (a === '?' || b === '?' ? '?' : a * b), 1) ?? '?']);
    default:
      return null;
  }
}

const arithmeticOf = {
  Mul: (a: number, b: number) => a * b,
  AddV2: (a: number, b: number) => a + b,
  Add: (a: number, b: number) => a + b,
  Sub: (a: number, b: number) => a - b,
  FloorDiv: (a: number, b: number) => Math.floor(a / b),
  Maximum: Math.max,
  Minimum: Math.min,
};

/** A number or a short list under another shape; what has more axes is data. */
function asVector(value: ConstValue, shape: readonly number[] | null, type: string): ConstValue | null {
  const n = sizeOf(value.shape);
  if (value.shape.length > 1 || value.values === null) return null;
  if (type === 'Reshape') {
    const isNumber = shape?.length === 0;
    const isList = shape?.length === 1 && (shape[0] === -1 || shape[0] === n);
    return isNumber && n === 1 ? { ...value, shape: [] } : isList ? { ...value, shape: [n] } : null;
  }
  if (type === 'Squeeze') return n === 1 ? { ...value, shape: [] } : null;
  return value.shape.length === 0 ? { ...value, shape: [1] } : null;
}
