/**
 * What an ONNX graph computes from its own constants and from shapes: exporters write a reshape as a dozen
 * nodes. Such nodes have no row. A weight that is only rearranged or decoded stays that weight.
 */
import type { Dim } from '../../../core/graph/shape.ts';
import {
  constant,
  elementwise,
  gather,
  join,
  mapValues,
  mostValues,
  sizeOf,
  sliced,
  turned,
  vector,
  wholeNumbers,
} from '../constants.ts';
import type { ConstValue } from '../fileGraph.ts';
import { withOnes } from '../reshaping.ts';
import { madeOf } from '../storedWeights.ts';
import type { OnnxTensor } from './onnxFile.ts';
import type { OnnxOperator } from './onnxOperator.ts';

/** null: the node computes with data, and is an operator. */
export function foldConstants(op: OnnxOperator): ConstValue | null {
  const { type } = op.node;
  if (type === 'Constant') return constantNode(op);
  if (type === 'Shape') return shapeVector(op);
  if (type === 'Size') {
    const shape = op.shape();
    return shape === null ? null : constant([], [shape.includes('?') ? '?' : sizeOf(shape as number[])]);
  }
  const inputs = op.inputs.filter((value) => value !== null);
  if (inputs.length === 0 || !inputs.every((value): value is ConstValue => value.kind === 'const')) return null;
  const [first] = inputs;
  if (first === undefined) return null;
  const arrangement = arranged(op, first);
  if (arrangement !== null) return arrangement;
  const made = computed(op, first, inputs);
  return made === null ? null : madeOf(made, inputs);
}

function constantNode(op: OnnxOperator): ConstValue {
  const value = op.node.attributes.get('value');
  if (value?.kind === 'tensor') return { ...ofTensor(value.value), weight: null };
  const numbers = op.ints('value_ints') ?? op.floats('value_floats');
  if (numbers !== null) return constant([numbers.length], numbers.length > mostValues ? null : numbers);
  if (op.node.attributes.has('value_int')) return constant([], [op.int('value_int', 0)]);
  return constant([], [op.float('value_float', 0)], true);
}

/** A stored weight; quantized ones are whole numbers. */
export function ofTensor(tensor: OnnxTensor): ConstValue {
  const { dims, dtype, values, name } = tensor;
  const usable = values?.every(Number.isFinite) === true ? values : null;
  const isWeight = dtype.isFloat || dtype.bits <= 8;
  return { kind: 'const', shape: dims, isFloat: dtype.isFloat, values: usable, weight: isWeight ? name : null };
}

function shapeVector(op: OnnxOperator): ConstValue | null {
  const shape = op.shape();
  if (shape === null) return null;
  const end = op.int('end', shape.length);
  return vector(shape.slice(op.int('start', 0), end));
}

/** Operators that change only how the numbers of a constant are arranged or stored. */
function arranged(op: OnnxOperator, value: ConstValue): ConstValue | null {
  const { shape } = value;
  switch (op.node.type) {
    case 'Identity':
    case 'Dropout':
    case 'QuantizeLinear':
      return value;
    case 'DequantizeLinear':
      return { ...value, isFloat: true, values: null };
    case 'Cast': {
      const to = op.int('to', 1);
      const isFloat = to === 1 || to === 10 || to === 11 || to === 16;
      return { ...(isFloat ? value : mapValues(value, Math.trunc)), isFloat };
    }
    case 'Transpose': {
      const axes = op.ints('perm') ?? shape.map((_dim, axis) => shape.length - 1 - axis);
      const isMatrix = shape.length === 2 && axes[0] === 1;
      const values = shape.length < 2 ? value.values : isMatrix ? turned(value) : null;
      return { ...value, shape: axes.map((axis) => shape[axis] ?? 1), values };
    }
    case 'Reshape': {
      const wanted = wholeNumbers(op.constant(1))?.map((dim, axis) => (dim === 0 ? (shape[axis] ?? 1) : dim));
      if (wanted === undefined) return null;
      const known = sizeOf(wanted.filter((dim) => dim !== -1));
      const filled = wanted.map((dim) => (dim === -1 ? sizeOf(shape) / known : dim));
      return sizeOf(filled) === sizeOf(shape) && filled.every((dim) => dim >= 0) ? { ...value, shape: filled } : null;
    }
    case 'Flatten':
      return { ...value, shape: [shape[0] ?? 1, sizeOf(shape.slice(1))] };
    case 'Unsqueeze': {
      const axes = op.list('axes', 1);
      return axes === null ? null : { ...value, shape: withOnes(shape, axes) };
    }
    case 'Squeeze': {
      const axes = op.list('axes', 1)?.map((axis) => (axis < 0 ? axis + shape.length : axis));
      return { ...value, shape: shape.filter((dim, axis) => dim !== 1 || axes?.includes(axis) === false) };
    }
    default:
      return null;
  }
}

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Min: Math.min,
  Max: Math.max,
  Pow: (a, b) => a ** b,
  Mod: (a, b) => a - b * Math.floor(a / b),
  Equal: (a, b) => Number(a === b),
  Greater: (a, b) => Number(a > b),
  Less: (a, b) => Number(a < b),
};

