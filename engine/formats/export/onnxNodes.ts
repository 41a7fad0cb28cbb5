/**
 * A packed network as ONNX operators in fp32. Images are channels first inside, as ONNX wants them; input and
 * output keep the framework's own order, so the file takes and gives what the source does. Batch normalization
 * is already one factor and one term per channel, and is written as such. What has no plain ONNX operator here
 * is refused by the name of its layer.
 */
import type { GraphNode } from '../../../core/graph/modelGraph.ts';
import type { ActivationAttributes, ConvAttributes } from '../../../core/graph/ops.ts';
import { success, type Result } from '../../../core/result.ts';
import type { OnnxAttribute, OnnxGraph, OnnxInitializer, OnnxNode } from '../../tensors/onnx/onnxModel.ts';
import { permuteAxes } from '../../compress/permuteAxes.ts';
import { biasOf, kernelOf, layerName, normOf, refusal, windowPads, type ExportGraph } from './exportGraph.ts';

/** A weighted layer in the ONNX graph, for those who want to store its weight otherwise. */
export interface OnnxLayer {
  readonly name: string;
  /** The operator, and its weight among the initializers. */
  readonly node: string;
  readonly weight: string;
  /** Axis of the weight that counts output channels (per group for a transposed convolution). */
  readonly outAxis: number;
  readonly scales: Float32Array | null;
}

export interface OnnxNetwork {
  readonly graph: OnnxGraph;
  readonly layers: readonly OnnxLayer[];
}

interface Writing {
  readonly source: ExportGraph;
  readonly nodes: OnnxNode[];
  readonly initializers: OnnxInitializer[];
  readonly layers: OnnxLayer[];
  /** The value of each node; images channels first. */
  readonly values: Map<number, string>;
}

const toFirst = [0, 3, 1, 2];
const toLast = [0, 2, 3, 1];

export function onnxNetwork(source: ExportGraph): Result<OnnxNetwork> {
  const { graph, input, output, shapes } = source;
  const writing: Writing = { source, nodes: [], initializers: [], layers: [], values: new Map() };
  const inputValue = { name: 'input', dtype: 'float32', dims: shapes[input] ?? [], freeBatch: 'batch' } as const;
  for (const node of graph.nodes) {
    const written =
      node.id === input
        ? success(isImage(writing, node.id) ? brought(writing, 'input') : 'input')
        : writeNode(writing, node);
    if (!written.ok) return written;
    writing.values.set(node.id, written.value);
  }
  const last = writing.values.get(output) ?? '';
  const given = isImage(writing, output) && lastIsChannels(writing) ? transposed(writing, last, toLast) : last;
  writing.nodes.push(nodeOf('Identity', [given], 'output', {}));
  const outputValue = { name: 'output', dtype: 'float32', dims: shapes[output] ?? [], freeBatch: 'batch' } as const;
  const { nodes, initializers, layers } = writing;
  return success({
    graph: { name: graph.name, nodes, initializers, inputs: [inputValue], outputs: [outputValue] },
    layers,
  });
}

