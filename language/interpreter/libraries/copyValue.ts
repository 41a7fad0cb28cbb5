/**
 * Copies of values. A deep copy of a user's object is a new object with copied attributes, so that a
 * copied layer is counted as a layer of its own; foreign objects are shared unless they can copy themselves.
 */
import { tuple } from '../values.ts';
import type { Value } from '../values.ts';

export function copyValue(value: Value, isDeep: boolean, seen = new Map<Value, Value>()): Value {
  const known = seen.get(value);
  if (known !== undefined) return known;
  const inner = (item: Value): Value => (isDeep ? copyValue(item, true, seen) : item);
  switch (value.kind) {
    case 'list': {
      const made: Value = { ...value, items: [] };
      seen.set(value, made);
      made.items.push(...value.items.map(inner));
      return made;
    }
    case 'tuple': {
      const made: Value = isDeep ? { ...value, items: tuple(value.items.map(inner)).items } : value;
      seen.set(value, made);
      return made;
    }
    case 'dict': {
      const made: Value = { ...value, entries: new Map() };
      seen.set(value, made);
      for (const [key, entry] of value.entries) made.entries.set(key, { key: entry.key, value: inner(entry.value) });
      return made;
    }
    case 'set':
      return { ...value, entries: new Map(value.entries) };
    case 'instance': {
      const attributes = new Map<string, Value>();
      const made: Value = { ...value, attributes, foreign: value.foreign?.copy?.() ?? value.foreign };
      seen.set(value, made);
      for (const [name, item] of value.attributes) attributes.set(name, inner(item));
      return made;
    }
    case 'foreign': {
      const made: Value = value.object.copy === undefined ? value : { kind: 'foreign', object: value.object.copy() };
      seen.set(value, made);
      return made;
    }
    default:
      return value;
  }
}
