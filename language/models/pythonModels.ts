/**
 * The models of one Python file: its module classes, each with the best evidence of how it is built and
 * fed, from the file itself, then from the scripts around it. A class that only serves as a part of
 * another model of the file is not a model of its own.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Dim, Shape } from '../../core/graph/shape.ts';
import { RUN_MEMORY } from '../frameworks/pytorch/moduleCall.ts';
import { isUserModule } from '../frameworks/pytorch/torchModule.ts';
import { tensorOf } from '../frameworks/pytorch/torchTensor.ts';
import { arrayOf } from '../interpreter/libraries/arrayObject.ts';
import { externalBases } from '../interpreter/attributes.ts';
import { loadUnit } from '../interpreter/imports.ts';
import { noArguments } from '../interpreter/library.ts';
import type { Machine, MachineLimits, SourceUnit } from '../interpreter/machine.ts';
import { BudgetExceeded } from '../interpreter/machine.ts';
import type { ClassValue, Value } from '../interpreter/values.ts';
import type { SourceHost } from '../sourceHost.ts';
import { findDrivers } from './drivers.ts';
import type { EntryRequest } from './entries.ts';
import { constructEntry } from './entries.ts';
import type { Construction, Evidence } from './evidence.ts';
import { isFullyKnown, isSameClass, watchEvidence } from './evidence.ts';
import { exploreUncalled } from './explore.ts';
import { pythonMachine } from './pythonMachine.ts';
import { buildTorchModel } from './torchModel.ts';

export interface PythonModels {
  readonly unit: SourceUnit | null;
  readonly graphs: readonly ModelGraph[];
  readonly isIncomplete: boolean;
}

/** One script that was followed, and what it showed. */
export interface Scene {
  readonly machine: Machine;
  readonly unit: SourceUnit;
  readonly evidence: Evidence;
  readonly isIncomplete: boolean;
}

export function pythonModels(
  host: SourceHost,
  file: string,
  entries: readonly EntryRequest[],
  limits: Partial<MachineLimits>,
): PythonModels {
  const scene = followScript(host, file, limits);
  if (scene === null) return { unit: null, graphs: [], isIncomplete: false };
  const requested = entries.flatMap((entry) => buildEntry(scene, entry));
  if (requested.length > 0 || entries.some(({ isOnly }) => isOnly)) {
    return { unit: scene.unit, graphs: requested, isIncomplete: scene.isIncomplete };
  }
  const graphs = discovered(host, scene, limits);
  return { unit: scene.unit, graphs, isIncomplete: scene.isIncomplete };
}

/** Follows a script as `__main__`; null where it cannot be read. */
export function followScript(host: SourceHost, file: string, limits: Partial<MachineLimits>): Scene | null {
  const machine = pythonMachine(host, limits);
  const evidence = watchEvidence(machine, {
    isModel: (instance) => isUserModule(instance, machine.context),
    shapeOf,
  });
  machine.extensions.set(RUN_MEMORY, new WeakMap());
  let isIncomplete = false;
  let unit: SourceUnit | null = null;
  try {
    unit = loadUnit(machine, file, '__main__');
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    isIncomplete = true;
    unit = machine.units.get(file) ?? null;
  }
  return unit === null ? null : { machine, unit, evidence, isIncomplete };
}

function shapeOf(value: Value): Shape | null {
  return tensorOf(value)?.shape ?? arrayOf(value)?.shape ?? null;
}

function buildEntry(scene: Scene, entry: EntryRequest): ModelGraph[] {
  const built = constructEntry(scene.machine, scene.unit, entry.expression);
  if (built === null) return [];
  return [
    buildTorchModel({
      machine: scene.machine,
      cls: built.cls,
      args: built.args,
      run: bestRun(scene.evidence.constructions.filter(({ instance }) => isSameClass(instance.class, built.cls))),
      inputs: entry.inputs,
      identity: identityOf(built.cls, entry.expression),
    }),
  ];
}

function identityOf(cls: ClassValue, instantiation: string | null): Parameters<typeof buildTorchModel>[0]['identity'] {
  return {
    name: cls.name,
    file: cls.unit.path,
    line: cls.unit.lines.lineOf(cls.definition.start),
    instantiation: instantiation === null ? null : instantiation.replace(/\s+/g, ' ').slice(0, 120),
  };
}

interface Candidate {
  readonly scene: Scene;
  readonly construction: Construction;
}

