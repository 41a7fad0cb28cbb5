/**
 * The scripts around a file, followed one after the other until every class and builder of the file is seen
 * built and fed: those that name it, those that use these, then scripts that take options, started otherwise.
 * A script that never reads the file shows nothing of it; that it does not is remembered (followingMemory.ts),
 * and only its place among the others counts. Bounded in scripts and steps.
 */
import { kerasTensorOf } from '../frameworks/keras/kerasTensor.ts';
import { RUN_MEMORY } from '../frameworks/pytorch/moduleCall.ts';
import { tensorOf } from '../frameworks/pytorch/torchTensor.ts';
import { loadUnit } from '../interpreter/imports.ts';
import type { Start } from '../interpreter/libraries/argparseLibrary.ts';
import { START } from '../interpreter/libraries/argparseLibrary.ts';
import { arrayOf } from '../interpreter/libraries/arrayObject.ts';
import type { Machine, MachineLimits, SourceUnit } from '../interpreter/machine.ts';
import { isExhausted } from '../interpreter/machine.ts';
import type { Value } from '../interpreter/values.ts';
import { recordingHost } from '../lookedAt.ts';
import type { SourceHost } from '../sourceHost.ts';
import type { Steps } from '../steps.ts';
import type { Shape } from '../../core/graph/shape.ts';
import { commandLines } from './commandLines.ts';
import { findDrivers, findStarters } from './drivers.ts';
import type { Evidence } from './evidence.ts';
import { watchEvidence } from './evidence.ts';
import { exploreUncalled } from './explore.ts';
import type { Bystander, FollowingMemory } from './followingMemory.ts';
import { hasChoices, takesOptions } from './heardWords.ts';
import { adapterOf } from './moduleAdapter.ts';
import { pythonMachine } from './pythonMachine.ts';

/** One script that was followed, and what it showed. */
export interface Scene {
  readonly machine: Machine;
  readonly unit: SourceUnit;
  readonly evidence: Evidence;
  readonly isIncomplete: boolean;
}

/** Where scripts are read, how far they are followed, and what is known of them. */
export interface Surroundings {
  readonly host: SourceHost;
  readonly limits: Partial<MachineLimits>;
  readonly memory: FollowingMemory;
}

/** Follows a script as `__main__`; null where it cannot be read. */
export function followScript(around: Surroundings, file: string, start: Partial<Start> = {}): Scene | null {
  const { host, limits } = around;
  const machine = pythonMachine(host, limits);
  const shown = start.shown ?? startsOf(around, file)[0]?.options ?? new Map<string, string[]>();
  const how: Start = { given: new Map(), words: [], ...start, shown };
  machine.extensions.set(START, how);
  const evidence = watchEvidence(machine, {
    isModel: (instance) => adapterOf(machine, instance.class) !== null,
    shapeOf,
  });
  machine.extensions.set(RUN_MEMORY, new WeakMap());
  let isIncomplete = false;
  let unit: SourceUnit | null = null;
  try {
    unit = loadUnit(machine, file, '__main__');
  } catch (error) {
    if (!isExhausted(error)) throw error;
    isIncomplete = true;
    unit = machine.units.get(file) ?? null;
  }
  return unit === null ? null : { machine, unit, evidence, isIncomplete };
}

function shapeOf(value: Value): Shape | null {
  return tensorOf(value)?.shape ?? kerasTensorOf(value)?.shape ?? arrayOf(value)?.shape ?? null;
}

function startsOf({ host, memory }: Surroundings, script: string): ReturnType<typeof commandLines> {
  return memory.once(host, `starts of ${script}`, (recording) => commandLines(recording, script));
}

export interface Wanted {
  /** The file itself, followed. */
  readonly home: Scene;
  /** Classes and builders of the file. */
  readonly names: readonly string[];
  readonly builders: readonly string[];
  isDone(scenes: readonly Scene[]): boolean;
}

/** A script for starting it again: followed now, or known to have nothing to do with the file. */
interface Started {
  readonly path: string;
  isStarter(): boolean;
  hasChoices(): boolean;
}

