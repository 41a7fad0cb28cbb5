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
import { RaisedError, callFunction, callValue } from '../../interpreter/calls.ts';
import { evaluate } from '../../interpreter/expressions.ts';
import { loadUnit, moduleFrame } from '../../interpreter/imports.ts';
import { positional } from '../../interpreter/library.ts';
import {
  BudgetExceeded,
  createMachine,
  type CallSite,
  type Machine,
  type MachineLimits,
  type SourceUnit,
} from '../../interpreter/machine.ts';
import { nodeArgparseLibrary } from '../../interpreter/libraries/nodeArgparseLibrary.ts';
import { javascriptSemantics } from '../../interpreter/javascript/javascriptSemantics.ts';
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
import type { SourceHost } from '../../sourceHost.ts';
import type { Expression } from '../../syntax/ast.ts';
import { parseJavascript } from '../../syntax/javascript.ts';
import { firstAlternative } from './firstAlternative.ts';
import { recordInput, asModel, modelsOf, type ModelEnds, type TfjsModel } from './tfjsModel.ts';
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
  readonly syntaxErrorLines: readonly number[];
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
  const graphs: ModelGraph[] = [];
  let unit: SourceUnit | null = null;
  let isIncomplete = false;
  try {
    unit = loadUnit(machine, file, file);
    if (unit !== null) follow(machine, unit, options, graphs);
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    isIncomplete = true;
  }
  const lines = unit?.module.errors.slice(0, 5).map(({ start }) => unit?.lines.lineOf(start) ?? 1);
  return { graphs, syntaxErrorLines: lines ?? [], isIncomplete };
}

function follow(machine: Machine, unit: SourceUnit, options: FindOptions, graphs: ModelGraph[]): void {
  // `let tf;` is set before any model is built, to whichever package fits the machine.
  if (unit.scope.names.get('tf')?.kind === 'undefined') unit.scope.names.set('tf', external('tf'));
  const directives = options.entries === undefined ? directivesOf(unit) : [];
  const entries = options.entries?.map((entry) => ({ entry, inputs: options.inputs ?? null })) ?? directives;
  const told = new Map<string, readonly Shape[]>();
  for (const { entry, inputs } of entries) {
    // A name alone stands for the model as it is found.
    if (inputs !== null && /^[\w$.]+$/.test(entry)) told.set(entry, inputs);
    else graphs.push(...entryGraphs(machine, unit, entry, inputs));
  }
  if (options.entries !== undefined) return;
  const built = new Set(graphs.map(({ name }) => name));
  drive(machine, unit);
  if (!hasEvidence(machine, unit)) driveNeighbours(machine, unit);
  graphs.push(...foundGraphs(machine, unit, told).filter(({ name }) => !built.has(name)));
}

/** Runs what the file defines and does not run itself. */
function drive(machine: Machine, unit: SourceUnit): void {
  const instances: InstanceValue[] = [];
  machine.observers.push({ constructed: (instance) => void instances.push(instance) });
  const values = [...new Set([...unit.scope.names.values(), ...unit.exports.values()])];
  for (const value of values) {
    if (value.kind === 'function' && value.unit === unit)
      attempt(() => callFunction(machine, value, guessedArguments(value), null));
    if (value.kind === 'dict') {
      for (const entry of value.entries.values()) {
        const method = entry.value;
        if (method.kind === 'function' && method.unit === unit)
          attempt(() => callFunction(machine, method, guessedArguments(method), value));
      }
    }
  }
  for (const value of values) {
    if (value.kind === 'class' && value.unit === unit) driveClass(machine, value, instances);
  }
  for (const callback of topLevelCallbacks(unit)) {
    const value = evaluate(machine, moduleFrame(machine, unit), callback);
    if (value.kind === 'function') attempt(() => callFunction(machine, value, guessedArguments(value), null));
  }
}

/** Functions that the top level hands on: `document.addEventListener('DOMContentLoaded', async () => …)`. */
function topLevelCallbacks(unit: SourceUnit): readonly Expression[] {
  return unit.module.body.flatMap((statement) => {
    if (statement.kind !== 'expression' || statement.expression.kind !== 'call') return [];
    return statement.expression.args.map(({ value }) => value).filter(({ kind }) => kind === 'lambda');
  });
}

function driveClass(machine: Machine, cls: ClassValue, instances: readonly InstanceValue[]): void {
  let instance: Value | undefined = instances.find((made) => made.class === cls);
  if (instance === undefined) {
    const make = cls.members.get('constructor');
    const args = make?.kind === 'function' ? guessedArguments(make) : positional();
    attempt(() => {
      instance = callValue(machine, cls, args);
    });
  }
  for (const [name, member] of cls.members) {
    if (name === 'constructor' || member.kind !== 'function' || member.flavour === 'setter') continue;
    const self = member.flavour === 'static' ? cls : instance;
    if (self !== undefined && member.flavour !== 'getter')
      attempt(() => callFunction(machine, member, guessedArguments(member), self));
  }
}

/**
 * TensorFlow.js itself for `tf`, the default where there is one, the first text that the function compares the
 * argument with (`if (data === 'MNIST')`), else unknown.
 */
function guessedArguments({ definition }: FunctionValue) {
  return positional(
    ...definition.parameters
      .filter(({ kind }) => kind === 'positional')
      .map(({ target, defaultValue }): Value => {
        if (target.kind === 'namePattern' && target.id === 'tf') return external('tf');
        if (defaultValue !== null) return UNDEFINED;
        const alternative = target.kind === 'namePattern' ? firstAlternative(definition.body, target.id) : null;
        if (alternative !== null) return string(alternative);
        return unknown(
          target.kind === 'namePattern' ? `the argument ${target.id} is not given` : 'an argument is not given',
        );
      }),
  );
}

function attempt(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    // What the source throws ends this one attempt.
    if (!(error instanceof RaisedError)) throw error;
  }
}

function driveNeighbours(machine: Machine, unit: SourceUnit): void {
  const { host } = machine;
  const names = [...unit.scope.names].filter(([, value]) => isDefinedIn(value, unit)).map(([name]) => name);
  if (names.length === 0) return;
  const pattern = new RegExp(`\\b(?:${names.map((name) => name.replace(/[^\w$]/g, '')).join('|')})\\s*\\(`);
  const folder = unit.path.includes('/') ? unit.path.slice(0, unit.path.lastIndexOf('/')) : '';
  const parent = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
  let nRead = 0;
  for (const place of new Set([folder, parent])) {
    for (const name of host.list(place)) {
      const path = place === '' ? name : `${place}/${name}`;
      if (path === unit.path || machine.units.has(path)) continue;
      if (!javascriptSemantics.extensions.some((ending) => name.endsWith(ending)) || name.endsWith('.d.ts')) continue;
      const text = host.read(path);
      if (text === null || text.length > maxEvidenceLength || !pattern.test(text)) continue;
      if (++nRead > maxEvidenceFiles) return;
      const other = loadUnit(machine, path, path);
      if (other !== null) drive(machine, other);
      if (hasEvidence(machine, unit)) return;
    }
  }
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
    const maker = makerOf(model);
    if (maker === undefined || maker.unit !== unit || model.isPart) continue;
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
  const maker = makerOf(model);
  if (maker === undefined) return null;
  const builder = builderLine(unit, maker);
  const isTopLevel = maker.functionName === '<module>' || maker.functionName === '<lambda>';
  const name = isTopLevel ? model.name : maker.functionName;
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
