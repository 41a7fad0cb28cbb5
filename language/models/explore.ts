/**
 * Functions that nothing calls while a script is followed (a `train(opt)` behind a command line, methods
 * of a trainer) are called with arguments that are not known, for the evidence in them.
 */
import { RaisedError, callValue } from '../interpreter/calls.ts';
import { getAttribute } from '../interpreter/attributes.ts';
import { noArguments } from '../interpreter/library.ts';
import type { Machine } from '../interpreter/machine.ts';
import { BudgetExceeded } from '../interpreter/machine.ts';
import { adapterOf } from './moduleAdapter.ts';
import type { ClassValue, FunctionValue, Value } from '../interpreter/values.ts';
import type { Scene } from './pythonModels.ts';

export function exploreUncalled(scene: Scene, passed: readonly string[] = []): void {
  const { machine, unit, evidence } = scene;
  machine.steps = Math.floor(machine.limits.steps / 2);
  try {
    for (const value of [...unit.scope.names.values()]) {
      if (value.kind === 'function' && passed.includes(value.name)) continue;
      if (value.kind === 'function' && value.unit === unit && !evidence.entered.has(value.definition))
        tryCall(machine, value);
      if (value.kind === 'class' && value.unit === unit) exploreClass(scene, value);
    }
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
  }
}

function tryCall(machine: Machine, callee: Value): Value | null {
  try {
    return callValue(machine, callee, noArguments());
  } catch (error) {
    if (error instanceof RaisedError) return null;
    throw error;
  }
}

function exploreClass(scene: Scene, cls: ClassValue): void {
  const { machine, evidence } = scene;
  const methods = [...cls.members.values()].filter((value): value is FunctionValue => value.kind === 'function');
  if (methods.length === 0 || methods.every((method) => evidence.entered.has(method.definition))) return;
  if (adapterOf(machine, cls) !== null) return;
  const instance = tryCall(machine, cls);
  if (instance?.kind !== 'instance') return;
  for (const [name, member] of cls.members) {
    if (member.kind !== 'function' || evidence.entered.has(member.definition) || member.flavour !== 'plain') continue;
    tryCall(machine, getAttribute(machine, instance, name));
  }
}
