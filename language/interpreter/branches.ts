/**
 * Conditions that are not known: both sides run from the same state, their changes are taken back and
 * joined cell by cell. What both sides agree on stays known, the rest becomes unknown with the reason.
 * A side that raises is taken not to run (checks of arguments). `machine.doubt` is set meanwhile, so that
 * frameworks can mark what they record. What is taken back and joined counts as steps, since that is where
 * the time of much nested doubt goes.
 */
import { RaisedError } from './calls.ts';
import type { Change } from './journal.ts';
import type { Machine } from './machine.ts';
import { step } from './machine.ts';
import { list, sameValue, tuple, unknown } from './values.ts';
import type { Value } from './values.ts';

export type Outcome<T> =
  { readonly kind: 'done'; readonly value: T } | { readonly kind: 'raised'; readonly error: RaisedError };

export interface BothOutcomes<T> {
  readonly left: Outcome<T>;
  readonly right: Outcome<T>;
}

/**
 * Runs both sides. `leavesLocals`: the left side has left the function (or loop), so the variables in
 * this scope are those of the right side.
 */
export function runBoth<T>(
  machine: Machine,
  reason: string,
  runLeft: () => T,
  runRight: () => T,
  leavesLocals: (left: T, right: T) => { readonly side: 'left' | 'right'; readonly owner: object } | null = () => null,
): BothOutcomes<T> {
  const { journal } = machine;
  const previous = machine.doubt;
  machine.doubt = previous ?? reason;
  const outer = machine.side;
  const pair = {};
  machine.side = { pair, isSecond: false, outer };
  journal.begin();
  const left = attempt(runLeft);
  const leftChanges = journal.end();
  step(machine, leftChanges.length);
  const leftStates = leftChanges.map(({ cell }) => cell.read());
  restore(leftChanges);
  machine.side = left.kind === 'raised' ? outer : { pair, isSecond: true, outer };
  if (left.kind === 'raised') machine.doubt = previous;
  journal.begin();
  const right = attempt(runRight);
  const rightChanges = journal.end();
  machine.doubt = previous;
  machine.side = outer;
  step(machine, rightChanges.length);
  if (left.kind === 'raised') {
    if (right.kind === 'raised') throw left.error;
    return { left, right };
  }
  if (right.kind === 'raised') {
    restore(rightChanges);
    leftChanges.forEach(({ cell }, idx) => cell.write(leftStates[idx]));
    return { left, right };
  }
  const leaving = leavesLocals(left.value, right.value);
  const rightStates = new Map(rightChanges.map((change) => [change.cell, change.cell.read()]));
  const rightByKey = new Map<object, Change[]>();
  for (const change of rightChanges) {
    const known = rightByKey.get(change.owner);
    if (known === undefined) rightByKey.set(change.owner, [change]);
    else known.push(change);
  }
  const joined = new Set<Change>();
  leftChanges.forEach((change, idx) => {
    const twin = findTwin(rightByKey.get(change.owner), change);
    if (twin !== undefined) joined.add(twin);
    const rightState = twin === undefined ? change.before : rightStates.get(twin.cell);
    if (leaving?.owner === change.owner) change.cell.write(leaving.side === 'left' ? rightState : leftStates[idx]);
    else change.cell.write(change.cell.join(leftStates[idx], rightState, reason));
  });
  for (const change of rightChanges) {
    if (joined.has(change)) continue;
    if (leaving?.owner === change.owner) {
      if (leaving.side === 'right') change.cell.write(change.before);
    } else {
      change.cell.write(change.cell.join(change.before, rightStates.get(change.cell), reason));
    }
  }
  return { left, right };
}

/** Runs something that may happen any number of times, or not at all. */
export function runMaybe(machine: Machine, reason: string, run: () => void): void {
  const previous = machine.doubt;
  machine.doubt = previous ?? reason;
  machine.journal.begin();
  const outcome = attempt(run);
  const changes = machine.journal.end();
  machine.doubt = previous;
  step(machine, changes.length);
  if (outcome.kind === 'raised') restore(changes);
  else forget(changes, reason);
}

/** Joins every change with the state before it. */
export function forget(changes: readonly Change[], reason: string): void {
  for (const { cell, before } of changes) cell.write(cell.join(before, cell.read(), reason));
}

function attempt<T>(run: () => T): Outcome<T> {
  try {
    return { kind: 'done', value: run() };
  } catch (error) {
    if (error instanceof RaisedError) return { kind: 'raised', error };
    throw error;
  }
}

function restore(changes: readonly Change[]): void {
  for (const { cell, before } of changes) cell.write(before);
}

function findTwin(candidates: readonly Change[] | undefined, change: Change): Change | undefined {
  return candidates?.find(({ key }) => key === change.key);
}

/** What stands for either of two values. */
export function joinValues(machine: Machine, left: Value, right: Value, reason: string): Value {
  if (left === right) return left;
  // Values share their parts: joined as trees they can be without end.
  if (--machine.steps < 0) return unknown(reason);
  if (left.kind === 'unknown') return left;
  if (right.kind === 'unknown') return right;
  if (left.kind === 'tuple' && right.kind === 'tuple' && left.items.length === right.items.length) {
    return tuple(left.items.map((item, idx) => joinValues(machine, item, right.items[idx] as Value, reason)));
  }
  if (left.kind === 'list' && right.kind === 'list' && left.unknown === null && right.unknown === null) {
    if (left.items.length === right.items.length) {
      return list(left.items.map((item, idx) => joinValues(machine, item, right.items[idx] as Value, reason)));
    }
  }
  if (left.kind === 'foreign' && right.kind === 'foreign') {
    if (left.object === right.object) return left;
    const object = left.object.join?.(right.object, reason, machine.context) ?? null;
    return object === null ? unknown(reason) : { kind: 'foreign', object };
  }
  return sameValue(left, right) ? left : unknown(reason);
}
