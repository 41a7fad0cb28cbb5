/** Methods of Python dictionaries and sets. */
import type { CallArguments, CallContext } from '../library.ts';
import { NONE, builtin, keyOf, list, tuple, unknown, unknownList } from '../values.ts';
import type { BuiltinValue, DictValue, SetValue, Value } from '../values.ts';

type Method = BuiltinValue['call'];

export function dictAttribute(object: DictValue, name: string, context: CallContext): Value | null {
  const method = dictMethod(object, name, context);
  return method === null ? null : builtin(name, method);
}

function dictMethod(object: DictValue, name: string, { journal }: CallContext): Method | null {
  const viewOf =
    (items: () => Value[]): Method =>
    () =>
      object.open === null ? list(items()) : unknownList(object.open);
  switch (name) {
    case 'keys':
      return viewOf(() => [...object.entries.values()].map(({ key }) => key));
    case 'values':
      return viewOf(() => [...object.entries.values()].map(({ value }) => value));
    case 'items':
      return viewOf(() => [...object.entries.values()].map(({ key, value }) => tuple([key, value])));
    case 'get':
    case 'pop':
    case 'setdefault':
      return (args) => getOr(object, name, args, journal);
    case 'update':
      return (args, context) => {
        const [other] = args.positional;
        const entries = journal.entriesOf(object);
        if (other?.kind === 'dict') {
          for (const [key, entry] of other.entries) entries.set(key, entry);
          object.open ??= other.open;
        } else if (other !== undefined) {
          const pairs = context.iterate(other);
          if (pairs === null) object.open ??= 'what was added is not known';
          for (const pair of pairs ?? []) {
            const [key, value] = pair.kind === 'tuple' || pair.kind === 'list' ? pair.items : [];
            const text = key === undefined ? null : keyOf(key);
            if (text === null || key === undefined || value === undefined) object.open ??= 'a key is not known';
            else entries.set(text, { key, value });
          }
        }
        for (const [key, value] of args.keywords) {
          entries.set(`s${key}`, { key: { kind: 'string', value: key }, value });
        }
        object.open ??= args.open;
        return NONE;
      };
    case 'copy':
      return () => ({ ...object, entries: new Map(object.entries) });
    case 'clear':
      return () => {
        journal.entriesOf(object).clear();
        object.open = null;
        return NONE;
      };
    case '__contains__':
    case 'has_key':
      return ({ positional }, context) =>
        context.machine.current.compare('in', positional[0] ?? NONE, object, context) ?? unknown('not known');
    case '__getitem__':
      return ({ positional }, context) =>
        context.machine.current.index(object, positional[0] ?? NONE, context) ?? unknown('not known');
    default:
      return null;
  }
}

function getOr(object: DictValue, name: string, args: CallArguments, journal: CallContext['journal']): Value {
  const [key] = args.positional;
  const otherwise = args.positional[1] ?? args.keywords.get('default') ?? NONE;
  const text = key === undefined ? null : keyOf(key);
  if (text === null || key === undefined) return unknown('the key is not known');
  const found = object.entries.get(text);
  if (found !== undefined) {
    if (name === 'pop') journal.entriesOf(object).delete(text);
    return found.value;
  }
  if (object.open !== null) return unknown(object.open);
  if (name === 'setdefault') journal.entriesOf(object).set(text, { key, value: otherwise });
  return otherwise;
}

export function setAttributeMethod(object: SetValue, name: string, { journal }: CallContext): Value | null {
  const change = (apply: (entries: SetValue['entries'], key: string, value: Value) => void): Value =>
    builtin(name, ({ positional }) => {
      const [value] = positional;
      const key = value === undefined ? null : keyOf(value);
      const entries = journal.membersOf(object);
      if (key === null || value === undefined) object.unknown ??= 'an element is not known';
      else apply(entries, key, value);
      return NONE;
    });
  switch (name) {
    case 'add':
      return change((entries, key, value) => entries.set(key, value));
    case 'discard':
    case 'remove':
      return change((entries, key) => entries.delete(key));
    case 'update':
      return builtin(name, ({ positional }, context) => {
        const items = context.iterate(positional[0] ?? NONE);
        const entries = journal.membersOf(object);
        if (items === null) object.unknown ??= 'what was added is not known';
        for (const item of items ?? []) entries.set(keyOf(item) ?? `#${entries.size}`, item);
        return NONE;
      });
    case 'copy':
      return builtin(name, () => ({ ...object, entries: new Map(object.entries) }));
    default:
      return null;
  }
}
