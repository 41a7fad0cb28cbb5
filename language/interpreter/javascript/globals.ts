/**
 * JavaScript's global names: `Math`, `Object`, `Array`, `Number`, `String`, `Set` and a few functions. A
 * member that is not listed answers undefined, as it would; what depends on chance or time is unknown.
 */
import type { CallArguments, CallContext } from '../library.ts';
import { positional } from '../library.ts';
import { UNDEFINED, bool, builtin, dict, external, int, list, string, unknown, unknownList } from '../values.ts';
import type { BuiltinValue, DictValue, ListValue, SetValue, Value } from '../values.ts';
import { keyOf } from '../values.ts';
import { entriesOf, keysOf } from './objects.ts';
import { formatJavascript, number, numberOf, truthJavascript } from './operators.ts';

type Call = (args: CallArguments, context: CallContext) => Value;

export function javascriptGlobal(name: string): Value | null {
  return Object.hasOwn(globals, name) ? (globals[name] ?? null) : null;
}

/** Members of class-like globals: `Math.floor`, `Object.keys`. */
export function globalMember(owner: BuiltinValue, name: string): Value | null {
  const members = owner.typeName === undefined ? undefined : namespaces[owner.typeName];
  if (members === undefined || !Object.hasOwn(members, name)) return null;
  const member = members[name];
  if (member === undefined) return null;
  return typeof member === 'function' ? builtin(`${owner.name}.${name}`, member) : member;
}

const numeric =
  (compute: (...values: number[]) => number): Call =>
  (args) => {
    const values = args.positional.map(numberOf);
    if (args.open !== null || values.includes(null)) return unknown('an argument is not known');
    return number(compute(...(values as number[])));
  };

const needs = (items: readonly Value[] | null, make: (items: readonly Value[]) => Value): Value =>
  items === null ? unknownList('its contents are not known') : make(items);

const namespaces: Readonly<Record<string, Readonly<Record<string, Call | Value>>>> = {
  Math: {
    PI: number(Math.PI),
    E: number(Math.E),
    ...Object.fromEntries(
      (
        [
          'floor',
          'ceil',
          'round',
          'trunc',
          'sqrt',
          'cbrt',
          'log',
          'log2',
          'log10',
          'exp',
          'abs',
          'sign',
          'sin',
          'cos',
        ] as const
      ).map((fn): [string, Call] => [fn, numeric((value = NaN) => Math[fn](value))]),
    ),
    pow: numeric((base = NaN, exponent = NaN) => base ** exponent),
    max: numeric((...values) => Math.max(...values)),
    min: numeric((...values) => Math.min(...values)),
    random: () => unknown('it is a random number'),
  },
  Object: {
    keys: ({ positional: [value] }) => needs(keysOf(value ?? UNDEFINED), (items) => list([...items])),
    values: ({ positional: [value] }, context) =>
      needs(entriesOf(value ?? UNDEFINED), (items) =>
        list(items.map((pair) => context.iterate(pair)?.[1] ?? UNDEFINED)),
      ),
    entries: ({ positional: [value] }) => needs(entriesOf(value ?? UNDEFINED), (items) => list([...items])),
    freeze: ({ positional: [value] }) => value ?? UNDEFINED,
    assign: objectAssign,
    fromEntries: fromEntries,
  },
  Array: {
    isArray: ({ positional: [value] }) =>
      value === undefined || value.kind === 'unknown'
        ? unknown('its type is not known')
        : bool(value.kind === 'list' || value.kind === 'tuple'),
    of: ({ positional: items }) => list([...items]),
    from: arrayFrom,
  },
  Number: {
    isInteger: ({ positional: [value] }) =>
      value === undefined || value.kind === 'unknown'
        ? unknown('its type is not known')
        : bool(value.kind === 'number' && Number.isInteger(value.value)),
    parseInt: parseInteger,
    parseFloat: parseNumber,
    MAX_SAFE_INTEGER: number(Number.MAX_SAFE_INTEGER),
    EPSILON: number(Number.EPSILON),
  },
};

function objectAssign({ positional: [target, ...sources], open }: CallArguments, context: CallContext): Value {
  if (target?.kind === 'instance') {
    for (const source of sources) {
      if (source.kind !== 'dict') continue;
      for (const { key, value } of source.entries.values()) {
        if (key.kind === 'string') context.journal.setEntry(target, target.attributes, key.value, value);
      }
    }
    return target;
  }
  if (target?.kind !== 'dict') return target ?? UNDEFINED;
  const entries = context.journal.entriesOf(target);
  for (const source of sources) {
    if (source.kind === 'dict') {
      for (const [key, entry] of source.entries) entries.set(key, entry);
      target.open ??= source.open;
    } else if (source.kind !== 'undefined' && source.kind !== 'none') {
      target.open ??= 'what is assigned is not known';
    }
  }
  target.open ??= open;
  return target;
}

function fromEntries({ positional: [pairs = UNDEFINED] }: CallArguments, context: CallContext): Value {
  const made = dict();
  const items = context.iterate(pairs);
  if (items === null) made.open = 'its entries are not known';
  for (const pair of items ?? []) {
    const [key, value] = context.iterate(pair) ?? [];
    const text = key === undefined ? null : formatJavascript(key);
    if (text === null) made.open ??= 'a key is not known';
    else made.entries.set(`s${text}`, { key: string(text), value: value ?? UNDEFINED });
  }
  return made;
}

