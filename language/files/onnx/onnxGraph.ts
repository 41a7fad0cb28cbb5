/**
 * `OnnxFile` → ModelGraph: names are resolved, nodes are put in the order of their data, constants are folded,
 * and every operator that is left becomes a row. A file that contradicts itself (a name given twice, a value
 * that nothing gives, a circle) is refused; an operator that is not known is a row with its reason.
 */
import type { ModelGraph } from '../../../core/graph/modelGraph.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import { FileGraph, type ConstValue, type FileValue, type OwnWeight, type TensorValue } from '../fileGraph.ts';
import { notComputed, unknownOperator, type Converted } from '../fileOperator.ts';
import { fault, quote } from '../modelFault.ts';
import { orderByData } from '../orderByData.ts';
import { computedWeight, ownWeights, shortName, storedWeights } from '../storedWeights.ts';
import { convolutionOperators, recurrentShapes } from './convolutionOperators.ts';
import { elementOperators } from './elementOperators.ts';
import { foldConstants, ofTensor } from './foldConstants.ts';
import type { OnnxFile, OnnxNodeFile, OnnxValueInfo } from './onnxFile.ts';
import { OnnxOperator, type OnnxConvert } from './onnxOperator.ts';
import { shapeOperators, splitSizes } from './shapeOperators.ts';

export interface OnnxGraphOptions {
  readonly file: string;
  /** Shapes of the inputs, in order, in place of what the file states. */
  readonly inputs?: readonly Shape[];
}

const operators: ReadonlyMap<string, OnnxConvert> = new Map([
  ...Object.entries(convolutionOperators),
  ...Object.entries(elementOperators),
  ...Object.entries(shapeOperators),
]);

/** Operators whose output is their input: they have no row. */
/** What these give has a size that follows from the data alone. */
const isOfData = new Set(['Compress', 'NonMaxSuppression', 'NonZero', 'Range', 'Shape', 'Size', 'Unique']);
/** All outputs have the shape of the first: values and places, or values and mask. */
const isAlike = new Set(['TopK', 'MaxPool', 'Dropout']);
const recurrentCells = new Set(['LSTM', 'GRU', 'RNN']);
const passed = new Set(['Identity', 'Cast', 'CastLike']);

export function onnxGraph({ graph, opsets, functions }: OnnxFile, options: OnnxGraphOptions): ModelGraph {
  const opset = opsets.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1;
  const built = new FileGraph({ framework: 'onnx', layout: 'channelsFirst', file: options.file });
  const values = new Map<string, FileValue>();
  for (const tensor of graph.initializers) {
    if (tensor.name === '') fault('a weight has no name');
    if (values.has(tensor.name)) fault(`two weights are named ${quote(tensor.name)}`);
    values.set(tensor.name, ofTensor(tensor));
  }
  const symbols = new Map<string, Dim>();
  const inputs: TensorValue[] = [];
  // Old files list their weights among the inputs.
  const fed = graph.inputs.filter(({ name }) => values.get(name)?.kind !== 'const');
  for (const [idx, info] of fed.entries()) {
    if (values.has(info.name)) fault(`two inputs are named ${quote(info.name)}`);
    const shape = options.inputs?.[idx] ?? inputShape(info, symbols);
    const input = built.input(shape);
    inputs.push(input);
    values.set(info.name, input);
  }
  const declared = new Map<string, Shape | null>();
  for (const info of [...graph.values, ...graph.outputs]) declared.set(info.name, declaredShape(info, symbols));

  for (const node of orderByData(graph.nodes, values)) {
    const found = node.inputs.map((name) => (name === '' ? null : (values.get(name) ?? null)));
    const op = new OnnxOperator(node, found, opset);
    for (const [idx, value] of outputsOf(op, built, { declared, functions }).entries()) {
      const name = node.outputs[idx] ?? '';
      if (name !== '') values.set(name, value);
    }
  }
  const outputs = graph.outputs.map(
    ({ name }) => values.get(name) ?? fault(`its output ${quote(name)} is given by nothing`),
  );
  if (outputs.length === 0) fault('it has no output');
  return built.finish(graph.name || 'graph', inputs, outputs);
}

interface Context {
  readonly declared: ReadonlyMap<string, Shape | null>;
  readonly functions: ReadonlySet<string>;
}

/** The values of a node's outputs, in order. */
function outputsOf(op: OnnxOperator, built: FileGraph, context: Context): readonly FileValue[] {
  const folded = foldConstants(op);
  if (folded !== null) return [folded];
  const { node } = op;
  const [only] = op.inputs;
  if (passed.has(node.type) && only) return [only];
  const declared = (idx: number): Shape | null => context.declared.get(node.outputs[idx] ?? '') ?? null;
  if (node.type === 'Split') return splitOutputs(op, built);
  const converted = convert(op, context.functions);
  const made = node.outputs.length === 1 ? computedWeight(op, converted, 'channelsFirst') : null;
  if (made !== null) return [made];
  const first = addOperator(op, built, declared(0), converted);
  const followed = recurrentCells.has(node.type) ? recurrentShapes(op) : [];
  const rest = node.outputs.slice(1).map((_name, idx): FileValue => {
    const call = { op: 'unknown', attributes: { type: node.type } } as const;
    return built.part(call, [first], isAlike.has(node.type) ? first.shape : (followed[idx + 1] ?? declared(idx + 1)));
  });
  return [first, ...rest];
}

