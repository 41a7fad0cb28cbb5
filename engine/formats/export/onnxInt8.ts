/**
 * An ONNX network with its weights as int8, in QDQ form, where ONNX Runtime runs it correctly. Weights have one
 * scale per output channel; those that are coded (binary, ternary, few bits) are whole multiples of their scale
 * already and lose nothing. Inputs are uint8 at convolutions and dense layers, whose int8 kernels ONNX Runtime
 * has; a transposed convolution has none there and computes in fp32 from int8 weights. Each layer is tried by
 * itself: what the library computes, optimized, must be what the operators mean, else the layer stays fp32 and is
 * named with the reason.
 */
import { success, type Result } from '../../../core/result.ts';
import type { OnnxGraph, OnnxInitializer, OnnxNode } from '../../tensors/onnx/onnxModel.ts';
import { nodeOf, type OnnxLayer, type OnnxNetwork } from './onnxNodes.ts';
import { runOnnx } from './runOnnx.ts';

export interface Int8Network {
  readonly graph: OnnxGraph;
  readonly quantized: readonly string[];
  readonly kept: readonly { readonly layer: string; readonly why: string }[];
}

export interface Calibration {
  /** [count, …] latents. */
  readonly input: Float32Array;
  readonly count: number;
}

/** An optimized graph may round an activation to the next of 255 steps; more is another computation. */
const allowedShare = 1.5 / 255;

export function int8Network(network: OnnxNetwork, calibration: Calibration): Result<Int8Network> {
  const ranges = inputRanges(network, calibration);
  if (!ranges.ok) return ranges;
  const quantized: OnnxLayer[] = [];
  const kept: { layer: string; why: string }[] = [];
  for (const layer of network.layers) {
    const why = whyNot(network, layer, ranges.value, calibration);
    if (why === null) quantized.push(layer);
    else kept.push({ layer: layer.name, why });
  }
  const graph = withInt8(network, quantized, ranges.value);
  return success({ graph, quantized: quantized.map(({ name }) => name), kept });
}

type Ranges = ReadonlyMap<string, readonly [number, number]>;

/** Least and greatest value that comes into each layer, zero included. */
function inputRanges({ graph, layers }: OnnxNetwork, { input, count }: Calibration): Result<Ranges> {
  const names = [...new Set(layers.map((layer) => inputOf(graph, layer)))].filter(
    (name) => name !== graph.inputs[0]?.name,
  );
  const outputs = names.map((name) => ({ name, dtype: 'float32' as const, dims: [], unshaped: true as const }));
  const watched: OnnxGraph = { ...graph, outputs: [...graph.outputs, ...outputs] };
  const run = runOnnx(watched, { input, count, fetches: names, optimize: false });
  if (!run.ok) return run;
  const values = new Map([...run.value, [graph.inputs[0]?.name ?? '', input]]);
  return success(new Map([...values].map(([name, list]) => [name, rangeOf(list)])));
}

function rangeOf(values: Float32Array): readonly [number, number] {
  let [low, high] = [0, 0];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** null: it runs correctly. */
function whyNot(network: OnnxNetwork, layer: OnnxLayer, ranges: Ranges, { input, count }: Calibration): string | null {
  const node = network.graph.nodes.find(({ outputs }) => outputs[0] === layer.node);
  const group = node?.attributes['group'];
  if (node?.type === 'ConvTranspose' && group !== undefined && 'int' in group && group.int !== 1) {
    return 'ONNX has no scale per output channel for a grouped transposed convolution';
  }
  const alone = withInt8(network, [layer], ranges);
  const fetches = [alone.outputs[0]?.name ?? ''];
  const meant = runOnnx(alone, { input, count, fetches, optimize: false });
  if (!meant.ok) return meant.problem.message;
  const run = runOnnx(alone, { input, count, fetches, optimize: true });
  if (!run.ok) return run.problem.message;
  const [expected, actual] = [meant.value.get(fetches[0] ?? ''), run.value.get(fetches[0] ?? '')];
  if (!expected || !actual || expected.length !== actual.length) return 'ONNX Runtime gave nothing';
  const [low, high] = rangeOf(expected);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? NaN))), 0);
  if (worst <= allowedShare * (high - low)) return null;
  return `ONNX Runtime computes it otherwise than its operators mean, by up to ${((100 * worst) / (high - low)).toFixed(1)} % of the range`;
}

