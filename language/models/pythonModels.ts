/**
 * The models of one Python file: its module classes, each with the best evidence of how it is built and
 * fed, from the file itself, then from the scripts around it. A class that only serves as a part of
 * another model of the file is not a model of its own.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Dim, Shape } from '../../core/graph/shape.ts';
import { noArguments } from '../interpreter/library.ts';
import type { SourceUnit } from '../interpreter/machine.ts';
import { keyOf } from '../interpreter/values.ts';
import type { ClassValue } from '../interpreter/values.ts';
import type { Steps } from '../steps.ts';
import type { ActLog } from './acts.ts';
import { isBuilderSeen, kerasBuilders, kerasDiscovered, kerasEntry } from './kerasModels.ts';
import type { EntryRequest } from './entries.ts';
import { constructEntry } from './entries.ts';
import type { Construction, Run } from './evidence.ts';
import { isFullyKnown, isSameClass } from './evidence.ts';
import { exploreUncalled } from './explore.ts';
import { followScript, followScripts, type Scene, type Surroundings } from './followScripts.ts';
import { adapterOf, toldAdapterOf } from './moduleAdapter.ts';
import { buildModule } from './moduleModel.ts';
import { shapesIn, type ToldInput } from './toldInput.ts';
import { toldModels } from './toldModels.ts';

export interface PythonModels {
  readonly unit: SourceUnit | null;
  readonly graphs: readonly ModelGraph[];
  readonly isIncomplete: boolean;
}

/** Yields after each script that was followed and each model that was built. */
export function* pythonModels(
  around: Surroundings,
  file: string,
  entries: readonly EntryRequest[],
  log: ActLog | null = null,
): Steps<PythonModels> {
  const scene = followScript(around, file);
  if (scene === null) return { unit: null, graphs: [], isIncomplete: false };
  if (entries.some(({ isOnly }) => isOnly)) {
    const requested = entries.flatMap((entry) => buildEntry(scene, entry));
    return { unit: scene.unit, graphs: requested, isIncomplete: scene.isIncomplete };
  }
  const modules = moduleClasses(scene);
  const told = toldModels(scene, entries, modules);
  log?.begin(scene);
  // What a comment says may reach any act.
  if (entries.length > 0) log?.giveUp();
  yield;
  const scenes = yield* gatherScenes(around, scene, log);
  if (scenes.length > 1) log?.giveUp();
  const parts = partClasses(scenes, modules);
  const shown = new Set(modules.filter((cls) => candidatesFor(scenes, cls).some(isGood)));
  const graphs: ModelGraph[] = [];
  for (const cls of modules) {
    const inputs = told.inputs.get(cls.name) ?? null;
    const isPart = parts.has(cls) && inputs === null;
    const build = (): ModelGraph | null => (isPart ? null : buildDiscovered(scenes, scene, cls, inputs));
    const graph = log === null ? build() : log.build(cls, shown.has(cls), build);
    const asTold = (told.builds.get(cls) ?? []).flatMap((entry) => buildEntry(scene, entry));
    if (asTold.length > 0) graphs.push(...asTold);
    else if (graph !== null) graphs.push(graph);
    yield;
  }
  const others = told.others.flatMap((entry) => buildEntry(scene, entry));
  const isTold = ({ name }: ModelGraph): boolean => others.some((other) => other.name === name);
  const toldShapes = new Map([...told.inputs].map(([name, inputs]) => [name, shapesIn(inputs)] as const));
  const functional = kerasDiscovered(scenes, scene.unit, toldShapes).filter((graph) => !isTold(graph));
  if (functional.length > 0) log?.giveUp();
  const found = [...graphs, ...others, ...functional].filter(({ layers }) => layers.length > 0);
  return { unit: scene.unit, graphs: found, isIncomplete: scene.isIncomplete };
}

function buildEntry(scene: Scene, entry: EntryRequest): ModelGraph[] {
  const built = constructEntry(scene.machine, scene.unit, entry.expression);
  if (built !== null && toldAdapterOf(scene.machine, built.cls) !== null) {
    return [
      buildModule({
        machine: scene.machine,
        cls: built.cls,
        args: built.args,
        run: bestRun(scene.evidence.constructions.filter(({ instance }) => isSameClass(instance.class, built.cls))),
        inputs: entry.inputs,
        identity: identityOf(built.cls, entry.expression),
      }),
    ];
  }
  return kerasEntry(scene.machine, scene.unit, entry.expression);
}

