/**
 * Numbers of which only differences are known: the place of a random crop. `left = randint(…)` is not known,
 * but `left + 256` is 256 more than it, so `image[left:left + 256]` is 256 wide. Such a number is an unknown
 * value that says from which other one it is counted; two of the same origin have a known difference.
 * An origin is made by one evaluation, so that equal origins are equal numbers; it never has a value itself.
 */
import type { BinaryOperator } from '../syntax/ast.ts';
import type { Dim } from '../../core/graph/shape.ts';
import type { SliceValue, UnknownValue, Value } from './values.ts';

/** A number that one evaluation gave, whatever it is. */
export function unknownNumber(reason: string): UnknownValue {
  return { kind: 'unknown', reason, counted: { from: {}, times: 1, by: 0 } };
}

/** `left operator right` where one of them is unknown: counted from the same origin where it can be. */
export function unknownResult(operator: BinaryOperator, left: Value, right: Value): Value {
  const { reason } = (left.kind === 'unknown' ? left : right) as UnknownValue;
  const one = left.kind === 'unknown' ? left.counted : undefined;
  const two = right.kind === 'unknown' ? right.counted : undefined;
  if (one !== undefined && right.kind === 'number' && Number.isInteger(right.value)) {
    const { from, times, by } = one;
    const n = right.value;
    if (operator === '+') return { kind: 'unknown', reason, counted: { from, times, by: by + n } };
    if (operator === '-') return { kind: 'unknown', reason, counted: { from, times, by: by - n } };
    if (operator === '*') return { kind: 'unknown', reason, counted: { from, times: times * n, by: by * n } };
  }
  if (two !== undefined && left.kind === 'number' && Number.isInteger(left.value)) {
    const { from, times, by } = two;
    const n = left.value;
    if (operator === '+') return { kind: 'unknown', reason, counted: { from, times, by: by + n } };
    if (operator === '*') return { kind: 'unknown', reason, counted: { from, times: times * n, by: by * n } };
  }
  if (operator === '-') {
    const known = difference(left, right);
    if (known !== null) return { kind: 'number', value: known, isInteger: true };
  }
  return unknownNumber(reason);
}

/** How much more the first is than the second; null where that is not known. */
export function difference(more: Value | null | undefined, less: Value | null | undefined): number | null {
  if (more?.kind === 'number' && less?.kind === 'number') return more.value - less.value;
  const one = more?.kind === 'unknown' ? more.counted : undefined;
  const two = less?.kind === 'unknown' ? less.counted : undefined;
  if (one === undefined || two === undefined || one.from !== two.from || one.times !== two.times) return null;
  return one.by - two.by;
}

/** How many positions a slice takes of a dimension; an image is taken to have room for the crop that it is given. */
export function sliceLength({ lower, upper, step }: SliceValue, dim: Dim): Dim {
  const isOpen = (value: Value | null): boolean => value === null || value.kind === 'none';
  const stride = isOpen(step) ? 1 : step?.kind === 'number' ? Math.abs(step.value) : 0;
  if (stride === 0) return '?';
  const among = (length: number): Dim => Math.ceil(Math.max(0, length) / stride);
  if (isOpen(lower) && isOpen(upper)) return dim === '?' ? '?' : among(dim);
  if (step?.kind === 'number' && step.value < 0) return '?';
  const counted = difference(upper, lower);
  const isPlaced = lower?.kind === 'number' || upper?.kind === 'number';
  if (counted !== null && !isPlaced) return among(dim === '?' ? counted : Math.min(counted, dim));
  const first = isOpen(lower) ? 0 : lower?.kind === 'number' ? lower.value : null;
  if (dim === '?' || first === null) return '?';
  const last = isOpen(upper) ? dim : upper?.kind === 'number' ? upper.value : null;
  if (last === null) return '?';
  const at = (position: number): number => (position < 0 ? Math.max(0, dim + position) : Math.min(position, dim));
  return among(at(last) - at(first));
}

/** What is taken out of something unknown, or made of it, is another thing than that. */
export function partOf(value: UnknownValue): UnknownValue {
  return value.counted === undefined ? value : { kind: 'unknown', reason: value.reason };
}

/** `-x` of an unknown one. */
export function negated(value: UnknownValue): UnknownValue {
  const { reason, counted } = value;
  if (counted === undefined) return value;
  return { kind: 'unknown', reason, counted: { from: counted.from, times: -counted.times, by: -counted.by } };
}
