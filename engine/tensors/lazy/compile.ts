/**
 * Turns the needed part of a list of pending nodes into a plan that is independent of the tensors'
 * contents: a key by which compiled sessions are found again, and, on a miss, the bytes of an ONNX model.
 * The list is in recording order, which is a topological order, so every walk is a loop.
 */
import type { OnnxGraph, OnnxNode, OnnxValue } from '../onnx/onnxModel.ts';
import { GraphBuilder } from './graphBuilder.ts';
import type { LazyNode, LazyValue } from './lazyValue.ts';
import type { Operand, Sym } from './operand.ts';
import { identityPerm, plainOperand, repeatedOperand, sizeOf } from './operand.ts';

/** A graph output and the name under which its node made it. */
interface NamedOutput extends OnnxValue {
  readonly source: string;
}

export interface FlushPlan {
  readonly key: string;
  readonly nodes: readonly LazyNode[];
  /** Host values read by the nodes, in order of first use: graph inputs `i0`, `i1`, … */
  readonly inputs: readonly LazyValue[];
  /** Values that outlive the flush: graph outputs `o0`, `o1`, … */
  readonly outputs: readonly LazyValue[];
}

/** Drops the nodes that nobody alive depends on and numbers the rest. */
export function planFlush(pending: readonly LazyNode[]): FlushPlan {
  const needed = new Set<LazyValue>();
  const kept: LazyNode[] = [];
  for (let i = pending.length - 1; i >= 0; i--) {
    const node = pending[i];
    if (node === undefined || !node.outputs.some((output) => output.refCount > 0 || needed.has(output))) continue;
    kept.push(node);
    for (const input of node.inputs) needed.add(input.value);
  }
  kept.reverse();

  const ids = new Map<LazyValue, number>();
  const inputs: LazyValue[] = [];
  const outputs: LazyValue[] = [];
  const parts: string[] = [];
  for (const node of kept) {
    const refs: string[] = [];
    for (const { value } of node.inputs) {
      let id = ids.get(value);
      if (id === undefined) {
        id = ids.size;
        ids.set(value, id);
        inputs.push(value);
        refs.push(`${id}:${value.dtype}[${value.shape.join()}]${value.uniform === null ? '' : '='}`);
      } else {
        refs.push(String(id));
      }
    }
    let alive = '';
    for (const output of node.outputs) {
      ids.set(output, ids.size);
      alive += output.refCount > 0 ? '+' : '-';
      if (output.refCount > 0) outputs.push(output);
    }
    parts.push(node.key, '(', refs.join(' '), ')', alive, '\n');
  }
  return { key: parts.join(''), nodes: kept, inputs, outputs };
}

/** Lowers a plan to ONNX. Deterministic: the same key gives the same graph. */
export function lowerPlan(plan: FlushPlan): OnnxGraph {
  const graph = new GraphBuilder();
  const operands = new Map<LazyValue, Operand>();
  const views = new Map<LazyValue, Map<string, Operand>>();
  const graphInputs: OnnxValue[] = plan.inputs.map((value, i) => {
    const repeats = value.uniform !== null;
    const sym: Sym = { name: `i${i}`, dtype: value.dtype, dims: repeats ? [] : value.shape };
    operands.set(value, repeats ? uniformOperand(graph, sym, value.shape) : plainOperand(sym));
    return sym;
  });

  for (const node of plan.nodes) {
    const inputs = node.inputs.map(({ value, shape }) => viewOf(graph, operands, views, value, shape));
    const results = node.emit(graph, inputs);
    node.outputs.forEach((output, i) => {
      const result = results[i];
      if (result === undefined) throw new Error(`A kernel lowered to too few outputs: ${node.key}`);
      if (result.dtype !== output.dtype || result.shape.join() !== output.shape.join()) {
        throw new Error(
          `A kernel lowered to ${result.dtype}[${result.shape.join()}] instead of ` +
            `${output.dtype}[${output.shape.join()}]: ${node.key}`,
        );
      }
      operands.set(output, result);
    });
  }

  const graphOutputs = plan.outputs.map((value, i): NamedOutput => {
    const operand = operands.get(value);
    if (operand === undefined) throw new Error('An output that no node makes');
    const sym = graph.plain(operand);
    return { name: `o${i}`, dtype: value.dtype, dims: value.shape, source: sym.name };
  });
  const nodes = nameOutputs(graph.nodes, graphOutputs);
  return {
    nodes: withoutDeadNodes(nodes, graphOutputs),
    initializers: graph.initializers,
    inputs: graphInputs,
    outputs: graphOutputs,
  };
}

/**
 * Lets the node that makes an output write it under the output's name, so that it goes straight into the
 * buffer that was allocated for it; what is an input, a constant or several outputs at once is copied.
 */
function nameOutputs(nodes: readonly OnnxNode[], outputs: readonly NamedOutput[]): OnnxNode[] {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  const copies: OnnxNode[] = [];
  for (const { name, source } of outputs) {
    if (made.has(source) && !renamed.has(source)) renamed.set(source, name);
    else copies.push({ type: 'Identity', domain: '', inputs: [source], outputs: [name], attributes: {} });
  }
  const rename = (name: string): string => renamed.get(name) ?? name;
  return [...nodes, ...copies].map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }));
}

/** Kernels may write alternatives of which only one is taken up; ONNX Runtime would run them all. */
function withoutDeadNodes(nodes: readonly OnnxNode[], outputs: readonly NamedOutput[]): OnnxNode[] {
  const needed = new Set(outputs.map((output) => output.name));
  const kept: OnnxNode[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i];
    if (node === undefined || !node.outputs.some((output) => needed.has(output))) continue;
    kept.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  return kept.reverse();
}

function uniformOperand(graph: GraphBuilder, scalar: Sym, shape: readonly number[]): Operand {
  const ones = shape.map(() => 1);
  return repeatedOperand(graph.reshape(scalar, ones), identityPerm(shape.length), shape);
}

/** The operand of `value` seen with `shape`: the same elements in the same plain order. */
function viewOf(
  graph: GraphBuilder,
  operands: Map<LazyValue, Operand>,
  views: Map<LazyValue, Map<string, Operand>>,
  value: LazyValue,
  shape: readonly number[],
): Operand {
  const operand = operands.get(value);
  if (operand === undefined) throw new Error('A node reads a value that is neither on the host nor pending');
  const key = shape.join();
  if (operand.shape.join() === key) return operand;
  const known = views.get(value) ?? new Map<string, Operand>();
  views.set(value, known);
  const seen = known.get(key);
  if (seen !== undefined) return seen;
  const repeats = operand.compact !== undefined && sizeOf(operand.compact.sym.dims) === 1;
  const view = repeats
    ? uniformOperand(graph, graph.reshape(operand.compact.sym, []), shape)
    : plainOperand(graph.reshape(graph.plain(operand), shape));
  known.set(key, view);
  return view;
}
