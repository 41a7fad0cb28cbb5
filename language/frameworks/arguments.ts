/**
 * Reading the arguments of a call by the callee's signature, written as in its documentation:
 * `'in_channels out_channels kernel_size stride=1'`. Values that are not known come back as null with
 * the reason kept, so that a layer can say what about it is not known.
 */
import type { CallArguments } from '../interpreter/library.ts';
import type { Value } from '../interpreter/values.ts';

export interface BoundArguments {
  readonly values: ReadonlyMap<string, Value>;
  /** The first reason why something that was read is not known. */
  reason: string | null;
  readonly open: string | null;
}

export function bindArguments(names: readonly string[], args: CallArguments): BoundArguments {
  const values = new Map<string, Value>();
  args.positional.forEach((value, idx) => {
    const name = names[idx];
    if (name !== undefined) values.set(name, value);
  });
  for (const [name, value] of args.keywords) values.set(name, value);
  return { values, reason: null, open: args.open };
}

/** Whether an argument may be anything: not known, or a name from outside of the workspace. */
export function isOpen(bound: BoundArguments, name: string): boolean {
  const value = given(bound, name);
  return value === undefined ? bound.open !== null : value.kind === 'unknown' || value.kind === 'external';
}

export function given(bound: BoundArguments, name: string): Value | undefined {
  const value = bound.values.get(name);
  return value?.kind === 'undefined' ? undefined : value;
}

function lost(bound: BoundArguments, name: string, value: Value | undefined): null {
  bound.reason ??=
    value?.kind === 'unknown'
      ? value.reason
      : value?.kind === 'external'
        ? `${value.path} is not part of the workspace`
        : value === undefined
          ? (bound.open ?? `the argument ${name} is not given`)
          : `the argument ${name} is not understood`;
  return null;
}

/** A number; `otherwise` where it is not given; null where it is not known. */
export function readNumber(bound: BoundArguments, name: string, otherwise?: number): number | null {
  const value = given(bound, name);
  if (value === undefined) {
    if (otherwise !== undefined && bound.open === null) return otherwise;
    return lost(bound, name, value);
  }
  if (value.kind === 'number') return value.value;
  return value.kind === 'bool' ? (value.value ? 1 : 0) : lost(bound, name, value);
}

/** A whole number, as sizes are. Python refuses 2.0 as a size, but `int` is often forgotten on whole values. */
export function readInteger(bound: BoundArguments, name: string, otherwise?: number): number | null {
  const number = readNumber(bound, name, otherwise);
  if (number === null || Number.isInteger(number)) return number;
  return lost(bound, name, undefined);
}

export function readBoolean(bound: BoundArguments, name: string, otherwise: boolean): boolean | null {
  const value = given(bound, name);
  if (value === undefined) return bound.open === null ? otherwise : lost(bound, name, value);
  switch (value.kind) {
    case 'bool':
      return value.value;
    case 'number':
      return value.value !== 0;
    case 'none':
      return false;
    case 'string':
      return value.value !== '';
    default:
      return lost(bound, name, value);
  }
}

/** One number for all `count` dimensions, or one each. */
export function readSizes(
  bound: BoundArguments,
  name: string,
  count: number,
  otherwise?: number,
): readonly number[] | null {
  const value = given(bound, name);
  if (value === undefined) {
    if (otherwise !== undefined && bound.open === null) return Array.from({ length: count }, () => otherwise);
    return lost(bound, name, value);
  }
  return sizesOf(value, count) ?? lost(bound, name, value);
}

export function sizesOf(value: Value, count: number): readonly number[] | null {
  const numbers = numbersOf(value);
  if (numbers === null) return null;
  if (value.kind === 'number' || value.kind === 'bool' || numbers.length === 1) {
    return Array.from({ length: count }, () => numbers[0] ?? 0);
  }
  return numbers.length === count ? numbers : null;
}

/** Whole numbers of a number, list or tuple; null where one is not known. */
export function numbersOf(value: Value): readonly number[] | null {
  const items = value.kind === 'tuple' || (value.kind === 'list' && value.unknown === null) ? value.items : [value];
  const numbers = items.map((item) =>
    item.kind === 'number' && Number.isInteger(item.value)
      ? item.value
      : item.kind === 'bool'
        ? Number(item.value)
        : null,
  );
  return numbers.includes(null) ? null : (numbers as number[]);
}

export function readString(bound: BoundArguments, name: string, otherwise: string): string | null {
  const value = given(bound, name);
  if (value === undefined) return bound.open === null ? otherwise : lost(bound, name, value);
  return value.kind === 'string' ? value.value : lost(bound, name, value);
}