function discovered(host: SourceHost, scene: Scene, limits: Partial<MachineLimits>): ModelGraph[] {
  const classes = moduleClasses(scene);
  if (classes.length === 0) return [];
  const scenes = [scene];
  const isShown = (cls: ClassValue): boolean => candidatesFor(scenes, cls).some(isGood);
  if (!classes.every(isShown)) exploreUncalled(scene);
  if (!classes.every(isShown)) {
    for (const driver of findDrivers(
      host,
      scene.unit.path,
      classes.map(({ name }) => name),
    )) {
      const followed = followScript(host, driver, limits);
      if (followed === null) continue;
      scenes.push(followed);
      if (!classes.every(isShown)) exploreUncalled(followed);
      if (classes.every(isShown)) break;
    }
  }
  const parts = partClasses(scenes, classes);
  return classes.filter((cls) => !parts.has(cls)).map((cls) => buildDiscovered(scenes, scene, cls));
}

function isGood({ construction }: Candidate): boolean {
  return (
    !construction.isPart &&
    isFullyKnown(construction.args) &&
    construction.runs.some(({ shapes }) => shapes.length > 0 && shapes.every(isKnownButBatch))
  );
}

function isKnownButBatch(shape: Shape | null): boolean {
  return shape !== null && !shape.slice(1).includes('?');
}

/** Module classes that the file itself defines, in order. */
function moduleClasses(scene: Scene): ClassValue[] {
  const found: ClassValue[] = [];
  for (const value of scene.unit.scope.names.values()) {
    if (value.kind !== 'class' || value.unit !== scene.unit || found.includes(value)) continue;
    const isModule = externalBases(scene.machine, value).some(({ typePaths }) => typePaths.includes('torch.nn.Module'));
    if (isModule) found.push(value);
  }
  return found.sort((left, right) => left.definition.start - right.definition.start);
}

function candidatesFor(scenes: readonly Scene[], cls: ClassValue): Candidate[] {
  return scenes.flatMap((scene) =>
    scene.evidence.constructions
      .filter(({ instance }) => isSameClass(instance.class, cls))
      .map((construction) => ({ scene, construction })),
  );
}

/** Classes of the file that are only seen as parts of its other classes, or are bases of them. */
function partClasses(scenes: readonly Scene[], classes: readonly ClassValue[]): Set<ClassValue> {
  const parts = new Set<ClassValue>();
  for (const cls of classes) {
    const candidates = candidatesFor(scenes, cls);
    const isRoot = candidates.some(({ construction }) => !construction.isPart);
    if (isRoot) continue;
    const isBase = classes.some(
      (other) => other !== cls && other.order.some((entry) => entry.kind === 'class' && isSameClass(entry, cls)),
    );
    const isNamed = classes.some((other) => other !== cls && mentions(other, cls.name));
    if (isBase || isNamed) parts.add(cls);
  }
  return parts;
}

function mentions(cls: ClassValue, name: string): boolean {
  const text = cls.unit.text.slice(cls.definition.start, cls.definition.end);
  return new RegExp(`\\b${name}\\b`).test(text);
}

function buildDiscovered(scenes: readonly Scene[], home: Scene, cls: ClassValue): ModelGraph {
  const candidates = candidatesFor(scenes, cls);
  const chosen = choose(candidates);
  const sameArgs = candidates.filter(
    ({ scene, construction }) => scene === chosen?.scene && construction.isPart === chosen.construction.isPart,
  );
  const run =
    bestRun(chosen === null ? [] : [chosen.construction]) ?? bestRun(sameArgs.map(({ construction }) => construction));
  const origin = chosen?.construction.instance.origin ?? null;
  const text =
    origin?.unit === null || origin === null ? null : origin.unit.text.slice(origin.span.start, origin.span.end);
  return buildTorchModel({
    machine: chosen?.scene.machine ?? home.machine,
    cls: chosen?.construction.instance.class ?? cls,
    args: chosen?.construction.args ?? noArguments(),
    run,
    inputs: null,
    identity: identityOf(cls, text),
  });
}

/** The construction about which most is known; the first of equals. */
function choose(candidates: readonly Candidate[]): Candidate | null {
  let best: Candidate | null = null;
  let bestScore = -1;
  for (const candidate of candidates) {
    const { construction } = candidate;
    const run = bestRun([construction]);
    const known = run === null ? 0 : run.shapes.every(isKnownButBatch) ? 2 : 1;
    const score = (construction.isPart ? 0 : 8) + (isFullyKnown(construction.args) ? 4 : 0) + known;
    if (score > bestScore) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

/** The call whose shapes are known best; calls from outside of other models first. */
function bestRun(constructions: readonly Construction[]): Construction['runs'][number] | null {
  let best: Construction['runs'][number] | null = null;
  let bestScore = -1;
  for (const { runs } of constructions) {
    for (const run of runs) {
      const dims: Dim[] = run.shapes.flatMap((shape): Dim[] => shape?.slice(1) ?? ['?']);
      const known = dims.length === 0 ? 0 : dims.filter((dim) => dim !== '?').length / dims.length;
      const score = known * 4 + (run.isInner ? 0 : 1);
      if (score > bestScore) {
        best = run;
        bestScore = score;
      }
    }
  }
  return best;
}
