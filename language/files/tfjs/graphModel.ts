/**
 * A TF.js graph model (a TensorFlow graph as JSON) → ModelGraph. Weights are the graph's constants, which the
 * manifest measures; sizes are small constants or computed from shapes, and are folded. Inputs and outputs are
 * the signature's where there is one, else placeholders and what nothing reads.
 */
import type { ModelGraph } from '../../../core/graph/modelGraph.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { JsonValue } from '../../../core/json/strictJson.ts';
import type { ModelFile } from '../byteSource.ts';
import { constant } from '../constants.ts';
import { FileGraph, type ConstValue, type FileValue, type OwnWeight, type TensorValue } from '../fileGraph.ts';
import { notComputed, unknownOperator, type Converted } from '../fileOperator.ts';
import { fault, quote, tooLarge } from '../modelFault.ts';
import { orderByData } from '../orderByData.ts';
import { computedWeight, ownWeights, shortName, storedWeights } from '../storedWeights.ts';
import { GraphOperator, textOf, type GraphConvert, type GraphNodeFile } from './graphOperator.ts';
import { fusedActivation, graphOperators } from './graphOperators.ts';
import { graphShapes, splitOf } from './graphShapes.ts';
import { foldSizes } from './foldSizes.ts';
import { asList, asMap, asText, type JsonMap } from './json.ts';
import type { ModelJsonOptions } from './readModelJson.ts';
import { readWholeNumbers, type ManifestWeight } from './weightsManifest.ts';

export interface GraphModelFile {
  readonly nodes: readonly JsonValue[];
  readonly top: JsonMap;
  readonly weights: readonly ManifestWeight[];
  readonly file: ModelFile;
}

const maxNodes = 60_000;
const operators: ReadonlyMap<string, GraphConvert> = new Map([
  ...Object.entries(graphOperators),
  ...Object.entries(graphShapes),
]);
const passed = new Set([
  'Identity',
  'IdentityN',
  'StopGradient',
  'CheckNumerics',
  'Snapshot',
  'Cast',
  'PreventGradient',
]);

export function graphModel(model: GraphModelFile, options: ModelJsonOptions): ModelGraph {
  if (model.nodes.length > maxNodes) tooLarge(`more than ${maxNodes} nodes`);
  const nodes = model.nodes.map(readNode);
  const isChannelsFirst = nodes.some(
    ({ attributes }) => textOf(asMap(attributes.get('data_format'))?.get('s')) === 'NCHW',
  );
  const layout = isChannelsFirst ? 'channelsFirst' : 'channelsLast';
  const graph = new FileGraph({ framework: 'tfjs-file', layout, file: options.file });
  const stored = new Map(model.weights.map((weight) => [weight.name, weight]));
  const values = new Map<string, FileValue>();
  const inputs: TensorValue[] = [];
  for (const node of orderByData(nodes, new Map())) {
    const op = new GraphOperator(
      node,
      node.inputs.map((name) => values.get(name) ?? null),
      isChannelsFirst,
    );
    if (node.type === 'NoOp') continue;
    if (/^Placeholder/.test(node.type)) {
      const input = graph.input(options.inputs?.[inputs.length] ?? batched(op.dims('shape')));
      inputs.push(input);
      values.set(outputName(node.name, 0), input);
      continue;
    }
    const outputs = node.type === 'Const' ? [constNode(op, stored, model.file)] : outputsOf(op, graph);
    for (const [idx, value] of outputs.entries()) values.set(outputName(node.name, idx), value);
  }
  const outputs = outputNames(model.top, nodes).map(
    (name) => values.get(name) ?? fault(`its output ${quote(name)} is given by nothing`),
  );
  if (outputs.length === 0) fault('it has no output');
  return graph.finish(options.name, inputs, outputs);
}

/** What these give has a size that follows from the data alone. */
const isOfData = new Set(['Range', 'Shape', 'ShapeN', 'Size', 'Unique', 'Where']);

/** How many outputs of a node may be named; splits have the most. */
const maxOutputs = 64;

function readNode(value: JsonValue): GraphNodeFile {
  const map = asMap(value) ?? fault('a node is not an object');
  const name = asText(map.get('name')) ?? fault('a node has no name');
  const type = asText(map.get('op')) ?? fault(`the node ${quote(name)} names no operator`);
  const written = (asList(map.get('input')) ?? []).map(
    (input) => asText(input) ?? fault(`an input of ${quote(name)} is no name`),
  );
  // `^name` orders nodes without data.
  const inputs = written.filter((input) => !input.startsWith('^')).map(canonicalName);
  const attributes = asMap(map.get('attr')) ?? new Map();
  const count = type.startsWith('Split') || type === 'Unpack' ? maxOutputs : type.startsWith('FusedBatchNorm') ? 6 : 2;
  return {
    name,
    type,
    inputs,
    attributes,
    outputs: Array.from({ length: count }, (_unused, idx) => outputName(name, idx)),
  };
}

function outputName(name: string, idx: number): string {
  return idx === 0 ? name : `${name}:${idx}`;
}

