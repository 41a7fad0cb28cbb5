/**
 * A packed network as a TF.js layers model: `model.json` (a functional Keras model) and its weights in shards of
 * 4 MB, for `tf.loadLayersModel`. Images are channels last, as TF.js likes them, whatever the source's order: the
 * output is [batch, rows, columns, channels]. Values are written out as fp32. What TF.js has no layer for is
 * refused by the name of its layer.
 */
import type { GraphNode } from '../../../core/graph/modelGraph.ts';
import type { ActivationAttributes, ConvAttributes } from '../../../core/graph/ops.ts';
import { success, type Result } from '../../../core/result.ts';
import { biasOf, kernelOf, normOf, refusal, windowPads, type ExportGraph } from './exportGraph.ts';

export interface TfjsFiles {
  /** Name → bytes; `model.json` and the shards that it names. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

interface KerasLayer {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inbound_nodes: readonly unknown[];
}

interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Writing {
  readonly source: ExportGraph;
  readonly layers: KerasLayer[];
  readonly tensors: NamedTensor[];
  /** Name of the layer that gives a node's value; images channels last. */
  readonly values: Map<number, string>;
}

const shardBytes = 4 * 1024 * 1024;

/** `stem` names the shards: `<stem>.group1-shard1of1.bin`. */
export function tfjsModel(source: ExportGraph, stem: string): Result<TfjsFiles> {
  const { graph, input, output, shapes } = source;
  const writing: Writing = { source, layers: [], tensors: [], values: new Map() };
  const inputShape = [null, ...(shapes[input] ?? []).slice(1)];
  addLayer(writing, 'InputLayer', 'input', { batch_input_shape: inputShape, dtype: 'float32', sparse: false }, []);
  for (const node of graph.nodes) {
    const written = node.id === input ? success(broughtIn(writing, node.id, 'input')) : writeNode(writing, node);
    if (!written.ok) return written;
    writing.values.set(node.id, written.value);
  }
  const last = writing.values.get(output) ?? '';
  const topology = {
    class_name: 'Model',
    config: {
      name: graph.name,
      layers: writing.layers,
      input_layers: [['input', 0, 0]],
      output_layers: [[last, 0, 0]],
    },
    keras_version: '2.15.0',
    backend: 'tensor_flow',
  };
  return success({ files: filesOf(topology, writing.tensors, stem) });
}

function writeNode(writing: Writing, node: GraphNode): Result<string> {
  const { source } = writing;
  const inputs = node.inputs.map((id) => writing.values.get(id) ?? '');
  const [x = ''] = inputs;
  const name = `n${node.id}`;
  const layer = (type: string, config: Readonly<Record<string, unknown>> = {}): Result<string> =>
    success(addLayer(writing, type, name, config, inputs));
  switch (node.op) {
    case 'conv2d':
      return writeConv(writing, node, node.attributes, x);
    case 'conv2d_transpose':
      return writeDeconv(writing, node, node.attributes, x);
    case 'dense':
      return writeDense(writing, node, x);
    case 'batch_norm':
      return writeNorm(writing, node, x);
    case 'activation':
      return writeActivation(writing, node, node.attributes, x);
    case 'affine':
      return layer('Rescaling', { scale: node.attributes.scale, offset: node.attributes.offset });
    case 'dropout':
    case 'identity':
      return success(x);
    case 'reshape':
    case 'flatten':
    case 'squeeze':
    case 'unsqueeze': {
      const from = broughtOut(writing, node.inputs[0] ?? -1, x);
      const target = (source.shapes[node.id] ?? []).slice(1);
      addLayer(writing, 'Reshape', name, { target_shape: target }, [from]);
      return success(broughtIn(writing, node.id, name));
    }
    case 'add':
      return layer('Add');
    case 'mul':
      return layer('Multiply');
    case 'cat': {
      const rank = source.shapes[node.id]?.length ?? 0;
      const axis = node.attributes.axis < 0 ? node.attributes.axis + rank : node.attributes.axis;
      return layer('Concatenate', { axis: rank === 4 && isFirst(writing) ? ([0, 3, 1, 2][axis] ?? axis) : axis });
    }
    case 'upsample': {
      if (node.attributes.mode !== 'nearest') return refusal(source, node, `it resizes by ${node.attributes.mode}`);
      const [from, to] = [sizeOf(writing, node.inputs[0] ?? -1), sizeOf(writing, node.id)];
      const factors = [to[0] / from[0], to[1] / from[1]];
      if (!factors.every(Number.isInteger)) return refusal(source, node, 'it does not resize by whole factors');
      return layer('UpSampling2D', { size: factors, data_format: 'channels_last', interpolation: 'nearest' });
    }
    default:
      return refusal(source, node, `'${node.op}' has no plain layer there`);
  }
}