function withInt8({ graph }: OnnxNetwork, layers: readonly OnnxLayer[], ranges: Ranges): OnnxGraph {
  const initializers = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const nodes: OnnxNode[] = [];
  const added = new Set<string>();
  for (const node of graph.nodes) {
    const layer = layers.find((candidate) => candidate.node === node.outputs[0]);
    const weight = layer && initializers.get(layer.weight);
    if (layer === undefined || (weight === undefined && !added.has(layer.weight))) {
      nodes.push(node);
      continue;
    }
    const dense = `${layer.weight}.fp32`;
    if (weight !== undefined) {
      initializers.delete(layer.weight);
      const coded = int8Weight(weight, layer);
      for (const tensor of coded) initializers.set(tensor.name, tensor);
      added.add(layer.weight);
      nodes.push(
        nodeOf(
          'DequantizeLinear',
          coded.map(({ name }) => name),
          dense,
          { axis: { int: layer.outAxis } },
        ),
      );
    }
    const [x = '', , ...rest] = node.inputs;
    const range = ranges.get(x);
    const takesInt8 = node.type !== 'ConvTranspose' && range !== undefined;
    if (takesInt8) quantizeInput(x, range, nodes, initializers, added);
    nodes.push({ ...node, inputs: [takesInt8 ? `${x}.dequantized` : x, dense, ...rest] });
  }
  return { ...graph, nodes, initializers: [...initializers.values()] };
}

function quantizeInput(
  x: string,
  [low, high]: readonly [number, number],
  nodes: OnnxNode[],
  initializers: Map<string, OnnxInitializer>,
  added: Set<string>,
): void {
  if (added.has(x)) return;
  added.add(x);
  const scale = (high - low) / 255 || 1;
  const parameters: readonly OnnxInitializer[] = [
    float(`${x}.scale`, [], Float32Array.of(scale)),
    {
      name: `${x}.zero`,
      dtype: 'uint8',
      dims: [],
      bytes: Uint8Array.of(Math.min(255, Math.max(0, Math.round(-low / scale)))),
    },
  ];
  for (const tensor of parameters) initializers.set(tensor.name, tensor);
  const names = parameters.map(({ name }) => name);
  nodes.push(nodeOf('QuantizeLinear', [x, ...names], `${x}.quantized`, {}));
  nodes.push(nodeOf('DequantizeLinear', [`${x}.quantized`, ...names], `${x}.dequantized`, {}));
}

/** Bytes, scales and zero points of a weight, one scale per output channel. */
function int8Weight({ name, dims, bytes }: OnnxInitializer, { outAxis, scales }: OnnxLayer): OnnxInitializer[] {
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const nChannels = dims[outAxis] ?? 1;
  const inner = dims.slice(outAxis + 1).reduce((product, dim) => product * dim, 1);
  const channelOf = (i: number): number => Math.floor(i / inner) % nChannels;
  const own = scales !== null && scales.length === nChannels ? wholeMultiples(values, scales, channelOf) : null;
  const chosen = own ?? greatest(values, nChannels, channelOf).map((most) => most / 127 || 1);
  const levels = Int8Array.from(values, (value, i) =>
    Math.max(-127, Math.min(127, Math.round(value / (chosen[channelOf(i)] ?? 1)))),
  );
  return [
    { name: `${name}.int8`, dtype: 'int8', dims, bytes: new Uint8Array(levels.buffer) },
    float(`${name}.scale`, [nChannels], chosen),
    { name: `${name}.zero`, dtype: 'int8', dims: [nChannels], bytes: new Uint8Array(nChannels) },
  ];
}

/** The scales, where every value is one of −127 … 127 times its channel's; else null. */
function wholeMultiples(
  values: Float32Array,
  scales: Float32Array,
  channelOf: (i: number) => number,
): Float32Array | null {
  const usable = scales.map((scale) => (scale > 0 ? scale : 1));
  for (let i = 0; i < values.length; i++) {
    const level = (values[i] ?? 0) / (usable[channelOf(i)] ?? 1);
    if (Math.abs(level) > 127.01 || Math.abs(level - Math.round(level)) > 1e-3) return null;
  }
  return usable;
}

function greatest(values: Float32Array, nChannels: number, channelOf: (i: number) => number): Float32Array {
  const most = new Float32Array(nChannels);
  values.forEach((value, i) => (most[channelOf(i)] = Math.max(most[channelOf(i)] ?? 0, Math.abs(value))));
  return most;
}

function inputOf(graph: OnnxGraph, layer: OnnxLayer): string {
  return graph.nodes.find(({ outputs }) => outputs[0] === layer.node)?.inputs[0] ?? '';
}

function float(name: string, dims: readonly number[], values: Float32Array): OnnxInitializer {
  return { name, dtype: 'float32', dims, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}