function canonicalName(input: string): string {
  return input.replace(/:0$/, '');
}

/** Its value stands in the manifest's files; only small whole numbers are read from there. */
function constNode(op: GraphOperator, stored: ReadonlyMap<string, ManifestWeight>, file: ModelFile): ConstValue {
  const { name, attributes } = op.node;
  const weight = stored.get(name);
  if (weight === undefined) {
    const tensor = asMap(asMap(attributes.get('value'))?.get('tensor'));
    const dims = (asList(asMap(tensor?.get('tensorShape'))?.get('dim')) ?? []).map((dim) =>
      Number(asMap(dim)?.get('size')),
    );
    return constant(dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) ? dims : [], null);
  }
  const isFloat = weight.dtype === 'float32' || weight.dtype === 'float16';
  const values = readWholeNumbers(file, weight);
  return { kind: 'const', shape: weight.shape, isFloat, values, weight: isFloat ? name : null };
}

function outputsOf(op: GraphOperator, graph: FileGraph): readonly FileValue[] {
  const { node } = op;
  const [only] = op.inputs;
  if (passed.has(node.type) && only) return [only];
  const folded = foldSizes(op);
  if (folded !== null) return [folded];
  if (node.type === 'Split' || node.type === 'SplitV') return splitOutputs(op, graph);
  const converted =
    operators.get(node.type)?.(op) ??
    unknownOperator(
      op,
      node.type,
      isOfData.has(node.type) ? notComputed : `Slimwise does not know the operator ${node.type}`,
    );
  const made = computedWeight(op, converted, op.isChannelsFirst ? 'channelsFirst' : 'channelsLast');
  if (made !== null) return [made];
  const main = addOperator(op, graph, converted);
  const activation = fusedActivation(op);
  return [activation === null ? main : graph.part(activation, [main])];
}

function addOperator(op: GraphOperator, graph: FileGraph, converted: Converted | string): TensorValue {
  const { node } = op;
  const isFault = typeof converted === 'string';
  const {
    call,
    inputs = [0],
    weights,
    shape,
    unknown = null,
  } = isFault ? unknownOperator(op, node.type, null) : converted;
  const own = (weights ?? []).flatMap(([idx, name, trainable = true]): OwnWeight[] => {
    const value = op.constant(idx);
    return value === null ? [] : [...ownWeights(value, name, trainable)];
  });
  const taken = inputs.flatMap((idx) => op.inputs[idx] ?? []);
  const used = taken.flatMap((value, idx) =>
    storedWeights(value).map((stored): OwnWeight => ({
      value: stored,
      name: shortName(stored.weight, idx),
      trainable: true,
    })),
  );
  return graph.operator({
    name: node.name,
    type: node.type,
    call,
    inputs: taken,
    weights: [...own, ...used],
    unknown,
    ...(shape === undefined ? {} : { shape }),
    ...(isFault ? { shape: null, fault: `${node.type} ${quote(node.name)} cannot run: ${converted}.` } : {}),
  });
}

function splitOutputs(op: GraphOperator, graph: FileGraph): readonly FileValue[] {
  const nOutputs = Math.min(op.int('num_split', 2), maxOutputs);
  const split = splitOf(op, nOutputs);
  const input = op.inputs[split?.data ?? (op.node.type === 'SplitV' ? 0 : 1)];
  if (!input) return [];
  let from = 0;
  return Array.from({ length: Math.max(1, nOutputs) }, (_unused, idx): FileValue => {
    const size = split?.sizes[idx] ?? '?';
    const shape =
      split === null ? null : (input.shape?.map((dim, axis): Dim => (axis === split.axis ? size : dim)) ?? null);
    const at = input.shape?.map((_dim, axis) => (axis === split?.axis ? from : 0)) ?? [];
    const taken = input.shape?.map((_dim, axis) => (axis === split?.axis && size !== '?' ? size : -1)) ?? [];
    if (size !== '?') from += size;
    const call = { op: 'slice', attributes: { begin: at, size: taken } } as const;
    if (idx > 0) return graph.part(call, [input], shape);
    return graph.operator({ name: op.node.name, type: op.node.type, call, inputs: [input], weights: [], shape });
  });
}

function outputNames(top: JsonMap, nodes: readonly GraphNodeFile[]): readonly string[] {
  const signature = asMap(top.get('signature')) ?? asMap(asMap(top.get('userDefinedMetadata'))?.get('signature'));
  const named = [...(asMap(signature?.get('outputs'))?.values() ?? [])].flatMap(
    (output) => asText(asMap(output)?.get('name')) ?? [],
  );
  if (named.length > 0) return named.map(canonicalName);
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map((name) => name.replace(/:\d+$/, ''))));
  return nodes
    .filter(({ name, type }) => !read.has(name) && !/^(Const|NoOp|Placeholder)/.test(type))
    .map(({ name }) => name);
}

function batched(dims: Shape | null): Shape | null {
  return dims === null || dims.length === 0 ? dims : [dims[0] === '?' ? 1 : (dims[0] ?? 1), ...dims.slice(1)];
}