function writeConv(writing: Writing, node: GraphNode, attributes: ConvAttributes, x: string): Result<string> {
  const { source } = writing;
  if (attributes.groups !== 1) return refusal(source, node, 'it has groups');
  const border = attributes.paddingMode ?? 'zeros';
  if (border !== 'zeros') return refusal(source, node, `its border is filled by ${border}`);
  const ends = { from: sizeOf(writing, node.inputs[0] ?? -1), to: sizeOf(writing, node.id) };
  const [rows, columns] = windowPads(attributes, false, ends);
  const pads = [
    [rows.before, rows.after],
    [columns.before, columns.after],
  ];
  const padded = pads.flat().some((n) => n > 0)
    ? addLayer(writing, 'ZeroPadding2D', `n${node.id}_pad`, { padding: pads, data_format: 'channels_last' }, [x])
    : x;
  return weighted(writing, node, 'Conv2D', padded, windowConfig(attributes));
}

/** Without padding first, then the rows that the source crops: TF.js pads by its own rule only. */
function writeDeconv(writing: Writing, node: GraphNode, attributes: ConvAttributes, x: string): Result<string> {
  const { source } = writing;
  if (attributes.groups !== 1) return refusal(source, node, 'it has groups');
  if (attributes.dilation.some((n) => n !== 1)) return refusal(source, node, 'it is dilated');
  const ends = { from: sizeOf(writing, node.inputs[0] ?? -1), to: sizeOf(writing, node.id) };
  const [rows, columns] = windowPads(attributes, true, ends);
  // TF.js makes rows for a stride that is longer than the kernel; they hold the bias alone, as they should.
  const spare = (axis: 0 | 1): number => Math.max(0, (attributes.stride[axis] ?? 1) - (attributes.kernel[axis] ?? 1));
  const crops = [
    [rows.before, rows.after + spare(0)],
    [columns.before, columns.after + spare(1)],
  ];
  if (crops.flat().some((n) => n < 0))
    return refusal(source, node, 'its output padding adds rows that no window reaches');
  const cropped = crops.flat().some((n) => n > 0);
  const done = weighted(writing, node, 'Conv2DTranspose', x, windowConfig(attributes), cropped ? '_full' : '');
  if (!done.ok || !cropped) return done;
  return success(
    addLayer(writing, 'Cropping2D', `n${node.id}`, { cropping: crops, data_format: 'channels_last' }, [done.value]),
  );
}

function windowConfig({ kernel, stride, dilation, outChannels }: ConvAttributes): Readonly<Record<string, unknown>> {
  return {
    filters: outChannels,
    kernel_size: kernel,
    strides: stride,
    dilation_rate: dilation,
    padding: 'valid',
    data_format: 'channels_last',
  };
}

function writeDense(writing: Writing, node: Extract<GraphNode, { readonly op: 'dense' }>, x: string): Result<string> {
  if ((writing.source.shapes[node.id]?.length ?? 0) !== 2)
    return refusal(writing.source, node, 'dense layers take vectors only');
  return weighted(writing, node, 'Dense', x, { units: node.attributes.outFeatures });
}

function weighted(
  writing: Writing,
  node: Extract<GraphNode, { readonly op: 'dense' | 'conv2d' | 'conv2d_transpose' }> | GraphNode,
  type: 'Conv2D' | 'Conv2DTranspose' | 'Dense',
  x: string,
  config: Readonly<Record<string, unknown>>,
  suffix = '',
): Result<string> {
  const op = ({ Conv2D: 'conv2d', Conv2DTranspose: 'conv2d_transpose', Dense: 'dense' } as const)[type];
  const kernel = kernelOf(writing.source, node, op);
  if (!kernel.ok) return kernel;
  const { shape, values } = kernel.value;
  const nOut = shape[op === 'conv2d_transpose' ? 2 : shape.length - 1] ?? 1;
  const bias = biasOf(writing.source, node, nOut);
  if (!bias.ok) return bias;
  const name = `n${node.id}${suffix}`;
  addLayer(writing, type, name, { ...config, use_bias: bias.value !== null, activation: 'linear' }, [x]);
  writing.tensors.push({ name: `${name}/kernel`, shape, values });
  if (bias.value) writing.tensors.push({ name: `${name}/bias`, shape: [nOut], values: bias.value });
  return success(name);
}

