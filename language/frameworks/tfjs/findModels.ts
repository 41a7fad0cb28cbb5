/**
 * The TF.js models that a file defines. Its top level runs, then its functions and the methods of its
 * classes, each with what can be known of its arguments, so that calls with real arguments
 * (`buildGenerator(100)`) come by themselves. Where the file has no such call, files beside it that name its
 * builders are run as well. A builder that somebody calls is reported as called; one that nobody calls, as
 * far as its defaults go.
 */
import type { ModelGraph } from '../../../core/graph/modelGraph.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import { getAttribute } from '../../interpreter/attributes.ts';
import { RaisedError } from '../../interpreter/calls.ts';
import { evaluate } from '../../interpreter/expressions.ts';
import { loadUnit, moduleFrame } from '../../interpreter/imports.ts';
import {
  BudgetExceeded,
  createMachine,
  type CallSite,
  type Machine,
  type MachineLimits,
  type SourceUnit,
} from '../../interpreter/machine.ts';
import { nodeArgparseLibrary } from '../../interpreter/libraries/nodeArgparseLibrary.ts';
import { pageDocument } from '../../interpreter/libraries/pageLibrary.ts';
import { createScope } from '../../interpreter/scope.ts';
import { javascriptSemantics } from '../../interpreter/javascript/javascriptSemantics.ts';
import { UNDEFINED, external, unknown, type Value } from '../../interpreter/values.ts';
import type { SourceHost } from '../../sourceHost.ts';
import type { Expression } from '../../syntax/ast.ts';
import { parseJavascript } from '../../syntax/javascript.ts';
import { drive, settle, watch, type Witness } from './driveSource.ts';
import { pageOf, pageScripts } from './pageScripts.ts';
import { recorderOf } from '../recorder.ts';
import { recordInput, asModel, modelsOf, nodesBetween, type ModelEnds, type TfjsModel } from './tfjsModel.ts';
import { slimwiseJavascript } from '../slimwise/slimwiseLibrary.ts';
import { tfjsGraph } from './tfjsGraph.ts';
import { tfjsLibrary } from './tfjsLibrary.ts';

export interface FindOptions {
  readonly entries?: readonly string[];
  readonly inputs?: readonly Shape[];
  readonly limits?: Partial<MachineLimits>;
}

/** A file beside this one is read for evidence only where it is small and names a builder. */
const maxEvidenceFiles = 12;
const maxEvidenceLength = 200_000;

export interface FoundModels {
  readonly graphs: readonly ModelGraph[];
  /** The file as it was read; null where it cannot be. */
  readonly unit: SourceUnit | null;
  /** The budget was used up before everything was followed. */
  readonly isIncomplete: boolean;
}

/** Whether a text can have anything to do with TensorFlow.js: most scripts of a workspace cannot. */
export function mentionsTfjs(text: string): boolean {
  return /\btf\.|tensorflow|tfjs/.test(text);
}

export function findTfjsModels(host: SourceHost, file: string, options: FindOptions): FoundModels {
  const machine = createMachine({
    host,
    semantics: [javascriptSemantics],
    libraries: [slimwiseJavascript, tfjsLibrary, nodeArgparseLibrary],
    limits: options.limits ?? {},
  });
  machine.observers.push({ raising: () => noteAborted(machine) });
  const witness = watch(machine);
  const graphs: ModelGraph[] = [];
  let isIncomplete = false;
  const within = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof BudgetExceeded)) throw error;
      isIncomplete = true;
    }
  };
  within(() => loadPage(machine, file));
  const unit = machine.units.get(file) ?? null;
  if (unit !== null) {
    // `let tf;` is set before any model is built, to whichever package fits the machine.
    if (unit.scope.names.get('tf')?.kind === 'undefined') unit.scope.names.set('tf', external('tf'));
    const told = new Map<string, readonly Shape[]>();
    within(() => void graphs.push(...toldGraphs(machine, unit, options, told)));
    if (options.entries === undefined) {
      const built = new Set(graphs.map(({ name }) => name));
      within(() => follow(machine, unit, witness));
      within(() => {
        // What was found before the budget ran out is shown, and building graphs of it takes steps, too.
        settle(machine);
        graphs.push(...foundGraphs(machine, unit, told).filter(({ name }) => !built.has(name)));
      });
    }
  }
  return { unit, graphs, isIncomplete };
}

