/**
 * Models of TF.js: `tf.sequential`, which is a list of layers, and `tf.model`, which is the part of the
 * recording between its inputs and outputs. Applying a model runs its layers again on other tensors. The
 * list of a sequential is an ordinary list of the interpreter, so that a layer added under an unknown
 * condition makes it unknown and nothing else.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import { isKnownShape, type Shape } from '../../../core/graph/shape.ts';
import type { CallContext } from '../../interpreter/library.ts';
import type { CallSite, Machine } from '../../interpreter/machine.ts';
import {
  UNDEFINED,
  builtin,
  foreign,
  list,
  string,
  unknown,
  unknownList,
  type ListValue,
  type Value,
} from '../../interpreter/values.ts';
import { given, type BoundArguments } from '../arguments.ts';
import { recordLayer, recorderOf, recordNode, type LayerRecord, type NodeRecord, type Recorded } from '../recorder.ts';
import { inputShapeOf } from './layerConfig.ts';
import { applyMethod, asApplicable, countUp, type Applicable } from './tfjsLayer.ts';
import { recordedOf, tensorValue } from './tfjsTensor.ts';

export interface TfjsModel extends Applicable {
  readonly name: string;
  /** The calls that led to it, outermost first. */
  readonly callSites: readonly CallSite[];
  /** Made under a condition that is not known. */
  readonly isDoubtful: boolean;
  /** Its own inputs and outputs; null where they are not known. */
  ends(context: CallContext): ModelEnds | null;
  /** Why its ends are not known. */
  missing(): string;
  /** Applied by the same call that made it: a part of another model, not one of its own. */
  isPart: boolean;
  /** Its builder raised an exception before it was done. */
  isAborted: boolean;
}

export interface ModelEnds {
  readonly inputs: readonly Recorded[];
  readonly outputs: readonly Recorded[];
}

const key = 'tfjs models';

/** Every model that was made so far, in order. */
export function modelsOf(machine: Machine): TfjsModel[] {
  const known = machine.extensions.get(key) as TfjsModel[] | undefined;
  if (known !== undefined) return known;
  const made: TfjsModel[] = [];
  machine.extensions.set(key, made);
  return made;
}

export function asModel(value: Value | undefined): TfjsModel | null {
  const target = asApplicable(value);
  return target !== null && 'ends' in target ? (target as TfjsModel) : null;
}

/** `tf.input({ shape: [100] })`: a layer of its own in TF.js, as its summary shows. */
export function makeInput(config: BoundArguments, context: CallContext): Value {
  const layer = recordLayer(context, 'tfjs', 'InputLayer', { op: 'input', attributes: { index: 0 } });
  layer.name = nameOf(config);
  return tensorValue(recordInput(inputShapeOf(config), context, layer));
}

export function recordInput(shape: Shape | null, context: CallContext, layer: LayerRecord | null = null): Recorded {
  const unknownShape = 'the input shape is not given';
  return recordNode(context, { op: 'input', attributes: { index: 0 } }, [], {
    layer,
    layout: 'channelsLast',
    shape,
    unknown: shape === null ? unknownShape : null,
  });
}

const eagerKey = 'tfjs eager tensors';

/** A tensor with data of its own (`tf.zeros([1, 8])`): a model that runs on it is used, not built into another. */
export function recordEager(shape: Shape | null, context: CallContext): Recorded {
  const recorded = recordInput(shape, context);
  const { extensions } = context.machine;
  const known = extensions.get(eagerKey) as Set<number> | undefined;
  extensions.set(eagerKey, (known ?? new Set<number>()).add(recorded.node));
  return recorded;
}

/** Whether all that these come from are tensors with data of their own. */
function areEager(given: readonly Recorded[], { machine }: CallContext): boolean {
  const eager = machine.extensions.get(eagerKey) as Set<number> | undefined;
  if (eager === undefined) return false;
  const { nodes } = recorderOf(machine);
  const seen = new Set<number>();
  const pending = given.map(({ node }) => node);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const node = nodes[id];
    if (node === undefined || (node.inputs.length === 0 && !eager.has(id))) return false;
    pending.push(...node.inputs);
  }
  return true;
}

