/** Python's built-in names: the functions that model code uses, over known values. */
import { setAttribute } from '../attributes.ts';
import { binaryValue } from '../operators.ts';
import { openFile } from '../libraries/fileLibrary.ts';
import { enumerate, itemsOr, range, zip } from './loopBuiltins.ts';
import { TYPES, toNumber } from './typeBuiltins.ts';
import type { CallContext } from '../library.ts';
import {
  FALSE,
  NONE,
  bool,
  builtin,
  external,
  float,
  int,
  keyOf,
  list,
  string,
  tuple,
  unknown,
  unknownList,
} from '../values.ts';
import type { BuiltinValue, Value } from '../values.ts';
import { evaluateText, nextItem, scopeAsDict, valueIsInstance } from './introspection.ts';
import { formatValue, textOf } from './formatting.ts';
import { sortValues } from './listMethods.ts';
import { arithmetic, asNumber, orderPython } from './operators.ts';
import { pythonLength } from './pythonSemantics.ts';

type Call = BuiltinValue['call'];

export function pythonGlobal(name: string): Value | null {
  return GLOBALS.get(name) ?? null;
}

function extreme(name: 'min' | 'max'): Call {
  return ({ positional, keywords }, context) => {
    const items = positional.length === 1 ? context.iterate(positional[0] as Value) : positional;
    if (items === null || items.length === 0 || keywords.has('key'))
      return unknown(`the ${name} of something not known`);
    let best = items[0] as Value;
    for (const item of items.slice(1)) {
      const order = orderPython(item, best);
      if (order === null) return unknown(`the ${name} of something not known`);
      if (name === 'min' ? order < 0 : order > 0) best = item;
    }
    return asNumber(best) === null && best.kind !== 'string' && best.kind !== 'tuple'
      ? unknown(`the ${name} of something not known`)
      : best;
  };
}

function attributeOf({ positional }: Parameters<Call>[0], context: CallContext): Value {
  const [object, name, otherwise] = positional;
  if (object === undefined || name?.kind !== 'string') return unknown('the attribute that is read is not known');
  const found = context.getAttribute(object, name.value);
  if (found.kind === 'unknown' && otherwise !== undefined && object.kind !== 'unknown') {
    return object.kind === 'instance' && !object.class.order.some((entry) => entry.kind === 'unknown')
      ? otherwise
      : found;
  }
  return found;
}

function hasAttribute({ positional }: Parameters<Call>[0], context: CallContext): Value {
  const [object, name] = positional;
  if (object === undefined || name?.kind !== 'string' || object.kind === 'unknown' || object.kind === 'external') {
    return unknown('whether it has this attribute is not known');
  }
  const found = context.getAttribute(object, name.value);
  if (found.kind !== 'unknown') return bool(true);
  if (object.kind === 'instance' && object.attributes.has(name.value)) return bool(true);
  const isClosed = object.kind === 'instance' ? !object.class.order.some((entry) => entry.kind === 'unknown') : true;
  return isClosed && object.kind !== 'foreign' ? FALSE : unknown('whether it has this attribute is not known');
}

function sum(items: readonly Value[], start: Value, context: CallContext): Value {
  let total = start;
  for (const item of items) {
    total = binaryValue(context.machine, '+', total, item);
    if (total.kind === 'unknown') return total;
  }
  return total;
}

