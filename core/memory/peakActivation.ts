/**
 * The most bytes of activations that live at once when a model runs its nodes in order, one image at a time:
 * a tensor lives from the node that makes it to the last node that reads it, inputs from the start, outputs
 * to the end. Operators that only look at memory differently (reshape, flatten…) share their input's bytes.
 * Weights, workspace of kernels and in-place tricks of runtimes are left out.
 */
import { activationBytes } from '../cost/layerBytes.ts';
import type { GraphNode, ModelGraph } from '../graph/modelGraph.ts';
import type { OpName } from '../graph/ops.ts';

export interface PeakActivation {
  readonly bytes: number;
  /** The node that runs when the peak is reached; null for a model without nodes. */
  readonly node: number | null;
  /** Nodes whose shape is not known: they count 0, and the peak is a lower bound. */
  readonly nUnknown: number;
}

export function peakActivation(graph: ModelGraph, bytesPerValue = 4): PeakActivation {
  const owner = tensorOwners(graph.nodes);
  const diesAfter = lastUses(graph, owner);
  const sizes = graph.nodes.map((node) => (owner[node.id] === node.id ? ownBytes(node, bytesPerValue) : 0));
  let live = graph.nodes.reduce((sum, node) => (node.op === 'input' ? sum + (sizes[node.id] ?? 0) : sum), 0);
  let peak: PeakActivation = { bytes: 0, node: null, nUnknown: sizes.filter((size) => size === null).length };
  const endingAt = groupByEnd(diesAfter);
  for (const node of graph.nodes) {
    if (node.op !== 'input') live += sizes[node.id] ?? 0;
    if (live > peak.bytes) peak = { ...peak, bytes: live, node: node.id };
    for (const ended of endingAt.get(node.id) ?? []) live -= sizes[ended] ?? 0;
  }
  return peak;
}

const views: ReadonlySet<OpName> = new Set<OpName>([
  'reshape',
  'flatten',
  'squeeze',
  'unsqueeze',
  'identity',
  'dropout',
]);

/** For each node, the node whose memory its result is. */
function tensorOwners(nodes: readonly GraphNode[]): readonly number[] {
  const owner: number[] = [];
  for (const node of nodes) {
    const source = node.inputs[0];
    owner.push(views.has(node.op) && source !== undefined ? (owner[source] ?? node.id) : node.id);
  }
  return owner;
}

/** For each owner, the last node that needs it; nothing that is an output ever ends. */
function lastUses(graph: ModelGraph, owner: readonly number[]): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  for (const node of graph.nodes) {
    last.set(owner[node.id] ?? node.id, node.id);
    for (const input of node.inputs) last.set(owner[input] ?? input, node.id);
  }
  for (const output of graph.outputs) last.delete(owner[output] ?? output);
  return last;
}

function groupByEnd(lastUse: ReadonlyMap<number, number>): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  for (const [tensor, end] of lastUse) {
    const group = groups.get(end);
    if (group) group.push(tensor);
    else groups.set(end, [tensor]);
  }
  return groups;
}

/** Weights used directly are no activations; null where the shape is not known. */
function ownBytes(node: GraphNode, bytesPerValue: number): number | null {
  return node.op === 'parameter' ? 0 : activationBytes(node.shape, bytesPerValue);
}
