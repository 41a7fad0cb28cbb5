/** `try`, `with` and `del`. The body of a `try` is what runs; handlers only take what the source raises itself. */
import type { Expression } from '../syntax/ast.ts';
import type { ExceptHandler, Statement } from '../syntax/statement.ts';
import { RaisedError, callValue } from './calls.ts';
import { specialMethod } from './access.ts';
import { evaluate, evaluateIndex } from './expressions.ts';
import { positional } from './library.ts';
import type { Frame, Machine } from './machine.ts';
import { bindPattern } from './patterns.ts';
import { lookup } from './scope.ts';
import type { Completion } from './statements.ts';
import { runBlock } from './statements.ts';
import { keyOf, unknown } from './values.ts';
import type { Value } from './values.ts';

export function runTry(machine: Machine, frame: Frame, statement: Extract<Statement, { kind: 'try' }>): Completion {
  let completion: Completion;
  try {
    completion = runBlock(machine, frame, statement.body);
    if (completion.kind === 'normal') completion = runBlock(machine, frame, statement.otherwise);
  } catch (error) {
    if (!(error instanceof RaisedError)) throw error;
    const handler = statement.handlers.find((candidate) => catches(machine, frame, candidate, error.value));
    if (handler === undefined) throw error;
    if (handler.target !== null) bindPattern(machine, frame, handler.target, error.value, 'assign');
    completion = runBlock(machine, frame, handler.body);
  }
  const last = runBlock(machine, frame, statement.finalizer);
  return last.kind === 'normal' ? completion : last;
}

function catches(machine: Machine, frame: Frame, handler: ExceptHandler, raised: Value): boolean {
  if (handler.type === null) return true;
  const types = handler.type.kind === 'tuple' ? handler.type.items : [handler.type];
  const name = raisedName(raised);
  return types.some((type) => {
    const written = type.kind === 'name' ? type.id : type.kind === 'member' ? type.property : '';
    if (written === 'Exception' || written === 'BaseException' || name === null) return true;
    if (raised.kind === 'instance') {
      return raised.class.order.some((entry) => entry.kind === 'class' && entry.name === written);
    }
    return evaluate(machine, frame, type).kind === 'unknown' || written === name;
  });
}

function raisedName(raised: Value): string | null {
  if (raised.kind === 'instance') return raised.class.name;
  if (raised.kind === 'unknown') return /^\w+$/.exec(raised.reason)?.[0] ?? null;
  return null;
}

export function runWith(machine: Machine, frame: Frame, statement: Extract<Statement, { kind: 'with' }>): Completion {
  for (const { context, target } of statement.items) {
    const manager = evaluate(machine, frame, context);
    const enter = manager.kind === 'instance' ? specialMethod(machine, manager, '__enter__') : null;
    const entered = enter === null ? manager : callValue(machine, enter, positional());
    if (target !== null) bindPattern(machine, frame, target, entered, 'assign');
  }
  return runBlock(machine, frame, statement.body);
}

export function deletePlace(machine: Machine, frame: Frame, target: Expression): void {
  if (target.kind === 'name') {
    if (lookup(frame.scope, target.id) !== undefined) {
      machine.journal.setEntry(frame.scope, frame.scope.names, target.id, undefined);
    }
    return;
  }
  if (target.kind === 'member') {
    const object = evaluate(machine, frame, target.object);
    if (object.kind === 'instance') machine.journal.setEntry(object, object.attributes, target.property, undefined);
    return;
  }
  if (target.kind !== 'index') return;
  const object = evaluate(machine, frame, target.object);
  const index = evaluateIndex(machine, frame, target.index);
  deleteIndex(machine, object, index);
}

function deleteIndex(machine: Machine, object: Value, index: Value): void {
  if (object.kind === 'dict') {
    const key = keyOf(index);
    if (key === null) object.open ??= 'an entry that is not known was deleted';
    else machine.journal.entriesOf(object).delete(key);
    return;
  }
  if (object.kind !== 'list' || object.unknown !== null) return;
  if (index.kind === 'number') {
    const items = machine.journal.itemsOf(object);
    items.splice(index.value < 0 ? items.length + index.value : index.value, 1);
    return;
  }
  if (index.kind === 'slice' && index.step === null) {
    const bound = (part: Value | null, otherwise: number): number | null =>
      part === null ? otherwise : part.kind === 'number' ? part.value : null;
    const items = machine.journal.itemsOf(object);
    const lower = bound(index.lower, 0);
    const upper = bound(index.upper, items.length);
    if (lower !== null && upper !== null) {
      const from = lower < 0 ? items.length + lower : lower;
      const to = upper < 0 ? items.length + upper : upper;
      items.splice(from, Math.max(0, to - from));
      return;
    }
  }
  machine.journal.forgetItems(object, unknown('what was deleted is not known').reason);
}
