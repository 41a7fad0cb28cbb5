/** Conversions of elementwise operators, which every format has under its own names. */
import type { OpCall } from '../../core/graph/ops.ts';
import { broadcastShapes } from '../../core/shape/elementwiseShape.ts';
import { sizeOf } from './constants.ts';
import type { Convert, FileOperator } from './fileOperator.ts';
import { storedWeights } from './storedWeights.ts';

/** With one number of the file: y = x·scale + offset; else element by element. */
export function arithmetic<T extends FileOperator>(
  call: OpCall,
  withNumber?: (value: number, isLeft: boolean) => OpCall | null,
): Convert<T> {
  return (op) => {
    const { all } = op;
    if (all.length === 2 && withNumber !== undefined) {
      for (const [idx, other] of [
        [0, 1],
        [1, 0],
      ] as const) {
        const value = op.constant(idx);
        const isNumber = value !== null && sizeOf(value.shape) === 1 && storedWeights(value).length === 0;
        const number = isNumber ? value.values?.[0] : undefined;
        const tensor = op.shape(other);
        const keepsRank = tensor !== null && (value?.shape.length ?? 0) <= tensor.length;
        const affine = typeof number === 'number' && keepsRank ? withNumber(number, idx === 0) : null;
        if (affine !== null) return { call: affine, inputs: [other] };
      }
    }
    return { call, inputs: all };
  };
}

function affine(scale: number, offset: number): OpCall | null {
  if (!Number.isFinite(scale) || !Number.isFinite(offset)) return null;
  return { op: 'affine', attributes: { scale, offset } };
}

export const withAdded = (value: number): OpCall | null => affine(1, value);
export const withSubtracted = (value: number, isLeft: boolean): OpCall | null =>
  isLeft ? affine(-1, value) : affine(1, -value);
export const withMultiplied = (value: number): OpCall | null => affine(value, 0);
export const withDivided = (value: number, isLeft: boolean): OpCall | null => (isLeft ? null : affine(1 / value, 0));

/** Operators that broadcast and are no operator of the table. */
export function broadcast<T extends FileOperator>(fn: string): Convert<T> {
  return (op) => {
    const { all } = op;
    const result = broadcastShapes(all.map((idx) => op.shape(idx)));
    if (result.kind === 'mismatch') return result.message;
    const shape = result.kind === 'shape' ? result.shape : null;
    return { call: { op: 'elementwise', attributes: { fn } }, inputs: all, shape };
  };
}

/** Any other function of one tensor; the shape is kept. */
export function keepShape<T extends FileOperator>(fn: string): Convert<T> {
  return () => ({ call: { op: 'elementwise', attributes: { fn } } });
}

/** One conversion for each name of a list. */
export function named<T extends FileOperator>(
  names: string,
  make: (fn: string) => Convert<T>,
): Readonly<Record<string, Convert<T>>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, make(name.toLowerCase())]));
}
