/**
 * Keras models that are not classes. `Model(inputs, outputs)` is the part of the recording between its ends;
 * `Sequential` stands in `kerasSequential.ts`. Calling a model runs its layers again on other tensors, with its own inputs
 * as layers in between, as Keras keeps them.
 */
import type { Shape } from '../../../core/graph/shape.ts';
import { inferShape } from '../../../core/shape/inferShape.ts';
import type { Site } from '../../../core/graph/modelGraph.ts';
import type { ForeignObject } from '../../interpreter/foreign.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import type { Machine } from '../../interpreter/machine.ts';
import { NONE, bool, builtin, foreign, list, string, tuple, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import type { LayerRecord, NodeRecord, Recorded, Recorder } from '../recorder.ts';
import { recordLayer, recordNode, recorderOf } from '../recorder.ts';
import { copyRuns } from './kerasCustom.ts';
import { layerOf } from './kerasLayer.ts';
import { nextName } from './kerasNames.ts';
import type { KerasTensor } from './kerasTensor.ts';
import { freeKerasTensor, kerasTensor, kerasTensorsOf } from './kerasTensor.ts';

export interface KerasEnds {
  /** The recording that the ends are nodes of. */
  readonly recorder: Recorder;
  readonly inputs: readonly KerasTensor[];
  readonly outputs: readonly KerasTensor[];
}

export interface KerasModel extends ForeignObject {
  readonly kerasKind: 'model';
  readonly name: string;
  readonly site: Site;
  readonly callers: readonly { readonly file: string; readonly line: number }[];
  readonly functionName: string;
  /** What called the function that made it, outermost last; for telling apart the calls of a builder. */
  readonly activation: string;
  /** Its inputs and outputs; null where they are not known. */
  ends(context: CallContext): KerasEnds | null;
  /** Called on tensors: a part of something larger. */
  wasCalled: boolean;
  /** Models that call it. */
  readonly users: Set<KerasModel>;
  /** Functional models: models called between the ends. */
  readonly parts: Set<KerasModel>;
}

const MODELS = 'keras models';
const CALLS = 'keras model calls';

export function kerasModels(machine: Machine): KerasModel[] {
  const known = machine.extensions.get(MODELS) as KerasModel[] | undefined;
  if (known !== undefined) return known;
  const made: KerasModel[] = [];
  machine.extensions.set(MODELS, made);
  return made;
}

/** Which model produced a node, for finding the parts of a functional model. */
function callsOf(machine: Machine): Map<number, KerasModel> {
  const known = machine.extensions.get(CALLS) as Map<number, KerasModel> | undefined;
  if (known !== undefined) return known;
  const made = new Map<number, KerasModel>();
  machine.extensions.set(CALLS, made);
  return made;
}

export function isKerasModel(object: ForeignObject | null): object is KerasModel {
  return object !== null && 'kerasKind' in object && object.kerasKind === 'model';
}

/** `Input(shape=(100,))`. */
export function inputTensor(shape: Shape | null, context: CallContext, name: string | null = null): KerasTensor {
  const layer = recordLayer(context, 'keras', 'InputLayer', {
    op: 'input',
    attributes: { index: 0 },
  });
  layer.name = name ?? nextName('InputLayer', context);
  const isPartial = shape === null || shape.includes('?');
  const recorded = recordNode(context, layer.call, [], {
    layout: 'channelsLast',
    layer,
    shape,
    unknown: isPartial ? 'the input shape is not known' : null,
  });
  return kerasTensor(recorded, true);
}

export function baseModel(context: CallContext, typeName: string, name: string): Omit<KerasModel, 'ends'> {
  const sites = context.machine.callSites;
  const top = sites[sites.length - 1];
  return {
    typeName,
    typePaths: [`keras.${typeName}`, 'keras.Model', 'keras.layers.Layer'],
    kerasKind: 'model',
    name,
    site: context.site(),
    callers: context.callers(),
    functionName: top?.functionName ?? '<module>',
    activation: sites
      .slice(0, -1)
      .map(({ unit, span }) => `${unit.path}:${span.start}`)
      .join(' '),
    wasCalled: false,
    users: new Set(),
    parts: new Set(),
    truth: () => true,
  };
}

export function functionalModel(args: CallArguments, context: CallContext): KerasModel | null {
  const { positional, keywords } = args;
  const inputs = kerasTensorsOf(positional[0] ?? keywords.get('inputs') ?? keywords.get('input'), context);
  const outputs = kerasTensorsOf(positional[1] ?? keywords.get('outputs') ?? keywords.get('output'), context);
  if (inputs === null || outputs === null) return null;
  const named = positional[2] ?? keywords.get('name');
  const recorder = recorderOf(context.machine);
  const model: KerasModel = {
    ...baseModel(context, 'Functional', named?.kind === 'string' ? named.value : nextName('Model', context)),
    ends: () => ({ recorder, inputs, outputs }),
    call: (callArgs, at) => callModel(model, callArgs, at),
    attribute: (key, at) => modelAttribute(model, key, at),
    setAttribute: () => true,
  };
  const calls = callsOf(context.machine);
  for (const node of nodesBetween(recorder.nodes, { inputs, outputs })) {
    const part = calls.get(node.id);
    if (part !== undefined) {
      model.parts.add(part);
      part.users.add(model);
    }
  }
  kerasModels(context.machine).push(model);
  return model;
}

/** Nodes that the outputs need, in order; the inputs first. */
export function nodesBetween(
  nodes: readonly NodeRecord[],
  ends: {
    readonly inputs: readonly Recorded[];
    readonly outputs: readonly Recorded[];
  },
): NodeRecord[] {
  const wanted = new Set<number>();
  const stops = new Set(ends.inputs.map(({ node }) => node));
  const pending = [...ends.outputs.map(({ node }) => node)];
  while (pending.length > 0) {
    const id = pending.pop() as number;
    if (id < 0 || wanted.has(id)) continue;
    wanted.add(id);
    if (!stops.has(id)) pending.push(...(nodes[id]?.inputs ?? []));
  }
  for (const id of stops) if (0 <= id) wanted.add(id);
  return [...wanted].sort((left, right) => left - right).flatMap((id) => nodes[id] ?? []);
}

/** Runs a model on other tensors: its nodes again, in order, with the same layers. */
export function callModel(model: KerasModel, args: CallArguments, context: CallContext): Value {
  const ends = model.ends(context);
  const given = kerasTensorsOf(args.positional[0] ?? args.keywords.get('inputs'), context);
  const isOutside = given?.some((tensor) => tensor.isSymbolic) !== true && context.machine.modelDepth === 0;
  if (!isOutside) model.wasCalled = true;
  if (ends === null) return unknown(`the layers of ${model.name} are not known`);
  if (given === null || given.length < ends.inputs.length) return unknown(`the input of ${model.name} is not known`);
  const isSymbolic = given.some((tensor) => tensor.isSymbolic);
  if (isOutside) return ranOutside(ends, given, context);
  const { recorder } = ends;
  const made = new Map<number, Recorded>();
  const calls = callsOf(context.machine);
  ends.inputs.forEach((input, idx) => {
    const tensor = given[idx];
    const node = recorder.nodes[input.node];
    if (tensor === undefined || node === undefined) return;
    const shape = mergedShape(tensor.shape, input.shape);
    made.set(
      input.node,
      recordNode(context, { op: 'identity', attributes: {} }, [tensor], {
        layout: 'channelsLast',
        layer: node.layer,
        shape,
      }),
    );
  });
  for (const node of nodesBetween(recorder.nodes, ends)) {
    if (made.has(node.id)) continue;
    const inputs = node.inputs.map((id) => made.get(id)).filter((input) => input !== undefined);
    // Of the same inputs it gives the same, also where its shape does not follow from its operator.
    const before = node.inputs.map((id) => recorder.nodes[id]?.shape);
    const isSame = String(inputs.map(({ shape }) => shape)) === String(before);
    // Sizes that were open can be known now; what a shape said of the others holds.
    const keepsShape = isSame || !followsFromOperator(node, before);
    const copy = recordNode(context, node.call, inputs, {
      layout: node.layout,
      layer: node.layer,
      ...(keepsShape ? { shape: node.shape, unknown: node.unknown } : {}),
    });
    made.set(node.id, copy);
    copyRuns(node, copy, made, context);
  }
  const outputs = ends.outputs.map((output) => {
    const recorded = made.get(output.node) ?? output;
    calls.set(recorded.node, model);
    return foreign(kerasTensor(recorded, isSymbolic));
  });
  return outputs.length === 1 && outputs[0] !== undefined ? outputs[0] : list(outputs);
}

/** Whether the shape is the operator's doing: that of a Lambda or of a layer's last time step is not. */
function followsFromOperator(
  { call, shape, layout }: NodeRecord,
  inputs: readonly (Shape | null | undefined)[],
): boolean {
  if (call.op === 'unknown') return false;
  const result = inferShape(
    call,
    inputs.map((input) => input ?? null),
    layout,
  );
  return String(result.kind === 'shape' ? result.shape : null) === String(shape);
}

/** A model run on data: only what comes out of it matters to the script. */
function ranOutside(ends: KerasEnds, given: readonly KerasTensor[], context: CallContext): Value {
  context.machine.modelCalls++;
  const batch = given[0]?.shape?.[0] ?? '?';
  const outputs = ends.outputs.map(({ shape }) =>
    freeKerasTensor(context, shape === null ? null : [batch, ...shape.slice(1)]),
  );
  return outputs.length === 1 && outputs[0] !== undefined ? outputs[0] : list(outputs);
}

function mergedShape(left: Shape | null, right: Shape | null): Shape | null {
  if (left === null || right === null || left.length !== right.length) return left ?? right;
  return left.map((dim, axis) => (dim === '?' ? (right[axis] ?? '?') : dim));
}

/** What a training loop does at each turn. */
const RUNS = new Set('fit evaluate train_on_batch test_on_batch predict predict_on_batch'.split(' '));

const NOTHING = new Set('compile summary save save_weights load_weights build trainable'.split(' '));

export function modelAttribute(model: KerasModel, key: string, context: CallContext): Value | null {
  if (RUNS.has(key)) {
    const isAnswered = key.startsWith('predict') || key === 'test_on_batch';
    const result = isAnswered ? unknown('what a model predicts') : NONE;
    return builtin(key, () => {
      context.machine.modelCalls++;
      return result;
    });
  }
  if (NOTHING.has(key) && key !== 'trainable') return builtin(key, () => NONE);
  switch (key) {
    case 'name':
      return string(model.name);
    case 'trainable':
      return bool(true);
    case 'input':
    case 'output':
    case 'inputs':
    case 'outputs': {
      const ends = model.ends(context);
      if (ends === null) return unknown(`the ends of ${model.name} are not known`);
      const tensors = (key.startsWith('input') ? ends.inputs : ends.outputs).map((tensor) => foreign(tensor));
      return key.endsWith('s') || tensors.length !== 1 ? list(tensors) : (tensors[0] ?? NONE);
    }
    case 'input_shape':
    case 'output_shape': {
      const ends = model.ends(context);
      const [tensor] = (key === 'input_shape' ? ends?.inputs : ends?.outputs) ?? [];
      if (tensor?.shape == null) return unknown('the shape of a model');
      return tuple([
        NONE,
        ...tensor.shape
          .slice(1)
          .map((dim): Value =>
            dim === '?' ? unknown('a dimension') : { kind: 'number', value: dim, isInteger: true },
          ),
      ]);
    }
    case 'get_layer':
      return builtin(key, ({ positional, keywords }) =>
        layerNamed(model, keywords.get('name') ?? positional[0], context),
      );
    case 'layers':
      return layersInOrder(model, context) ?? unknown('the layers of a model');
    default:
      return null;
  }
}

function layerNamed(model: KerasModel, name: Value | undefined, context: CallContext): Value {
  const ends = model.ends(context);
  const wanted = name?.kind === 'string' ? name.value : null;
  const nodes = ends === null ? [] : nodesBetween(ends.recorder.nodes, ends);
  const found = nodes.find(({ layer }) => layer !== null && layer.name === wanted)?.layer;
  const layer = found == null ? null : layerOf(found);
  return layer === null ? unknown('the layers of a model') : foreign(layer);
}

/** `model.layers` of a chain of Keras' own layers; where layers branch, Keras sorts them by depth. */
function layersInOrder(model: KerasModel, context: CallContext): Value | null {
  const ends = model.ends(context);
  if (ends === null || ends.inputs.length !== 1 || ends.outputs.length !== 1) return null;
  const nodes = nodesBetween(ends.recorder.nodes, ends);
  const items: Value[] = [];
  for (const [idx, { layer, inputs, ends: runs }] of nodes.entries()) {
    const isChain = idx === 0 || (inputs.length === 1 && inputs[0] === nodes[idx - 1]?.id);
    if (!isChain || runs !== undefined) return null;
    if (layer === null) continue;
    const object = layer.call.op === 'input' ? inputLayer(layer, ends.inputs[0]) : layerOf(layer);
    if (object === null) return null;
    items.push(foreign(object));
  }
  return list(items);
}

function inputLayer({ name }: LayerRecord, tensor: KerasTensor | undefined): ForeignObject | null {
  if (tensor === undefined) return null;
  return {
    typeName: 'InputLayer',
    typePaths: ['keras.layers.InputLayer', 'keras.layers.Layer'],
    truth: () => true,
    setAttribute: () => true,
    attribute: (key) =>
      key === 'output' || key === 'input' ? foreign(tensor) : key === 'name' ? string(name ?? 'input') : null,
  };
}