function writeNode(writing: Writing, node: GraphNode): Result<string> {
  const { source } = writing;
  const inputs = node.inputs.map((id) => writing.values.get(id) ?? '');
  const [x = ''] = inputs;
  const name = `n${node.id}`;
  const plain = (type: string, attributes: Record<string, OnnxAttribute> = {}): Result<string> => {
    writing.nodes.push(nodeOf(type, inputs, name, attributes));
    return success(name);
  };
  switch (node.op) {
    case 'conv2d':
    case 'conv2d_transpose':
      return writeConv(writing, node, node.op === 'conv2d_transpose', node.attributes);
    case 'dense':
      return writeDense(writing, node);
    case 'batch_norm': {
      const norm = normOf(source, node);
      if (!norm.ok) return norm;
      if (!node.attributes.trackStats) return refusal(source, node, 'it keeps no running statistics');
      const dims = [node.attributes.features, ...(isImage(writing, node.id) ? [1, 1] : [])];
      const scaled = floats(writing, `${name}.factor`, dims, norm.value.alphas);
      const shifted = floats(writing, `${name}.term`, dims, norm.value.betas);
      writing.nodes.push(nodeOf('Mul', [x, scaled], `${name}.scaled`, {}));
      writing.nodes.push(nodeOf('Add', [`${name}.scaled`, shifted], name, {}));
      return success(name);
    }
    case 'activation':
      return writeActivation(writing, node, node.attributes, x);
    case 'affine': {
      const { scale, offset } = node.attributes;
      writing.nodes.push(
        nodeOf('Mul', [x, floats(writing, `${name}.factor`, [], Float32Array.of(scale))], `${name}.scaled`, {}),
      );
      writing.nodes.push(
        nodeOf('Add', [`${name}.scaled`, floats(writing, `${name}.term`, [], Float32Array.of(offset))], name, {}),
      );
      return success(name);
    }
    case 'dropout':
    case 'identity':
      return success(x);
    case 'reshape':
    case 'flatten':
    case 'squeeze':
    case 'unsqueeze': {
      const shape = source.shapes[node.id] ?? [];
      const from =
        isImage(writing, node.inputs[0] ?? -1) && lastIsChannels(writing) ? transposed(writing, x, toLast) : x;
      const sizes = BigInt64Array.from([-1, ...shape.slice(1)], BigInt);
      const target = initializer(writing, `${name}.shape`, 'int64', [sizes.length], new Uint8Array(sizes.buffer));
      writing.nodes.push(nodeOf('Reshape', [from, target], name, {}));
      return success(isImage(writing, node.id) ? brought(writing, name) : name);
    }
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return plain({ add: 'Add', sub: 'Sub', mul: 'Mul', div: 'Div' }[node.op]);
    case 'cat': {
      const rank = source.shapes[node.id]?.length ?? 0;
      const axis = node.attributes.axis < 0 ? node.attributes.axis + rank : node.attributes.axis;
      return plain('Concat', { axis: { int: rank === 4 && lastIsChannels(writing) ? toFirst.indexOf(axis) : axis } });
    }
    case 'pixel_shuffle':
      if (node.attributes.inverse) return refusal(source, node, 'space to channels is not written');
      return plain('DepthToSpace', {
        blocksize: { int: node.attributes.factor },
        mode: { text: lastIsChannels(writing) ? 'DCR' : 'CRD' },
      });
    case 'upsample': {
      if (node.attributes.mode !== 'nearest') return refusal(source, node, `it resizes by ${node.attributes.mode}`);
      const [from, to] = [imageSize(writing, node.inputs[0] ?? -1), imageSize(writing, node.id)];
      const factors = floats(writing, `${name}.factors`, [4], Float32Array.of(1, 1, to[0] / from[0], to[1] / from[1]));
      writing.nodes.push(
        nodeOf('Resize', [x, '', factors], name, {
          mode: { text: 'nearest' },
          coordinate_transformation_mode: { text: 'asymmetric' },
          nearest_mode: { text: 'floor' },
        }),
      );
      return success(name);
    }
    default:
      return refusal(source, node, `'${node.op}' has no plain operator there`);
  }
}

function writeConv(
  writing: Writing,
  node: GraphNode,
  isTransposed: boolean,
  attributes: ConvAttributes,
): Result<string> {
  const { source } = writing;
  const { paddingMode, groups, outChannels } = attributes;
  if (paddingMode !== undefined && paddingMode !== 'zeros')
    return refusal(source, node, `its border is filled by ${paddingMode}`);
  const kernel = kernelOf(source, node, isTransposed ? 'conv2d_transpose' : 'conv2d');
  if (!kernel.ok) return kernel;
  const bias = biasOf(source, node, outChannels);
  if (!bias.ok) return bias;
  const name = `n${node.id}`;
  // Both become [output, input per group, rows, columns], or [input, output per group, rows, columns].
  const { shape, data } = permuteAxes({ shape: kernel.value.shape, data: kernel.value.values }, [3, 2, 0, 1]);
  const weight = floats(writing, `${layerName(source.graph, node) ?? name}.weight`, shape, data);
  const inputs = [writing.values.get(node.inputs[0] ?? -1) ?? '', weight];
  if (bias.value)
    inputs.push(floats(writing, `${layerName(source.graph, node) ?? name}.bias`, [outChannels], bias.value));
  const [rows, columns] = windowPads(attributes, isTransposed, {
    from: imageSize(writing, node.inputs[0] ?? -1),
    to: imageSize(writing, node.id),
  });
  const extra = isTransposed ? [Math.max(0, -rows.after), Math.max(0, -columns.after)] : [0, 0];
  writing.nodes.push(
    nodeOf(isTransposed ? 'ConvTranspose' : 'Conv', inputs, name, {
      kernel_shape: { ints: pair(attributes.kernel) },
      strides: { ints: pair(attributes.stride) },
      dilations: { ints: pair(attributes.dilation) },
      group: { int: groups },
      pads: { ints: [rows.before, columns.before, Math.max(0, rows.after), Math.max(0, columns.after)] },
      ...(extra.some((n) => n > 0) ? { output_padding: { ints: extra } } : {}),
    }),
  );
  const outAxis = isTransposed ? 1 : 0;
  writing.layers.push({
    name: layerName(source.graph, node) ?? name,
    node: name,
    weight,
    outAxis,
    scales: kernel.value.scales,
  });
  return success(name);
}

