/** Python's operators on built-in values; null where the result is not known. Integer division floors. */
import type { BinaryOperator, CompareOperator } from '../../syntax/ast.ts';
import type { CallContext } from '../library.ts';
import {
  MAX_JOINED_ITEMS,
  MAX_JOINED_TEXT,
  MAX_WALK,
  bool,
  float,
  int,
  keyOf,
  list,
  string,
  tuple,
} from '../values.ts';
import type { NumberValue, Value, Walk } from '../values.ts';
import { formatPercent } from './formatting.ts';

export function asNumber(value: Value): NumberValue | null {
  if (value.kind === 'number') return value;
  return value.kind === 'bool' ? int(value.value ? 1 : 0) : null;
}

export function unaryPython(operator: '-' | '+' | '~', operand: Value): Value | null {
  const number = asNumber(operand);
  if (number === null) return null;
  const value = operator === '-' ? -number.value : operator === '~' ? -number.value - 1 : number.value;
  return { kind: 'number', value, isInteger: number.isInteger };
}

export function binaryPython(operator: BinaryOperator, left: Value, right: Value, context: CallContext): Value | null {
  const one = asNumber(left);
  const two = asNumber(right);
  if (one !== null && two !== null) return arithmetic(operator, one, two);
  if (operator === '%' && left.kind === 'string') return formatPercent(left.value, right);
  if (operator === '+') return concatenate(left, right);
  // Only paths can be divided, and a path is its text.
  if (operator === '/' && left.kind === 'string' && right.kind === 'string') {
    return string(right.value.startsWith('/') ? right.value : `${left.value.replace(/\/$/, '')}/${right.value}`);
  }
  if (operator === '*') return repeat(left, two, context) ?? repeat(right, one, context);
  if (left.kind === 'set' && right.kind === 'set') return setOperation(operator, left, right);
  if (operator === '|' && left.kind === 'dict' && right.kind === 'dict') {
    const entries = new Map([...left.entries, ...right.entries]);
    return { kind: 'dict', entries, open: left.open ?? right.open };
  }
  return null;
}

export function arithmetic(operator: BinaryOperator, left: NumberValue, right: NumberValue): Value | null {
  const a = left.value;
  const b = right.value;
  const make = left.isInteger && right.isInteger ? int : float;
  const result = (value: number, kind: (value: number) => Value): Value | null =>
    Number.isFinite(value) ? kind(value) : null;
  switch (operator) {
    case '+':
      return result(a + b, make);
    case '-':
      return result(a - b, make);
    case '*':
      return result(a * b, make);
    case '/':
      return result(a / b, float);
    case '//':
      return result(Math.floor(a / b), make);
    case '%':
      return result(a - b * Math.floor(a / b), make);
    case '**':
      return result(a ** b, left.isInteger && right.isInteger && b >= 0 ? int : float);
    case '<<':
      return result(a * 2 ** b, int);
    case '>>':
      return result(Math.floor(a / 2 ** b), int);
    case '&':
      return int(a & b);
    case '|':
      return int(a | b);
    case '^':
      return int(a ^ b);
    default:
      return null;
  }
}

function concatenate(left: Value, right: Value): Value | null {
  if (left.kind === 'string' && right.kind === 'string') {
    return left.value.length + right.value.length > MAX_JOINED_TEXT ? null : string(left.value + right.value);
  }
  if (left.kind === 'tuple' && right.kind === 'tuple') {
    const fits = left.items.length + right.items.length <= MAX_JOINED_ITEMS;
    return fits ? tuple([...left.items, ...right.items]) : null;
  }
  if (left.kind === 'list' && right.kind === 'list') {
    const tooMany = left.items.length + right.items.length > MAX_JOINED_ITEMS ? 'it has too many elements' : null;
    const unknown = left.unknown ?? right.unknown ?? tooMany;
    return { kind: 'list', items: unknown === null ? [...left.items, ...right.items] : [], unknown };
  }
  return null;
}

function repeat(sequence: Value, count: NumberValue | null, context: CallContext): Value | null {
  if (count === null) return null;
  const times = Math.max(0, count.value);
  const fits = (length: number): boolean => length * times <= context.machine.limits.items;
  if (sequence.kind === 'string') return fits(sequence.value.length) ? string(sequence.value.repeat(times)) : null;
  if (sequence.kind === 'tuple' && fits(sequence.items.length)) return tuple(repeated(sequence.items, times));
  if (sequence.kind === 'list' && sequence.unknown === null && fits(sequence.items.length)) {
    return list(repeated(sequence.items, times));
  }
  return null;
}

function repeated(items: readonly Value[], times: number): Value[] {
  return Array.from({ length: times }, () => items).flat();
}

function setOperation(
  operator: BinaryOperator,
  left: Extract<Value, { kind: 'set' }>,
  right: Extract<Value, { kind: 'set' }>,
): Value | null {
  const unknown = left.unknown ?? right.unknown;
  const entries = [...left.entries];
  if (operator === '|') return { kind: 'set', entries: new Map([...entries, ...right.entries]), unknown };
  if (operator === '&') {
    return { kind: 'set', entries: new Map(entries.filter(([key]) => right.entries.has(key))), unknown };
  }
  if (operator === '-') {
    return { kind: 'set', entries: new Map(entries.filter(([key]) => !right.entries.has(key))), unknown };
  }
  return null;
}

