/** List, set, dict and generator comprehensions, evaluated at once; unknown where a loop or test is. */
import type { ComprehensionExpression } from '../syntax/ast.ts';
import { iterateValue, sampleOf, truthOf } from './access.ts';
import { runMaybe } from './branches.ts';
import { evaluate } from './expressions.ts';
import type { Frame, Machine } from './machine.ts';
import { bindPattern } from './patterns.ts';
import { createScope } from './scope.ts';
import { dict, iterator, keyOf, list, unknownList } from './values.ts';
import type { SetValue, Value } from './values.ts';

export function evaluateComprehension(machine: Machine, frame: Frame, expression: ComprehensionExpression): Value {
  const inner: Frame = { ...frame, scope: createScope('block', frame.scope), yields: null };
  const elements: Value[] = [];
  const entries: [Value, Value][] = [];
  let open: string | null = null;
  /** For what it does to others (`[read(path, seen) for path in paths]`); what it gives is not counted. */
  const runUncounted = (reason: string, turn: () => void): void => {
    open ??= reason;
    const nElements = elements.length;
    const nEntries = entries.length;
    runMaybe(machine, reason, turn);
    elements.length = nElements;
    entries.length = nEntries;
  };
  const run = (idx: number): void => {
    const clause = expression.clauses[idx];
    if (clause === undefined) {
      const element = evaluate(machine, inner, expression.element);
      if (expression.value !== null) entries.push([element, evaluate(machine, inner, expression.value)]);
      else elements.push(element);
      return;
    }
    if (clause.kind === 'if') {
      const truth = truthOf(machine, evaluate(machine, inner, clause.test));
      if (truth === null) runUncounted('it depends on a condition that is not known', () => run(idx + 1));
      else if (truth) run(idx + 1);
      return;
    }
    const iterable = evaluate(machine, inner, clause.iterable);
    const items = iterateValue(machine, iterable, 'of');
    if (items === null) {
      const reason = iterable.kind === 'unknown' ? iterable.reason : 'it comes from a loop over something unknown';
      runUncounted(reason, () => {
        bindPattern(machine, inner, clause.target, sampleOf(machine, iterable), 'declare');
        run(idx + 1);
      });
      return;
    }
    for (const item of items) {
      bindPattern(machine, inner, clause.target, item, 'declare');
      run(idx + 1);
    }
  };
  run(0);
  switch (expression.flavour) {
    case 'dict': {
      const value = dict();
      value.open = open;
      for (const [key, item] of entries) {
        const text = keyOf(key);
        if (text === null) value.open ??= 'a key is not known';
        else value.entries.set(text, { key, value: item });
      }
      return value;
    }
    case 'set': {
      const value: SetValue = { kind: 'set', entries: new Map(), unknown: open };
      for (const item of elements) value.entries.set(keyOf(item) ?? `#${value.entries.size}`, item);
      return value;
    }
    case 'generator':
      return open === null ? iterator(elements) : unknownList(open);
    case 'list':
      return open === null ? list(elements) : unknownList(open);
  }
}