function writeNorm(
  writing: Writing,
  node: Extract<GraphNode, { readonly op: 'batch_norm' }>,
  x: string,
): Result<string> {
  if (!node.attributes.trackStats) return refusal(writing.source, node, 'it keeps no running statistics');
  const norm = normOf(writing.source, node);
  if (!norm.ok) return norm;
  const { features } = node.attributes;
  const name = `n${node.id}`;
  // One factor and one term per channel; a variance of 1 − ε makes the root 1.
  const epsilon = 1e-3;
  addLayer(writing, 'BatchNormalization', name, { axis: -1, epsilon, center: true, scale: true }, [x]);
  const tensor = (role: string, values: Float32Array): NamedTensor => ({
    name: `${name}/${role}`,
    shape: [features],
    values,
  });
  writing.tensors.push(
    tensor('gamma', norm.value.alphas),
    tensor('beta', norm.value.betas),
    tensor('moving_mean', new Float32Array(features)),
    tensor('moving_variance', new Float32Array(features).fill(1 - epsilon)),
  );
  return success(name);
}

const plainActivations: ReadonlySet<string> = new Set([
  'relu',
  'tanh',
  'sigmoid',
  'linear',
  'softplus',
  'softsign',
  'selu',
]);

function writeActivation(
  writing: Writing,
  node: GraphNode,
  { fn, alpha }: ActivationAttributes,
  x: string,
): Result<string> {
  const name = `n${node.id}`;
  if (plainActivations.has(fn)) return success(addLayer(writing, 'Activation', name, { activation: fn }, [x]));
  if (fn === 'leaky_relu') return success(addLayer(writing, 'LeakyReLU', name, { alpha: alpha ?? 0.01 }, [x]));
  if (fn === 'elu') return success(addLayer(writing, 'ELU', name, { alpha: alpha ?? 1 }, [x]));
  return refusal(writing.source, node, `the activation ${fn} is not written`);
}

function addLayer(
  { layers }: Writing,
  type: string,
  name: string,
  config: Readonly<Record<string, unknown>>,
  inputs: readonly string[],
): string {
  const inbound = inputs.length === 0 ? [] : [inputs.map((from) => [from, 0, 0, {}])];
  layers.push({ class_name: type, name, config: { name, trainable: true, ...config }, inbound_nodes: inbound });
  return name;
}

/** A value in the framework's order as channels last. */
function broughtIn(writing: Writing, id: number, value: string): string {
  if (!isFirst(writing) || writing.source.shapes[id]?.length !== 4) return value;
  return addLayer(writing, 'Permute', `${value}_last`, { dims: [2, 3, 1] }, [value]);
}

function broughtOut(writing: Writing, id: number, value: string): string {
  if (!isFirst(writing) || writing.source.shapes[id]?.length !== 4) return value;
  const name = `${value}_first`;
  const known = writing.layers.some((layer) => layer.name === name);
  return known ? name : addLayer(writing, 'Permute', name, { dims: [3, 1, 2] }, [value]);
}

function isFirst({ source }: Writing): boolean {
  return source.graph.layout === 'channelsFirst';
}

function sizeOf(writing: Writing, id: number): readonly [number, number] {
  const shape = writing.source.shapes[id] ?? [];
  return isFirst(writing) ? [shape[2] ?? 1, shape[3] ?? 1] : [shape[1] ?? 1, shape[2] ?? 1];
}

function filesOf(topology: unknown, tensors: readonly NamedTensor[], stem: string): Map<string, Uint8Array> {
  const all = new Uint8Array(tensors.reduce((sum, { values }) => sum + values.byteLength, 0));
  let at = 0;
  for (const { values } of tensors) {
    all.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  const nShards = Math.max(1, Math.ceil(all.length / shardBytes));
  const paths = Array.from({ length: nShards }, (_, i) => `${stem}.group1-shard${i + 1}of${nShards}.bin`);
  const weights = tensors.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  const json = {
    format: 'layers-model',
    generatedBy: 'slimwise',
    convertedBy: null,
    modelTopology: topology,
    weightsManifest: [{ paths, weights }],
  };
  const shards = paths.map((path, i) => [path, all.slice(i * shardBytes, (i + 1) * shardBytes)] as const);
  return new Map([['model.json', new TextEncoder().encode(`${JSON.stringify(json)}\n`)], ...shards]);
}