/** Scenes in which the file takes part, itself first. Yields after each script that was followed. */
export function* followScripts(around: Surroundings, wanted: Wanted): Steps<Scene[]> {
  const { host, memory, limits } = around;
  const { home, names, builders, isDone } = wanted;
  const file = home.unit.path;
  const scenes = [home];
  const started = [startedScene(home)];
  const pending = isDone(scenes)
    ? []
    : [...new Set([...findStarters(host, file, memory), ...findDrivers(host, file, names, memory)])];
  const seen = new Set([file, ...pending]);
  const budget = MAX_BUDGETS * home.machine.limits.steps;
  let spent = 0;
  for (let idx = 0; idx < pending.length && started.length < MAX_SCENES && spent < budget && !isDone(scenes); idx++) {
    const driver = pending[idx] as string;
    // What a driver defines may itself be used by another script: a solver class by its main.
    const addUsers = (defined: readonly string[]): void => {
      const users = findDrivers(host, driver, defined, memory, file).filter((user) => !seen.has(user));
      for (const user of users) seen.add(user);
      pending.splice(idx + 1, 0, ...users.slice(0, 2));
    };
    const known = memory.recall<Bystander>(host, `bystander ${driver}`);
    if (known !== undefined) {
      started.push(startedBystander(driver, known));
      spent += known.followSteps + known.exploreSteps;
      addUsers(known.defined);
      continue;
    }
    const { recording, looked } = recordingHost(host);
    const followed = followScript({ ...around, host: recording }, driver);
    if (followed === null) continue;
    const followSteps = stepsOf(followed, 1);
    spent += followSteps;
    scenes.push(followed);
    const scene = startedScene(followed);
    started.push(scene);
    yield;
    if (isDone(scenes)) break;
    addUsers(definedNames(followed.unit));
    exploreUncalled(followed);
    yield;
    const exploreSteps = stepsOf(followed, 0.5);
    spent += exploreSteps;
    if (!looked.texts.has(file)) {
      scenes.pop();
      const bystander: Bystander = {
        defined: definedNames(followed.unit),
        isStarter: scene.isStarter(),
        hasChoices: scene.hasChoices(),
        followSteps,
        exploreSteps,
      };
      memory.keep(`bystander ${driver}`, looked, bystander);
      started[started.length - 1] = startedBystander(driver, bystander);
    }
    const own = followed.machine.units.get(file);
    if (own === undefined || isDone(scenes)) continue;
    exploreUncalled(followed, own, builders);
    spent += stepsOf(followed, 0.5);
  }
  if (isDone(scenes) || spent >= budget) return scenes;
  for (const { path, start } of otherStarts(around, started, file, names)) {
    const key = `start ${path} ${JSON.stringify([start.words ?? [], [...(start.given ?? [])]])}`;
    if (spent >= budget) break;
    // Known to have nothing to do with the file: it costs what it cost.
    const known = memory.recall<number>(host, key);
    if (known !== undefined) {
      spent += known;
      continue;
    }
    const { recording, looked } = recordingHost(host);
    const followed = followScript({ host: recording, limits, memory }, path, start);
    if (followed === null) continue;
    const steps = stepsOf(followed, 1);
    spent += steps;
    if (looked.texts.has(file)) scenes.push(followed);
    else memory.keep(key, looked, steps);
    yield;
    if (isDone(scenes)) break;
  }
  return scenes;
}

const MAX_SCENES = 8;
const MAX_STARTS = 4;
/** Scripts around a file may take this many times what the file itself may. */
const MAX_BUDGETS = 2;

/** Steps that were taken, of a share of the machine's limit. */
function stepsOf({ machine }: Scene, share: number): number {
  return Math.floor(machine.limits.steps * share) - Math.max(0, machine.steps);
}

function startedScene({ unit, machine }: Scene): Started {
  return {
    path: unit.path,
    isStarter: () => takesOptions(unit.text),
    hasChoices: () => [...machine.units.values()].some(({ text }) => hasChoices(text)),
  };
}

function startedBystander(path: string, { isStarter, hasChoices }: Bystander): Started {
  return { path, isStarter: () => isStarter, hasChoices: () => hasChoices };
}

/**
 * Scripts that take options, started otherwise than without any: with the choice that names this file or
 * one of its classes (`--gan_type WGAN`), then as the workspace says they are started.
 */
function* otherStarts(
  around: Surroundings,
  started: readonly Started[],
  file: string,
  names: readonly string[],
): Generator<{ readonly path: string; readonly start: Partial<Start> }> {
  const [stem = '', folder = ''] = file.replace(/\.py$/, '').split('/').reverse();
  const words = [stem, ...names, folder].filter(Boolean);
  const parts = words.flatMap((word) => word.toLowerCase().match(/[a-z]+\d*/g) ?? []).filter(isTelling);
  const isAbout = ({ text }: { readonly text: string }): number =>
    Number(parts.some((part) => text.toLowerCase().includes(part)));
  const ways = started
    .filter((script) => script.isStarter())
    .slice(0, 3)
    .map(({ path, hasChoices: mayChoose }) => {
      // Commands that name what is asked about, `--opt options/train_dncnn.json`, before others.
      const commands = startsOf(around, path)
        .filter(({ options }) => options.size > 0)
        .sort((one, other) => isAbout(other) - isAbout(one))
        .slice(0, 2);
      const starts: Partial<Start>[] = mayChoose() ? [{ words }] : [];
      return { path, starts: [...starts, ...commands.map(({ options }) => ({ given: options }))] };
    });
  // Every script in one more way, before any in a third.
  for (let round = 0, nStarts = 0; round < MAX_STARTS; round++) {
    for (const { path, starts } of ways) {
      const start = starts[round];
      if (start === undefined) continue;
      if (nStarts++ >= MAX_STARTS) return;
      yield { path, start };
    }
  }
}

/** Words that many files and commands have in common say nothing. */
function isTelling(word: string): boolean {
  return (
    word.length > 3 &&
    !/^(models?|networks?|archs?|nets?|train(ing)?|main|generator|discriminator|encoder|decoder|base|init|layers?|modules?|python|test)$/.test(
      word,
    )
  );
}

/** Functions and classes of a unit that other scripts may use. */
function definedNames(unit: SourceUnit): string[] {
  const names: string[] = [];
  for (const [name, value] of unit.scope.names) {
    if ((value.kind === 'function' || value.kind === 'class') && value.unit === unit) names.push(name);
  }
  return names;
}
