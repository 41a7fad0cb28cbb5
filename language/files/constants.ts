/**
 * Arithmetic on the small constants of a model file: the sizes that exporters compute node by node (shape,
 * gather, concatenate) before a reshape. A size that is not known stays `'?'`; what is not understood is
 * a constant without values. Pure; every list is bounded by the reader.
 */
import type { Dim } from '../../core/graph/shape.ts';
import type { ConstValue } from './fileGraph.ts';

/** Longer lists are data, not sizes. */
export const mostValues = 1024;

export function constant(shape: readonly number[], values: readonly Dim[] | null, isFloat = false): ConstValue {
  return { kind: 'const', shape, isFloat, values, weight: null };
}

export function vector(values: readonly Dim[]): ConstValue {
  return constant([values.length], values);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((total, dim) => total * dim, 1);
}

/** Whole numbers, all known; null otherwise. */
export function wholeNumbers(value: ConstValue | null): readonly number[] | null {
  const values = value?.values ?? null;
  return values !== null && values.every((dim): dim is number => dim !== '?' && Number.isInteger(dim)) ? values : null;
}

/** Element by element, a single value meeting every other. Lists of other shapes give no values. */
export function elementwise(
  left: ConstValue,
  right: ConstValue,
  compute: (a: number, b: number) => number,
): ConstValue {
  const isFloat = left.isFloat || right.isFloat;
  const [longer, shorter] = sizeOf(left.shape) >= sizeOf(right.shape) ? [left, right] : [right, left];
  const shape = longer.shape.length >= shorter.shape.length ? longer.shape : shorter.shape;
  const n = sizeOf(longer.shape);
  const m = sizeOf(shorter.shape);
  if (left.values === null || right.values === null || (m !== 1 && m !== n))
    return constant(longer.shape, null, isFloat);
  const at = (value: ConstValue, idx: number): Dim => value.values?.[sizeOf(value.shape) === 1 ? 0 : idx] ?? '?';
  const values = Array.from({ length: n }, (_unused, idx): Dim => {
    const [a, b] = [at(left, idx), at(right, idx)];
    if (a === '?' || b === '?') return '?';
    const result = compute(a, b);
    return Number.isFinite(result) ? result : '?';
  });
  return constant(shape, values, isFloat);
}

export function mapValues(value: ConstValue, compute: (a: number) => number): ConstValue {
  const values = value.values?.map((dim) => (dim === '?' ? dim : compute(dim))) ?? null;
  return { ...value, values: values?.every((dim) => dim === '?' || Number.isFinite(dim)) ? values : null };
}

/** Entries of the first axis, not negative beyond it: of a vector, single values. */
export function gather(value: ConstValue, indices: readonly number[], indexShape: readonly number[]): ConstValue {
  const [length = 1, ...rest] = value.shape;
  const shape = [...indexShape, ...rest];
  const block = sizeOf(rest);
  const values = indices.flatMap((index) => {
    const at = index < 0 ? index + length : index;
    return value.values?.slice(at * block, (at + 1) * block) ?? [];
  });
  return constant(shape, value.values !== null && values.length === sizeOf(shape) ? values : null, value.isFloat);
}

/** Vectors and scalars after one another. */
export function join(parts: readonly ConstValue[]): ConstValue | null {
  if (parts.some(({ values, shape }) => values === null || shape.length > 1)) return null;
  const values = parts.flatMap((part) => part.values ?? []);
  return values.length > mostValues
    ? null
    : constant(
        [values.length],
        values,
        parts.some(({ isFloat }) => isFloat),
      );
}

/** Python's slice of the first axis. */
export function sliced(value: ConstValue, start: number, end: number, step: number): ConstValue | null {
  const [length = 1, ...rest] = value.shape;
  if (value.shape.length === 0 || value.values === null || step === 0) return null;
  const clamp = (at: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, at < 0 ? at + length : at));
  const taken: number[] = [];
  if (step > 0) {
    const stop = clamp(end, 0, length);
    for (let at = clamp(start, 0, length); at < stop; at += step) taken.push(at);
  } else {
    const stop = end < -length ? -1 : clamp(end, -1, length - 1);
    for (let at = clamp(start, -1, length - 1); at > stop; at += step) taken.push(at);
  }
  return gather(value, taken, [taken.length, ...rest].slice(0, 1));
}

/** Rows and columns of a matrix exchanged. */
export function turned(value: ConstValue): readonly Dim[] | null {
  const [rows = 1, columns = 1] = value.shape;
  const { values } = value;
  if (values === null) return null;
  return values.map((_value, idx) => values[(idx % rows) * columns + Math.floor(idx / rows)] ?? '?');
}