const unary: Readonly<Record<string, (a: number) => number>> = {
  Neg: (a) => -a,
  Abs: Math.abs,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Round: Math.round,
  Sqrt: Math.sqrt,
};

function computed(op: OnnxOperator, first: ConstValue, inputs: readonly ConstValue[]): ConstValue | null {
  const { type } = op.node;
  const second = inputs[1] ?? null;
  const compute = binary[type];
  if (compute !== undefined && second !== null) return elementwise(first, second, compute);
  const map = unary[type];
  if (map !== undefined) return mapValues(first, map);
  switch (type) {
    case 'Div':
      // Whole numbers are divided as sizes are: without a rest.
      return second === null
        ? null
        : elementwise(first, second, (a, b) => (first.isFloat || second.isFloat ? a / b : Math.trunc(a / b)));
    case 'Concat':
      return join(inputs);
    case 'Gather': {
      const indices = wholeNumbers(second);
      return indices === null || second === null || op.int('axis', 0) !== 0
        ? null
        : gather(first, indices, second.shape);
    }
    case 'Slice': {
      const [starts, ends, steps] = [op.list('starts', 1), op.list('ends', 2), op.list('steps', 4)];
      const axis = op.list('axes', 3)?.[0] ?? 0;
      if (starts?.length !== 1 || ends?.length !== 1 || (axis !== 0 && axis !== -first.shape.length)) return null;
      return sliced(first, starts[0] ?? 0, ends[0] ?? 0, steps?.[0] ?? 1);
    }
    case 'ConstantOfShape': {
      const shape = wholeNumbers(first);
      if (shape === null || !shape.every((dim) => dim >= 0)) return null;
      const value = op.node.attributes.get('value');
      const fill = value?.kind === 'tensor' ? value.value.values?.[0] : 0;
      const n = sizeOf(shape);
      if (n > mostValues || fill === undefined) return constant(shape, null);
      return constant(
        shape,
        Array.from({ length: n }, () => fill),
      );
    }
    case 'Range': {
      const [start, limit, delta] = inputs.map((value) => wholeNumbers(value)?.[0]);
      if (start === undefined || limit === undefined || !delta) return null;
      const n = Math.max(0, Math.ceil((limit - start) / delta));
      if (n > mostValues) return null;
      return vector(Array.from({ length: n }, (_unused, idx) => start + idx * delta));
    }
    case 'ReduceProd':
      return constant([], [first.values?.reduce<Dim>((a, b) => (a === '?' || b === '?' ? '?' : a * b), 1) ?? '?']);
    case 'Where': {
      const third = inputs[2];
      if (second === null || third === undefined || first.values === null) return null;
      const pick = (idx: number, value: ConstValue): Dim => value.values?.[sizeOf(value.shape) === 1 ? 0 : idx] ?? '?';
      const values = first.values.map((test, idx) => (test === '?' ? '?' : pick(idx, test !== 0 ? second : third)));
      return constant(first.shape, values);
    }
    case 'Expand': {
      const shape = wholeNumbers(second);
      if (shape === null || sizeOf(first.shape) !== 1 || !(sizeOf(shape) <= mostValues)) return null;
      return constant(
        shape,
        Array.from({ length: Math.max(0, sizeOf(shape)) }, () => first.values?.[0] ?? '?'),
      );
    }
    default:
      return null;
  }
}
