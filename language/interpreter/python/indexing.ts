/** `a[i]`, `a[i:j]` and their assignment for Python's built-in values. */
import { rangeLength } from '../access.ts';
import type { Dim } from '../../../core/graph/shape.ts';
import { arrayOfLeading } from '../libraries/arrayObject.ts';
import type { CallContext } from '../library.ts';
import { sliceLength } from '../unknownNumbers.ts';
import { int, keyOf, list, string, tuple, unknown, unknownList } from '../values.ts';
import type { SliceValue, Value } from '../values.ts';
import { asNumber } from './operators.ts';

export function indexPython(object: Value, index: Value, context: CallContext): Value | null {
  switch (object.kind) {
    case 'list':
      if (object.unknown !== null)
        return index.kind === 'slice' ? unknownList(object.unknown) : unknown(object.unknown);
      return fromItems(object.items, index, list);
    case 'tuple':
      return fromItems(object.items, index, tuple);
    case 'string':
      return fromItems([...object.value].map(string), index, (items) =>
        string(items.map((item) => (item.kind === 'string' ? item.value : '')).join('')),
      );
    case 'range': {
      const items = Array.from(
        { length: Math.min(rangeLength(object), context.machine.limits.items) },
        (_unused, idx) => int(object.start + idx * object.step),
      );
      return fromItems(items, index, list);
    }
    case 'dict': {
      const key = keyOf(index);
      if (key === null) return unknown(index.kind === 'unknown' ? index.reason : 'the key is not known');
      const found = object.entries.get(key);
      if (found !== undefined) return found.value;
      if (object.factory !== undefined) {
        const made = context.call(object.factory, { positional: [], keywords: new Map(), open: null });
        context.journal.entriesOf(object).set(key, { key: index, value: made });
        return made;
      }
      return unknown(object.open ?? 'the dictionary has no such key');
    }
    // `List[int]`, `Generic[T]`: types in square brackets stay what they are.
    case 'class':
    case 'external':
    case 'builtin':
      return object;
    case 'unknown':
      return cropOf(index);
    default:
      return null;
  }
}

/** `image[top:top + 96, left:left + 96]` of anything is an array that starts with these sizes. */
function cropOf(index: Value): Value | null {
  if (index.kind !== 'tuple') return null;
  const last = index.items[index.items.length - 1];
  const items = last?.kind === 'ellipsis' ? index.items.slice(0, -1) : index.items;
  const leading = items.map((item): Dim => (item.kind === 'slice' ? sliceLength(item, '?') : '?'));
  const isCrop = items.every(({ kind }) => kind === 'slice') && leading.some((dim) => dim !== '?');
  return isCrop ? arrayOfLeading(leading) : null;
}

function fromItems(items: readonly Value[], index: Value, make: (items: Value[]) => Value): Value | null {
  if (index.kind === 'slice') {
    const range = sliceRange(index, items.length);
    if (range === null) return null;
    return make(range.map((position) => items[position] as Value));
  }
  const number = asNumber(index);
  if (number === null || !Number.isInteger(number.value)) return null;
  return items[number.value < 0 ? items.length + number.value : number.value] ?? unknown('the index is out of range');
}

/** The positions that a slice selects of `length` items; null where its bounds are not known. */
function sliceRange(slice: SliceValue, length: number): number[] | null {
  const bound = (value: Value | null): number | null | 'none' => {
    if (value === null || value.kind === 'none') return 'none';
    const number = asNumber(value);
    return number !== null && Number.isInteger(number.value) ? number.value : null;
  };
  const lower = bound(slice.lower);
  const upper = bound(slice.upper);
  const step = bound(slice.step);
  if (lower === null || upper === null || step === null || step === 0) return null;
  const stride = step === 'none' ? 1 : step;
  const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
  const resolve = (value: number): number => (value < 0 ? value + length : value);
  const positions: number[] = [];
  if (stride > 0) {
    const start = lower === 'none' ? 0 : clamp(resolve(lower), 0, length);
    const stop = upper === 'none' ? length : clamp(resolve(upper), 0, length);
    for (let idx = start; idx < stop; idx += stride) positions.push(idx);
  } else {
    const start = lower === 'none' ? length - 1 : clamp(resolve(lower), -1, length - 1);
    const stop = upper === 'none' ? -1 : clamp(resolve(upper), -1, length - 1);
    for (let idx = start; idx > stop; idx += stride) positions.push(idx);
  }
  return positions;
}

export function setIndexPython(object: Value, index: Value, value: Value, context: CallContext): boolean {
  if (object.kind === 'dict') {
    const key = keyOf(index);
    const entries = context.journal.entriesOf(object);
    if (key === null) object.open ??= 'a key is not known';
    else entries.set(key, { key: index, value });
    return true;
  }
  if (object.kind !== 'list') return false;
  const items = context.journal.itemsOf(object);
  if (object.unknown !== null) return true;
  if (index.kind === 'slice') {
    const range = sliceRange(index, items.length);
    const given = context.iterate(value);
    const isPlain = index.step === null || index.step.kind === 'none';
    if (range === null || given === null || !isPlain)
      context.journal.forgetItems(object, 'an assigned slice is not known');
    else items.splice(range[0] ?? items.length, range.length, ...given);
    return true;
  }
  const number = asNumber(index);
  if (number === null) {
    context.journal.forgetItems(object, 'the index that is assigned to is not known');
    return true;
  }
  const position = number.value < 0 ? items.length + number.value : number.value;
  if (0 <= position && position < items.length) items[position] = value;
  return true;
}
