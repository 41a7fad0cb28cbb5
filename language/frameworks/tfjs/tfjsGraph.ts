/** The ModelGraph of one model of TF.js: what the recording holds between its inputs and outputs. */
import type { GraphFault, GraphNode, Layer, ModelGraph } from '../../../core/graph/modelGraph.ts';
import type { OpCall } from '../../../core/graph/ops.ts';
import type { CallContext } from '../../interpreter/library.ts';
import { layoutOf, ownLayout, recorderOf, type LayerRecord, type NodeRecord } from '../recorder.ts';
import { nodesBetween, type TfjsModel } from './tfjsModel.ts';

export interface GraphPlace {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly instantiation: string | null;
}

/** Null where not even the model's layers are known. */
export function tfjsGraph(model: TfjsModel, place: GraphPlace, context: CallContext): ModelGraph | null {
  const ends = model.ends(context);
  if (ends === null) return null;
  const recorder = recorderOf(context.machine);
  const records = byDepth(nodesBetween(recorder.nodes, ends));
  const ids = new Map(records.map(({ id }, idx) => [id, idx]));
  const layers: Layer[] = [];
  const indices = new Map<LayerRecord, number>();
  const names = new Set<string>();
  const counts = new Map<string, number>();
  for (const { layer } of records) {
    if (layer === null || indices.has(layer)) continue;
    const index = layers.length;
    indices.set(layer, index);
    const name = layer.name === null ? ownName(layer.type, names, counts) : uniqueName(layer.name, names);
    const { call, type, site, stack, weights, unknown, bits } = layer;
    layers.push({
      ...call,
      index,
      name,
      type,
      site,
      stack,
      weights,
      unknown,
      ...(bits === undefined ? {} : { bits }),
    });
  }
  const layout = layoutOf(records);
  const inputIds = ends.inputs.map(({ node }) => node);
  const nodes = records.map((record, id): GraphNode => {
    const call: OpCall =
      record.call.op === 'input'
        ? { op: 'input', attributes: { index: Math.max(0, inputIds.indexOf(record.id)) } }
        : record.call;
    const layer = record.layer === null ? null : (indices.get(record.layer) ?? null);
    const inputs = record.inputs.flatMap((input) => ids.get(input) ?? []);
    const { shape, unknown, site } = record;
    return { ...call, id, layer, inputs, shape, unknown, site, ...ownLayout(record, layout) };
  });
  const known = (list: readonly number[]): number[] => list.flatMap((id) => ids.get(id) ?? []);
  const faults = recorder.faults.flatMap((fault): readonly GraphFault[] => {
    const layer = fault.layer === null ? null : (indices.get(fault.layer) ?? null);
    return layer === null ? [] : [{ ...fault, layer }];
  });
  const hasInput = ends.inputs.every(({ shape }) => shape !== null && !shape.includes('?'));
  return {
    ...place,
    framework: 'tfjs',
    layout,
    layers,
    nodes,
    inputs: known(inputIds),
    outputs: known(ends.outputs.map(({ node }) => node)),
    faults: hasInput ? faults : [...faults, unknownInput(place)],
  };
}

/** The order in which TF.js runs a model: what is furthest from the outputs first, then as it was built. */
function byDepth(records: readonly NodeRecord[]): readonly NodeRecord[] {
  const depths = new Map<number, number>();
  for (const { id, inputs } of [...records].reverse()) {
    const depth = depths.get(id) ?? 0;
    for (const input of inputs) depths.set(input, Math.max(depths.get(input) ?? 0, depth + 1));
  }
  const depthOf = ({ id }: NodeRecord): number => depths.get(id) ?? 0;
  return [...records].sort((a, b) => depthOf(b) - depthOf(a) || a.id - b.id);
}

function unknownInput({ name, file, line }: GraphPlace): GraphFault {
  const site = { file, line, column: 0, endLine: line, endColumn: 10_000 };
  return { kind: 'unknownInput', message: `The input shape of ${name} is not known.`, site, layer: null };
}

/** `conv2d_Conv2D1`: TF.js' own names, which count up; here per model, so that they do not depend on other models. */
function ownName(type: string, names: Set<string>, counts: Map<string, number>): string {
  const base = type === 'InputLayer' ? 'input' : `${snakeCase(type)}_${type}`;
  let count = (counts.get(base) ?? 0) + 1;
  while (names.has(`${base}${count}`)) count++;
  names.add(`${base}${count}`);
  counts.set(base, count);
  return `${base}${count}`;
}

/** TF.js' rule: `LeakyReLU` → `leaky_re_lu`, `Conv2DTranspose` → `conv2d_transpose`. */
function snakeCase(type: string): string {
  return type
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

function uniqueName(name: string, names: Set<string>): string {
  let candidate = name;
  for (let count = 2; names.has(candidate); count++) candidate = `${name}_${count}`;
  names.add(candidate);
  return candidate;
}
