/**
 * One layer of a Keras configuration as operators of the graph. The table of Keras' layers is that of the
 * sources; this hands it the JSON's values, and knows the layers that only files say everything about.
 */
import { weightSpecs } from '../../../core/cost/weightSpecs.ts';
import type { WeightSpec } from '../../../core/graph/modelGraph.ts';
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Dim, Layout, Shape } from '../../../core/graph/shape.ts';
import type { JsonValue } from '../../../core/json/strictJson.ts';
import type { BoundArguments } from '../../frameworks/arguments.ts';
import { activationNamed } from '../../frameworks/keras/kerasActivation.ts';
import { kerasBuilder } from '../../frameworks/keras/kerasTable.ts';
import { bool, float, int, list, NONE, string, type Value } from '../../interpreter/values.ts';
import { sizeOf } from '../constants.ts';
import type { FileGraph, FileValue, OwnWeight, TensorValue } from '../fileGraph.ts';
import { quote } from '../modelFault.ts';
import { asList, asMap, asNumber, asText, type JsonMap } from './json.ts';
import type { ManifestWeight } from './weightsManifest.ts';

export interface KerasContext {
  readonly graph: FileGraph;
  readonly layout: Layout;
  readonly stored: ReadonlyMap<string, readonly ManifestWeight[]>;
  readonly nLayers: { left: number };
}

interface Built {
  readonly call: OpCall;
  readonly shape?: Shape | null;
  readonly unknown?: string;
}

export function addKerasLayer(
  type: string,
  config: JsonMap,
  name: string,
  inputs: readonly FileValue[],
  context: KerasContext,
): TensorValue {
  const shapes = inputs.map(({ shape }) => shape);
  const inner = type === 'TimeDistributed' ? asMap(config.get('layer')) : null;
  const built = inner === null ? buildLayer(type, config, shapes, context.layout) : timeDistributed(inner, shapes);
  const known = built.call.op === 'unknown' ? null : weightSpecs(built.call, 'tfjs-file', type);
  const stored = storedWeights(name, context);
  const specs = known ?? (stored.length === 0 ? null : stored.map(specOf));
  const misfit = known === null || stored.length === 0 ? null : weightMisfit(name, known, stored);
  const main = context.graph.operator({
    name,
    type,
    call: built.call,
    inputs,
    key: name,
    weights: specs?.map((spec) => ownWeight(name, spec)) ?? null,
    unknown: built.unknown ?? null,
    ...(built.shape === undefined ? {} : { shape: built.shape }),
  });
  if (misfit !== null) context.graph.fault('shapeMismatch', misfit, context.graph.rowOf(main));
  const activation = type === 'Activation' ? null : activationOf(config.get('activation'));
  return activation === null ? main : context.graph.part(activation, [main]);
}

function buildLayer(type: string, config: JsonMap, inputs: readonly (Shape | null)[], layout: Layout): Built {
  const special = specialLayer(type, config, inputs);
  if (special !== null) return special;
  const builder = kerasBuilder(type);
  if (builder === null) return unknownLayer(type, `Slimwise does not know the layer ${type}`);
  const bound = boundArguments(config);
  const call = builder.build(bound, inputs);
  if (call === null) return unknownLayer(type, bound.reason ?? 'the input of this layer is not known');
  const hasOtherLayout = asText(config.get('data_format')) === 'channels_last' && layout === 'channelsFirst';
  return hasOtherLayout ? unknownLayer(type, 'this model mixes channels_first and channels_last') : { call };
}

function unknownLayer(type: string, unknown: string): Built {
  return { call: { op: 'unknown', attributes: { type } }, unknown };
}

/** Layers that a file says more about than the table of sources takes. */
function specialLayer(type: string, config: JsonMap, [input = null]: readonly (Shape | null)[]): Built | null {
  const cell = ({ LSTM: 'lstm', GRU: 'gru', SimpleRNN: 'rnn' } as const)[type];
  if (cell !== undefined || type === 'Bidirectional') return recurrentLayer(type, config, input);
  if (type === 'RepeatVector') {
    const count = asNumber(config.get('n'));
    const features = input?.[1] ?? '?';
    if (count === null || !(count >= 1)) return null;
    return { call: { op: 'expand', attributes: { shape: [-1, count, -1] } }, shape: [1, count, features] };
  }
  return null;
}

