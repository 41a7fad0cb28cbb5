/** Python's built-in types, which are also functions that convert. */
import type { CallContext } from '../library.ts';
import { NONE, bool, dict, float, int, keyOf, list, string, tuple, unknown, unknownList } from '../values.ts';
import type { BuiltinValue, SetValue, Value } from '../values.ts';
import { textOf } from './formatting.ts';
import { typeOf } from './introspection.ts';
import { itemsOr } from './loopBuiltins.ts';
import { partOf } from '../unknownNumbers.ts';
import { asNumber } from './operators.ts';

type Call = BuiltinValue['call'];

function toInt({ positional }: Parameters<Call>[0], context: CallContext): Value {
  const [value, base] = positional;
  if (value === undefined) return int(0);
  const number = asNumber(value);
  if (number !== null) return int(Math.trunc(number.value));
  if (value.kind === 'string') {
    const parsed = base?.kind === 'number' ? Number.parseInt(value.value, base.value) : Number(value.value);
    return Number.isInteger(parsed) && value.value.trim() !== ''
      ? int(parsed)
      : unknown('this text is no whole number');
  }
  return toNumber(value, '__int__', context);
}

export function toNumber(value: Value, method: string, context: CallContext): Value {
  if (value.kind === 'foreign') {
    const converted = value.object.attribute?.(method, context) ?? null;
    if (converted !== null) return context.call(converted, { positional: [], keywords: new Map(), open: null });
  }
  if (value.kind !== 'unknown') return unknown('this number is not known');
  return method === '__int__' || method === '__round__' ? value : partOf(value);
}

function toSet({ positional }: Parameters<Call>[0], context: CallContext): Value {
  const made: SetValue = { kind: 'set', entries: new Map(), unknown: null };
  const items = positional[0] === undefined ? [] : context.iterate(positional[0]);
  if (items === null) made.unknown = 'its elements are not known';
  for (const item of items ?? []) {
    const key = keyOf(item);
    if (key === null) made.unknown ??= 'an element is not known';
    else made.entries.set(key, item);
  }
  return made;
}

function toDict({ positional, keywords, open }: Parameters<Call>[0], context: CallContext): Value {
  const made = dict();
  const [source] = positional;
  if (source !== undefined) {
    const update = context.getAttribute(made, 'update');
    const inner =
      source.kind === 'instance' || source.kind === 'foreign' ? context.getAttribute(source, '__dict__') : source;
    context.call(update, { positional: [inner.kind === 'dict' ? inner : source], keywords: new Map(), open: null });
  }
  for (const [key, value] of keywords) made.entries.set(`s${key}`, { key: string(key), value });
  made.open ??= open;
  return made;
}

/** Types that are also functions; `isinstance` knows them by their names. */
export const TYPES: Readonly<Record<string, Call>> = {
  int: toInt,
  long: toInt,
  float: ({ positional }, context) => {
    const [value] = positional;
    const number = value === undefined ? int(0) : asNumber(value);
    if (number !== null) return float(number.value);
    if (value?.kind === 'string' && Number.isFinite(Number(value.value))) return float(Number(value.value));
    // As numpy's inf: greater than everything that is counted.
    const infinite = value?.kind === 'string' ? /^\s*([+-]?)inf(inity)?\s*$/i.exec(value.value) : null;
    if (infinite !== null) return float(infinite[1] === '-' ? -Number.MAX_VALUE : Number.MAX_VALUE);
    return toNumber(value ?? NONE, '__float__', context);
  },
  bool: ({ positional }, context) => {
    const truth = positional[0] === undefined ? false : context.truth(positional[0]);
    return truth === null ? unknown('it depends on something that is not known') : bool(truth);
  },
  str: ({ positional }) => {
    if (positional[0] === undefined) return string('');
    const text = textOf(positional[0]);
    return text === null
      ? unknown(positional[0].kind === 'unknown' ? positional[0].reason : 'this text is not known')
      : string(text);
  },
  bytes: () => unknown('bytes'),
  complex: () => unknown('a complex number'),
  list: itemsOr((items) => list([...items]), unknownList),
  tuple: itemsOr((items) => tuple([...items]), unknown),
  set: toSet,
  frozenset: toSet,
  dict: toDict,
  object: () => unknown('a plain object'),
  type: ({ positional }) =>
    positional.length === 1 ? typeOf(positional[0] as Value) : unknown('a class made at run time'),
  slice: ({ positional }) => {
    const [one, two, three] = positional;
    if (two === undefined) return { kind: 'slice', lower: null, upper: one ?? null, step: null };
    return { kind: 'slice', lower: one ?? null, upper: two, step: three ?? null };
  },
};
