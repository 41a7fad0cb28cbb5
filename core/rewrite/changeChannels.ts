/**
 * Another number of output channels for one layer, carried through the model: normalization, slopes, depthwise
 * layers and the inputs of the next convolutions or dense layers follow; shapes are inferred anew. Refused where
 * it would change the model's output, meet a second branch of other channels, or reach an operator whose sizes
 * are not its input's.
 */
import { weightSpecs } from '../cost/weightSpecs.ts';
import type { GraphNode, Layer, ModelGraph } from '../graph/modelGraph.ts';
import type { OpCall } from '../graph/ops.ts';
import { formatShape, type Shape } from '../graph/shape.ts';
import { inferShape } from '../shape/inferShape.ts';
import { channelsOf } from '../shape/layoutAxes.ts';
import type { ChangedGraph } from './changeGraph.ts';
import { outputChannels } from './outputChannels.ts';

type Adapted = { readonly call: OpCall } | { readonly refused: string };

export function changeChannels(graph: ModelGraph, target: number, channels: number): ChangedGraph {
  const layer = graph.layers[target];
  if (layer === undefined || !Number.isInteger(channels) || channels < 1)
    return { refused: 'a number of channels is a positive whole number' };
  if (outputChannels(layer) === channels) return { refused: `it has ${channels} output channels already` };
  const first = withOutputs(layer, channels);
  if ('refused' in first) return first;
  const layers = [...graph.layers];
  const replace = (index: number, call: OpCall): void => {
    const old = layers[index];
    if (old === undefined) return;
    layers[index] = { ...old, ...call, weights: weightSpecs(call, graph.framework, old.type) } as Layer;
  };
  replace(target, first.call);
  const nodes: GraphNode[] = [];
  const adapted = new Set([target]);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => nodes[id]?.shape ?? null);
    const isSame = node.inputs.every((id) => isEqual(nodes[id]?.shape ?? null, graph.nodes[id]?.shape ?? null));
    if (isSame && node.layer !== target) {
      nodes.push(node);
      continue;
    }
    let call = callOf(node);
    if (node.layer !== null) {
      if (!adapted.has(node.layer) || (!isSame && node.layer === target)) {
        const old = layers[node.layer];
        const result = old === undefined ? { call } : withInputs(callOf(old), inputs[0] ?? null, graph);
        if ('refused' in result) return result;
        adapted.add(node.layer);
        replace(node.layer, result.call);
      }
      call = callOf(layers[node.layer] ?? node);
    }
    const result = inferShape(call, inputs, graph.layout);
    if (result.kind === 'mismatch') return { refused: `another layer depends on its channels: ${result.message}` };
    const shape = result.kind === 'shape' ? result.shape : null;
    if (shape === null && node.shape !== null) return { refused: 'what follows it cannot be followed' };
    const { id, layer: owner, unknown, site } = node;
    nodes.push({ ...call, id, layer: owner, inputs: node.inputs, shape, unknown, site });
  }
  for (const id of graph.outputs) {
    const before = graph.nodes[id]?.shape ?? null;
    const after = nodes[id]?.shape ?? null;
    if (!isEqual(before, after)) return { refused: `it would change the output of the model to ${showShape(after)}` };
  }
  return { graph: { ...graph, layers, nodes } };
}

function withOutputs(layer: Layer, channels: number): Adapted {
  const call = callOf(layer);
  switch (call.op) {
    case 'dense':
      return { call: { op: 'dense', attributes: { ...call.attributes, outFeatures: channels } } };
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
    case 'conv1d_transpose':
    case 'conv2d_transpose':
    case 'conv3d_transpose':
      return call.attributes.groups === 1
        ? { call: { op: call.op, attributes: { ...call.attributes, outChannels: channels } } as OpCall }
        : { refused: 'its channels are grouped' };
    default:
      return { refused: 'it has no number of output channels of its own' };
  }
}

/** The same layer on other input channels. */
function withInputs(call: OpCall, input: Shape | null, graph: ModelGraph): Adapted {
  const channels = input === null ? '?' : channelsOf(input, graph.layout);
  if (channels === '?') return { refused: 'the channels of a layer behind it are not known' };
  switch (call.op) {
    case 'dense':
      return { call: { op: 'dense', attributes: { ...call.attributes, inFeatures: lastOf(input) } } };
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
    case 'conv1d_transpose':
    case 'conv2d_transpose':
    case 'conv3d_transpose': {
      const { inChannels, outChannels, groups } = call.attributes;
      const isDepthwise = groups === inChannels && groups > 1;
      if (groups !== 1 && !isDepthwise) return { refused: 'a grouped layer behind it depends on its channels' };
      const sizes = isDepthwise
        ? { inChannels: channels, outChannels: (outChannels / inChannels) * channels, groups: channels }
        : { inChannels: channels };
      return { call: { op: call.op, attributes: { ...call.attributes, ...sizes } } as OpCall };
    }
    case 'batch_norm':
      return { call: { op: call.op, attributes: { ...call.attributes, features: channels } } };
    case 'instance_norm':
    case 'group_norm': {
      const { groups = 1 } = call.attributes;
      if (channels % groups !== 0) return { refused: `${channels} channels do not make ${groups} groups` };
      return { call: { op: call.op, attributes: { ...call.attributes, features: channels } } };
    }
    case 'activation': {
      const { features } = call.attributes;
      if (call.attributes.fn !== 'prelu' || features === undefined || features === 1) return { call };
      return graph.framework === 'pytorch'
        ? { call: { op: call.op, attributes: { ...call.attributes, features: channels } } }
        : { refused: 'the slopes behind it depend on the whole map' };
    }
    case 'layer_norm':
    case 'separable_conv2d':
    case 'recurrent':
    case 'attention':
    case 'unknown':
      return { refused: `a layer behind it (${call.op}) is not carried through` };
    default:
      return { call };
  }
}

function lastOf(shape: Shape | null): number {
  const last = shape?.[shape.length - 1];
  return typeof last === 'number' ? last : 0;
}

function callOf({ op, attributes }: OpCall): OpCall {
  return { op, attributes } as OpCall;
}

function isEqual(left: Shape | null, right: Shape | null): boolean {
  if (left === null || right === null) return left === right;
  return left.length === right.length && left.every((dim, axis) => dim === right[axis]);
}

function showShape(shape: Shape | null): string {
  return shape === null ? 'something unknown' : formatShape(shape);
}