function recurrentLayer(type: string, config: JsonMap, input: Shape | null): Built {
  const isBidirectional = type === 'Bidirectional';
  const layer = isBidirectional ? asMap(config.get('layer')) : null;
  const own = isBidirectional ? (asMap(layer?.get('config')) ?? new Map()) : config;
  const cell = ({ LSTM: 'lstm', GRU: 'gru', SimpleRNN: 'rnn' } as const)[
    (isBidirectional ? asText(layer?.get('class_name')) : type) ?? ''
  ];
  const units = asNumber(own.get('units'));
  const inFeatures = input?.[2];
  if (cell === undefined || units === null || typeof inFeatures !== 'number') {
    return unknownLayer(type, 'the input of this layer is not known');
  }
  const returnSequences = own.get('return_sequences') === true;
  const bias = own.get('use_bias') !== false;
  const attributes = {
    ...{ cell, inFeatures, units, layers: 1, bidirectional: isBidirectional, returnSequences },
    ...(bias ? {} : { bias }),
  };
  const isSum = isBidirectional && asText(config.get('merge_mode')) !== 'concat';
  const steps: Dim = input?.[1] ?? '?';
  return {
    call: { op: 'recurrent', attributes },
    ...(isSum ? { shape: returnSequences ? [1, steps, units] : [1, units] } : {}),
  };
}

/** A dense layer at every step is a dense layer; others see each step as an image of its own. */
function timeDistributed(layer: JsonMap, inputs: readonly (Shape | null)[]): Built {
  const type = asText(layer.get('class_name')) ?? '';
  const built = buildLayer(type, asMap(layer.get('config')) ?? new Map(), inputs, 'channelsLast');
  if (type === 'Dense' || type === 'Dropout' || type === 'Activation' || type === 'LeakyReLU') return built;
  return unknownLayer('TimeDistributed', `${type} at every step of a sequence is not followed`);
}

/** The configuration as arguments of a call, which is what it was written from. */
function boundArguments(config: JsonMap): BoundArguments {
  const values = new Map<string, Value>();
  for (const [key, json] of config) {
    const value = asValue(key === 'axis' && asList(json)?.length === 1 ? (asList(json)?.[0] ?? null) : json);
    if (value !== null) values.set(key, value);
  }
  return { values, reason: null, open: null };
}

function asValue(json: JsonValue): Value | null {
  if (json === null) return NONE;
  if (typeof json === 'boolean') return bool(json);
  if (typeof json === 'string') return string(json);
  if (typeof json === 'number') return Number.isInteger(json) ? int(json) : float(json);
  const items = asList(json)?.map(asValue) ?? null;
  return items !== null && items.every((item): item is Value => item !== null) ? list(items) : null;
}

/** An activation by name; in Keras 3 also as an object. null: none. One that is not known keeps the shape. */
function activationOf(json: JsonValue | undefined): OpCall | null {
  const object = asMap(json);
  const name = asText(json) ?? asText(object?.get('class_name')) ?? asText(object?.get('config'));
  if (name === null || name === 'linear') return null;
  const fn = activationNamed(name) ?? activationNamed(name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase());
  return fn === null
    ? { op: 'elementwise', attributes: { fn: name.slice(0, 60) } }
    : { op: 'activation', attributes: { fn } };
}

function storedWeights(name: string, { stored }: KerasContext): readonly ManifestWeight[] {
  const own = name.slice(name.lastIndexOf('/') + 1);
  return stored.get(name) ?? stored.get(own) ?? stored.get(`${own}/${own}`) ?? [];
}

function specOf({ name, shape }: ManifestWeight): WeightSpec {
  const own = name.slice(name.lastIndexOf('/') + 1).replace(/:\d+$/, '');
  return { name: own, shape, trainable: !/^moving_/.test(own) };
}

function ownWeight(layer: string, { name, shape, trainable }: WeightSpec): OwnWeight {
  return { name, trainable, value: { kind: 'const', shape, isFloat: true, values: null, weight: `${layer}/${name}` } };
}

/** What the file stores for a layer and what its configuration needs, where the two differ. */
function weightMisfit(name: string, needed: readonly WeightSpec[], stored: readonly ManifestWeight[]): string | null {
  const text = (shapes: readonly { readonly shape: readonly number[] }[]): string =>
    shapes
      .map(({ shape }) => shape.join('×'))
      .sort()
      .join(', ');
  // A slope per position is stored in the shape of the positions; core counts it.
  const isCounted = needed.length === 1 && needed[0]?.name === 'alpha' && stored.length === 1;
  if (isCounted && sizeOf(needed[0]?.shape ?? []) === sizeOf(stored[0]?.shape ?? [])) return null;
  if (text(needed) === text(stored)) return null;
  return `the stored weights of ${quote(name)} are ${text(stored)}, and its configuration needs ${text(needed)}`;
}