export function comparePython(
  operator: CompareOperator,
  left: Value,
  right: Value,
  context: CallContext,
): Value | null {
  switch (operator) {
    case '==':
    case '!=': {
      const equal = equalPython(left, right, context);
      return equal === null ? null : bool(equal === (operator === '=='));
    }
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const order = orderPython(left, right);
      if (order === null) return null;
      if (operator === '<') return bool(order < 0);
      if (operator === '<=') return bool(order <= 0);
      return operator === '>' ? bool(order > 0) : bool(order >= 0);
    }
    case 'in':
    case 'not in': {
      const contained = containsPython(right, left, context);
      return contained === null ? null : bool(contained === (operator === 'in'));
    }
    default:
      return null;
  }
}

/** null: not known. */
export function equalPython(left: Value, right: Value, context: CallContext): boolean | null {
  if (left === right && left.kind !== 'unknown') return true;
  const one = asNumber(left);
  const two = asNumber(right);
  if (one !== null && two !== null) return one.value === two.value;
  if (left.kind === 'unknown' || right.kind === 'unknown') return null;
  if (left.kind === 'external' || right.kind === 'external') {
    if (left.kind === 'external' && right.kind === 'external') return sameExternal(left.path, right.path, context);
    const other = left.kind === 'external' ? right : left;
    if (other.kind === 'builtin') return other.typeName === undefined ? null : false;
    return other.kind === 'none' || other.kind === 'string' || other.kind === 'class' ? false : null;
  }
  if (left.kind !== right.kind)
    return left.kind === 'foreign' || right.kind === 'foreign' ? foreignEqual(left, right) : false;
  switch (left.kind) {
    case 'string':
      return left.value === (right as typeof left).value;
    case 'list':
      if (left.unknown !== null || (right as typeof left).unknown !== null) return null;
      return equalItems(left.items, (right as typeof left).items, context);
    case 'tuple':
      return equalItems(left.items, (right as typeof left).items, context);
    case 'none':
    case 'ellipsis':
      return true;
    case 'dict':
    case 'set':
    case 'foreign':
    case 'range':
      return null;
    default: {
      const key = keyOf(left);
      return key === null ? null : key === keyOf(right);
    }
  }
}

/** Classes that libraries know have one last name each, under whatever path they are imported. */
function sameExternal(left: string, right: string, context: CallContext): boolean | null {
  if (left === right) return true;
  const { libraries } = context.machine;
  const isKnown = (path: string): boolean => libraries.some((library) => library.knows?.(path) === true);
  if (!isKnown(left) || !isKnown(right)) return null;
  return left.split('.').pop() === right.split('.').pop() ? null : false;
}

function foreignEqual(left: Value, right: Value): boolean | null {
  return left.kind === 'none' || right.kind === 'none' || left.kind === 'string' || right.kind === 'string'
    ? false
    : null;
}

function equalItems(left: readonly Value[], right: readonly Value[], context: CallContext): boolean | null {
  if (left.length !== right.length) return false;
  let undecided = false;
  for (let idx = 0; idx < left.length; idx++) {
    // Lists share their parts: compared as trees they can be without end.
    if (--context.machine.steps < 0) return null;
    const equal = equalPython(left[idx] as Value, right[idx] as Value, context);
    if (equal === false) return false;
    undecided ||= equal === null;
  }
  return undecided ? null : true;
}

/** Negative, zero or positive; null: not known or not ordered. */
export function orderPython(left: Value, right: Value, room: Walk = { left: MAX_WALK }): number | null {
  if (room.left-- <= 0) return null;
  const one = asNumber(left);
  const two = asNumber(right);
  if (one !== null && two !== null) return one.value - two.value;
  if (left.kind === 'string' && right.kind === 'string') {
    return left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
  }
  if (left.kind === 'tuple' && right.kind === 'tuple') {
    const length = Math.min(left.items.length, right.items.length);
    for (let idx = 0; idx < length; idx++) {
      const order = orderPython(left.items[idx] as Value, right.items[idx] as Value, room);
      if (order !== 0) return order;
    }
    return left.items.length - right.items.length;
  }
  return null;
}

function containsPython(container: Value, item: Value, context: CallContext): boolean | null {
  if (item.kind === 'unknown') return null;
  if (container.kind === 'string') return item.kind === 'string' ? container.value.includes(item.value) : null;
  if (container.kind === 'dict' || container.kind === 'set') {
    const key = keyOf(item);
    if (key === null) return null;
    if (container.entries.has(key)) return true;
    return (container.kind === 'dict' ? container.open : container.unknown) === null ? false : null;
  }
  const items = context.iterate(container);
  if (items === null) return null;
  let undecided = false;
  for (const candidate of items) {
    const equal = equalPython(candidate, item, context);
    if (equal === true) return true;
    undecided ||= equal === null;
  }
  return undecided ? null : false;
}
