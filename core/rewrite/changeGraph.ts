/**
 * A model with some of its layers changed: other bits, cheaper layers in their place, another number of output
 * channels with all that depends on it, or pruned. Pure arithmetic on the graph: shapes are inferred again, weights
 * counted again, and a change that cannot be carried through is refused with its reason. What the changed model is
 * worth is not its business: it is trained again.
 */
import { hasKernel, type WeightBits } from '../cost/weightBits.ts';
import { weightSpecs } from '../cost/weightSpecs.ts';
import type { GraphNode, Layer, ModelGraph } from '../graph/modelGraph.ts';
import type { OpCall } from '../graph/ops.ts';
import type { Shape } from '../graph/shape.ts';
import { inferShape } from '../shape/inferShape.ts';
import { changeChannels } from './changeChannels.ts';
import { channelsLeft, outputChannels } from './outputChannels.ts';
import { rewriteLayer, type Rewrite } from './rewriteLayer.ts';

export type LayerChange =
  | { readonly kind: 'bits'; readonly bits: WeightBits }
  | { readonly kind: 'rewrite'; readonly rewrite: Rewrite }
  | { readonly kind: 'channels'; readonly channels: number }
  | PruneChange;

/**
 * `channel`: that share of the output channels goes, with all that depends on them; the layer is narrower then.
 * `weight`: that share of each kernel's weights, the smallest, becomes zero. It takes fewer bytes and as many MACs.
 */
export interface PruneChange {
  readonly kind: 'prune';
  readonly granularity: 'channel' | 'weight';
  /** Above 0, below 1. */
  readonly share: number;
}

export type ChangedGraph = { readonly graph: ModelGraph } | { readonly refused: string };

/** `targets` are indices of layers. */
export function changeGraph(graph: ModelGraph, targets: ReadonlySet<number>, change: LayerChange): ChangedGraph {
  switch (change.kind) {
    case 'bits':
      return withBits(graph, targets, change.bits);
    case 'rewrite':
      return rewritten(graph, targets, change.rewrite);
    case 'channels': {
      const [target, ...others] = targets;
      if (target === undefined || others.length > 0)
        return { refused: 'one line builds several layers, and each would need channels of its own' };
      return changeChannels(graph, target, change.channels);
    }
    case 'prune':
      return pruned(graph, targets, change);
  }
}

function pruned(graph: ModelGraph, targets: ReadonlySet<number>, { granularity, share }: PruneChange): ChangedGraph {
  if (!(0 < share && share < 1)) return { refused: 'a pruned share is above 0 and below 1' };
  const [first] = graph.layers.filter(({ index }) => targets.has(index));
  if (granularity === 'channel') {
    const channels = first === undefined ? 0 : outputChannels(first);
    if (channels === 0) return { refused: 'it has no number of output channels of its own' };
    const left = channelsLeft(channels, share);
    if (left === channels) return { refused: `so small a share of ${channels} channels is none` };
    return changeGraph(graph, targets, { kind: 'channels', channels: left });
  }
  const isChanged = (layer: Layer): boolean => targets.has(layer.index) && hasKernel(layer, layer.weights);
  const chosen = graph.layers.filter(isChanged);
  if (chosen.length === 0) return { refused: 'it has no kernel whose weights could be pruned' };
  if (chosen.some(({ bits }) => bits === 1)) return { refused: noZeroInOneBit };
  const layers = graph.layers.map((layer): Layer => (isChanged(layer) ? { ...layer, prunedShare: share } : layer));
  return { graph: { ...graph, layers } };
}

const noZeroInOneBit = 'a pruned weight is zero, and one bit has no zero: take ternary weights';

