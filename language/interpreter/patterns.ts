/** Binding values to assignment targets: names, attributes, elements, and destructuring with rests. */
import type { Pattern } from '../syntax/ast.ts';
import { iterateValue, indexValue, setIndexValue } from './access.ts';
import { getAttribute, setAttribute } from './attributes.ts';
import { evaluate, evaluateIndex } from './expressions.ts';
import type { Frame, Machine } from './machine.ts';
import { assignLocal, assignResolved, declare } from './scope.ts';
import { partOf } from './unknownNumbers.ts';
import { UNDEFINED, dict, list, string, unknown } from './values.ts';
import type { Value } from './values.ts';

/** `declare` binds in the innermost scope (parameters, `let`, comprehensions); `assign` where the language says. */
export type BindingMode = 'assign' | 'declare';

export function bindPattern(machine: Machine, frame: Frame, pattern: Pattern, value: Value, mode: BindingMode): void {
  switch (pattern.kind) {
    case 'namePattern':
      bindName(machine, frame, pattern.id, value, mode);
      return;
    case 'placePattern': {
      const object = evaluate(machine, frame, pattern.place.object);
      if (pattern.place.kind === 'member') setAttribute(machine, object, pattern.place.property, value);
      else setIndexValue(machine, object, evaluateIndex(machine, frame, pattern.place.index), value);
      return;
    }
    case 'sequencePattern':
      bindSequence(machine, frame, pattern.items, value, mode);
      return;
    case 'objectPattern': {
      const taken = new Set<string>();
      for (const { key, target } of pattern.entries) {
        const keyValue = key.kind === 'name' ? string(key.id) : evaluate(machine, frame, key);
        if (keyValue.kind === 'string') taken.add(keyValue.value);
        const item =
          keyValue.kind === 'string'
            ? getAttribute(machine, value, keyValue.value)
            : indexValue(machine, value, keyValue);
        bindPattern(machine, frame, target, item, mode);
      }
      if (pattern.rest !== null) bindPattern(machine, frame, pattern.rest, withoutKeys(value, taken), mode);
      return;
    }
    case 'restPattern':
      bindPattern(machine, frame, pattern.target, value, mode);
      return;
    case 'defaultPattern': {
      const given = value.kind === 'undefined' ? evaluate(machine, frame, pattern.value) : value;
      bindPattern(machine, frame, pattern.target, given, mode);
      return;
    }
    case 'unknownPattern':
      return;
  }
}

function bindName(machine: Machine, frame: Frame, name: string, value: Value, mode: BindingMode): void {
  if (mode === 'declare') declare(machine.journal, frame.scope, name, value);
  else if (frame.semantics.assignment === 'local') assignLocal(machine.journal, frame.scope, name, value);
  else assignResolved(machine.journal, frame.scope, name, value);
}

function bindSequence(
  machine: Machine,
  frame: Frame,
  targets: readonly (Pattern | null)[],
  value: Value,
  mode: BindingMode,
): void {
  const items = iterateValue(machine, value, 'of');
  const restIdx = targets.findIndex((target) => target?.kind === 'restPattern');
  const missing = (): Value =>
    items !== null && frame.semantics.isLenient
      ? UNDEFINED
      : value.kind === 'unknown'
        ? partOf(value)
        : unknown('it is unpacked from something that is not known');
  const itemAt = (idx: number): Value => {
    if (items !== null) return items[idx] ?? missing();
    return value.kind === 'foreign'
      ? indexValue(machine, value, { kind: 'number', value: idx, isInteger: true })
      : missing();
  };
  targets.forEach((target, idx) => {
    if (target === null) return;
    if (restIdx < 0 || idx < restIdx) {
      bindPattern(machine, frame, target, itemAt(idx), mode);
      return;
    }
    const nAfter = targets.length - restIdx - 1;
    if (idx === restIdx) {
      const rest = items === null ? missing() : list(items.slice(restIdx, items.length - nAfter));
      bindPattern(machine, frame, target, rest, mode);
      return;
    }
    bindPattern(machine, frame, target, items === null ? missing() : itemAt(items.length - targets.length + idx), mode);
  });
}

function withoutKeys(value: Value, taken: ReadonlySet<string>): Value {
  if (value.kind !== 'dict') return unknown('the rest of something that is not known');
  const rest = dict();
  for (const [key, entry] of value.entries) {
    if (entry.key.kind !== 'string' || !taken.has(entry.key.value)) rest.entries.set(key, entry);
  }
  rest.open = value.open;
  return rest;
}
