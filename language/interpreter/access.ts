/**
 * Truth, iteration, indexing and formatting of any value: instances by their special methods, foreign
 * objects by their own, built-in values by the language's semantics.
 */
import { getAttribute, findMember } from './attributes.ts';
import { callValue } from './calls.ts';
import { positional } from './library.ts';
import type { Machine } from './machine.ts';
import { step } from './machine.ts';
import { partOf, unknownNumber } from './unknownNumbers.ts';
import { MAX_JOINED_ITEMS, int, unknown } from './values.ts';
import type { InstanceValue, RangeValue, Value } from './values.ts';

/** null: it depends on something that is not known. */
export function truthOf(machine: Machine, value: Value): boolean | null {
  switch (value.kind) {
    case 'none':
    case 'undefined':
      return false;
    case 'ellipsis':
    case 'function':
    case 'builtin':
    case 'bound':
    case 'class':
    case 'module':
    case 'super':
      return true;
    case 'bool':
      return value.value;
    case 'unknown':
    case 'external':
      return null;
    case 'foreign':
      return value.object.truth === undefined ? true : value.object.truth();
    case 'instance': {
      const special = specialMethod(machine, value, '__bool__') ?? specialMethod(machine, value, '__len__');
      if (special === null) return value.foreign?.truth?.() ?? true;
      const answer = callValue(machine, special, positional());
      return answer.kind === 'instance' ? null : truthOf(machine, answer);
    }
    default:
      return machine.current.truth(value, machine.context);
  }
}

export function rangeLength(range: RangeValue): number {
  return Math.max(0, Math.ceil((range.stop - range.start) / range.step));
}

/** Items of a loop in order, or null where they are not known or too many. */
export function iterateValue(machine: Machine, value: Value, over: 'of' | 'in'): readonly Value[] | null {
  switch (value.kind) {
    case 'list': {
      if (over === 'in') break;
      if (value.unknown !== null || value.items.length > MAX_JOINED_ITEMS) return null;
      if (value.isIterator !== true) return value.items;
      const items = [...value.items];
      machine.journal.itemsOf(value).length = 0;
      return items;
    }
    case 'tuple':
      if (over === 'in') break;
      return value.items.length > MAX_JOINED_ITEMS ? null : value.items;
    case 'range': {
      const length = rangeLength(value);
      if (length > machine.limits.items) return null;
      step(machine, length);
      return Array.from({ length }, (_unused, idx) => int(value.start + idx * value.step));
    }
    case 'foreign':
      return value.object.iterate?.(machine.context) ?? null;
    case 'instance': {
      const special = specialMethod(machine, value, '__iter__');
      if (special !== null) {
        const made = callValue(machine, special, positional());
        // An object that is its own iterator counts by `__next__`, which is not followed.
        return made.kind === 'instance' ? null : iterateValue(machine, made, over);
      }
      const items = value.foreign?.iterate?.(machine.context) ?? null;
      return items ?? iterateByIndex(machine, value);
    }
    default:
      break;
  }
  return machine.current.iterate(value, over, machine.context);
}

function iterateByIndex(machine: Machine, value: InstanceValue): readonly Value[] | null {
  const getItem = specialMethod(machine, value, '__getitem__');
  const getLength = specialMethod(machine, value, '__len__');
  if (getItem === null || getLength === null) return null;
  const length = callValue(machine, getLength, positional());
  if (length.kind !== 'number' || length.value > machine.limits.items) return null;
  return Array.from({ length: length.value }, (_unused, idx) => callValue(machine, getItem, positional(int(idx))));
}

/** One turn's item of a loop whose number of turns is not known. */
export function sampleOf(machine: Machine, value: Value): Value {
  const reason = 'it comes from a loop over something unknown';
  if (value.kind === 'foreign') return value.object.sample?.(machine.context) ?? unknownNumber(reason);
  // A generator that yields in a loop: what it yields in one turn.
  if (value.kind === 'list' && value.unknown !== null) return value.items[0] ?? unknownNumber(reason);
  if (value.kind === 'instance') {
    const iterates = specialMethod(machine, value, '__iter__');
    const made = iterates === null ? null : callValue(machine, iterates, positional());
    if (made !== null && made.kind !== 'instance') {
      const first = sampleOf(machine, made);
      if (first.kind !== 'unknown') return first;
    }
    const sampled = value.foreign?.sample?.(machine.context) ?? null;
    if (sampled !== null) return sampled;
    const getItem = specialMethod(machine, value, '__getitem__');
    if (getItem !== null) return callValue(machine, getItem, positional(unknownNumber(reason)));
  }
  return unknownNumber(reason);
}

export function indexValue(machine: Machine, object: Value, index: Value): Value {
  switch (object.kind) {
    case 'unknown':
      return machine.current.index(object, index, machine.context) ?? partOf(object);
    case 'foreign':
      return (
        object.object.index?.(index, machine.context) ??
        unknown(`an element of a ${object.object.typeName} is not known`)
      );
    case 'instance': {
      const special = specialMethod(machine, object, '__getitem__');
      if (special !== null) return callValue(machine, special, positional(index));
      const found = object.foreign?.index?.(index, machine.context) ?? null;
      if (found !== null) return found;
      break;
    }
    default:
      break;
  }
  return machine.current.index(object, index, machine.context) ?? unknown('this element is not known');
}

export function setIndexValue(machine: Machine, object: Value, index: Value, value: Value): void {
  if (object.kind === 'foreign') {
    object.object.setIndex?.(index, value, machine.context);
    return;
  }
  if (object.kind === 'instance') {
    const special = specialMethod(machine, object, '__setitem__');
    if (special !== null) {
      callValue(machine, special, positional(index, value));
      return;
    }
    if (object.foreign?.setIndex?.(index, value, machine.context) === true) return;
  }
  machine.current.setIndex(object, index, value, machine.context);
}

/** A special method of a user's class, bound; null where the class has none. */
export function specialMethod(machine: Machine, instance: InstanceValue, name: string): Value | null {
  return findMember(instance.class, name) === null ? null : getAttribute(machine, instance, name);
}