function addOperator(
  op: OnnxOperator,
  built: FileGraph,
  declared: Shape | null,
  converted: Converted | string,
): TensorValue {
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
    return value === null || isFiller(value) ? [] : [...ownWeights(value, name, trainable)];
  });
  const taken = inputs.flatMap((idx) => op.inputs[idx] ?? []);
  const used = taken.flatMap((value, idx) =>
    storedWeights(value).map((stored): OwnWeight => ({
      value: stored,
      name: shortName(stored.weight, idx),
      trainable: true,
    })),
  );
  return built.operator({
    name: rowName(node, own),
    type: node.type,
    call,
    inputs: taken,
    weights: [...own, ...used],
    declared,
    unknown,
    ...(shape === undefined ? {} : { shape }),
    ...(isFault
      ? { shape: declared, fault: `${node.type} ${quote(rowName(node, own))} cannot run: ${converted}.` }
      : {}),
  });
}

function convert(op: OnnxOperator, functions: ReadonlySet<string>): Converted | string {
  const { type, domain, attributes } = op.node;
  const known = domain === '' || domain === 'com.microsoft' ? operators.get(type) : undefined;
  if (known !== undefined && !(functions.has(type) && domain !== '')) return known(op);
  if (isOfData.has(type)) return unknownOperator(op, type, notComputed);
  const holdsGraph = [...attributes.values()].some(({ kind }) => kind === 'graph');
  if (holdsGraph) return unknownOperator(op, type, `${type} runs a graph of its own, which is not followed`);
  return unknownOperator(op, type, `Slimwise does not know the operator ${domain === '' ? '' : `${domain}.`}${type}`);
}

function splitOutputs(op: OnnxOperator, built: FileGraph): readonly FileValue[] {
  const input = op.inputs[0];
  const parts = splitSizes(op, op.node.outputs.length);
  if (!input) return [];
  const begin = input.shape?.map(() => 0) ?? [];
  let from = 0;
  return op.node.outputs.map((_name, idx): FileValue => {
    const size = parts?.sizes[idx] ?? '?';
    const shape =
      parts === null ? null : (input.shape?.map((dim, axis): Dim => (axis === parts.axis ? size : dim)) ?? null);
    const at = begin.map((_zero, axis) => (axis === parts?.axis ? from : 0));
    const taken = begin.map((_zero, axis) => (axis === parts?.axis && size !== '?' ? size : -1));
    const call = { op: 'slice', attributes: { begin: at, size: taken } } as const;
    if (size !== '?') from += size;
    if (idx > 0) return built.part(call, [input], shape);
    return built.operator({ name: rowName(op.node, []), type: 'Split', call, inputs: [input], weights: [], shape });
  });
}

/** One number repeated, in a constant of the graph: exporters write a normalization without weights so. */
function isFiller({ weight, values, madeOf }: ConstValue): boolean {
  return weight === null && madeOf === undefined && values !== null && values.every((value) => value === values[0]);
}

/** `main.0` of `main.0.weight`; else the node's own name, else its output's. */
function rowName(node: OnnxNodeFile, own: readonly OwnWeight[]): string {
  const stored = own[0]?.value.weight ?? '';
  const path = /^(?!onnx::)(.+)[./](weight|bias|kernel|weight_ih_l\d+|running_mean)$/.exec(stored)?.[1];
  return path ?? (node.name || node.outputs[0] || node.type);
}

/** Batch 1 where the file leaves the first size open; every other open size stays open. */
function inputShape({ dims, name }: OnnxValueInfo, symbols: Map<string, Dim>): Shape | null {
  if (dims === null) return null;
  if (dims.length > 16) fault(`its input ${quote(name)} has ${dims.length} dimensions`);
  return dims.map((dim, axis): Dim => {
    const open: Dim = axis === 0 ? 1 : '?';
    if (typeof dim === 'string') {
      const known = symbols.get(dim) ?? open;
      symbols.set(dim, known);
      return known;
    }
    if (dim === null || dim <= 0) return open;
    if (dim >= 2 ** 31) fault(`its input ${quote(name)} has a dimension of ${dim}`);
    return dim;
  });
}

/** null where a size says nothing, so that a guess of the exporter is never more than that. */
function declaredShape({ dims }: OnnxValueInfo, symbols: ReadonlyMap<string, Dim>): Shape | null {
  if (dims === null || dims.length > 16) return null;
  return dims.map((dim): Dim => {
    if (typeof dim === 'string') return symbols.get(dim) ?? '?';
    return dim === null || !(0 < dim && dim < 2 ** 31) ? '?' : dim;
  });
}
