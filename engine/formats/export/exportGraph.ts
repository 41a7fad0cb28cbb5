/**
 * What every export needs of a packed model: its one input and output, shapes with batch 1 that are known,
 * kernels in one axis order whatever the framework, and the padding of a window in rows before and after. A
 * format's own file turns these into its operators and refuses what it does not have by the name of the layer.
 */
import type { GraphNode, ModelGraph } from '../../../core/graph/modelGraph.ts';
import type { ConvAttributes, ConvTransposeAttributes } from '../../../core/graph/ops.ts';
import type { Problem } from '../../../core/problem.ts';
import { failure, success, type Result } from '../../../core/result.ts';
import { permuteAxes } from '../../compress/permuteAxes.ts';
import { batchNormAffine, weightReader, type WeightReader } from '../../kernels/layerWeights.ts';
import { weightValues, type PackedModel, type PackedWeight } from '../packedModel.ts';
import { exportedWeightMissing, notExportable } from './problems.ts';

export interface ExportGraph {
  readonly graph: ModelGraph;
  readonly format: string;
  readonly input: number;
  readonly output: number;
  /** By node id; the first entry is the batch, 1. */
  readonly shapes: readonly (readonly number[])[];
  readonly read: WeightReader;
}

/** Fails where the network is not one input to one output, or a shape is not known. */
export function exportGraph(model: PackedModel, format: string): Result<ExportGraph> {
  const { graph, weights } = model;
  const [input, output] = [graph.inputs[0], graph.outputs[0]];
  if (graph.inputs.length !== 1 || graph.outputs.length !== 1 || input === undefined || output === undefined) {
    return failure(notExportable(graph.name, format, 'it needs one input and one output'));
  }
  const shapes: (readonly number[])[] = [];
  for (const node of graph.nodes) {
    const shape = node.shape;
    if (shape === null || !shape.every((dim) => typeof dim === 'number')) {
      return failure(notExportable(placeOf(graph, node), format, 'its output shape is not known'));
    }
    shapes.push(shape as readonly number[]);
  }
  return success({ graph, format, input, output, shapes, read: weightReader(weights, graph.framework) });
}

/** The node as it is named to the user. */
export function placeOf(graph: ModelGraph, node: GraphNode): string {
  return `${layerName(graph, node) ?? `'${node.op}'`} of ${graph.name}`;
}

export function layerName(graph: ModelGraph, node: GraphNode): string | null {
  return node.layer === null ? null : (graph.layers[node.layer]?.name ?? null);
}

export function refusal({ graph, format }: ExportGraph, node: GraphNode, why: string): { ok: false; problem: Problem } {
  return failure(notExportable(placeOf(graph, node), format, why));
}

/** [rows, columns, input channels per group, output channels] for a convolution, [rows, columns, output, input] for a transposed one, [input, output] for a dense layer. */
export interface ExportKernel {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** One per output channel where the weight is coded: its values are whole multiples of it. */
  readonly scales: Float32Array | null;
}

type KernelOp = 'dense' | 'conv2d' | 'conv2d_transpose';

export function kernelOf({ graph, read }: ExportGraph, node: GraphNode, op: KernelOp): Result<ExportKernel> {
  const layer = layerName(graph, node);
  const stored = layer === null ? undefined : read(layer, 'kernel');
  if (stored === undefined) return failure(exportedWeightMissing(`${layer ?? node.op}.weight`));
  const values = { shape: stored.shape, data: weightValues(stored) };
  const axes = graph.framework === 'pytorch' ? torchAxes[op] : stored.shape.map((_, axis) => axis);
  if (axes.length !== stored.shape.length) return failure(exportedWeightMissing(`${layer ?? ''}.weight`));
  const moved = permuteAxes(values, axes);
  return success({ shape: moved.shape, values: moved.data, scales: scalesOf(stored) });
}

const torchAxes: Readonly<Record<KernelOp, readonly number[]>> = {
  dense: [1, 0],
  conv2d: [2, 3, 1, 0],
  conv2d_transpose: [2, 3, 1, 0],
};

function scalesOf(weight: PackedWeight): Float32Array | null {
  return weight.kind === 'float' ? null : weight.scales;
}

/** The bias of a layer that has one; null for none. */
export function biasOf({ graph, read }: ExportGraph, node: GraphNode, features: number): Result<Float32Array | null> {
  if (!('bias' in node.attributes) || node.attributes.bias !== true) return success(null);
  const layer = layerName(graph, node) ?? '';
  const stored = read(layer, 'bias');
  const values = stored && weightValues(stored);
  return values?.length === features ? success(values) : failure(exportedWeightMissing(`${layer}.bias`));
}

/** Batch normalization at inference, as a factor and a term per channel. */
export function normOf(
  { graph, read }: ExportGraph,
  node: Extract<GraphNode, { readonly op: 'batch_norm' }>,
): Result<{ readonly alphas: Float32Array; readonly betas: Float32Array }> {
  const affine = batchNormAffine(layerName(graph, node) ?? '', node.attributes, read);
  return typeof affine === 'string' ? failure(exportedWeightMissing(affine)) : success(affine);
}

export interface AxisPads {
  readonly before: number;
  /** Negative for a transposed convolution: rows that are added at the end instead of cropped. */
  readonly after: number;
}

/** Rows and columns that a convolution adds, or that a transposed one crops, given the lengths on both sides. */
export function windowPads(
  attributes: ConvAttributes | ConvTransposeAttributes,
  transposed: boolean,
  lengths: { readonly from: readonly [number, number]; readonly to: readonly [number, number] },
): readonly [AxisPads, AxisPads] {
  const along = (axis: 0 | 1): AxisPads => {
    const [kernel, stride, dilation] = [
      at(attributes.kernel, axis),
      at(attributes.stride, axis),
      at(attributes.dilation, axis),
    ];
    const extent = dilation * (kernel - 1) + 1;
    const [from, to] = [lengths.from[axis], lengths.to[axis]];
    const total = transposed ? (from - 1) * stride + extent - to : (to - 1) * stride + extent - from;
    const { padding } = attributes;
    if (padding === 'valid') return { before: 0, after: transposed ? total : 0 };
    if (padding !== 'same') {
      const before = at(padding, axis);
      return { before, after: transposed ? total - before : before };
    }
    const before = Math.floor(Math.max(0, total) / 2);
    return { before, after: transposed || total > 0 ? total - before : 0 };
  };
  return [along(0), along(1)];
}

function at(list: readonly number[], axis: 0 | 1): number {
  return list[axis] ?? list[0] ?? 1;
}
