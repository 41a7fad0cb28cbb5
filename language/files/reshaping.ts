/** Shapes of operators that move numbers, from sizes that may be open. Every format has these operators. */
import type { Dim, Shape } from '../../core/graph/shape.ts';
import type { Converted } from './fileOperator.ts';

/** One open size (−1) follows from the others; with more, they stay open. */
export function reshaped(dims: Shape): Converted | string {
  const nOpen = dims.filter((dim) => dim === '?' || dim === -1).length;
  if (dims.some((dim) => dim !== '?' && (!Number.isInteger(dim) || dim < -1 || dim === 0))) {
    return `it reshapes to [${dims.join(', ')}]`;
  }
  if (nOpen > 1) {
    const shape = dims.map((dim): Dim => (dim === -1 ? '?' : dim));
    return { call: { op: 'reshape', attributes: { shape: [] } }, shape };
  }
  return { call: { op: 'reshape', attributes: { shape: dims.map((dim) => (dim === '?' ? -1 : dim)) } } };
}

/** A shape that is known by itself; the operator is a reshape whatever it is called. */
export function asReshape(shape: Shape | null): Converted {
  const known = shape?.filter((dim): dim is number => dim !== '?') ?? [];
  return { call: { op: 'reshape', attributes: { shape: known } }, shape };
}

/** Ones at `axes` of the result. */
export function withOnes<T>(dims: readonly T[], axes: readonly number[]): (T | 1)[] {
  const rank = dims.length + axes.length;
  const at = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  const rest = [...dims];
  return Array.from({ length: Math.min(rank, 64) }, (_unused, idx) => (at.has(idx) ? 1 : (rest.shift() ?? 1)));
}

/** Python's slice of an axis of `dim` entries. */
export function sliceLength(dim: number, from: number, to: number, by: number): number {
  const clamp = (at: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, at < 0 ? at + dim : at));
  if (by > 0) return Math.ceil((clamp(to, 0, dim) - clamp(from, 0, dim)) / by);
  const stop = to < -dim ? -1 : clamp(to, -1, dim - 1);
  return Math.ceil((clamp(from, -1, dim - 1) - stop) / -by);
}