export function makeSequential(config: BoundArguments, context: CallContext): Value {
  const layers = given(config, 'layers');
  const items: ListValue =
    layers === undefined
      ? config.open === null
        ? list([])
        : unknownList(config.open)
      : layers.kind === 'list'
        ? { kind: 'list', items: [...layers.items], unknown: layers.unknown }
        : unknownList('its layers are not known');
  let built: { readonly key: string; readonly ends: ModelEnds | null } | null = null;
  const model: TfjsModel = {
    typeName: 'Sequential',
    typePaths: ['tf.Sequential', 'tf.LayersModel'],
    isApplicable: true,
    name: nameOf(config) ?? `sequential_${countUp('sequential', context)}`,
    callSites: [...context.machine.callSites],
    isDoubtful: context.machine.doubt !== null,
    get inputShape() {
      return asApplicable(items.items[0])?.inputShape ?? null;
    },
    missing: () => items.unknown ?? 'its input shape is not known',
    ends(at) {
      if (items.unknown !== null || items.items.length === 0) return null;
      const signature = `${items.items.length}`;
      if (built?.key === signature) return built.ends;
      const input = recordInput(model.inputShape, at);
      const outputs = runLayers(items.items, [input], at);
      built = { key: signature, ends: outputs === null ? null : { inputs: [input], outputs } };
      return built.ends;
    },
    isPart: false,
    isAborted: false,
    run(inputs, at) {
      noteUse(model, inputs, at);
      // Its layers were built for what it says of its input when they were added, whatever it is given now.
      if (model.inputShape !== null) model.ends(at);
      const own = asDeclared(inputs, model.inputShape, at);
      return runLayers(items.items, own, at) ?? [lost(items.unknown ?? 'a layer is not known')];
    },
    attribute(name, at) {
      if (name === 'add') return addMethod(items);
      if (name === 'pop') return builtin(name, (_args, { journal }) => journal.itemsOf(items).pop() ?? UNDEFINED);
      if (name === 'layers') return items;
      return modelAttribute(model, name, at);
    },
  };
  modelsOf(context.machine).push(model);
  return foreign(model);
}

function addMethod(items: ListValue): Value {
  return builtin('add', ({ positional: [layer] }, { journal }) => {
    if (layer === undefined || asApplicable(layer) === null) {
      journal.forgetItems(items, layer?.kind === 'unknown' ? layer.reason : 'a layer that is added is not known');
    } else if (items.unknown === null) {
      journal.itemsOf(items).push(layer);
    }
    return UNDEFINED;
  });
}

function runLayers(
  items: readonly Value[],
  inputs: readonly Recorded[],
  context: CallContext,
): readonly Recorded[] | null {
  let current = inputs;
  for (const item of items) {
    const layer = asApplicable(item);
    if (layer === null) return null;
    if (layer.typeName !== 'InputLayer') current = layer.run(current, context);
  }
  return current;
}

/** TF.js lets `[1, 100]` stand for a declared `[100]`; the layers inside see what was declared. */
function asDeclared(inputs: readonly Recorded[], declared: Shape | null, context: CallContext): readonly Recorded[] {
  const [only] = inputs;
  const given = only?.shape ?? null;
  if (inputs.length !== 1 || only === undefined || !isKnownShape(given) || !isKnownShape(declared)) return inputs;
  const size = (shape: readonly number[]): number => shape.reduce((total, dim) => total * dim, 1);
  if (given.length === declared.length || size(given) !== size(declared)) return inputs;
  const call: OpCall = { op: 'reshape', attributes: { shape: [-1, ...declared.slice(1)] } };
  return [recordNode(context, call, inputs, { layout: 'channelsLast' })];
}

/** `tf.layers.inputLayer({ inputShape })`: says the shape and runs nothing. */
export function makeInputLayer(shape: Shape | null): Value {
  const layer: Applicable = {
    typeName: 'InputLayer',
    typePaths: ['tf.layers.InputLayer'],
    isApplicable: true,
    inputShape: shape,
    run: (inputs) => inputs,
    attribute: (name) => (name === 'apply' ? applyMethod(layer) : null),
  };
  return foreign(layer);
}

