/**
 * Running statements: control flow that is known is followed; where a condition is not known both ways
 * are taken and joined; a loop whose number of turns is not known runs once and what it changes becomes
 * unknown. Loops are capped, and what a capped loop changed becomes unknown too.
 */
import type { Statement } from '../syntax/statement.ts';
import { iterateValue, sampleOf, truthOf } from './access.ts';
import { RaisedError } from './calls.ts';
import { forget, joinValues, runBoth, runMaybe } from './branches.ts';
import { defineClass } from './classes.ts';
import { evaluate } from './expressions.ts';
import { decorate, makeFunction } from './functions.ts';
import { runExport, runImport } from './imports.ts';
import { positional } from './library.ts';
import type { Frame, Machine } from './machine.ts';
import { step } from './machine.ts';
import { binaryValue, compareValues } from './operators.ts';
import { bindPattern } from './patterns.ts';
import { createScope } from './scope.ts';
import { deletePlace, runTry, runWith } from './protectedStatements.ts';
import { NONE, UNDEFINED, describe, unknown } from './values.ts';
import type { Value } from './values.ts';

export type Completion =
  | { readonly kind: 'normal' | 'break' | 'continue'; readonly label: string | null }
  | { readonly kind: 'return'; readonly value: Value };

export const NORMAL: Completion = { kind: 'normal', label: null };

/** Steps that one loop may take; a loop that takes more changes things in an unknown way. */
const LOOP_STEPS = 150_000;
const MAX_TURNS = 2000;

export function runStatements(machine: Machine, frame: Frame, statements: readonly Statement[]): Completion {
  for (const statement of statements) {
    if (statement.kind === 'functionDefinition' && frame.semantics.isLenient) hoist(machine, frame, statement);
  }
  for (let idx = 0; idx < statements.length; idx++) {
    const statement = statements[idx] as Statement;
    step(machine);
    const completion = runStatement(machine, frame, statement);
    if (completion.kind !== 'normal') return completion;
  }
  return NORMAL;
}

function hoist(machine: Machine, frame: Frame, statement: Extract<Statement, { kind: 'functionDefinition' }>): void {
  const made = makeFunction(machine, frame, statement.definition);
  machine.journal.setEntry(frame.scope, frame.scope.names, made.name, made);
}

