/**
 * JavaScript's arrays: the methods that model code uses. A callback runs once per element, in order, as it
 * would; an array whose contents are not known answers unknown with its own reason.
 */
import type { CallContext } from '../library.ts';
import { positional } from '../library.ts';
import {
  MAX_JOINED_ITEMS,
  MAX_JOINED_TEXT,
  UNDEFINED,
  bool,
  builtin,
  int,
  list,
  string,
  tuple,
  unknown,
  unknownList,
} from '../values.ts';
import type { ListValue, Value, Walk } from '../values.ts';
import { formatJavascript, isEqual, number } from './operators.ts';

type Method = (array: ListValue, args: readonly Value[], context: CallContext) => Value;

export function arrayAttribute(array: ListValue, name: string): Value | null {
  if (name === 'length') return array.unknown === null ? int(array.items.length) : unknown(array.unknown);
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) return null;
  return builtin(`Array.${name}`, (args, context) => {
    if (array.unknown !== null) return unknown(array.unknown);
    if (args.open === null) return method(array, args.positional, context);
    if (changing.has(name)) context.journal.forgetItems(array, args.open);
    return unknown(args.open);
  });
}

/** Calls `fn(item, index, array)` as array methods do. */
function apply(context: CallContext, fn: Value | undefined, array: ListValue, idx: number): Value {
  const item = array.items[idx] ?? UNDEFINED;
  return fn === undefined ? UNDEFINED : context.call(fn, positional(item, int(idx), array));
}

function mapped(context: CallContext, fn: Value | undefined, array: ListValue): Value[] {
  return Array.from({ length: array.items.length }, (_unused, idx) => apply(context, fn, array, idx));
}

const undecided = 'it depends on a condition that is not known';

/** The first index whose callback is true; -1 for none; null where that is not known. */
function firstTrue(context: CallContext, fn: Value | undefined, array: ListValue): number | null {
  for (let idx = 0; idx < array.items.length; idx++) {
    const truth = context.truth(apply(context, fn, array, idx));
    if (truth === null) return null;
    if (truth) return idx;
  }
  return -1;
}

function reduce(array: ListValue, args: readonly Value[], context: CallContext, indices: readonly number[]): Value {
  const [fn, initial] = args;
  const [first, ...rest] = indices;
  if (fn === undefined) return UNDEFINED;
  let result = initial ?? (first === undefined ? UNDEFINED : (array.items[first] ?? UNDEFINED));
  for (const idx of initial === undefined ? rest : indices) {
    result = context.call(fn, positional(result, array.items[idx] ?? UNDEFINED, int(idx), array));
  }
  return result;
}

function indicesOf(array: ListValue): number[] {
  return array.items.map((_item, idx) => idx);
}

/** A slice bound: whole, counted from the end where negative. */
function bound(value: Value | undefined, fallback: number, length: number): number | null {
  if (value === undefined || value.kind === 'undefined') return fallback;
  if (value.kind !== 'number') return null;
  const whole = Math.trunc(value.value);
  return whole < 0 ? Math.max(0, length + whole) : Math.min(whole, length);
}

function flatten(items: readonly Value[], depth: number): ListValue {
  const flat: Value[] = [];
  const room: Walk = { left: MAX_JOINED_ITEMS };
  const add = (parts: readonly Value[], levels: number): void => {
    for (const part of parts) {
      if (room.left-- <= 0) return;
      if (part.kind === 'list' && part.unknown === null && levels > 0) add(part.items, levels - 1);
      else flat.push(part);
    }
  };
  add(items, depth);
  return room.left < 0 ? unknownList('it has too many elements') : list(flat);
}

function sorted(items: readonly Value[], fn: Value | undefined, context: CallContext): Value[] | null {
  let known = true;
  const order = [...items].sort((left, right) => {
    if (fn === undefined || fn.kind === 'undefined') {
      const [a, b] = [formatJavascript(left), formatJavascript(right)];
      if (a === null || b === null) known = false;
      return (a ?? '') < (b ?? '') ? -1 : a === b ? 0 : 1;
    }
    const result = context.call(fn, positional(left, right));
    if (result.kind !== 'number') known = false;
    return result.kind === 'number' ? result.value : 0;
  });
  return known ? order : null;
}

