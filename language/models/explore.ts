/**
 * Functions that nothing calls while a script is followed (a `train(opt)` behind a command line, methods
 * of a trainer) are called for the evidence in them: on objects that the script made where there are any,
 * with the script's own options where a parameter has their name, else with arguments that are not known.
 */
import { RaisedError, callValue } from '../interpreter/calls.ts';
import { findMember, getAttribute } from '../interpreter/attributes.ts';
import type { CallArguments } from '../interpreter/library.ts';
import { noArguments } from '../interpreter/library.ts';
import type { Machine, SourceUnit } from '../interpreter/machine.ts';
import { isExhausted } from '../interpreter/machine.ts';
import type { ClassValue, FunctionValue, Value } from '../interpreter/values.ts';
import type { ActLog } from './acts.ts';
import { adapterOf } from './moduleAdapter.ts';
import type { Scene } from './followScripts.ts';

/** `passed`: functions to leave alone; `log` hears of each exploration, and may know that it shows nothing new. */
export function exploreUncalled(
  scene: Scene,
  unit: SourceUnit = scene.unit,
  passed: readonly string[] = [],
  log: ActLog | null = null,
): void {
  const { machine } = scene;
  machine.steps = Math.floor(machine.limits.steps / 2);
  machine.callSites.length = 0;
  machine.depth = 0;
  machine.doubt = null;
  machine.side = null;
  try {
    for (const value of [...unit.scope.names.values()]) {
      if (value.kind === 'class' && value.unit === unit) exploreClass(scene, value, log);
      if (value.kind !== 'function' || value.unit !== unit || passed.includes(value.name)) continue;
      if (isEntered(scene, value, log)) continue;
      const call = (): void => void tryCall(machine, value, knownOptions(machine, value, 0));
      if (log === null) call();
      else log.explore(value.definition, call);
    }
  } catch (error) {
    if (!isExhausted(error)) throw error;
  }
}

function tryCall(machine: Machine, callee: Value, args: CallArguments): Value | null {
  try {
    return callValue(machine, callee, args);
  } catch (error) {
    if (error instanceof RaisedError) return null;
    throw error;
  }
}

function isEntered({ evidence }: Scene, { definition }: FunctionValue, log: ActLog | null): boolean {
  return evidence.entered.has(definition) || log?.wasEntered(definition) === true;
}

function exploreClass(scene: Scene, cls: ClassValue, log: ActLog | null): void {
  const methods = [...cls.members.values()].filter((value): value is FunctionValue => value.kind === 'function');
  if (methods.length === 0 || methods.every((method) => isEntered(scene, method, log))) return;
  if (adapterOf(scene.machine, cls) !== null) return;
  if (log === null) exploreMethods(scene, cls, log);
  else log.explore(cls.definition, () => exploreMethods(scene, cls, log));
}

function exploreMethods(scene: Scene, cls: ClassValue, log: ActLog | null): void {
  const { machine, evidence } = scene;
  const constructor = findMember(cls, cls.unit.semantics.constructorName)?.value;
  const options = constructor?.kind === 'function' ? knownOptions(machine, constructor, 1) : noArguments();
  const made = evidence.helpers.get(cls.definition);
  if (made === undefined) log?.needs(cls);
  else log?.uses(made);
  const instance = made ?? tryCall(machine, cls, options);
  if (instance?.kind !== 'instance') return;
  for (const [name, member] of cls.members) {
    if (member.kind !== 'function' || isEntered(scene, member, log) || member.flavour !== 'plain') continue;
    tryCall(machine, getAttribute(machine, instance, name), knownOptions(machine, member, 1));
  }
}

/** Parameters without default that have the name of the main script's options: `args`, `opt`, `config`. */
function knownOptions(machine: Machine, callee: FunctionValue, from: number): CallArguments {
  const [main] = machine.units.values();
  const keywords = new Map<string, Value>();
  for (const { target, defaultValue, kind } of callee.definition.parameters.slice(from)) {
    if (target.kind !== 'namePattern' || defaultValue !== null || kind !== 'positional') continue;
    const known = main?.scope.names.get(target.id);
    if (known?.kind === 'foreign' && known.object.typeName === 'Namespace') keywords.set(target.id, known);
  }
  return { positional: [], keywords, open: null };
}
