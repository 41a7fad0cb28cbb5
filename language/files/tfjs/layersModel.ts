/**
 * A Keras configuration (TF.js layers models, `model.to_json()`) → ModelGraph: Sequential and functional models,
 * nested ones, shared layers. What each layer is comes from the same table as for Keras sources. The manifest's
 * weights are held against what the configuration needs, and stand in for it where a layer is not known.
 */
import type { ModelGraph } from '../../../core/graph/modelGraph.ts';
import type { Layout, Shape } from '../../../core/graph/shape.ts';
import { FileGraph, type FileValue, type TensorValue } from '../fileGraph.ts';
import { fault, quote, tooLarge } from '../modelFault.ts';
import { orderByData, type DataNode } from '../orderByData.ts';
import { inboundCalls, isCountedFromOne, tensorNames, type LayerCall } from './inboundNodes.ts';
import { asDims, asList, asMap, asText, type JsonMap } from './json.ts';
import { addKerasLayer, type KerasContext } from './kerasConfig.ts';
import type { ModelJsonOptions } from './readModelJson.ts';
import type { ManifestWeight } from './weightsManifest.ts';

const maxLayers = 20_000;
const maxNesting = 12;

export function layersModel(
  topology: JsonMap,
  weights: readonly ManifestWeight[],
  options: ModelJsonOptions,
): ModelGraph {
  const model = asMap(topology.get('model_config')) ?? topology;
  const config = model.get('config') ?? fault('it has no configuration');
  const layout = layoutOf(topology);
  const graph = new FileGraph({ framework: 'tfjs-file', layout, file: options.file });
  const context: KerasContext = { graph, layout, stored: storedByLayer(weights), nLayers: { left: maxLayers } };
  const inputs: TensorValue[] = [];
  const makeInput = (shape: Shape | null): TensorValue => {
    const input = graph.input(options.inputs?.[inputs.length] ?? shape);
    inputs.push(input);
    return input;
  };
  const outputs = addModel(
    { type: asText(model.get('class_name')) ?? '', config, prefix: '', depth: 0 },
    null,
    makeInput,
    context,
  );
  if (outputs.length === 0) fault('it has no output');
  return graph.finish(options.name, inputs, outputs);
}

interface Part {
  readonly type: string;
  readonly config: NonNullable<ReturnType<JsonMap['get']>>;
  readonly prefix: string;
  readonly depth: number;
}

type MakeInput = (shape: Shape | null) => TensorValue;

/** `given` are the tensors that a nested model is called with; null for the model itself. */
function addModel(
  part: Part,
  given: readonly FileValue[] | null,
  makeInput: MakeInput,
  context: KerasContext,
): readonly FileValue[] {
  if (part.depth > maxNesting) tooLarge(`models inside of models, more than ${maxNesting} deep`);
  const config = asMap(part.config);
  // Old files hold the list of a Sequential model's layers alone.
  const list = asList(part.config) ?? asList(config?.get('layers')) ?? fault('a model has no list of layers');
  const layers = list.map((layer) => asMap(layer) ?? fault('a layer is not an object'));
  context.nLayers.left -= layers.length;
  if (context.nLayers.left < 0) tooLarge(`more than ${maxLayers} layers`);
  const isSequential = part.type === 'Sequential' || !layers.some((layer) => layer.has('inbound_nodes'));
  return isSequential
    ? addSequence(layers, config, part, given, makeInput, context)
    : addFunctional(layers, config ?? new Map(), part, given, makeInput, context);
}

function addSequence(
  layers: readonly JsonMap[],
  model: JsonMap | null,
  part: Part,
  given: readonly FileValue[] | null,
  makeInput: MakeInput,
  context: KerasContext,
): readonly FileValue[] {
  let values = given;
  for (const layer of layers) {
    const type = asText(layer.get('class_name')) ?? fault('a layer has no class');
    const config = asMap(layer.get('config')) ?? new Map();
    values ??= [makeInput(shapeOf(config) ?? innerShape(layer) ?? batched(asDims(model?.get('build_input_shape'))))];
    if (type !== 'InputLayer') values = addLayer(type, layer, values, part, makeInput, context);
  }
  return values ?? [];
}

