/** Methods of Python lists and tuples. Changes go through the journal; an unknown list stays unknown. */
import type { CallContext } from '../library.ts';
import { NONE, builtin, int, unknown } from '../values.ts';
import type { BuiltinValue, ListValue, TupleValue, Value } from '../values.ts';
import { equalPython, orderPython } from './operators.ts';

type Method = BuiltinValue['call'];

export function listAttribute(object: ListValue, name: string, context: CallContext): Value | null {
  const method = listMethod(object, name, context);
  return method === null ? null : builtin(name, method);
}

function listMethod(object: ListValue, name: string, { journal }: CallContext): Method | null {
  switch (name) {
    case 'append':
      return ({ positional }) => {
        const [value] = positional;
        const items = journal.itemsOf(object);
        if (object.unknown === null && value !== undefined) items.push(value);
        return NONE;
      };
    case 'extend':
      return ({ positional }, context) => {
        const items = context.iterate(positional[0] ?? NONE);
        if (items === null) journal.forgetItems(object, 'what was added to this list is not known');
        else if (object.unknown === null) journal.itemsOf(object).push(...items);
        return NONE;
      };
    case 'insert':
      return ({ positional }) => {
        const [at, value] = positional;
        if (at?.kind !== 'number' || value === undefined) journal.forgetItems(object, 'an insertion is not known');
        else if (object.unknown === null) {
          const items = journal.itemsOf(object);
          items.splice(at.value < 0 ? Math.max(0, items.length + at.value) : at.value, 0, value);
        }
        return NONE;
      };
    case 'pop':
      return ({ positional }) => {
        const items = journal.itemsOf(object);
        if (object.unknown !== null) return unknown(object.unknown);
        const [at] = positional;
        if (at !== undefined && at.kind !== 'number') {
          journal.forgetItems(object, 'what was taken from this list is not known');
          return unknown('the position is not known');
        }
        const position = at === undefined ? items.length - 1 : at.value < 0 ? items.length + at.value : at.value;
        return items.splice(position, 1)[0] ?? unknown('the list is empty');
      };
    case 'remove':
      return ({ positional }, context) => {
        const idx = indexOf(object.items, positional[0] ?? NONE, context);
        if (idx === null) journal.forgetItems(object, 'what was removed from this list is not known');
        else if (idx >= 0) journal.itemsOf(object).splice(idx, 1);
        return NONE;
      };
    case 'reverse':
      return () => {
        journal.itemsOf(object).reverse();
        return NONE;
      };
    case 'clear':
      return () => {
        journal.itemsOf(object).length = 0;
        object.unknown = null;
        return NONE;
      };
    case 'sort':
      return ({ keywords }) => {
        const sorted = keywords.has('key') ? null : sortValues(object.items);
        if (sorted === null) {
          journal.forgetItems(object, 'the order of this list is not known');
          return NONE;
        }
        const reverse = keywords.get('reverse');
        if (reverse?.kind === 'bool' && reverse.value) sorted.reverse();
        journal.itemsOf(object).splice(0, object.items.length, ...sorted);
        return NONE;
      };
    case 'copy':
      return () => ({ kind: 'list', items: [...object.items], unknown: object.unknown });
    case '__len__':
      return () => (object.unknown === null ? int(object.items.length) : unknown(object.unknown));
    case '__next__':
    case 'next':
      return () => takeFirst(object, journal);
    case 'index':
    case 'count':
      return sequenceMethod(object.items, object.unknown, name);
    default:
      return null;
  }
}

/** The next item of an iterator; one of unknown length keeps giving its first item. */
export function takeFirst(object: ListValue, journal: CallContext['journal']): Value {
  if (object.unknown !== null) return object.items[0] ?? unknown(object.unknown);
  return journal.itemsOf(object).shift() ?? unknown('the iterator is used up');
}

export function tupleAttribute(object: TupleValue, name: string): Value | null {
  const position = object.names?.indexOf(name) ?? -1;
  if (position >= 0) return object.items[position] ?? null;
  if (name === 'numel') return builtin(name, () => productOf(object.items));
  if (name === '_replace' || name === '_asdict') return null;
  if (name === '__len__') return builtin(name, () => int(object.items.length));
  return name === 'index' || name === 'count' ? builtin(name, sequenceMethod(object.items, null, name)) : null;
}

function productOf(items: readonly Value[]): Value {
  let total = 1;
  for (const item of items) {
    if (item.kind !== 'number') return unknown('a dimension is not known');
    total *= item.value;
  }
  return int(total);
}

function sequenceMethod(items: readonly Value[], reason: string | null, name: string): Method {
  return ({ positional }, context) => {
    if (reason !== null) return unknown(reason);
    const wanted = positional[0] ?? NONE;
    if (name === 'index') {
      const idx = indexOf(items, wanted, context);
      return idx === null || idx < 0 ? unknown('the position is not known') : int(idx);
    }
    const equal = items.map((item) => equalPython(item, wanted, context));
    return equal.includes(null) ? unknown('the count is not known') : int(equal.filter(Boolean).length);
  };
}

function indexOf(items: readonly Value[], wanted: Value, context: CallContext): number | null {
  for (let idx = 0; idx < items.length; idx++) {
    const equal = equalPython(items[idx] as Value, wanted, context);
    if (equal !== false) return equal === null ? null : idx;
  }
  return -1;
}

/** Sorted copies; null where two items have no known order. */
export function sortValues(items: readonly Value[]): Value[] | null {
  let undecided = false;
  const sorted = [...items].sort((left, right) => {
    const order = orderPython(left, right);
    undecided ||= order === null;
    return order ?? 0;
  });
  return undecided ? null : sorted;
}