function writeDense(writing: Writing, node: Extract<GraphNode, { readonly op: 'dense' }>): Result<string> {
  const { source } = writing;
  const kernel = kernelOf(source, node, 'dense');
  if (!kernel.ok) return kernel;
  const bias = biasOf(source, node, node.attributes.outFeatures);
  if (!bias.ok) return bias;
  if ((source.shapes[node.id]?.length ?? 0) !== 2) return refusal(source, node, 'dense layers take vectors only');
  const name = `n${node.id}`;
  const layer = layerName(source.graph, node) ?? name;
  const weight = floats(writing, `${layer}.weight`, kernel.value.shape, kernel.value.values);
  const product = bias.value ? `${name}.product` : name;
  writing.nodes.push(nodeOf('MatMul', [writing.values.get(node.inputs[0] ?? -1) ?? '', weight], product, {}));
  if (bias.value) {
    writing.nodes.push(
      nodeOf('Add', [product, floats(writing, `${layer}.bias`, [bias.value.length], bias.value)], name, {}),
    );
  }
  writing.layers.push({ name: layer, node: product, weight, outAxis: 1, scales: kernel.value.scales });
  return success(name);
}

const activations: Readonly<Partial<Record<ActivationAttributes['fn'], string>>> = {
  relu: 'Relu',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  softplus: 'Softplus',
  softsign: 'Softsign',
  elu: 'Elu',
  leaky_relu: 'LeakyRelu',
  linear: 'Identity',
};

function writeActivation(
  writing: Writing,
  node: GraphNode,
  { fn, alpha }: ActivationAttributes,
  x: string,
): Result<string> {
  const type = activations[fn];
  if (type === undefined) return refusal(writing.source, node, `the activation ${fn} is not written`);
  const slope = fn === 'leaky_relu' ? (alpha ?? 0.01) : fn === 'elu' ? (alpha ?? 1) : null;
  writing.nodes.push(nodeOf(type, [x], `n${node.id}`, slope === null ? {} : { alpha: { float: slope } }));
  return success(`n${node.id}`);
}

/** An image in the framework's order as channels first. */
function brought(writing: Writing, value: string): string {
  return lastIsChannels(writing) ? transposed(writing, value, toFirst) : value;
}

function transposed(writing: Writing, value: string, axes: readonly number[]): string {
  const name = `${value}.${axes === toFirst ? 'first' : 'last'}`;
  if (!writing.nodes.some((node) => node.outputs[0] === name)) {
    writing.nodes.push(nodeOf('Transpose', [value], name, { perm: { ints: axes } }));
  }
  return name;
}

function isImage({ source }: Writing, id: number): boolean {
  return source.shapes[id]?.length === 4;
}

function lastIsChannels({ source }: Writing): boolean {
  return source.graph.layout === 'channelsLast';
}

function imageSize(writing: Writing, id: number): readonly [number, number] {
  const shape = writing.source.shapes[id] ?? [];
  return lastIsChannels(writing) ? [shape[1] ?? 1, shape[2] ?? 1] : [shape[2] ?? 1, shape[3] ?? 1];
}

function floats(writing: Writing, name: string, dims: readonly number[], values: Float32Array): string {
  return initializer(
    writing,
    name,
    'float32',
    dims,
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
}

/** A layer that is run twice has its weight once. */
function initializer(
  { initializers }: Writing,
  name: string,
  dtype: OnnxInitializer['dtype'],
  dims: readonly number[],
  bytes: Uint8Array,
): string {
  if (!initializers.some((known) => known.name === name)) initializers.push({ name, dtype, dims, bytes });
  return name;
}

export function nodeOf(
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, OnnxAttribute>>,
): OnnxNode {
  return { type, domain: '', inputs, outputs: [output], attributes };
}

function pair(list: readonly number[]): readonly number[] {
  const [first = 1, second = first] = list;
  return [first, second];
}
