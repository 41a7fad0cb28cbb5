/** `range`, `enumerate` and `zip`; over something unknown a loop still has a sample of one turn. */
import type { CallContext } from '../library.ts';
import { NONE, int, list, tuple, unknown } from '../values.ts';
import type { BuiltinValue, Value } from '../values.ts';
import { nextItem } from './introspection.ts';
import { asNumber } from './operators.ts';

type Call = BuiltinValue['call'];

export const itemsOr =
  (use: (items: readonly Value[], context: CallContext) => Value, otherwise: (reason: string) => Value): Call =>
  ({ positional }, context) => {
    const [iterable] = positional;
    const items = iterable === undefined ? [] : context.iterate(iterable);
    if (items !== null) return use(items, context);
    return otherwise(iterable?.kind === 'unknown' ? iterable.reason : 'its items are not known');
  };

export function range({ positional }: Parameters<Call>[0]): Value {
  const numbers = positional.map(asNumber);
  const [first, second, third] = numbers;
  if (numbers.length === 0 || numbers.includes(null)) return unknown('the bounds of a range are not known');
  const step = third?.value ?? 1;
  if (step === 0) return unknown('a range with step 0');
  const start = second === undefined ? 0 : (first?.value ?? 0);
  const stop = second === undefined ? (first?.value ?? 0) : (second?.value ?? 0);
  return { kind: 'range', start, stop, step };
}

export function enumerate({ positional, keywords }: Parameters<Call>[0], context: CallContext): Value {
  const [iterable, startArgument] = positional;
  const start = startArgument ?? keywords.get('start') ?? int(0);
  const items = iterable === undefined ? [] : context.iterate(iterable);
  if (items !== null && start.kind === 'number')
    return list(items.map((item, idx) => tuple([int(start.value + idx), item])));
  return { kind: 'foreign', object: enumerated(iterable ?? NONE, context) };
}

/** A loop with counter over something whose items are not known: one turn still has a sample. */
function enumerated(iterable: Value, context: CallContext): Extract<Value, { kind: 'foreign' }>['object'] {
  return {
    typeName: 'enumerate',
    typePaths: ['builtins.enumerate'],
    iterate: () => null,
    sample: () => tuple([unknown('the turn of a loop'), nextItem(iterable, context)]),
  };
}

export function zip({ positional }: Parameters<Call>[0], context: CallContext): Value {
  const columns = positional.map((value) => context.iterate(value));
  if (columns.includes(null)) {
    return {
      kind: 'foreign',
      object: {
        typeName: 'zip',
        typePaths: ['builtins.zip'],
        iterate: () => null,
        sample: () => tuple(positional.map((value, idx) => columns[idx]?.[0] ?? nextItem(value, context))),
      },
    };
  }
  const length = Math.min(...columns.map((column) => column?.length ?? 0));
  if (columns.length === 0) return list([]);
  return list(Array.from({ length }, (_unused, idx) => tuple(columns.map((column) => column?.[idx] ?? NONE))));
}