const methods: Readonly<Record<string, Method>> = {
  map: (array, [fn], context) => list(mapped(context, fn, array)),
  forEach: (array, [fn], context) => {
    mapped(context, fn, array);
    return UNDEFINED;
  },
  flatMap: (array, [fn], context) => flatten(mapped(context, fn, array), 1),
  filter(array, [fn], context) {
    const truths = mapped(context, fn, array).map((value) => context.truth(value));
    if (truths.includes(null)) return unknownList(undecided);
    return list(array.items.filter((_item, idx) => truths[idx] === true));
  },
  reduce: (array, args, context) => reduce(array, args, context, indicesOf(array)),
  reduceRight: (array, args, context) => reduce(array, args, context, indicesOf(array).reverse()),
  find(array, [fn], context) {
    const idx = firstTrue(context, fn, array);
    return idx === null ? unknown(undecided) : (array.items[idx] ?? UNDEFINED);
  },
  findIndex(array, [fn], context) {
    const idx = firstTrue(context, fn, array);
    return idx === null ? unknown(undecided) : int(idx);
  },
  some(array, [fn], context) {
    const idx = firstTrue(context, fn, array);
    return idx === null ? unknown(undecided) : bool(idx >= 0);
  },
  every(array, [fn], context) {
    const truths = mapped(context, fn, array).map((value) => context.truth(value));
    return truths.includes(false) ? bool(false) : truths.includes(null) ? unknown(undecided) : bool(true);
  },
  includes(array, [wanted = UNDEFINED]) {
    const same = array.items.map((item) => isEqual(item, wanted, false));
    return same.includes(true) ? bool(true) : same.includes(null) ? unknown(undecided) : bool(false);
  },
  indexOf(array, [wanted = UNDEFINED]) {
    const same = array.items.map((item) => isEqual(item, wanted, false));
    return same.includes(null) ? unknown(undecided) : int(same.indexOf(true));
  },
  at(array, [index]) {
    if (index?.kind !== 'number') return unknown('this element is not known');
    return array.items.at(index.value) ?? UNDEFINED;
  },
  slice(array, [from, to]) {
    const { length } = array.items;
    const start = bound(from, 0, length);
    const end = bound(to, length, length);
    return start === null || end === null
      ? unknownList('its bounds are not known')
      : list(array.items.slice(start, end));
  },
  concat: (array, args) => {
    const hidden = args.find((arg) => arg.kind === 'unknown' || (arg.kind === 'list' && arg.unknown !== null));
    if (hidden !== undefined) return unknownList('a part of it is not known');
    const added = flatten(args, 1);
    if (added.unknown !== null) return added;
    if (array.items.length + added.items.length > MAX_JOINED_ITEMS) return unknownList('it has too many elements');
    return list([...array.items, ...added.items]);
  },
  flat: (array, [depth]) => flatten(array.items, depth?.kind === 'number' ? depth.value : 1),
  join(array, [separator]) {
    const parts = array.items.map((item) => formatJavascript(item));
    const between = separator?.kind === 'string' ? separator.value : ',';
    const length = parts.reduce((total, part) => total + (part?.length ?? 0) + between.length, 0);
    if (parts.includes(null) || length > MAX_JOINED_TEXT) return unknown('a part of this text is not known');
    return string(parts.join(between));
  },
  keys: (array) => list(array.items.map((_item, idx) => int(idx))),
  values: (array) => list([...array.items]),
  entries: (array) => list(array.items.map((item, idx) => tuple([int(idx), item]))),
  toReversed: (array) => list([...array.items].reverse()),
  push(array, args, context) {
    context.journal.itemsOf(array).push(...args);
    return number(array.items.length);
  },
  unshift(array, args, context) {
    context.journal.itemsOf(array).unshift(...args);
    return number(array.items.length);
  },
  pop: (array, _args, context) => context.journal.itemsOf(array).pop() ?? UNDEFINED,
  shift: (array, _args, context) => context.journal.itemsOf(array).shift() ?? UNDEFINED,
  reverse(array, _args, context) {
    context.journal.itemsOf(array).reverse();
    return array;
  },
  sort(array, [fn], context) {
    const order = sorted(array.items, fn, context);
    if (order === null) context.journal.forgetItems(array, 'its order is not known');
    else context.journal.itemsOf(array).splice(0, order.length, ...order);
    return array;
  },
  fill(array, [value = UNDEFINED], context) {
    const items = context.journal.itemsOf(array);
    items.fill(value);
    return array;
  },
  splice(array, [from, count, ...inserted], context) {
    const start = bound(from, 0, array.items.length);
    if (start === null || (count !== undefined && count.kind !== 'number')) {
      context.journal.forgetItems(array, 'what was spliced is not known');
      return unknownList('what was spliced is not known');
    }
    const nRemoved = count?.kind === 'number' ? count.value : array.items.length - start;
    return list(context.journal.itemsOf(array).splice(start, nRemoved, ...inserted));
  },
};

/** Methods that change the array itself. */
const changing: ReadonlySet<string> = new Set(['push', 'unshift', 'pop', 'shift', 'reverse', 'sort', 'fill', 'splice']);