function withBits(graph: ModelGraph, targets: ReadonlySet<number>, bits: WeightBits): ChangedGraph {
  const isChanged = (layer: Layer): boolean => targets.has(layer.index) && hasKernel(layer, layer.weights);
  const chosen = graph.layers.filter(isChanged);
  if (chosen.length === 0) return { refused: 'it has no kernel whose bits could be chosen' };
  if (bits === 1 && chosen.some(({ prunedShare = 0 }) => prunedShare > 0)) return { refused: noZeroInOneBit };
  for (const layer of chosen) {
    const why = notCoded(layer, graph);
    if (why !== null) return { refused: why };
  }
  const layers = graph.layers.map((layer): Layer => {
    if (!isChanged(layer)) return layer;
    const { bits: _before, ...rest } = layer;
    return bits === 32 ? rest : { ...rest, bits };
  });
  return { graph: { ...graph, layers } };
}

/** Layers whose kernel has no axis of output channels, or is not where the framework's module looks for it. */
function notCoded(layer: Layer, { framework }: ModelGraph): string | null {
  const groups = 'groups' in layer.attributes ? (layer.attributes.groups ?? 1) : 1;
  if (/_transpose$/.test(layer.op) && groups !== 1) return 'a grouped transposed kernel has no axis of output channels';
  if (framework === 'pytorch') return null;
  return layer.op === 'separable_conv2d' || groups !== 1 ? 'depthwise kernels are not coded in this framework' : null;
}

function rewritten(graph: ModelGraph, targets: ReadonlySet<number>, rewrite: Rewrite): ChangedGraph {
  const layers: Layer[] = [];
  /** New indices of what stands for each old layer. */
  const places = new Map<number, readonly number[]>();
  for (const layer of graph.layers) {
    const result = targets.has(layer.index) ? rewriteLayer(layer, rewrite, graph.framework) : { calls: [layer] };
    if ('refused' in result) return result;
    const { type, name, bits, weights, ...rest } = layer;
    const parts = result.calls.map(({ op, attributes }, idx): Layer => {
      const call = { op, attributes } as OpCall;
      const isWhole = result.calls.length === 1 && !targets.has(layer.index);
      return {
        ...rest,
        ...call,
        index: layers.length + idx,
        name: isWhole ? name : `${name}.${idx}`,
        type: isWhole ? type : call.op,
        weights: isWhole ? weights : weightSpecs(call, graph.framework, isDepthwise(call) ? 'Depthwise' : ''),
        ...(bits === undefined ? {} : { bits }),
      };
    });
    places.set(
      layer.index,
      parts.map(({ index }) => index),
    );
    layers.push(...parts);
  }
  return { graph: { ...graph, layers, ...threaded(graph, layers, targets, places) } };
}

/** The nodes with every run of a target replaced by a chain. */
function threaded(
  graph: ModelGraph,
  layers: readonly Layer[],
  targets: ReadonlySet<number>,
  places: ReadonlyMap<number, readonly number[]>,
): Pick<ModelGraph, 'nodes' | 'inputs' | 'outputs'> {
  const nodes: GraphNode[] = [];
  const ids = new Map<number, number>();
  const idOf = (old: number): number => ids.get(old) ?? old;
  const shapeOf = (id: number): Shape | null => nodes[id]?.shape ?? null;
  for (const node of graph.nodes) {
    let inputs = node.inputs.map(idOf);
    const own = node.layer === null ? [null] : (places.get(node.layer) ?? [null]);
    for (const index of own) {
      const layer = index === null ? null : (layers[index] ?? null);
      const isNew = node.layer !== null && targets.has(node.layer) && layer !== null;
      const call = (isNew ? { op: layer.op, attributes: layer.attributes } : callOf(node)) as OpCall;
      const result = isNew ? inferShape(call, inputs.map(shapeOf), graph.layout) : null;
      const shape = result === null ? node.shape : result.kind === 'shape' ? result.shape : null;
      const { unknown, site } = node;
      nodes.push({ ...call, id: nodes.length, layer: index, inputs, shape, unknown, site });
      inputs = [nodes.length - 1];
    }
    ids.set(node.id, nodes.length - 1);
  }
  return { nodes, inputs: graph.inputs.map(idOf), outputs: graph.outputs.map(idOf) };
}

function callOf({ op, attributes }: OpCall): OpCall {
  return { op, attributes } as OpCall;
}

function isDepthwise(call: OpCall): boolean {
  return call.op === 'conv2d' && call.attributes.groups > 1;
}