/** `Array.from(iterable)`, `Array.from({ length: 4 }, (_, i) => …)`. */
function arrayFrom({ positional: [source = UNDEFINED, fn] }: CallArguments, context: CallContext): Value {
  let items = source.kind === 'dict' ? null : context.iterate(source);
  if (source.kind === 'dict') {
    const length = source.entries.get('slength')?.value;
    const count = length?.kind === 'number' ? length.value : -1;
    items = 0 <= count && count <= context.machine.limits.items ? Array<Value>(count).fill(UNDEFINED) : null;
  }
  if (items === null) return unknownList('its length is not known');
  return list(fn === undefined ? [...items] : items.map((item, idx) => context.call(fn, positional(item, int(idx)))));
}

/** `Array(3)` has three empty places; other arguments are its elements. */
function makeArray({ positional: items, open }: CallArguments, context: CallContext): Value {
  const [only] = items;
  if (open !== null) return unknownList(open);
  if (items.length === 1 && only?.kind === 'number') {
    const fits = Number.isInteger(only.value) && 0 <= only.value && only.value <= context.machine.limits.items;
    return fits ? list(Array<Value>(only.value).fill(UNDEFINED)) : unknownList('its length is not known');
  }
  return items.length === 1 && only?.kind === 'unknown' ? unknownList(only.reason) : list([...items]);
}

function makeSet({ positional: [source] }: CallArguments, context: CallContext): Value {
  const made: SetValue = { kind: 'set', entries: new Map(), unknown: null };
  const items = source === undefined ? [] : context.iterate(source);
  if (items === null) made.unknown = 'its contents are not known';
  for (const item of items ?? []) {
    const key = keyOf(item);
    if (key === null) made.unknown ??= 'an element is not known';
    else made.entries.set(key, item);
  }
  return made;
}

function parseInteger({ positional: [value] }: CallArguments): Value {
  const text = value === undefined ? null : formatJavascript(value);
  return text === null ? unknown('an argument is not known') : number(Number.parseInt(text, 10));
}

function parseNumber({ positional: [value] }: CallArguments): Value {
  const text = value === undefined ? null : formatJavascript(value);
  return text === null ? unknown('an argument is not known') : number(Number.parseFloat(text));
}

function toNumber({ positional: [value] }: CallArguments): Value {
  const converted = value === undefined ? 0 : numberOf(value);
  return converted === null ? unknown('an argument is not known') : number(converted);
}

function toText({ positional: [value] }: CallArguments): Value {
  const text = value === undefined ? '' : formatJavascript(value);
  return text === null ? unknown('an argument is not known') : string(text);
}

function toBool({ positional: [value] }: CallArguments, context: CallContext): Value {
  const truth = value === undefined ? false : (truthJavascript(value) ?? context.truth(value));
  return truth === null ? unknown('it depends on something that is not known') : bool(truth);
}

/** `require` where it is not the value of a declaration (those are imports already in the syntax tree). */
function requireModule({ positional: [path] }: CallArguments, { machine }: CallContext): Value {
  const unit = machine.callSites[machine.callSites.length - 1]?.unit;
  if (path?.kind !== 'string' || unit === undefined) return unknown('what is required is not known');
  return unit.semantics.importPath(machine, unit, path.value);
}

/** A copy that shares nothing: only plain data is copied. */
function deepCopy(value: Value, seen = new Map<Value, Value>()): Value {
  const known = seen.get(value);
  if (known !== undefined || !(value.kind === 'list' || value.kind === 'dict')) return known ?? value;
  if (value.kind === 'list') {
    const made: ListValue = { ...value, items: [] };
    seen.set(value, made);
    for (const item of value.items) made.items.push(deepCopy(item, seen));
    return made;
  }
  const made: DictValue = { ...value, entries: new Map() };
  seen.set(value, made);
  for (const [key, entry] of value.entries)
    made.entries.set(key, { key: entry.key, value: deepCopy(entry.value, seen) });
  return made;
}

const globals: Readonly<Record<string, Value>> = {
  Math: builtin('Math', () => UNDEFINED, 'Math'),
  Object: builtin('Object', () => dict(), 'Object'),
  Array: builtin('Array', makeArray, 'Array'),
  Number: builtin('Number', toNumber, 'Number'),
  String: builtin('String', toText, 'String'),
  Boolean: builtin('Boolean', toBool, 'Boolean'),
  Set: builtin('Set', makeSet, 'Set'),
  parseInt: builtin('parseInt', parseInteger),
  parseFloat: builtin('parseFloat', parseNumber),
  structuredClone: builtin('structuredClone', ({ positional: [value] }) => deepCopy(value ?? UNDEFINED)),
  require: builtin('require', requireModule),
  import: builtin('import', requireModule),
  NaN: number(NaN),
  Infinity: number(Infinity),
  // Scripts in a browser get TensorFlow.js as a global.
  tf: external('tf'),
};
