/**
 * JavaScript's plain objects, as dictionaries with text keys: attributes and indices are the same thing,
 * a key that is not there is undefined, and one that may be there is unknown.
 */
import type { CallContext } from '../library.ts';
import { UNDEFINED, bool, builtin, list, string, tuple, unknown } from '../values.ts';
import type { DictValue, Value } from '../values.ts';
import { formatJavascript } from './operators.ts';

export function objectAttribute(object: DictValue, name: string): Value {
  const entry = object.entries.get(`s${name}`);
  if (entry !== undefined) return entry.value;
  if (name === 'hasOwnProperty') {
    return builtin(name, ({ positional: [key] }) => {
      const text = key === undefined ? null : formatJavascript(key);
      if (text === null || (object.open !== null && !object.entries.has(`s${text}`)))
        return unknown('a key is not known');
      return bool(object.entries.has(`s${text}`));
    });
  }
  return object.open === null ? UNDEFINED : unknown(object.open);
}

export function setObjectKey(object: DictValue, key: Value, value: Value, context: CallContext): boolean {
  const text = formatJavascript(key);
  const entries = context.journal.entriesOf(object);
  if (text === null) object.open ??= 'a key is not known';
  else entries.set(`s${text}`, { key: string(text), value });
  return true;
}

export function keysOf(value: Value): readonly Value[] | null {
  if (value.kind === 'dict') return value.open === null ? [...value.entries.values()].map(({ key }) => key) : null;
  if (value.kind === 'list')
    return value.unknown === null ? value.items.map((_item, idx) => string(String(idx))) : null;
  if (value.kind === 'instance') return [...value.attributes.keys()].map(string);
  return null;
}

export function indexJavascript(object: Value, index: Value, context: CallContext): Value | null {
  if (object.kind === 'list' || object.kind === 'tuple') {
    const reason = object.kind === 'list' ? object.unknown : null;
    if (reason !== null) return unknown(reason);
    const at = index.kind === 'number' ? index.value : index.kind === 'string' ? Number(index.value) : NaN;
    if (Number.isInteger(at)) return object.items[at] ?? UNDEFINED;
  }
  if (object.kind === 'string' && index.kind === 'number') return string(object.value.charAt(index.value));
  const text = formatJavascript(index);
  return text === null ? null : context.getAttribute(object, text);
}

export function setIndexJavascript(object: Value, index: Value, value: Value, context: CallContext): boolean {
  if (object.kind === 'dict') return setObjectKey(object, index, value, context);
  if (object.kind === 'instance') {
    const text = formatJavascript(index);
    if (text === null) return false;
    context.journal.setEntry(object, object.attributes, text, value);
    return true;
  }
  if (object.kind !== 'list') return false;
  const at = index.kind === 'number' ? index.value : null;
  if (at === null || !Number.isInteger(at) || at < 0 || at > context.machine.limits.items) {
    context.journal.forgetItems(object, 'an index is not known');
    return true;
  }
  const items = context.journal.itemsOf(object);
  while (items.length < at) items.push(UNDEFINED);
  items[at] = value;
  return true;
}

/** `[key, value]` pairs, as `Object.entries` gives them. */
export function entriesOf(value: Value): readonly Value[] | null {
  if (value.kind === 'list')
    return value.unknown === null ? value.items.map((item, idx) => tuple([string(String(idx)), item])) : null;
  if (value.kind === 'instance') return [...value.attributes].map(([name, item]) => list([string(name), item]));
  if (value.kind !== 'dict' || value.open !== null) return null;
  return [...value.entries.values()].map((entry) => list([entry.key, entry.value]));
}
