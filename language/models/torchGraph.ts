/**
 * One PyTorch model, built and run on given input shapes, as a ModelGraph. Layer names are those of
 * `state_dict`; layers that were never run are there without a node.
 */
import type { GraphFault, GraphNode, Layer, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Shape } from '../../core/graph/shape.ts';
import { isLayerObject } from '../frameworks/pytorch/layers.ts';
import { leafLayer } from '../frameworks/pytorch/leafModule.ts';
import { childrenOf, isModuleObject, moduleOf } from '../frameworks/pytorch/torchModule.ts';
import { isTensor, tensorObject } from '../frameworks/pytorch/torchTensor.ts';
import type { LayerRecord, Recorder } from '../frameworks/recorder.ts';
import { recordNode } from '../frameworks/recorder.ts';
import type { CallContext } from '../interpreter/library.ts';
import type { Machine } from '../interpreter/machine.ts';
import { foreign } from '../interpreter/values.ts';
import type { Value } from '../interpreter/values.ts';

export interface GraphIdentity {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly instantiation: string | null;
}

/** A tensor that stands for a model's input. */
export function inputTensor(machine: Machine, index: number, shape: Shape | null): Value {
  const isPartial = shape === null || shape.includes('?');
  const recorded = recordNode(machine.context, { op: 'input', attributes: { index } }, [], {
    layout: 'channelsFirst',
    shape,
    unknown: isPartial ? 'the input shape is not known' : null,
  });
  return foreign(tensorObject(recorded));
}

/** Node ids of the tensors in a result, in order. */
export function outputNodes(result: Value): number[] {
  switch (result.kind) {
    case 'foreign':
      return isTensor(result.object) && 0 <= result.object.node ? [result.object.node] : [];
    case 'tuple':
    case 'list':
      return result.items.flatMap(outputNodes);
    case 'dict':
      return [...result.entries.values()].flatMap(({ value }) => outputNodes(value));
    default:
      return [];
  }
}

/** Layers and parameters of a module by their path, in the order of registration. */
export function namedLayers(root: Value, context: CallContext): Map<LayerRecord, string> {
  const names = new Map<LayerRecord, string>();
  const seen = new Set<object>();
  const visit = (value: Value, path: string, depth: number): void => {
    const identity = value.kind === 'foreign' ? value.object : value;
    if (seen.has(identity) || depth > 60) return;
    seen.add(identity);
    const own = moduleOf(value) ?? (value.kind === 'instance' && isModuleObject(value.foreign) ? value.foreign : null);
    if (isLayerObject(own) && !names.has(own.record)) names.set(own.record, path);
    const join = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const leaf = value.kind === 'instance' && own === null ? leafLayer(value, context) : null;
    if (leaf !== null) names.set(leaf, path);
    if (value.kind === 'instance' && leaf === null) {
      for (const [name, item] of value.attributes) {
        if (item.kind !== 'foreign' || item.object.typeName !== 'Parameter' || !isTensor(item.object)) continue;
        const record = item.object.weightOf;
        if (record?.call.op === 'parameter' && !names.has(record)) names.set(record, join(name));
      }
    }
    for (const [name, child] of childrenOf(value, context)) visit(child, join(name), depth + 1);
  };
  visit(root, '', 0);
  return names;
}

export function toModelGraph(
  recorder: Recorder,
  names: ReadonlyMap<LayerRecord, string>,
  ends: { readonly inputs: readonly number[]; readonly outputs: readonly number[] },
  identity: GraphIdentity,
  forgotten: ReadonlySet<LayerRecord> = new Set(),
): ModelGraph {
  const records = [...names.keys()];
  const known = new Set(records);
  for (const { layer } of recorder.nodes) {
    if (layer !== null && !known.has(layer) && layer.call.op !== 'parameter') {
      known.add(layer);
      records.push(layer);
    }
  }
  const indexOf = new Map(records.map((record, index) => [record, index]));
  const used = new Set<string>();
  const layers = records.map((record, index): Layer => {
    const wanted = names.get(record) ?? record.name ?? `${record.type}_${record.site.line}`;
    let name = wanted === '' ? record.type : wanted;
    for (let copy = 1; used.has(name); copy++) name = `${wanted}_${copy}`;
    used.add(name);
    const { type, site, stack, weights, unknown, runs, bits } = record;
    // Field by field: spreading thousands of calls takes longer than following them.
    const { op, attributes } = record.call;
    const layer = { op, attributes, index, name, type, site, stack, weights, unknown } as Layer;
    const isForgotten = forgotten.has(record);
    if (runs === undefined && !isForgotten && bits === undefined) return layer;
    return {
      ...layer,
      ...(runs === undefined ? {} : { runs }),
      ...(isForgotten ? { isForgotten: true } : {}),
      ...(bits === undefined ? {} : { bits }),
    };
  });
  const nodes = recorder.nodes.map((node): GraphNode => {
    const { id, inputs, shape, unknown, site } = node;
    const { op, attributes } = node.call;
    const layer = node.layer === null || node.isAlternative === true ? null : (indexOf.get(node.layer) ?? null);
    return { op, attributes, id, layer, inputs, shape, unknown, site } as GraphNode;
  });
  const faults = recorder.faults.map(({ kind, message, site, layer }): GraphFault => ({
    kind,
    message,
    site,
    layer: layer === null ? null : (indexOf.get(layer) ?? null),
  }));
  return {
    ...identity,
    framework: 'pytorch',
    layout: 'channelsFirst',
    layers,
    nodes,
    inputs: ends.inputs,
    outputs: ends.outputs,
    faults: dedupe(faults),
  };
}

function dedupe(faults: readonly GraphFault[]): GraphFault[] {
  const seen = new Set<string>();
  return faults.filter(({ kind, message, site }) => {
    const key = `${kind} ${message} ${site.file}:${site.line}:${site.column}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
