/**
 * A model with some of its layers changed: other bits, cheaper layers in their place, or another number of output
 * channels with all that depends on it. Pure arithmetic on the graph: shapes are inferred again, weights counted
 * again, and a change that cannot be carried through is refused with its reason. What the changed model is worth
 * is not its business: it is trained again.
 */
import { bytesAt, hasKernel, type WeightBits } from '../cost/weightBits.ts';
import { weightSpecs } from '../cost/weightSpecs.ts';
import type { GraphNode, Layer, ModelGraph } from '../graph/modelGraph.ts';
import type { OpCall } from '../graph/ops.ts';
import type { Shape } from '../graph/shape.ts';
import { inferShape } from '../shape/inferShape.ts';
import { changeChannels } from './changeChannels.ts';
import { rewriteLayer, type Rewrite } from './rewriteLayer.ts';

export type LayerChange =
  | { readonly kind: 'bits'; readonly bits: WeightBits }
  | { readonly kind: 'rewrite'; readonly rewrite: Rewrite }
  | { readonly kind: 'channels'; readonly channels: number };

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
  }
}

/** Bytes of the weights as the graph declares them; null where some are not known. */
export function declaredBytes(graph: ModelGraph): number | null {
  let total = 0;
  for (const layer of graph.layers) {
    const bytes = bytesAt(layer.bits ?? 32, layer, layer.weights);
    if (bytes === null) return null;
    total += bytes;
  }
  return total;
}

function withBits(graph: ModelGraph, targets: ReadonlySet<number>, bits: WeightBits): ChangedGraph {
  const isChanged = (layer: Layer): boolean => targets.has(layer.index) && hasKernel(layer, layer.weights);
  const chosen = graph.layers.filter(isChanged);
  if (chosen.length === 0) return { refused: 'it has no kernel whose bits could be chosen' };
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