function runStatement(machine: Machine, frame: Frame, statement: Statement): Completion {
  switch (statement.kind) {
    case 'expression':
      evaluate(machine, frame, statement.expression);
      return NORMAL;
    case 'assign': {
      const { value, targets, declaration } = statement;
      if (value === null && declaration === null) return NORMAL;
      const result = value === null ? UNDEFINED : evaluate(machine, frame, value);
      for (const target of targets) {
        bindPattern(machine, frame, target, result, declaration === null ? 'assign' : 'declare');
      }
      return NORMAL;
    }
    case 'augmented':
      runAugmented(machine, frame, statement);
      return NORMAL;
    case 'functionDefinition': {
      const made = makeFunction(machine, frame, statement.definition);
      const { name, value } = decorate(machine, frame, statement.definition, made);
      const span = statement;
      bindPattern(machine, frame, { kind: 'namePattern', start: span.start, end: span.end, id: name }, value, 'assign');
      return NORMAL;
    }
    case 'classDefinition': {
      const made = defineClass(machine, frame, statement.definition);
      let value: Value = made;
      for (const decorator of [...statement.definition.decorators].reverse()) {
        const callee = evaluate(machine, frame, decorator);
        if (callee.kind !== 'function') continue;
        const decorated = evaluateDecorator(machine, callee, value);
        if (decorated.kind !== 'unknown') value = decorated;
      }
      const target = { kind: 'namePattern', start: statement.start, end: statement.end, id: made.name } as const;
      bindPattern(machine, frame, target, value, frame.semantics.isLenient ? 'declare' : 'assign');
      return NORMAL;
    }
    case 'method':
    case 'field':
    case 'empty':
    case 'error':
      return NORMAL;
    case 'if':
      return runIf(machine, frame, statement);
    case 'for':
      return runFor(machine, frame, statement);
    case 'classicFor': {
      const inner: Frame = { ...frame, scope: createScope('block', frame.scope) };
      if (statement.init !== null) runStatement(machine, inner, statement.init);
      const test = (): Value =>
        statement.test === null ? unknown('no test') : evaluate(machine, inner, statement.test);
      return runLoop(machine, inner, test, () => {
        const completion = runBlock(machine, inner, statement.body);
        if (isExit(completion)) return completion;
        if (statement.update !== null) evaluate(machine, inner, statement.update);
        return NORMAL;
      });
    }
    case 'while': {
      if (statement.testAfter) {
        const first = runBlock(machine, frame, statement.body);
        if (first.kind === 'break') return NORMAL;
        if (first.kind === 'return') return first;
      }
      const test = (): Value => evaluate(machine, frame, statement.test);
      return runLoop(machine, frame, test, () => runBlock(machine, frame, statement.body));
    }
    case 'switch':
      return runSwitch(machine, frame, statement);
    case 'try':
      return runTry(machine, frame, statement);
    case 'with':
      return runWith(machine, frame, statement);
    case 'return':
      return { kind: 'return', value: statement.value === null ? NONE : evaluate(machine, frame, statement.value) };
    case 'raise': {
      const value = statement.value === null ? unknown('an exception') : evaluate(machine, frame, statement.value);
      for (const observer of machine.observers) observer.raising?.();
      throw new RaisedError(value, describe(value));
    }
    case 'break':
    case 'continue':
      return { kind: statement.kind, label: statement.label };
    case 'import':
    case 'fromImport':
      runImport(machine, frame, statement);
      return NORMAL;
    case 'export':
      runExport(machine, frame, statement, (inner) => runStatement(machine, frame, inner));
      return NORMAL;
    case 'global':
    case 'nonlocal':
      for (const name of statement.names) frame.scope.outer.set(name, statement.kind);
      return NORMAL;
    case 'delete':
      for (const target of statement.targets) deletePlace(machine, frame, target);
      return NORMAL;
    case 'assert': {
      const truth = truthOf(machine, evaluate(machine, frame, statement.test));
      // That a GPU is there is a demand on the machine, which a working script passes.
      const asksMachine = /\bis_available\s*\(/.test(frame.unit.text.slice(statement.start, statement.end));
      if (truth === false && !asksMachine)
        throw new RaisedError(unknown('AssertionError'), 'an assertion does not hold');
      return NORMAL;
    }
    case 'block':
      return statement.ownScope
        ? runBlock(machine, frame, statement.body)
        : runStatements(machine, frame, statement.body);
  }
}

function evaluateDecorator(machine: Machine, callee: Value, value: Value): Value {
  return machine.context.call(callee, positional(value));
}

/** A block of a language with block scopes; in Python the scope of the function stays. */
export function runBlock(machine: Machine, frame: Frame, body: readonly Statement[]): Completion {
  if (!frame.semantics.isLenient) return runStatements(machine, frame, body);
  const inner: Frame = { ...frame, scope: createScope('block', frame.scope) };
  const completion = runStatements(machine, inner, body);
  frame.uncertainLoop ||= inner.uncertainLoop;
  return completion;
}

function isExit(completion: Completion): boolean {
  return completion.kind === 'return' || completion.kind === 'break';
}

function runAugmented(machine: Machine, frame: Frame, statement: Extract<Statement, { kind: 'augmented' }>): void {
  const { target } = statement;
  const before =
    target.kind === 'namePattern'
      ? evaluate(machine, frame, { kind: 'name', start: target.start, end: target.end, id: target.id })
      : target.kind === 'placePattern'
        ? evaluate(machine, frame, target.place)
        : unknown('this is not assignable');
  const value = evaluate(machine, frame, statement.value);
  if (statement.operator === '+' && before.kind === 'list') {
    const items = iterateValue(machine, value, 'of');
    if (items === null) machine.journal.forgetItems(before, 'what is added to this list is not known');
    else machine.journal.itemsOf(before).push(...items);
    // In Python `+=` changes the list itself and binds it again.
    bindPattern(machine, frame, target, before, 'assign');
    return;
  }
  bindPattern(machine, frame, target, binaryValue(machine, statement.operator, before, value), 'assign');
}

const UNDECIDED = 'it depends on a condition that is not known';

function runIf(machine: Machine, frame: Frame, statement: Extract<Statement, { kind: 'if' }>): Completion {
  const truth = truthOf(machine, evaluate(machine, frame, statement.test));
  if (truth === true && /\bis_available\s*\(/.test(frame.unit.text.slice(statement.test.start, statement.test.end))) {
    return runDemand(machine, frame, statement);
  }
  if (truth !== null) return runBlock(machine, frame, truth ? statement.whenTrue : statement.whenFalse);
  return runEither(
    machine,
    frame,
    () => runBlock(machine, frame, statement.whenTrue),
    () => runBlock(machine, frame, statement.whenFalse),
  );
}

/** `if not torch.cuda.is_available(): raise …`: a demand on the machine, which a working script passes. */
function runDemand(machine: Machine, frame: Frame, statement: Extract<Statement, { kind: 'if' }>): Completion {
  try {
    return runBlock(machine, frame, statement.whenTrue);
  } catch (error) {
    if (!(error instanceof RaisedError)) throw error;
    return runBlock(machine, frame, statement.whenFalse);
  }
}

/** Both ways of an undecided branch; a way that leaves the function or loop is remembered. */
function runEither(machine: Machine, frame: Frame, runLeft: () => Completion, runRight: () => Completion): Completion {
  const { left, right } = runBoth(machine, UNDECIDED, runLeft, runRight, (one, two) => {
    if (one.kind !== 'normal' && two.kind === 'normal') return { side: 'left', owner: frame.scope };
    if (two.kind !== 'normal' && one.kind === 'normal') return { side: 'right', owner: frame.scope };
    return null;
  });
  if (left.kind === 'raised') return right.kind === 'done' ? right.value : NORMAL;
  if (right.kind === 'raised') return left.value;
  return mergeCompletions(machine, frame, left.value, right.value);
}

function mergeCompletions(machine: Machine, frame: Frame, left: Completion, right: Completion): Completion {
  if (left.kind === 'return' && right.kind === 'return') {
    return { kind: 'return', value: joinValues(machine, left.value, right.value, UNDECIDED) };
  }
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (one.kind === 'return') {
      frame.pendingReturns.push(one.value);
      if (other.kind !== 'normal') frame.uncertainLoop = true;
      return other;
    }
  }
  if (left.kind === right.kind) return left;
  frame.uncertainLoop = true;
  return NORMAL;
}

function runSwitch(machine: Machine, frame: Frame, statement: Extract<Statement, { kind: 'switch' }>): Completion {
  const subject = evaluate(machine, frame, statement.subject);
  const { cases } = statement;
  let undecided = false;
  let chosen = -1;
  for (let idx = 0; idx < cases.length && chosen < 0; idx++) {
    for (const test of cases[idx]?.tests ?? []) {
      const equal = compareValues(
        machine,
        statement.fallsThrough ? '===' : '==',
        subject,
        evaluate(machine, frame, test),
      );
      if (equal.kind !== 'bool') undecided = true;
      else if (equal.value) chosen = idx;
    }
  }
  if (undecided) {
    for (const { body } of cases) runMaybe(machine, UNDECIDED, () => void runBlock(machine, frame, body));
    frame.pendingReturns.push(unknown(UNDECIDED));
    return NORMAL;
  }
  if (chosen < 0) chosen = cases.findIndex(({ tests }) => tests === null);
  if (chosen < 0) return NORMAL;
  const bodies = statement.fallsThrough ? cases.slice(chosen) : cases.slice(chosen, chosen + 1);
  const completion = runBlock(
    machine,
    frame,
    bodies.flatMap(({ body }) => body),
  );
  return completion.kind === 'break' ? NORMAL : completion;
}

function runFor(machine: Machine, frame: Frame, statement: Extract<Statement, { kind: 'for' }>): Completion {
  const iterable = evaluate(machine, frame, statement.iterable);
  const items = iterateValue(machine, iterable, statement.over);
  const turn = (item: Value): Completion => {
    const inner: Frame =
      statement.declaration === null ? frame : { ...frame, scope: createScope('block', frame.scope) };
    bindPattern(machine, inner, statement.target, item, statement.declaration === null ? 'assign' : 'declare');
    const completion = runBlock(machine, inner, statement.body);
    frame.uncertainLoop ||= inner.uncertainLoop;
    return completion;
  };
  if (items === null) {
    const reason = 'how often this loop runs is not known';
    runMaybe(machine, reason, () => {
      const completion = turn(sampleOf(machine, iterable));
      if (completion.kind === 'return') frame.pendingReturns.push(completion.value);
    });
    if (frame.yields !== null) frame.uncertainLoop = true;
    return NORMAL;
  }
  let idx = 0;
  const isShort = items.length <= 8;
  const completion = runTurns(
    machine,
    frame,
    () => (idx >= items.length ? null : turn(items[idx++] as Value)),
    isShort,
  );
  if (completion.kind === 'break') return NORMAL;
  return completion.kind === 'return' ? completion : runStatements(machine, frame, statement.otherwise);
}

function runLoop(machine: Machine, frame: Frame, test: () => Value, body: () => Completion): Completion {
  const first = truthOf(machine, test());
  if (first === null) {
    runMaybe(machine, 'how often this loop runs is not known', () => {
      const completion = body();
      if (completion.kind === 'return') frame.pendingReturns.push(completion.value);
    });
    return NORMAL;
  }
  let isFirst = true;
  const completion = runTurns(machine, frame, () => {
    const truth = isFirst ? first : truthOf(machine, test());
    isFirst = false;
    if (truth === null) frame.uncertainLoop = true;
    return truth === true ? body() : null;
  });
  return completion.kind === 'return' ? completion : NORMAL;
}

/** Turns until `turn` says null or leaves; what an uncertain or capped loop changed becomes unknown. */
function runTurns(machine: Machine, frame: Frame, turn: () => Completion | null, isShort = false): Completion {
  const outerUncertain = frame.uncertainLoop;
  const stepsBefore = machine.steps;
  frame.uncertainLoop = false;
  machine.journal.begin();
  let result: Completion = NORMAL;
  let ended = false;
  try {
    for (let nTurns = 0; ; nTurns++) {
      step(machine);
      const isEndless = frame.yields !== null && frame.yields.length > 64;
      if (nTurns >= MAX_TURNS || stepsBefore - machine.steps > LOOP_STEPS || isEndless) {
        frame.uncertainLoop = true;
        break;
      }
      const callsBefore = machine.modelCalls;
      const completion = turn();
      if (completion === null) break;
      // A training loop: more turns would show the same again.
      if (!isShort && machine.modelDepth === 0 && machine.modelCalls > callsBefore) {
        frame.uncertainLoop = true;
        break;
      }
      if (completion.kind === 'return' || completion.kind === 'break') {
        result = completion;
        break;
      }
    }
    ended = true;
  } finally {
    const changes = machine.journal.end();
    if (ended && frame.uncertainLoop) forget(changes, 'how often this loop runs is not known');
    frame.uncertainLoop = outerUncertain || (frame.uncertainLoop && frame.yields !== null);
  }
  return result;
}
