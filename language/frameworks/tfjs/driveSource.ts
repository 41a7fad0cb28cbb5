/**
 * Runs what a source defines and does not run itself: its functions, the methods of its classes, the
 * callbacks that it hands to others, each with what can be known of its arguments. What the source throws
 * ends the one call that threw it.
 */
import { RaisedError, callFunction, callValue } from '../../interpreter/calls.ts';
import { positional, type CallArguments } from '../../interpreter/library.ts';
import { BudgetExceeded, type Machine, type MachineObserver, type SourceUnit } from '../../interpreter/machine.ts';
import {
  UNDEFINED,
  external,
  string,
  unknown,
  type ClassValue,
  type FunctionValue,
  type InstanceValue,
  type Value,
} from '../../interpreter/values.ts';
import type { FunctionParts } from '../../syntax/ast.ts';
import { forget } from '../../interpreter/branches.ts';
import { alternatives } from './alternatives.ts';
import { asApplicable } from './tfjsLayer.ts';

/** What a machine has met so far: instances, functions that came to be, and those that ran. */
export interface Witness {
  readonly instances: InstanceValue[];
  readonly functions: FunctionValue[];
  readonly ran: Set<FunctionParts>;
}

/** Functions that are run although nothing calls them, and the steps that they may take together. */
const MAX_REST = 200;
const REST_STEPS = 150_000;
const SETTLE_STEPS = 200_000;

export function watch(machine: Machine): Witness {
  const witness: Witness = { instances: [], functions: [], ran: new Set() };
  const observer: MachineObserver = {
    constructed: (instance) => void witness.instances.push(instance),
    made: (value) => void witness.functions.push(value),
    entered: ({ definition }) => void witness.ran.add(definition),
  };
  machine.observers.push(observer);
  return witness;
}

export function drive(machine: Machine, unit: SourceUnit, witness: Witness): void {
  const values = [...new Set([...unit.scope.names.values(), ...unit.exports.values()])];
  for (const value of values) {
    if (value.kind === 'function' && value.unit === unit) driveFunction(machine, value, null);
    if (value.kind === 'dict') {
      for (const { value: method } of value.entries.values())
        if (method.kind === 'function' && method.unit === unit) driveFunction(machine, method, value);
    }
  }
  for (const value of values) {
    if (value.kind === 'class' && value.unit === unit) driveClass(machine, value, witness);
  }
  driveRest(machine, unit, witness);
}

/**
 * Functions inside of others that nothing has called: what waits for a page, a button or a file
 * (`addEventListener('click', async () => …)`). They see the names around them as they were then.
 */
function driveRest(machine: Machine, unit: SourceUnit, { functions, ran }: Witness): void {
  const left = machine.steps;
  const allowed = Math.min(left, REST_STEPS);
  machine.steps = allowed;
  let nRun = 0;
  let isDone = false;
  try {
    for (const value of functions) {
      if (value.unit !== unit || value.owner !== null || ran.has(value.definition)) continue;
      if (++nRun > MAX_REST) break;
      driveFunction(machine, value, null);
    }
    isDone = true;
  } catch (error) {
    if (!(error instanceof BudgetExceeded) || left <= allowed) throw error;
    settle(machine);
  } finally {
    machine.steps = left - allowed + (isDone ? machine.steps : 0);
  }
}

/** After the budget ran out in the middle of something: what was in doubt then is not known, and takes steps to say. */
export function settle(machine: Machine): void {
  machine.doubt = null;
  machine.steps = SETTLE_STEPS;
  while (machine.journal.isForked) forget(machine.journal.end(), 'this was not followed to its end');
}

function driveFunction(machine: Machine, value: FunctionValue, self: Value | null): void {
  for (const args of guessedArguments(value)) attempt(() => callFunction(machine, value, args, self));
}

function driveClass(machine: Machine, cls: ClassValue, { instances }: Witness): void {
  const found = instances.find((made) => made.class === cls);
  // A layer is run by the models that it stands in; anything else would change what they see of it.
  if (found !== undefined && asApplicable(found) !== null) return;
  let instance: Value | undefined = found;
  if (instance === undefined) {
    const make = cls.members.get('constructor');
    const [args = positional()] = make?.kind === 'function' ? guessedArguments(make) : [];
    attempt(() => {
      instance = callValue(machine, cls, args);
    });
  }
  for (const [name, member] of cls.members) {
    if (name === 'constructor' || member.kind !== 'function' || member.flavour === 'setter') continue;
    const self = member.flavour === 'static' ? cls : instance;
    if (self !== undefined && member.flavour !== 'getter') driveFunction(machine, member, self);
  }
}

/**
 * TensorFlow.js itself for `tf`, the default where there is one, the texts that the function compares the
 * argument with (`if (data === 'MNIST')`), else unknown. One call for each text of each argument.
 */
function guessedArguments({ definition }: FunctionValue): readonly CallArguments[] {
  const parameters = definition.parameters.filter(({ kind }) => kind === 'positional');
  const choices = parameters.map(({ target, defaultValue }): readonly Value[] => {
    if (target.kind === 'namePattern' && target.id === 'tf') return [external('tf')];
    if (defaultValue !== null) return [UNDEFINED];
    const texts = target.kind === 'namePattern' ? alternatives(definition.body, target.id) : [];
    if (texts.length > 0) return texts.map(string);
    return [
      unknown(target.kind === 'namePattern' ? `the argument ${target.id} is not given` : 'an argument is not given'),
    ];
  });
  const first = choices.map(([value]) => value ?? UNDEFINED);
  const others = choices.flatMap((values, idx) => values.slice(1).map((value) => first.with(idx, value)));
  return [first, ...others].map((values) => positional(...values));
}

export function attempt(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RaisedError)) throw error;
  }
}