function identityOf(cls: ClassValue, instantiation: string | null): Parameters<typeof buildModule>[0]['identity'] {
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

/** The file itself, then scripts around it until every class is seen built and fed. */
function* gatherScenes(around: Surroundings, scene: Scene, log: ActLog | null): Steps<Scene[]> {
  const classes = moduleClasses(scene);
  const builders = kerasBuilders(scene.unit);
  if (classes.length === 0 && builders.length === 0) return [scene];
  if (builders.length > 0) log?.giveUp();
  const isDone = (scenes: readonly Scene[]): boolean =>
    classes.every((cls) => log?.known(cls)?.isShown ?? candidatesFor(scenes, cls).some(isGood)) &&
    builders.every((name) => isBuilderSeen(scenes, scene.unit, name));
  if (!isDone([scene])) exploreUncalled(scene, scene.unit, builders, log);
  yield;
  const names = [...classes.map(({ name }) => name), ...builders];
  return yield* followScripts(around, { home: scene, names, builders, isDone });
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

/** Height and width are known; the channels are those of the first layer. */
function isSized(shape: Shape | null): boolean {
  return shape !== null && (isKnownButBatch(shape) || (shape.length === 4 && !shape.slice(2).includes('?')));
}

/** Module classes that the file itself defines, in order. */
function moduleClasses(scene: Scene): ClassValue[] {
  const found: ClassValue[] = [];
  for (const value of scene.unit.scope.names.values()) {
    if (value.kind !== 'class' || value.unit !== scene.unit || found.includes(value)) continue;
    const adapter = adapterOf(scene.machine, value);
    if (adapter !== null && adapter.isRunnable(scene.machine, value)) found.push(value);
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

const wordsOfClasses = new WeakMap<ClassValue['definition'], ReadonlySet<string>>();

function mentions({ definition, unit }: ClassValue, name: string): boolean {
  let words = wordsOfClasses.get(definition);
  if (words === undefined) {
    const text = unit.text.slice(definition.start, definition.end);
    // What a comment or a text in three quotes says of another class is not use of it.
    const code = text.replace(/("{3}|'{3})[^]*?\1/g, '').replace(/#[^\n]*/g, '');
    words = new Set(code.match(/[\p{L}\p{N}_]+/gu));
    wordsOfClasses.set(definition, words);
  }
  return words.has(name);
}

function buildDiscovered(
  scenes: readonly Scene[],
  home: Scene,
  cls: ClassValue,
  inputs: readonly ToldInput[] | null,
): ModelGraph {
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
  const build = (withRun: Run | null): ModelGraph =>
    buildModule({
      machine: chosen?.scene.machine ?? home.machine,
      cls: chosen?.construction.instance.class ?? cls,
      args: chosen?.construction.args ?? noArguments(),
      run: withRun,
      inputs,
      identity: identityOf(cls, text),
    });
  const runs = chosen?.construction.runs ?? [];
  const first = build(run);
  return mostUsed(withoutMismatch(first, run, runs, build) ?? first, otherRuns(runs, run), build);
}

/**
 * Where the chosen call contradicts the model's layers, the first call with other sizes that does not: a
 * buffer that was made for other images than those the model is then given.
 */
function withoutMismatch(
  first: ModelGraph,
  chosen: Run | null,
  runs: readonly Run[],
  build: (run: Run) => ModelGraph,
): ModelGraph | null {
  if (chosen === null || !isMismatched(first)) return null;
  const sizes = ({ shapes }: Run): string => JSON.stringify(shapes.map((shape) => shape?.slice(1) ?? null));
  const tried = new Set([sizes(chosen)]);
  for (const run of runs) {
    if (tried.size > 3) break;
    if (tried.has(sizes(run)) || !run.shapes.every(isKnownButBatch)) continue;
    tried.add(sizes(run));
    const graph = build(run);
    if (!isMismatched(graph)) return graph;
  }
  return null;
}

/** Also where a reshape makes another batch than one of one: `x.view(-1, 13 * 13)` of larger images. */
function isMismatched({ faults, nodes, outputs }: ModelGraph): boolean {
  const isFolded = outputs.some((id) => ![1, '?', undefined].includes(nodes[id]?.shape?.[0]));
  return isFolded || faults.some(({ kind }) => kind === 'shapeMismatch');
}

/** Runs with other plain arguments than the chosen one, such as the step of a progressive network; the last first. */
function otherRuns(runs: readonly Run[], chosen: Run | null): Run[] {
  const plain = ({ args }: Run): string => [...args.positional, ...args.keywords.values()].map(keyOf).join();
  const seen = new Set(chosen === null ? [] : [plain(chosen)]);
  return [...runs].reverse().filter((run) => {
    const isNew =
      !seen.has(plain(run)) && run.shapes.every((shape, idx) => shape === null || isKnownButBatch(shape) || idx > 0);
    seen.add(plain(run));
    return isNew;
  });
}

/** Of several runs the one that leaves the fewest layers unused. */
function mostUsed(first: ModelGraph, others: readonly Run[], build: (run: Run) => ModelGraph): ModelGraph {
  let best = first;
  for (const run of others.slice(0, 4)) {
    if (nUnused(best) === 0) break;
    const graph = build(run);
    if (graph.outputs.length > 0 && nUnused(graph) < nUnused(best)) best = graph;
  }
  return best;
}

function nUnused({ layers, nodes }: ModelGraph): number {
  const used = new Set(nodes.map(({ layer }) => layer));
  return layers.filter(({ index, op, runs }) => op !== 'parameter' && runs === undefined && !used.has(index)).length;
}

/** The construction about which most is known; the first of equals. */
function choose(candidates: readonly Candidate[]): Candidate | null {
  let best: Candidate | null = null;
  let bestScore = -1;
  for (const candidate of candidates) {
    const { construction } = candidate;
    const run = bestRun([construction]);
    const known = run === null ? 0 : run.shapes.every(isKnownButBatch) ? 3 : run.shapes.every(isSized) ? 2 : 1;
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
      const score = Math.max(known * 4, run.shapes.every(isSized) ? 3.5 : 0) + (run.isInner ? 0 : 1);
      if (score > bestScore) {
        best = run;
        bestScore = score;
      }
    }
  }
  return best;
}
