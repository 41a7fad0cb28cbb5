/**
 * The network inside a packed model: the ModelGraph without what only an editor needs (places in the
 * source, faults). Reading checks the graph's own invariants (ids in order, inputs before their users,
 * layers that exist, plain shapes), so that whoever builds a network from it meets no surprise; what the
 * attributes of an operator mean is checked where the operator is built.
 */
import type { GraphNode, Layer, ModelGraph } from '../../core/graph/modelGraph.ts';

/** JSON of the graph; `expandGraph` is its inverse up to source places. */
export function compactGraph(graph: ModelGraph): unknown {
  const { name, framework, layout, file, instantiation, inputs, outputs } = graph;
  return {
    name,
    framework,
    layout,
    file,
    instantiation,
    inputs,
    outputs,
    layers: graph.layers.map(({ name: layerName, type, op, attributes, weights }) => ({
      name: layerName,
      type,
      op,
      attributes,
      weights,
    })),
    nodes: graph.nodes.map(({ op, attributes, layer, inputs: nodeInputs, shape }) => ({
      op,
      // A layer's attributes are there already.
      attributes: layer === null || graph.layers[layer]?.op !== op ? attributes : undefined,
      layer,
      inputs: nodeInputs,
      shape,
    })),
  };
}

const maxNodes = 100_000;

/** The graph, or what is wrong with it. */
export function expandGraph(value: unknown): ModelGraph | string {
  if (!isRecord(value)) return 'it is not an object';
  const { name, framework, layout, file, instantiation, inputs, outputs, layers, nodes } = value;
  if (typeof name !== 'string' || typeof file !== 'string') return 'it has no name or file';
  if (!frameworks.has(framework)) return 'its framework is unknown';
  if (layout !== 'channelsFirst' && layout !== 'channelsLast') return 'its layout is unknown';
  if (instantiation !== null && typeof instantiation !== 'string') return 'its instantiation is not a text';
  if (!Array.isArray(layers) || !Array.isArray(nodes)) return 'it lacks layers or nodes';
  if (layers.length > maxNodes || nodes.length > maxNodes) return 'it is too large';
  const site = { file, line: 1, column: 0, endLine: 1, endColumn: 0 };

  const fullLayers: Layer[] = [];
  for (const [index, layer] of (layers as unknown[]).entries()) {
    if (!isRecord(layer) || typeof layer['name'] !== 'string' || typeof layer['type'] !== 'string')
      return `layer ${index} has no name`;
    if (typeof layer['op'] !== 'string' || !isRecord(layer['attributes'])) return `layer ${index} has no operator`;
    if (layer['weights'] !== null && !isWeightList(layer['weights'])) return `layer ${index} has no list of weights`;
    fullLayers.push({ ...layer, index, site, stack: [], unknown: null } as unknown as Layer);
  }

  const fullNodes: GraphNode[] = [];
  for (const [id, node] of (nodes as unknown[]).entries()) {
    if (!isRecord(node) || typeof node['op'] !== 'string') return `node ${id} has no operator`;
    if (!isIdList(node['inputs'], id)) return `node ${id} has inputs that do not come before it`;
    if (node['shape'] !== null && !isShape(node['shape'])) return `node ${id} has no sound shape`;
    const layerIndex = node['layer'];
    const layer = typeof layerIndex === 'number' ? fullLayers[layerIndex] : undefined;
    if (layerIndex !== null && layer === undefined) return `node ${id} names a layer that is not there`;
    const attributes = node['attributes'] ?? layer?.attributes;
    if (!isRecord(attributes)) return `node ${id} has no attributes`;
    fullNodes.push({ ...node, id, attributes, unknown: null, site: null } as unknown as GraphNode);
  }
  if (!isIdList(inputs, fullNodes.length) || !isIdList(outputs, fullNodes.length))
    return 'its inputs or outputs are not nodes';
  return {
    name,
    framework: framework as ModelGraph['framework'],
    layout,
    file,
    line: 1,
    instantiation,
    layers: fullLayers,
    nodes: fullNodes,
    inputs,
    outputs,
    faults: [],
  };
}

const frameworks: ReadonlySet<unknown> = new Set<ModelGraph['framework']>([
  'pytorch',
  'keras',
  'tfjs',
  'onnx',
  'tfjs-file',
]);

function isWeightList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (weight: unknown) =>
        isRecord(weight) &&
        typeof weight['name'] === 'string' &&
        isShape(weight['shape']) &&
        typeof weight['trainable'] === 'boolean',
    )
  );
}

function isShape(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= 8 &&
    value.every((size) => size === '?' || (Number.isSafeInteger(size) && size > 0))
  );
}

function isIdList(value: unknown, below: number): value is readonly number[] {
  return Array.isArray(value) && value.every((id) => Number.isInteger(id) && 0 <= id && id < below);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