function addFunctional(
  layers: readonly JsonMap[],
  model: JsonMap,
  part: Part,
  given: readonly FileValue[] | null,
  makeInput: MakeInput,
  context: KerasContext,
): readonly FileValue[] {
  const values = new Map<string, FileValue>();
  const calls: (LayerCall & DataNode)[] = [];
  const byName = new Map<string, JsonMap>();
  for (const layer of layers) {
    const name =
      asText(layer.get('name')) ?? asText(asMap(layer.get('config'))?.get('name')) ?? fault('a layer has no name');
    if (byName.has(name)) fault(`two layers are named ${quote(name)}`);
    byName.set(name, layer);
    calls.push(...inboundCalls(name, layer));
  }
  const read = new Set([...calls.flatMap(({ inputs }) => inputs), ...tensorNames(model.get('output_layers'))]);
  for (const [name, layer] of byName) {
    if (!isModel(layer)) continue;
    const own = calls.filter((call) => call.name === name);
    if (!isCountedFromOne(name, own.length, read)) continue;
    calls.splice(calls.indexOf(own[0] as LayerCall), own.length, ...inboundCalls(name, layer, 1));
  }
  const inputNames = tensorNames(model.get('input_layers'));
  for (const [idx, name] of inputNames.entries()) {
    const layer = byName.get(name.split('\0')[0] ?? '');
    values.set(name, given?.[idx] ?? makeInput(shapeOf(asMap(layer?.get('config')) ?? new Map())));
  }
  const todo = calls.filter(({ outputs }) => !outputs.some((name) => values.has(name)));
  for (const call of orderByData(todo, values)) {
    const layer = byName.get(call.name) ?? fault(`the layer ${quote(call.name)} is missing`);
    const inputs = call.inputs.map((name) => values.get(name) ?? fault(`a layer reads what nothing gives`));
    const type = asText(layer.get('class_name')) ?? fault(`the layer ${quote(call.name)} has no class`);
    const outputs =
      type === 'InputLayer'
        ? [makeInput(shapeOf(asMap(layer.get('config')) ?? new Map()))]
        : addLayer(type, layer, inputs, part, makeInput, context);
    for (const [idx, name] of call.outputs.entries())
      values.set(
        name,
        outputs[Math.min(idx, outputs.length - 1)] ?? fault(`the layer ${quote(call.name)} gives nothing`),
      );
  }
  return tensorNames(model.get('output_layers')).map(
    (name) => values.get(name) ?? fault(`its output ${quote(name.split('\0')[0] ?? '')} is given by nothing`),
  );
}

/** A layer, or all of a nested model's. */
function addLayer(
  type: string,
  layer: JsonMap,
  inputs: readonly FileValue[],
  part: Part,
  makeInput: MakeInput,
  context: KerasContext,
): readonly FileValue[] {
  const config = layer.get('config') ?? new Map();
  const name = asText(asMap(config)?.get('name')) ?? asText(layer.get('name')) ?? type.toLowerCase();
  if (asList(asMap(config)?.get('layers')) !== null || type === 'Sequential') {
    const inner = { type, config, prefix: `${part.prefix}${name}/`, depth: part.depth + 1 };
    return addModel(inner, inputs, makeInput, context);
  }
  return [addKerasLayer(type, asMap(config) ?? new Map(), `${part.prefix}${name}`, inputs, context)];
}

function isModel(layer: JsonMap): boolean {
  return asList(asMap(layer.get('config'))?.get('layers')) !== null;
}

/** The input shape that a layer states, with batch 1. */
function shapeOf(config: JsonMap): Shape | null {
  return batched(asDims(config.get('batch_input_shape')) ?? asDims(config.get('batch_shape')));
}

/** The first layer of a model that stands first in another. */
function innerShape(layer: JsonMap): Shape | null {
  let config = asMap(layer.get('config'));
  for (let depth = 0; config !== null && depth < maxNesting; depth++) {
    const first = asMap(asList(config.get('layers'))?.[0]);
    config = asMap(first?.get('config'));
    const shape = config === null ? null : shapeOf(config);
    if (shape !== null) return shape;
  }
  return null;
}

function batched(dims: Shape | null): Shape | null {
  return dims === null || dims.length === 0 ? null : [dims[0] === '?' ? 1 : (dims[0] ?? 1), ...dims.slice(1)];
}

/** Weights of each layer: `conv2d/kernel` is one of `conv2d`. */
function storedByLayer(weights: readonly ManifestWeight[]): ReadonlyMap<string, readonly ManifestWeight[]> {
  const found = new Map<string, ManifestWeight[]>();
  for (const weight of weights) {
    const layer = weight.name.slice(0, Math.max(0, weight.name.lastIndexOf('/')));
    const list = found.get(layer);
    if (list === undefined) found.set(layer, [weight]);
    else list.push(weight);
  }
  return found;
}

/** Channels stand first where the layers say so; Keras' default is last. */
function layoutOf(topology: JsonMap): Layout {
  const pending: unknown[] = [topology];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (value instanceof Map) {
      if (value.get('data_format') === 'channels_first') return 'channelsFirst';
      pending.push(...value.values());
    } else if (Array.isArray(value)) for (const item of value) pending.push(item);
  }
  return 'channelsLast';
}
