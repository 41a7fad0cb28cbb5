/** Single layers of `torch.nn` as objects: built from the table, run by recording their operator. */
import type { OpAttributeMap, OpCall } from '../../../core/graph/ops.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import { weightSpecs } from '../../../core/cost/weightSpecs.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { NONE, bool, builtin, float, foreign, int, list, tuple, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { bindArguments } from '../arguments.ts';
import type { LayerRecord } from '../recorder.ts';
import { recordLayer, recordNode } from '../recorder.ts';
import { noteEpsAsMomentum } from './layerFaults.ts';
import type { LayerBuilder } from './layerTable.ts';
import { layerBuilder } from './layerTable.ts';
import { moduleAttribute } from './torchModule.ts';
import type { ModuleObject } from './torchModule.ts';
import { apply, freeTensor, tensorObject, tensorOf } from './torchTensor.ts';

export interface LayerObject extends ModuleObject {
  readonly moduleKind: 'layer';
  readonly record: LayerRecord;
}

export function isLayerObject(object: ModuleObject | null): object is LayerObject {
  return object?.moduleKind === 'layer';
}

/** `type` is the class as written, which for a subclass of a layer is its own name. */
export function layerObject(name: string, args: CallArguments, context: CallContext, type = name): LayerObject | null {
  const builder = layerBuilder(name);
  if (builder === null) return null;
  const bound = bindArguments(builder.signature.split(' ').filter(Boolean), args);
  const call = builder.build(bound);
  const record = recordLayer(
    context,
    'pytorch',
    type,
    call ?? { op: 'unknown', attributes: { type } },
    call === null && !isLazy(name) ? (bound.reason ?? 'an argument is not known') : null,
  );
  noteEpsAsMomentum(context, record, args);
  return objectOf(name, type, record, builder, args);
}

/** `conv.bias = None`: the bias is gone, or another module has it. */
function dropBias(record: LayerRecord): void {
  const { call } = record;
  if (!('bias' in call.attributes)) return;
  record.call = { ...call, attributes: { ...call.attributes, bias: false } } as OpCall;
  record.weights = weightSpecs(record.call, 'pytorch', record.type);
}

function isLazy(name: string): boolean {
  return name.startsWith('Lazy');
}

function objectOf(
  name: string,
  type: string,
  record: LayerRecord,
  builder: LayerBuilder,
  args: CallArguments,
): LayerObject {
  const self: LayerObject = {
    typeName: type,
    typePaths: [...(type === name ? [] : [type]), `torch.nn.${name}`, ...familyOf(name), 'torch.nn.Module'],
    moduleKind: 'layer',
    children: new Map(),
    record,
    attribute: (key, context) => layerAttribute(self, key, context),
    setAttribute(key, value) {
      if (key === 'bias' && value.kind === 'none') dropBias(record);
      return true;
    },
    call: (given, context) => run(self, builder, args, given, context),
    truth: () => true,
    copy: () => objectOf(name, type, { ...record }, builder, args),
  };
  return self;
}

function familyOf(name: string): string[] {
  const family = /^(Conv)(Transpose)?\dd$/.exec(name);
  if (family !== null)
    return [
      'torch.nn.modules.conv._ConvNd',
      ...(family[2] === undefined ? [] : ['torch.nn.modules.conv._ConvTransposeNd']),
    ];
  return /BatchNorm/.test(name) ? ['torch.nn.modules.batchnorm._BatchNorm'] : [];
}

function run(
  self: LayerObject,
  builder: LayerBuilder,
  built: CallArguments,
  given: CallArguments,
  context: CallContext,
): Value {
  const { record } = self;
  const inputs = given.positional.map(tensorOf);
  const [input] = inputs;
  if (record.call.op === 'recurrent') return runRecurrent(self, given, context);
  if (input == null) {
    const [value] = given.positional;
    const reason = value?.kind === 'unknown' ? value.reason : `the input of ${record.type} is not known`;
    const source = recordNode(context, { op: 'unknown', attributes: { type: 'value' } }, [], {
      layout: 'channelsFirst',
      shape: null,
      unknown: reason,
    });
    return apply(context, record.call, [source], { layer: record });
  }
  learnSizes(record, builder, built, input.shape);
  if (record.call.op === 'upsample' && record.type === 'Upsample')
    record.call = { op: 'upsample', attributes: forAxes(record.call.attributes, (input.shape?.length ?? 4) - 2) };
  if (record.call.op === 'attention') {
    const result = apply(context, record.call, [input], { layer: record });
    return tuple([result, unknown('attention weights')]);
  }
  if (record.call.op === 'dense' && input.shape !== null && input.shape.length === 1) {
    const shape: Shape = [record.call.attributes.outFeatures];
    return apply(context, record.call, [input], { layer: record, shape });
  }
  if (record.call.op === 'unknown' && builder.partialShape !== undefined) {
    const bound = bindArguments(builder.signature.split(' '), built);
    const shape = builder.partialShape(bound, input.shape);
    return apply(context, record.call, [input], { layer: record, shape, unknown: record.unknown });
  }
  return apply(context, record.call, [input], { layer: record });
}

/** One factor for all axes: that of a nearest `nn.Upsample` is for any number of them. */
function forAxes(attributes: OpAttributeMap['upsample'], count: number): OpAttributeMap['upsample'] {
  const { size, scale, mode } = attributes;
  const [first, ...rest] = size ?? scale ?? [];
  if (mode !== 'nearest' || first === undefined || count < 1 || rest.some((other) => other !== first))
    return attributes;
  const all = Array.from({ length: count }, () => first);
  return size === null ? { size, scale: all, mode } : { size: all, scale, mode };
}

/** Lazy layers take their input sizes from the first input. */
function learnSizes(record: LayerRecord, builder: LayerBuilder, built: CallArguments, input: Shape | null): void {
  if (record.call.op !== 'unknown' || builder.buildFromInput === undefined) return;
  const bound = bindArguments(builder.signature.split(' '), built);
  const call = builder.buildFromInput(bound, input);
  if (call === null) {
    record.unknown ??= bound.reason ?? 'the input of this layer is not known';
    return;
  }
  record.call = call;
  record.weights = weightSpecs(call, 'pytorch', record.type);
  record.unknown = null;
}

function runRecurrent(self: LayerObject, given: CallArguments, context: CallContext): Value {
  const input = tensorOf(given.positional[0]);
  if (input === null) return unknown(`the input of ${self.typeName} is not known`);
  const output = apply(context, self.record.call, [input], { layer: self.record });
  const state = freeTensor(context, null, 'the state of a recurrent layer');
  return tuple([output, self.typeName === 'LSTM' ? tuple([state, state]) : state]);
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  in_channels: 'inChannels',
  out_channels: 'outChannels',
  kernel_size: 'kernel',
  stride: 'stride',
  padding: 'padding',
  dilation: 'dilation',
  output_padding: 'outputPadding',
  groups: 'groups',
  in_features: 'inFeatures',
  out_features: 'outFeatures',
  num_features: 'features',
  num_channels: 'features',
  num_groups: 'groups',
  embedding_dim: 'features',
  num_embeddings: 'count',
  hidden_size: 'units',
  input_size: 'inFeatures',
  eps: 'eps',
  momentum: 'momentum',
  p: 'rate',
  negative_slope: 'alpha',
};

function layerAttribute(self: LayerObject, name: string, context: CallContext): Value | null {
  const { record } = self;
  if (name === '__class__') return { kind: 'external', path: self.typePaths[0] ?? '' };
  if (name === 'forward') return builtin(name, (args) => self.call?.(args, context) ?? NONE);
  if (name === 'weight' || name === 'bias' || name === 'running_mean' || name === 'running_var') {
    const spec = record.weights?.find((candidate) => candidate.name === name);
    if (record.weights !== null && spec === undefined) return NONE;
    const tensor = tensorOf(freeTensor(context, spec?.shape ?? null, 'the sizes of this layer are not known'));
    return tensor === null ? null : foreign(tensorObject(tensor, { weightOf: record, isParameter: true }));
  }
  if (name === 'parameters' && record.weights !== null) {
    const named = record.weights.filter(({ trainable }) => trainable);
    return builtin(name, () => list(named.map((spec) => layerAttribute(self, spec.name, context) ?? NONE)));
  }
  const key = ATTRIBUTES[name];
  const value = key === undefined ? undefined : (record.call.attributes as Readonly<Record<string, unknown>>)[key];
  if (typeof value === 'number') return Number.isInteger(value) ? int(value) : float(value);
  if (typeof value === 'boolean') return bool(value);
  if (Array.isArray(value)) return tuple(value.map((item) => int(Number(item))));
  return moduleAttribute(foreign(self), name, context);
}
