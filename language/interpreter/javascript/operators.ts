/** JavaScript's truth, operators, comparisons and text of built-in values. null: not known. */
import type { BinaryOperator, CompareOperator } from '../../syntax/ast.ts';
import { isInstanceOf } from '../classes.ts';
import { MAX_JOINED_TEXT, MAX_WALK, bool, sameValue, string } from '../values.ts';
import type { NumberValue, Value, Walk } from '../values.ts';

export function number(value: number): NumberValue {
  return { kind: 'number', value, isInteger: Number.isInteger(value) };
}

export function truthJavascript(value: Value): boolean | null {
  switch (value.kind) {
    case 'number':
      return value.value !== 0 && !Number.isNaN(value.value);
    case 'string':
      return value.value !== '';
    case 'list':
    case 'tuple':
    case 'dict':
    case 'set':
    case 'range':
      return true;
    default:
      return null;
  }
}

export function unaryJavascript(operator: '-' | '+' | '~', operand: Value): Value | null {
  const value = numberOf(operand);
  if (value === null) return null;
  return number(operator === '-' ? -value : operator === '+' ? value : ~value);
}

export function binaryJavascript(operator: BinaryOperator, left: Value, right: Value): Value | null {
  if (operator === '+' && (left.kind === 'string' || right.kind === 'string')) {
    const first = formatJavascript(left);
    const second = formatJavascript(right);
    if (first === null || second === null || first.length + second.length > MAX_JOINED_TEXT) return null;
    return string(first + second);
  }
  const a = numberOf(left);
  const b = numberOf(right);
  if (a === null || b === null) return null;
  const result = compute(operator, a, b);
  return result === null ? null : number(result);
}

function compute(operator: BinaryOperator, a: number, b: number): number | null {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '**':
      return a ** b;
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
    case '>>>':
      return a >>> b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    default:
      return null;
  }
}

/** What arithmetic makes of a value; null for objects. */
export function numberOf(value: Value): number | null {
  switch (value.kind) {
    case 'number':
      return value.value;
    case 'bool':
      return value.value ? 1 : 0;
    case 'none':
      return 0;
    case 'string':
      return value.value.trim() === '' ? 0 : Number(value.value);
    default:
      return null;
  }
}

export function compareJavascript(operator: CompareOperator, left: Value, right: Value): Value | null {
  switch (operator) {
    case '===':
    case '==': {
      const same = isEqual(left, right, operator === '==');
      return same === null ? null : bool(same);
    }
    case '!==':
    case '!=': {
      const same = isEqual(left, right, operator === '!=');
      return same === null ? null : bool(!same);
    }
    case 'has key':
      return hasKey(left, right);
    case 'instanceof':
      return instanceOf(left, right);
    default:
      return ordered(operator, left, right);
  }
}

/** Equality as far as it is known; an external name is neither null nor undefined. */
export function isEqual(left: Value, right: Value, loose: boolean): boolean | null {
  if (left.kind === 'unknown' || right.kind === 'unknown') return null;
  const nullish = (value: Value): boolean => value.kind === 'none' || value.kind === 'undefined';
  if (nullish(left) || nullish(right)) return loose ? nullish(left) && nullish(right) : left.kind === right.kind;
  if (left.kind === 'external' || right.kind === 'external') return sameValue(left, right) ? true : null;
  if (left.kind === 'number' && right.kind === 'number') return left.value === right.value;
  if (left.kind === right.kind) {
    if (left.kind === 'string' || left.kind === 'bool') return sameValue(left, right);
    return sameValue(left, right) || left === right;
  }
  if (!loose) return false;
  const a = numberOf(left);
  const b = numberOf(right);
  return a === null || b === null ? null : a === b;
}

function ordered(operator: CompareOperator, left: Value, right: Value): Value | null {
  const bothText = left.kind === 'string' && right.kind === 'string';
  const a = bothText ? left.value : numberOf(left);
  const b = bothText ? right.value : numberOf(right);
  if (a === null || b === null) return null;
  switch (operator) {
    case '<':
      return bool(a < b);
    case '<=':
      return bool(a <= b);
    case '>':
      return bool(a > b);
    case '>=':
      return bool(a >= b);
    default:
      return null;
  }
}

function hasKey(key: Value, object: Value): Value | null {
  const text = formatJavascript(key);
  if (text === null) return null;
  if (object.kind === 'dict')
    return object.entries.has(`s${text}`) ? bool(true) : object.open === null ? bool(false) : null;
  if (object.kind === 'instance') return bool(object.attributes.has(text));
  return null;
}

function instanceOf(value: Value, cls: Value): Value | null {
  if (cls.kind === 'class') {
    const result = isInstanceOf(value, cls);
    return result === null ? null : bool(result);
  }
  if (cls.kind === 'external' && value.kind === 'foreign') return bool(value.object.typePaths.includes(cls.path));
  if (cls.kind === 'builtin' && cls.typeName === 'Array') return bool(value.kind === 'list');
  return null;
}

/** The text of a value in templates and concatenations. */
export function formatJavascript(value: Value, room: Walk = { left: MAX_WALK }): string | null {
  if (room.left-- <= 0) return null;
  switch (value.kind) {
    case 'string':
      return value.value;
    case 'number':
    case 'bool':
      return String(value.value);
    case 'none':
      return 'null';
    case 'undefined':
      return 'undefined';
    case 'list': {
      if (value.unknown !== null) return null;
      const parts: string[] = [];
      for (const item of value.items) {
        const part = item.kind === 'none' || item.kind === 'undefined' ? '' : formatJavascript(item, room);
        if (part === null) return null;
        room.left -= part.length >> 8;
        parts.push(part);
      }
      return parts.join(',');
    }
    default:
      return null;
  }
}