/** The file, with the scripts that stand beside it on a page in one scope, in the page's order. */
function loadPage(machine: Machine, file: string): void {
  const scope = createScope('module', null);
  if (/\bdocument\b/.test(machine.host.read(file) ?? ''))
    scope.names.set(
      'document',
      pageDocument(() => pageOf(machine.host, file)?.text ?? null),
    );
  for (const path of pageScripts(machine.host, file)) loadUnit(machine, path, path, scope);
}

/** The models that options or comments say how to build; inputs of those that they only name go into `told`. */
function toldGraphs(
  machine: Machine,
  unit: SourceUnit,
  options: FindOptions,
  told: Map<string, readonly Shape[]>,
): readonly ModelGraph[] {
  const entries = options.entries?.map((entry) => ({ entry, inputs: options.inputs ?? null })) ?? directivesOf(unit);
  return entries.flatMap(({ entry, inputs }) => {
    // A name alone stands for the model as it is found.
    if (options.entries !== undefined || inputs === null || !/^[\w$.]+$/.test(entry))
      return entryGraphs(machine, unit, entry, inputs);
    told.set(entry, inputs);
    return [];
  });
}

function follow(machine: Machine, unit: SourceUnit, witness: Witness): void {
  drive(machine, unit, witness);
  for (const other of machine.units.values()) {
    if (other !== unit && other.scope === unit.scope && !hasEvidence(machine, unit)) drive(machine, other, witness);
  }
  if (!hasEvidence(machine, unit)) driveNeighbours(machine, unit, witness);
}

/** A builder that raises while it builds leaves a part of its model behind. */
function noteAborted(machine: Machine): void {
  if (machine.doubt !== null) return;
  for (const model of modelsOf(machine)) {
    const around = model.callSites.slice(0, -1);
    if (around.length > 0 && around.every((site, idx) => site === machine.callSites[idx])) model.isAborted = true;
  }
}

function driveNeighbours(machine: Machine, unit: SourceUnit, witness: Witness): void {
  const { host } = machine;
  const pattern = usePattern(unit);
  if (pattern === null) return;
  const folder = unit.path.includes('/') ? unit.path.slice(0, unit.path.lastIndexOf('/')) : '';
  const parent = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
  let nRead = 0;
  for (const place of new Set([folder, parent])) {
    for (const name of host.list(place)) {
      const path = place === '' ? name : `${place}/${name}`;
      if (path === unit.path || machine.units.has(path)) continue;
      if (!javascriptSemantics.extensions.some((ending) => name.endsWith(ending)) || /\.d\.[cm]?ts$/.test(name))
        continue;
      const text = host.read(path);
      if (text === null || text.length > maxEvidenceLength || !pattern.test(text)) continue;
      if (++nRead > maxEvidenceFiles) return;
      const other = loadUnit(machine, path, path);
      if (other !== null) drive(machine, other, witness);
      if (hasEvidence(machine, unit)) return;
    }
  }
}

