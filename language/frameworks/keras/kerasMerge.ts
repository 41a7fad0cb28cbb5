/** Merging layers of Keras: they take a list of tensors. */
import type { Shape } from '../../../core/graph/shape.ts';
import type { BoundArguments } from '../arguments.ts';
import { given, numbersOf, readInteger } from '../arguments.ts';
import type { KerasBuilder } from './kerasLayer.ts';

function elementwise(op: 'add' | 'sub' | 'mul' | 'maximum'): KerasBuilder {
  return { signature: '', isMerge: true, build: () => ({ op, attributes: {} }) };
}

const concatenate: KerasBuilder = {
  signature: 'axis',
  isMerge: true,
  build(bound, inputs) {
    const axis = readInteger(bound, 'axis', -1);
    const rank = inputs.find((shape) => shape !== null)?.length;
    if (axis === null || rank === undefined) return null;
    return { op: 'cat', attributes: { axis: axis < 0 ? rank + axis : axis } };
  },
};

/** Sums over one axis of each: what is left of the first, then of the second. */
const dot: KerasBuilder = {
  signature: 'axes normalize',
  isMerge: true,
  build: (bound, inputs) =>
    dotShape(bound, inputs) === null ? null : { op: 'elementwise', attributes: { fn: 'dot' } },
  outputShape: (bound, _input, inputs) => dotShape(bound, inputs),
};

function dotShape(bound: BoundArguments, [left = null, right = null]: readonly (Shape | null)[]): Shape | null {
  const value = given(bound, 'axes');
  const numbers = value === undefined ? null : numbersOf(value);
  if (left === null || right === null || numbers === null) return null;
  const at = (axis: number | undefined, shape: Shape): number =>
    axis === undefined ? -1 : axis < 0 ? shape.length + axis : axis;
  const [first, second = first] = numbers;
  const rest = (shape: Shape, axis: number): Shape => shape.filter((_dim, idx) => idx !== 0 && idx !== axis);
  const dims = [...rest(left, at(first, left)), ...rest(right, at(second, right))];
  return [1, ...(dims.length === 0 ? [1] : dims)];
}

export const mergeBuilders: Readonly<Record<string, KerasBuilder>> = {
  Add: elementwise('add'),
  Subtract: elementwise('sub'),
  Multiply: elementwise('mul'),
  Average: elementwise('add'),
  Maximum: elementwise('maximum'),
  Minimum: elementwise('maximum'),
  Concatenate: concatenate,
  Dot: dot,
};