function numeric(name: string, compute: (value: number) => number): Call {
  return ({ positional }, context) => {
    const [value] = positional;
    const number = value === undefined ? null : asNumber(value);
    if (number !== null) return { kind: 'number', value: compute(number.value), isInteger: number.isInteger };
    return toNumber(value ?? NONE, name, context);
  };
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

const everyOrAny = (isEvery: boolean): Call =>
  itemsOr(
    (items, context) => {
      let undecided = false;
      for (const item of items) {
        const truth = context.truth(item);
        if (truth === !isEvery) return bool(!isEvery);
        undecided ||= truth === null;
      }
      return undecided ? unknown('it depends on something that is not known') : bool(isEvery);
    },
    (reason) => unknown(reason),
  );

const CALLS: Readonly<Record<string, Call>> = {
  range,
  xrange: range,
  enumerate,
  zip,
  len({ positional }, context) {
    const [value] = positional;
    if (value === undefined) return unknown('the length of nothing');
    const length = pythonLength(value);
    if (length !== null) return length;
    if (value.kind === 'foreign') return value.object.length?.(context) ?? unknown('its length is not known');
    if (value.kind === 'instance') {
      const own = context.getAttribute(value, '__len__');
      if (own.kind !== 'unknown') return context.call(own, { positional: [], keywords: new Map(), open: null });
      return value.foreign?.length?.(context) ?? own;
    }
    return value.kind === 'unknown' ? value : unknown('its length is not known');
  },
  reversed: itemsOr((items) => list([...items].reverse()), unknownList),
  sorted: (args, context) => {
    const items = context.iterate(args.positional[0] ?? NONE);
    if (items === null) return unknownList('its items are not known');
    const key = args.keywords.get('key');
    const keyed = items.map((item) =>
      key === undefined || key.kind === 'none'
        ? item
        : context.call(key, { positional: [item], keywords: new Map(), open: null }),
    );
    const order = sortValues(keyed.map((value, idx) => tuple([value, int(idx)])));
    if (order === null) return unknownList('the order is not known');
    const sorted = order.map(
      (entry) => items[entry.kind === 'tuple' && entry.items[1]?.kind === 'number' ? entry.items[1].value : 0] as Value,
    );
    const reverse = args.keywords.get('reverse');
    return list(reverse?.kind === 'bool' && reverse.value ? sorted.reverse() : sorted);
  },
  min: extreme('min'),
  max: extreme('max'),
  sum: ({ positional, keywords }, context) => {
    const items = context.iterate(positional[0] ?? NONE);
    const start = positional[1] ?? keywords.get('start') ?? int(0);
    return items === null ? unknown('a sum of something that is not known') : sum(items, start, context);
  },
  abs: numeric('__abs__', Math.abs),
  round: ({ positional }, context) => {
    const [value, digits] = positional;
    const number = value === undefined ? null : asNumber(value);
    if (number === null) return toNumber(value ?? NONE, '__round__', context);
    if (digits?.kind === 'number') return float(Number(number.value.toFixed(Math.max(0, digits.value))));
    return int(roundHalfEven(number.value));
  },
  pow: ({ positional }) => {
    const [one, two] = positional.map(asNumber);
    return (one != null && two != null ? arithmetic('**', one, two) : null) ?? unknown('a power that is not known');
  },
  divmod: ({ positional }) => {
    const [one, two] = positional.map(asNumber);
    if (one == null || two == null) return unknown('a quotient that is not known');
    return tuple([arithmetic('//', one, two) ?? NONE, arithmetic('%', one, two) ?? NONE]);
  },
  all: everyOrAny(true),
  any: everyOrAny(false),
  map: ({ positional }, context) => {
    const [callee, ...iterables] = positional;
    const columns = iterables.map((value) => context.iterate(value));
    if (callee === undefined || columns.includes(null)) return unknownList('its items are not known');
    const length = Math.min(...columns.map((column) => column?.length ?? 0));
    return list(
      Array.from({ length }, (_unused, idx) =>
        context.call(callee, {
          positional: columns.map((column) => column?.[idx] ?? NONE),
          keywords: new Map(),
          open: null,
        }),
      ),
    );
  },
  filter: ({ positional }, context) => {
    const [callee, iterable] = positional;
    const items = context.iterate(iterable ?? NONE);
    if (items === null || callee === undefined) return unknownList('its items are not known');
    const kept: Value[] = [];
    for (const item of items) {
      const tested =
        callee.kind === 'none' ? item : context.call(callee, { positional: [item], keywords: new Map(), open: null });
      const truth = context.truth(tested);
      if (truth === null) return unknownList('it depends on a condition that is not known');
      if (truth) kept.push(item);
    }
    return list(kept);
  },
  iter: ({ positional }, context) => {
    const [value] = positional;
    if (value === undefined) return unknown('an iterator of nothing');
    if (value.kind === 'list' && value.isIterator === true) return value;
    const items = context.iterate(value);
    if (items !== null) return { kind: 'list', items: [...items], unknown: null, isIterator: true };
    return {
      kind: 'list',
      items: [nextItem(value, context)],
      unknown: 'how often it can be asked is not known',
      isIterator: true,
    };
  },
  next: ({ positional }, context) => nextItem(positional[0] ?? NONE, context),
  isinstance: ({ positional }, context) => valueIsInstance(positional[0] ?? NONE, positional[1] ?? NONE, context),
  issubclass: ({ positional }) => {
    const [one, two] = positional;
    if (one?.kind !== 'class' || two === undefined) return unknown('whether it is a subclass is not known');
    return bool(one.order.some((entry) => entry === two || keyOf(entry) === keyOf(two)));
  },
  hasattr: hasAttribute,
  getattr: attributeOf,
  setattr: ({ positional }, context) => {
    const [object, name, value] = positional;
    if (object !== undefined && name?.kind === 'string' && value !== undefined) {
      setAttribute(context.machine, object, name.value, value);
    }
    return NONE;
  },
  callable: ({ positional }) => {
    const kind = positional[0]?.kind;
    if (kind === undefined || kind === 'unknown' || kind === 'instance' || kind === 'foreign') {
      return unknown('whether it can be called is not known');
    }
    return bool(['function', 'builtin', 'bound', 'class', 'external'].includes(kind));
  },
  id: () => unknown('an object identity'),
  hash: () => unknown('a hash'),
  input: () => unknown('what the user types'),
  open: openFile,
  print: () => NONE,
  repr: ({ positional }) => {
    const text = textOf(positional[0] ?? NONE);
    return text === null ? unknown('this text is not known') : string(text);
  },
  format: ({ positional }) => {
    const spec = positional[1]?.kind === 'string' ? positional[1].value : null;
    const text = formatValue(positional[0] ?? NONE, spec);
    return text === null ? unknown('this text is not known') : string(text);
  },
  chr: ({ positional }) =>
    positional[0]?.kind === 'number' ? string(String.fromCharCode(positional[0].value)) : unknown('a character'),
  ord: ({ positional }) =>
    positional[0]?.kind === 'string' ? int(positional[0].value.codePointAt(0) ?? 0) : unknown('a character'),
  vars: ({ positional }, context) =>
    positional[0] === undefined ? scopeAsDict(context) : context.getAttribute(positional[0], '__dict__'),
  globals: (_args, context) => scopeAsDict(context),
  locals: () => unknown('local variables as a dictionary'),
  eval: evaluateText,
  exec: () => NONE,
  super: () => unknown('super outside of a class'),
  staticmethod: ({ positional }) => positional[0] ?? NONE,
  classmethod: ({ positional }) => positional[0] ?? NONE,
  property: ({ positional }) => {
    const [getter] = positional;
    return getter?.kind === 'function' ? { ...getter, flavour: 'property' } : unknown('a property');
  },
  exit: () => NONE,
  quit: () => NONE,
};

const EXCEPTIONS = [
  'Exception',
  'BaseException',
  'ValueError',
  'TypeError',
  'KeyError',
  'IndexError',
  'AttributeError',
  'NotImplementedError',
  'RuntimeError',
  'ImportError',
  'ModuleNotFoundError',
  'AssertionError',
  'OSError',
  'IOError',
  'FileNotFoundError',
  'StopIteration',
  'KeyboardInterrupt',
  'ZeroDivisionError',
  'NameError',
  'UserWarning',
  'DeprecationWarning',
];

const GLOBALS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...Object.entries(CALLS).map(([name, call]) => [name, builtin(name, call)] as const),
  ...Object.entries(TYPES).map(([name, call]) => [name, builtin(name, call, name)] as const),
  ...EXCEPTIONS.map((name) => [name, builtin(name, () => unknown(name), name)] as const),
  ['NotImplemented', external('builtins.NotImplemented')],
  ['__builtins__', external('builtins')],
  ['__debug__', bool(true)],
  ['__doc__', NONE],
]);