/** What stands in a text that calls the unit's builders: their names, or the file's where an export has none. */
function usePattern(unit: SourceUnit): RegExp | null {
  const named = [...unit.scope.names, ...unit.exports].filter(([, value]) => isDefinedIn(value, unit));
  const words = [...new Set(named.map(([name]) => name.replace(/[^\w$]/g, '')))].filter((name) => name !== 'default');
  const uses = words.length === 0 ? [] : [`\\b(?:${words.join('|')})\\s*\\(`];
  if (named.some(([name]) => name === 'default')) {
    const stem = unit.path.slice(unit.path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
    uses.push(`/${stem.replace(/[^\w-]/g, '.')}(?:\\.\\w+)?['"\`]`);
  }
  return uses.length === 0 ? null : new RegExp(uses.join('|'));
}

function isDefinedIn(value: Value, unit: SourceUnit): boolean {
  return (value.kind === 'function' || value.kind === 'class') && value.unit === unit;
}

function hasEvidence(machine: Machine, unit: SourceUnit): boolean {
  return modelsOf(machine).some((model) => makerOf(model)?.unit === unit && callOf(model) !== null);
}

/** The call of `tf.sequential` or `tf.model`. */
function makerOf(model: TfjsModel): CallSite | undefined {
  return model.callSites[model.callSites.length - 1];
}

/** The call that led into the builder: `buildGenerator(100)`, `new Generator({ size: 64 })`. */
function callOf(model: TfjsModel): CallSite | null {
  const maker = makerOf(model);
  if (maker === undefined) return null;
  const className = maker.functionName.includes('.') ? maker.functionName.split('.')[0] : null;
  for (let idx = model.callSites.length - 2; idx >= 0; idx--) {
    const site = model.callSites[idx];
    if (site === undefined) break;
    if (className === null || !site.functionName.startsWith(`${className}.`)) return site;
  }
  return null;
}

function foundGraphs(
  machine: Machine,
  unit: SourceUnit,
  told: ReadonlyMap<string, readonly Shape[]>,
): readonly ModelGraph[] {
  const byBuilder = new Map<string, TfjsModel[]>();
  for (const model of modelsOf(machine)) {
    const maker = placeIn(unit, model, machine);
    if (maker === null || model.isPart || model.isAborted) continue;
    const key = `${maker.functionName} ${maker.span.start}`;
    byBuilder.set(key, [...(byBuilder.get(key) ?? []), model]);
  }
  return [...byBuilder.values()].flatMap((models) => {
    const sure = models.filter(({ isDoubtful }) => !isDoubtful);
    const known = sure.length > 0 ? sure : models;
    const called = known.filter((model) => callOf(model) !== null);
    const candidates = distinctCalls(called.length > 0 ? called : bestKnown(machine, known));
    return candidates.flatMap((model) => graphOf(machine, unit, model, told) ?? []);
  });
}

/**
 * The call in this file that makes the model: `tf.sequential()` itself, or, where that stands in a base class or a
 * helper of another file and layers of this file go into it, the call that led there.
 */
function placeIn(unit: SourceUnit, model: TfjsModel, machine: Machine): CallSite | null {
  const maker = makerOf(model);
  if (maker?.unit === unit) return maker;
  const call = model.callSites.findLast((site) => site.unit === unit);
  if (call === undefined) return null;
  const ends = model.ends(machine.context);
  const nodes = ends === null ? [] : nodesBetween(recorderOf(machine).nodes, ends);
  return nodes.some(({ layer }) => layer?.site.file === unit.path) ? call : null;
}

/** Of models that nobody calls for, the one about whose inputs most is known; the first of equals. */
function bestKnown(machine: Machine, models: readonly TfjsModel[]): readonly TfjsModel[] {
  const nOpen = (model: TfjsModel): number => {
    const inputs = model.ends(machine.context)?.inputs ?? null;
    return inputs === null
      ? Infinity
      : inputs.flatMap(({ shape }): Shape => shape ?? ['?']).filter((dim) => dim === '?').length;
  };
  const [first, ...rest] = models;
  if (first === undefined) return [];
  return [rest.reduce((best, model) => (nOpen(model) < nOpen(best) ? model : best), first)];
}

/** Calls with the same text are the same model; more than a few are a sweep. */
function distinctCalls(models: readonly TfjsModel[]): readonly TfjsModel[] {
  const byText = new Map<string, TfjsModel>();
  for (const model of models) {
    const text = textOf(callOf(model));
    if (!byText.has(text)) byText.set(text, model);
  }
  return [...byText.values()].slice(0, 3);
}

function graphOf(
  machine: Machine,
  unit: SourceUnit,
  model: TfjsModel,
  told: ReadonlyMap<string, readonly Shape[]>,
): ModelGraph | null {
  const maker = placeIn(unit, model, machine);
  if (maker === null) return null;
  const builder = builderLine(unit, maker);
  const isTopLevel = maker.functionName === '<module>' || maker.functionName === '<lambda>';
  const name = isTopLevel ? model.name : maker.functionName.replace(/\.constructor$/, '');
  const inputs = told.get(name);
  return tfjsGraph(
    inputs === undefined ? model : withInputs(model, inputs),
    {
      name,
      file: unit.path,
      line: builder,
      instantiation: textOf(callOf(model)) || null,
    },
    machine.context,
  );
}

/** The line of the function around the model's making; the call's own line at top level. */
function builderLine(unit: SourceUnit, maker: CallSite): number {
  let start = maker.span.start;
  let width = Infinity;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      const node = value as { kind?: string; start?: number; end?: number };
      if (node.start !== undefined && node.end !== undefined) {
        if (node.start > maker.span.start || node.end < maker.span.end) return;
        const isBuilder = node.kind === 'functionDefinition' || node.kind === 'method';
        if (isBuilder && node.end - node.start < width) {
          start = node.start;
          width = node.end - node.start;
        }
      }
      Object.values(value).forEach(visit);
    }
  };
  visit(unit.module.body);
  return unit.lines.lineOf(start);
}

