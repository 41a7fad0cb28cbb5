/**
 * What shape inference answers. `shape` may hold `'?'` dimensions, or be null where only something
 * earlier in the model keeps even the rank from being known; `mismatch` is a fault of the user's model;
 * `unknown` says that this operator is itself the reason, and why.
 */
import { formatShape, type Dim, type Shape } from '../graph/shape.ts';

export type ShapeResult =
  | { readonly kind: 'shape'; readonly shape: Shape | null }
  | { readonly kind: 'mismatch'; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export function known(shape: Shape | null): ShapeResult {
  return { kind: 'shape', shape };
}

export function mismatch(message: string): ShapeResult {
  return { kind: 'mismatch', message };
}

export function unknownShape(reason: string): ShapeResult {
  return { kind: 'unknown', reason };
}

/** `'?'` as soon as one dimension is `'?'`; 1 for no dimensions. */
export function product(dims: readonly Dim[]): Dim {
  let total = 1;
  for (const dim of dims) {
    if (dim === '?') return '?';
    total *= dim;
  }
  return total;
}

/** A shape for a message: the batch dimension only where dropping it would leave nothing. */
export function showShape(shape: Shape): string {
  if (shape.length === 0) return 'a scalar';
  return shape.length === 1 ? String(shape[0]) : formatShape(shape);
}

/** An axis counted from the end becomes one counted from 0; null where the rank has no such axis. */
export function resolveAxis(axis: number, rank: number): number | null {
  const resolved = axis < 0 ? axis + rank : axis;
  return 0 <= resolved && resolved < rank ? resolved : null;
}
