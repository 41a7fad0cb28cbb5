/**
 * Keras models found in a file, as ModelGraphs: each model whose `Model(...)` or `Sequential(...)` stands
 * in the file, named by what holds it. A model that only wraps or joins others is left out, and so is one
 * that is merely a part of another made by the same function.
 */
import type { GraphFault, GraphNode, Layer, LayerRun, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Layout, Shape } from '../../core/graph/shape.ts';
import type { KerasEnds, KerasModel } from '../frameworks/keras/kerasModel.ts';
import { isKerasModel, kerasModels, nodesBetween } from '../frameworks/keras/kerasModel.ts';
import { kerasTensor, kerasTensorsOf } from '../frameworks/keras/kerasTensor.ts';
import type { FaultRecord, LayerRecord, NodeRecord } from '../frameworks/recorder.ts';
import { layoutOf, ownLayout, recordNode, recorderOf } from '../frameworks/recorder.ts';
import { RaisedError } from '../interpreter/calls.ts';
import { noArguments } from '../interpreter/library.ts';
import type { Machine, SourceUnit } from '../interpreter/machine.ts';
import { isExhausted } from '../interpreter/machine.ts';
import { foreign, list } from '../interpreter/values.ts';
import type { Value } from '../interpreter/values.ts';
import { lastPart } from './toldModels.ts';

export interface FoundKerasModel {
  readonly model: KerasModel;
  readonly graph: ModelGraph;
}

/** `told`: by the last part of a model's name, what it is fed with instead of its own inputs. */
export function kerasGraphs(
  machine: Machine,
  unit: SourceUnit,
  told: ReadonlyMap<string, readonly Shape[]> = new Map(),
  isWanted: (model: KerasModel) => boolean = () => true,
): FoundKerasModel[] {
  // A sequence is run when it is asked for, which may be after its script used up all that it may.
  machine.steps = Math.max(machine.steps, Math.floor(machine.limits.steps / 4));
  const models = kerasModels(machine).filter(({ site }) => site.file === unit.path);
  const kept = models.filter(
    (model) =>
      isWanted(model) && !isWrapper(model, machine) && !isInnerPart(model, machine) && !isUnfedPart(model, machine),
  );
  return kept.flatMap((model) => {
    const graph = graphOf(model, machine, unit, told);
    return graph === null ? [] : [{ model, graph }];
  });
}

/** Null also where running its layers fails, or takes more than an analysis may. */
export function endsOf(model: KerasModel, machine: Machine): ReturnType<KerasModel['ends']> {
  try {
    return model.ends(machine.context);
  } catch (error) {
    if (error instanceof RaisedError || isExhausted(error)) return null;
    throw error;
  }
}

/** Of the model run on inputs of these shapes; null where it cannot be. */
function fedEnds(model: KerasModel, shapes: readonly Shape[], machine: Machine): KerasEnds | null {
  const inputs = shapes.map((shape, index) =>
    kerasTensor(
      recordNode(machine.context, { op: 'input', attributes: { index } }, [], { layout: 'channelsLast', shape }),
      true,
    ),
  );
  const recorder = recorderOf(machine);
  try {
    const [only, ...more] = inputs.map(foreign);
    const given = only !== undefined && more.length === 0 ? only : list(inputs.map(foreign));
    const args = { ...noArguments(), positional: [given] };
    const outputs = kerasTensorsOf(model.call?.(args, machine.context), machine.context);
    return outputs === null ? null : { recorder, inputs, outputs };
  } catch (error) {
    if (error instanceof RaisedError || isExhausted(error)) return null;
    throw error;
  }
}

/** Has no layers of its own: joins several models, or wraps one that another function made. */
function isWrapper(model: KerasModel, machine: Machine): boolean {
  if (model.parts.size === 0) return false;
  const ends = endsOf(model, machine);
  if (ends === null) return false;
  const inner = new Set<LayerRecord>();
  for (const part of model.parts) {
    const partEnds = endsOf(part, machine);
    if (partEnds === null) continue;
    for (const { layer } of nodesBetween(partEnds.recorder.nodes, partEnds)) if (layer !== null) inner.add(layer);
  }
  const own = nodesBetween(ends.recorder.nodes, ends).filter(
    ({ layer }) => layer !== null && !inner.has(layer) && layer.type !== 'InputLayer',
  );
  if (own.length > 0) return false;
  const [only] = model.parts;
  return !(model.parts.size === 1 && only !== undefined && isSamePlace(only, model));
}

/** Made and used up by the same call of the same function, in something that is shown. */
function isInnerPart(model: KerasModel, machine: Machine): boolean {
  return [...model.users].some((user) => isSamePlace(user, model) && !isWrapper(user, machine));
}

function isSamePlace(left: KerasModel, right: KerasModel): boolean {
  return (
    left.functionName === right.functionName && left.activation === right.activation && left.functionName !== '<module>'
  );
}

/** A sequence of layers without an input of its own, used inside of something else that is shown. */
function isUnfedPart(model: KerasModel, machine: Machine): boolean {
  if (!model.wasCalled) return false;
  if (model.users.size > 0 && [...model.users].every((user) => isWrapper(user, machine))) return false;
  const ends = endsOf(model, machine);
  return ends === null || ends.inputs.some(({ node }) => ends.recorder.nodes[node]?.layer === null);
}