export function makeFunctional(config: BoundArguments, context: CallContext): Value {
  const inputs = recordedOf(given(config, 'inputs'), context);
  const outputs = recordedOf(given(config, 'outputs'), context);
  const ends = inputs === null || outputs === null ? null : { inputs, outputs };
  const model: TfjsModel = {
    typeName: 'LayersModel',
    typePaths: ['tf.LayersModel'],
    isApplicable: true,
    name: nameOf(config) ?? `model${countUp('model', context)}`,
    callSites: [...context.machine.callSites],
    isDoubtful: context.machine.doubt !== null,
    inputShape: ends?.inputs[0]?.shape ?? null,
    missing: () => 'its inputs and outputs are not known',
    ends: () => ends,
    isPart: false,
    isAborted: false,
    run(given, at) {
      noteUse(model, given, at);
      return ends === null ? [lost('the model is not known')] : replay(ends, given, at);
    },
    attribute: (name, at) => modelAttribute(model, name, at),
  };
  modelsOf(context.machine).push(model);
  return foreign(model);
}

function noteUse(model: TfjsModel, given: readonly Recorded[], context: CallContext): void {
  const { machine } = context;
  if (model.isPart || areEager(given, context)) return;
  const made = model.callSites.slice(0, -1);
  const isSameCall =
    machine.callSites.length > made.length && made.every((site, idx) => site === machine.callSites[idx]);
  const top = machine.callSites[made.length];
  const maker = model.callSites[made.length];
  if (isSameCall && top?.functionName === maker?.functionName && top?.functionName !== '<module>') model.isPart = true;
}

/** Runs what lies between a model's ends once more, on other inputs. */
function replay(ends: ModelEnds, given: readonly Recorded[], context: CallContext): readonly Recorded[] {
  const { nodes } = recorderOf(context.machine);
  const results = new Map<number, Recorded>();
  ends.inputs.forEach((input, idx) => results.set(input.node, given[idx] ?? input));
  for (const node of nodesBetween(nodes, ends)) {
    if (results.has(node.id)) continue;
    const inputs = node.inputs.map((id) => results.get(id) ?? lost('an input is not known'));
    const fixed = node.call.op === 'unknown' ? { shape: null, unknown: node.unknown } : {};
    results.set(
      node.id,
      recordNode(context, node.call, inputs, { layer: node.layer, layout: 'channelsLast', ...fixed }),
    );
  }
  return ends.outputs.map((output) => results.get(output.node) ?? lost('an output is not known'));
}

/** The nodes that the outputs need, inputs included, in order. */
export function nodesBetween(nodes: readonly NodeRecord[], ends: ModelEnds): readonly NodeRecord[] {
  const needed = new Set<number>();
  const stops = new Set(ends.inputs.map(({ node }) => node));
  const pending = ends.outputs.map(({ node }) => node);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const node = nodes[id];
    if (node === undefined || needed.has(id)) continue;
    needed.add(id);
    if (!stops.has(id)) pending.push(...node.inputs);
  }
  return [...needed].sort((a, b) => a - b).flatMap((id) => nodes[id] ?? []);
}

function modelAttribute(model: TfjsModel, name: string, context: CallContext): Value | null {
  switch (name) {
    case 'apply':
      return applyMethod(model);
    case 'predict':
      return builtin(name, (args, at) => {
        const { isPart } = model;
        const result = at.call(applyMethod(model), args);
        model.isPart = isPart;
        return result;
      });
    case 'name':
      return string(model.name);
    case 'inputs':
    case 'outputs': {
      const ends = model.ends(context);
      return ends === null ? unknown(model.missing()) : list(ends[name].map(tensorValue));
    }
    case 'input':
    case 'output': {
      const [first] = model.ends(context)?.[`${name}s`] ?? [];
      return first === undefined ? unknown(model.missing()) : tensorValue(first);
    }
    case 'compile':
    case 'summary':
    case 'build':
    case 'dispose':
      return builtin(name, () => UNDEFINED);
    default:
      return null;
  }
}

function nameOf(config: BoundArguments): string | null {
  const value = given(config, 'name');
  return value?.kind === 'string' ? value.value : null;
}

function lost(reason: string): Recorded {
  return { node: -1, shape: null, unknown: reason };
}
