/**
 * Keras models that functions build: as called by the file and by scripts around it, and, where a builder
 * needs no arguments, as its defaults have it. Models that differ in nothing are given once.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Shape } from '../../core/graph/shape.ts';
import type { KerasModel } from '../frameworks/keras/kerasModel.ts';
import { isKerasModel, kerasModels } from '../frameworks/keras/kerasModel.ts';
import { RaisedError, callValue } from '../interpreter/calls.ts';
import { evaluate } from '../interpreter/expressions.ts';
import { moduleFrame } from '../interpreter/imports.ts';
import { noArguments } from '../interpreter/library.ts';
import type { Machine, SourceUnit } from '../interpreter/machine.ts';
import { isExhausted } from '../interpreter/machine.ts';
import type { ClassValue, FunctionValue } from '../interpreter/values.ts';
import type { FoundKerasModel } from './kerasGraph.ts';
import { endsOf, kerasGraphs } from './kerasGraph.ts';
import type { Scene } from './followScripts.ts';
import { isPlainTorch, makesKerasModel } from './heardWords.ts';

/** Top-level functions and classes of a file whose text makes a Keras model. */
export function kerasBuilders(unit: SourceUnit): string[] {
  return [...builderFunctions(unit), ...builderClasses(unit)].map(({ name }) => name);
}

function builderClasses(unit: SourceUnit): ClassValue[] {
  const found: ClassValue[] = [];
  if (isPlainTorch(unit.text)) return found;
  for (const value of unit.scope.names.values()) {
    if (value.kind !== 'class' || value.unit !== unit || found.includes(value)) continue;
    if (makesKerasModel(unit.text.slice(value.definition.start, value.definition.end))) found.push(value);
  }
  return found;
}

function builderFunctions(unit: SourceUnit): FunctionValue[] {
  const found: FunctionValue[] = [];
  if (isPlainTorch(unit.text)) return found;
  for (const value of unit.scope.names.values()) {
    if (value.kind !== 'function' || value.unit !== unit) continue;
    const text = unit.text.slice(value.definition.start, value.definition.end);
    if (makesKerasModel(text)) found.push(value);
  }
  return found;
}

export function isBuilderSeen(scenes: readonly Scene[], unit: SourceUnit, name: string): boolean {
  const own = unit.scope.names.get(name);
  const [from, to] =
    own?.kind === 'class'
      ? [unit.lines.lineOf(own.definition.start), unit.lines.lineOf(own.definition.end)]
      : [Infinity, 0];
  const isIts = ({ site, functionName }: KerasModel): boolean =>
    site.file === unit.path && (functionName === name || (from <= site.line && site.line <= to));
  return scenes.some(({ machine }) => kerasModels(machine).some((model) => isIts(model) && isFollowed(model, machine)));
}

function isFollowed(model: KerasModel, machine: Machine): boolean {
  const ends = endsOf(model, machine);
  return (
    ends !== null &&
    ends.inputs.every(({ shape }) => shape !== null && !shape.includes('?')) &&
    ends.outputs.every(({ shape }) => shape !== null)
  );
}

/** `told`: by the last part of a model's name, what it is to be fed with instead of its own inputs. */
export function kerasDiscovered(
  scenes: readonly Scene[],
  unit: SourceUnit,
  told: ReadonlyMap<string, readonly Shape[]>,
): ModelGraph[] {
  const all: FoundKerasModel[] = [];
  const add = (found: readonly FoundKerasModel[]): void => {
    for (const one of found) {
      const isKnown = all.some((other) => isSameModel(other.graph, one.graph));
      if (!isKnown) all.push(one);
    }
  };
  for (const { machine } of scenes) {
    const own = machine.units.get(unit.path);
    if (own !== undefined) add(kerasGraphs(machine, own, told));
  }
  const [home] = scenes;
  if (home !== undefined) add(defaultModels(home, told));
  return withoutWorse(all).map(({ graph }) => graph);
}

/** Where the same call gave a model with known inputs, one with unknown inputs says nothing new. */
function withoutWorse(all: readonly FoundKerasModel[]): FoundKerasModel[] {
  const isKnown = ({ graph }: FoundKerasModel): boolean =>
    graph.inputs.every((id) => {
      const shape = graph.nodes[id]?.shape ?? null;
      return shape !== null && !shape.includes('?');
    }) && graph.layers.every(({ op }) => op !== 'unknown');
  const isSameCall = (left: FoundKerasModel, right: FoundKerasModel): boolean =>
    left.model.site.line === right.model.site.line && left.model.site.column === right.model.site.column;
  return all.filter((one) => isKnown(one) || !all.some((other) => isSameCall(one, other) && isKnown(other)));
}

function isSameModel(left: ModelGraph, right: ModelGraph): boolean {
  if (
    left.line !== right.line ||
    left.layers.length !== right.layers.length ||
    left.nodes.length !== right.nodes.length
  ) {
    return false;
  }
  const isSamePlace = left.layers.every(({ site }, idx) => site.line === right.layers[idx]?.site.line);
  return (
    isSamePlace &&
    left.nodes.every(
      (node, idx) => node.op === right.nodes[idx]?.op && String(node.shape) === String(right.nodes[idx]?.shape),
    )
  );
}

/** Builders that need no arguments, called without any. */
function defaultModels({ machine, unit }: Scene, told: ReadonlyMap<string, readonly Shape[]>): FoundKerasModel[] {
  const before = kerasModels(machine).length;
  for (const builder of builderFunctions(unit)) {
    const isFree = builder.definition.parameters.every(
      ({ kind, defaultValue }) => kind !== 'positional' || defaultValue !== null,
    );
    if (!isFree || builder.definition.parameters.length === 0) continue;
    tryRun(machine, () => void callValue(machine, builder, noArguments()));
  }
  const added = new Set(kerasModels(machine).slice(before));
  if (added.size === 0) return [];
  return kerasGraphs(machine, unit, told, (model) => added.has(model)).map(({ model, graph }) => ({
    model,
    graph: { ...graph, instantiation: null },
  }));
}

/** The models that an expression makes or names. */
export function kerasEntry(machine: Machine, unit: SourceUnit, expression: string): ModelGraph[] {
  const [statement] = unit.semantics.parse(expression).body;
  if (statement?.kind !== 'expression') return [];
  const before = kerasModels(machine).length;
  machine.steps = machine.limits.steps;
  machine.current = unit.semantics;
  let named: unknown = null;
  tryRun(machine, () => {
    const frame = moduleFrame(machine, unit);
    const value = evaluate(machine, frame, statement.expression);
    if (value.kind === 'foreign' && isKerasModel(value.object)) named = value.object;
  });
  const added = new Set(kerasModels(machine).slice(before));
  return kerasGraphs(machine, unit)
    .filter(({ model }) => added.has(model) || model === named)
    .map(({ graph }) => ({ ...graph, instantiation: expression }));
}

function tryRun(machine: Machine, run: () => void): void {
  machine.callSites.length = 0;
  machine.depth = 0;
  machine.doubt = null;
  try {
    run();
  } catch (error) {
    if (!(error instanceof RaisedError || isExhausted(error))) throw error;
  }
}