function graphOf(
  model: KerasModel,
  machine: Machine,
  unit: SourceUnit,
  told: ReadonlyMap<string, readonly Shape[]>,
): ModelGraph | null {
  const name = nameOf(model, machine, unit);
  const inputs = told.get(lastPart(name)) ?? null;
  const ends = (inputs === null ? null : fedEnds(model, inputs, machine)) ?? endsOf(model, machine);
  if (ends === null) return null;
  const { recorder } = ends;
  const kept = nodesBetween(recorder.nodes, ends);
  const built = toKerasGraph(kept, recorder.faults);
  const idOf = (node: number): number[] => {
    const id = built.ids.get(node);
    return id === undefined ? [] : [id];
  };
  return {
    name,
    framework: 'keras',
    layout: built.layout,
    file: unit.path,
    line: model.site.line,
    instantiation: callText(model, unit),
    layers: built.layers,
    nodes: built.nodes,
    inputs: ends.inputs.flatMap(({ node }) => idOf(node)),
    outputs: ends.outputs.flatMap(({ node }) => idOf(node)),
    faults: built.faults,
  };
}

export interface KerasGraphParts {
  readonly layers: Layer[];
  readonly nodes: GraphNode[];
  readonly layout: Layout;
  readonly faults: GraphFault[];
  readonly ids: ReadonlyMap<number, number>;
}

/** Nodes renumbered from 0, layers in the order of their first use. */
export function toKerasGraph(kept: readonly NodeRecord[], faults: readonly FaultRecord[]): KerasGraphParts {
  const ids = new Map(kept.map(({ id }, index) => [id, index]));
  const records: LayerRecord[] = [];
  const indexOf = new Map<LayerRecord, number>();
  const runs = new Map<LayerRecord, LayerRun[]>();
  const add = (layer: LayerRecord): void => {
    if (indexOf.has(layer)) return;
    indexOf.set(layer, records.length);
    records.push(layer);
  };
  for (const { layer, ends = [] } of kept) {
    if (layer !== null) add(layer);
    for (const { layer: own, run } of ends) {
      add(own);
      const known = runs.get(own) ?? [];
      runs.set(own, [...known, idsIn(run, ids)]);
    }
  }
  const used = new Set<string>();
  const layers = records.map((record, index): Layer => {
    const wanted = record.name ?? `${record.type}`;
    let name = wanted;
    for (let copy = 1; used.has(name); copy++) name = `${wanted}_${copy}`;
    used.add(name);
    const { type, site, stack, weights, unknown, bits } = record;
    const own = runs.get(record);
    // Field by field: spreading thousands of calls takes longer than following them.
    const { op, attributes } = record.call;
    const layer = { op, attributes, index, name, type, site, stack, weights, unknown } as Layer;
    if (own === undefined && bits === undefined) return layer;
    return { ...layer, ...(own === undefined ? {} : { runs: own }), ...(bits === undefined ? {} : { bits }) };
  });
  const layout = layoutOf(kept);
  let nInputs = 0;
  const nodes = kept.map((node, id): GraphNode => {
    const inputs = node.inputs.flatMap((input) => ids.get(input) ?? []);
    const { op } = node.call;
    const attributes = op === 'input' ? { index: nInputs++ } : node.call.attributes;
    const { shape, unknown, site } = node;
    const layer = node.layer === null ? null : (indexOf.get(node.layer) ?? null);
    const made = { op, attributes, id, layer, inputs, shape, unknown, site } as GraphNode;
    const own = ownLayout(node, layout);
    return own.layout === undefined ? made : { ...made, ...own };
  });
  const own = faults.filter(({ layer }) => layer !== null && indexOf.has(layer));
  return {
    layers,
    nodes,
    layout,
    ids,
    faults: own.map(({ kind, message, site, layer }) => ({
      kind,
      message,
      site,
      layer: layer === null ? null : (indexOf.get(layer) ?? null),
    })),
  };
}

function idsIn({ inputs, output, start }: LayerRun, ids: ReadonlyMap<number, number>): LayerRun {
  const known = inputs.flatMap((input) => ids.get(input) ?? []);
  return { inputs: known, output: ids.get(output) ?? 0, start: ids.get(start) ?? 0 };
}

/** What holds the model: `generator`, `DCGAN.generator`; else the function that makes it. */
function nameOf(model: KerasModel, machine: Machine, unit: SourceUnit): string {
  const isIt = (value: Value): boolean =>
    value.kind === 'foreign' && isKerasModel(value.object) && value.object === model;
  for (const { scope } of [unit, ...machine.units.values()]) {
    for (const [name, value] of scope.names) {
      if (isIt(value)) return name;
      if (value.kind !== 'instance') continue;
      for (const [key, item] of value.attributes) if (isIt(item)) return `${value.class.name}.${key}`;
    }
  }
  if (model.functionName === '<module>') return model.name;
  return model.functionName.replace(/\b(build|make|create|get)_(?=\w)/, '');
}

/** The call of the function that makes it, as written. */
function callText(model: KerasModel, unit: SourceUnit): string | null {
  const [caller] = model.callers;
  if (model.functionName === '<module>' || caller === undefined || caller.file !== unit.path) return null;
  const line = unit.text.split('\n')[caller.line - 1]?.trim() ?? '';
  return line === '' ? null : line.slice(0, 120);
}