function textOf(site: CallSite | null): string {
  if (site === null) return '';
  const text = site.unit.text.slice(site.span.start, site.span.end).replace(/\s+/g, ' ');
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}

interface Entry {
  readonly entry: string;
  readonly inputs: readonly Shape[] | null;
}

/** `// slimwise: buildGenerator(100) input=(1,100) input=(1,10)`. */
function directivesOf(unit: SourceUnit): readonly Entry[] {
  return unit.module.comments.flatMap(({ text }): readonly Entry[] => {
    const match = /^\s*slimwise:\s*(?!ignore)(\S.*?)((?:\s+input=(?:\([^)]*\)|\[[^\]]*\]|\S+))*)\s*$/.exec(text);
    const entry = match?.[1];
    if (entry === undefined) return [];
    const inputs = [...(match?.[2] ?? '').matchAll(/input=(\([^)]*\)|\[[^\]]*\]|\S+)/g)].map(([, dims = '']): Shape =>
      (dims.match(/\d+|\?/g) ?? []).map((dim) => (dim === '?' ? dim : Number(dim))),
    );
    return [{ entry, inputs: inputs.length === 0 ? null : inputs }];
  });
}

/** The models that an expression of the source's own language gives: itself, or what its result holds. */
function entryGraphs(
  machine: Machine,
  unit: SourceUnit,
  entry: string,
  inputs: readonly Shape[] | null,
): readonly ModelGraph[] {
  const [statement] = parseJavascript(`(${entry})`).body;
  if (statement?.kind !== 'expression') return [];
  const nBefore = modelsOf(machine).length;
  const result = valueOf(machine, unit, statement.expression);
  const made = modelsOf(machine).slice(nBefore);
  const direct = asModel(result);
  const held = result.kind === 'instance' ? getAttribute(machine, result, 'model') : UNDEFINED;
  const chosen = direct ?? asModel(held);
  const models = chosen === null ? made.filter(({ isPart }) => !isPart) : [chosen];
  return models.flatMap((model) => {
    const maker = makerOf(model);
    const place = {
      name: entry.replace(/^new\s+/, '').replace(/\(.*$/s, ''),
      file: unit.path,
      line: maker?.unit === unit ? builderLine(unit, maker) : 1,
      instantiation: entry,
    };
    return tfjsGraph(inputs === null ? model : withInputs(model, inputs), place, machine.context) ?? [];
  });
}

function valueOf(machine: Machine, unit: SourceUnit, expression: Expression): Value {
  try {
    return evaluate(machine, moduleFrame(machine, unit), expression);
  } catch (error) {
    if (!(error instanceof RaisedError)) throw error;
    return unknown(error.message);
  }
}

/** The same model, run on inputs that somebody gave. */
function withInputs(model: TfjsModel, shapes: readonly Shape[]): TfjsModel {
  return {
    ...model,
    ends(context): ModelEnds {
      const inputs = shapes.map((shape) => recordInput(shape, context));
      return { inputs, outputs: model.run(inputs, context) };
    },
  };
}
