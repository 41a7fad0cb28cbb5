/**
 * A packed network as a list of steps. Bias, batch normalization and activation go into the layer before them
 * where nobody else reads what lies between. What the kernels do not have is refused by the name of its
 * layer, before anything is drawn.
 */
import type { GraphNode } from '../../core/graph/modelGraph.ts';
import type { NormAttributes } from '../../core/graph/ops.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { PackedModel } from '../formats/packedModel.ts';
import { refuse, shapesDisagree, type Compilation, type CompiledLayer, type Edge } from './compilation.ts';
import { compileMove } from './compileMove.ts';
import { compileTaps } from './compileTaps.ts';
import { addStep, affineStep, squashStep, type GeneratorStep } from './generatorStep.ts';
import type { KernelMemory } from './kernelMemory.ts';
import { absorb, followTail } from './layerTail.ts';
import { weightReader, type ChannelAffine } from './layerWeights.ts';
import { repeatStep, reshapeStep } from './moveSteps.ts';
import { normStep } from './normStep.ts';
import { runtimeCannotRun, runtimeWeightMissing } from './problems.ts';
import { unsoundAttribute } from './soundAttributes.ts';
import { sameShape, sizeOfValue, valueShape, type ValueShape } from './valueShape.ts';

export interface CompiledGenerator {
  readonly steps: readonly GeneratorStep[];
  readonly input: number;
  readonly output: number;
  /** By node id. */
  readonly shapes: readonly ValueShape[];
  readonly layers: readonly CompiledLayer[];
}

/** Of one value of one image: 64 MB, far beyond any generator's, and no file can ask for more. */
const maxValues = 2 ** 24;

export function compileGenerator(memory: KernelMemory, model: PackedModel): Result<CompiledGenerator> {
  const { graph } = model;
  const [input, output] = [graph.inputs[0], graph.outputs[0]];
  if (graph.inputs.length !== 1 || graph.outputs.length !== 1 || input === undefined || output === undefined) {
    return failure(runtimeCannotRun(graph.name, 'it needs one input and one output'));
  }
  const shapes: ValueShape[] = [];
  for (const node of graph.nodes) {
    const shape = valueShape(node.shape, graph.layout);
    if (shape === null) return refuse(graph, node, 'only vectors and images of known size are run');
    if (!(sizeOfValue(shape) <= maxValues)) return refuse(graph, node, 'its output is too large');
    const unsound = unsoundAttribute(node.op, node.attributes);
    if (unsound !== null) return refuse(graph, node, `its attribute '${unsound}' is not sound`);
    shapes.push(shape);
  }
  const readers = new Map<number, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const id of new Set(node.inputs)) readers.set(id, [...(readers.get(id) ?? []), node]);
  }
  const compilation: Compilation = {
    memory,
    graph,
    read: weightReader(model.weights, graph.framework),
    shapes,
    readers,
    steps: [],
    layers: [],
    done: new Set([input]),
    valueOf: new Map([[input, input]]),
  };
  for (const node of graph.nodes) {
    if (compilation.done.has(node.id)) continue;
    const compiled = compileNode(compilation, node);
    if (!compiled.ok) return compiled;
  }
  const { steps, layers, valueOf } = compilation;
  return success({ steps, layers, shapes, input, output: valueOf.get(output) ?? output });
}

function compileNode(compilation: Compilation, node: GraphNode): Result<null> {
  const { memory, graph, shapes, steps, valueOf } = compilation;
  const from = node.inputs[0] ?? -1;
  const input = valueOf.get(from);
  const [shape, fromShape] = [shapes[node.id], shapes[from]];
  if (input === undefined || shape === undefined || fromShape === undefined) {
    return refuse(graph, node, 'it has no input');
  }
  const edge = { input, output: node.id, shape };
  valueOf.set(node.id, node.id);
  switch (node.op) {
    case 'dense':
    case 'conv2d':
    case 'conv2d_transpose':
      return compileTaps(compilation, node, node.op, node.attributes);
    case 'batch_norm':
    case 'affine':
    case 'activation':
      return compileElementwise(compilation, node, edge);
    case 'instance_norm':
    case 'group_norm':
      return compileNorm(compilation, node, node.attributes, edge);
    case 'dropout':
    case 'identity':
      if (!sameShape(fromShape, shape)) return refuse(graph, node, shapesDisagree);
      valueOf.set(node.id, input);
      return success(null);
    case 'reshape':
    case 'flatten':
    case 'squeeze':
    case 'unsqueeze':
      if (sizeOfValue(fromShape) !== sizeOfValue(shape)) return refuse(graph, node, shapesDisagree);
      steps.push(reshapeStep(memory, edge, fromShape, shape));
      return success(null);
    case 'add': {
      const other = valueOf.get(node.inputs[1] ?? -1);
      const alike = node.inputs.every((id) => sameShape(shapes[id], shape));
      if (other === undefined || node.inputs.length !== 2 || !alike)
        return refuse(graph, node, 'only two values of one shape are added');
      steps.push(addStep(memory, [input, other], node.id, shape));
      return success(null);
    }
    case 'upsample': {
      const factors = [shape.height / fromShape.height, shape.width / fromShape.width] as const;
      if (fromShape.channels !== shape.channels) return refuse(graph, node, shapesDisagree);
      if (node.attributes.mode !== 'nearest' || !factors.every((factor) => Number.isInteger(factor)))
        return refuse(graph, node, 'it resizes to the nearest by whole factors only');
      steps.push(repeatStep(memory, edge, fromShape, factors));
      return success(null);
    }
    case 'pixel_shuffle':
    case 'pad':
    case 'cat':
      return compileMove(compilation, node, edge);
    default:
      return refuse(graph, node, `'${node.op}' is not among its operators`);
  }
}

function compileElementwise(compilation: Compilation, node: GraphNode, edge: Edge): Result<null> {
  const { memory, steps, valueOf } = compilation;
  const ones = new Float32Array(edge.shape.channels).fill(1);
  const identity: ChannelAffine = { alphas: ones, betas: new Float32Array(edge.shape.channels) };
  const own = absorb(compilation, node, { term: identity, slope: 1, squash: null, last: node.id });
  if (!own.ok) return own;
  if (own.value === null) return refuse(compilation.graph, node, 'this function is not among its activations');
  const { alphas, betas } = own.value.term;
  const tail =
    own.value.slope === 1 && own.value.squash === null
      ? followTail(compilation, node, { alphas, betas })
      : success(own.value);
  if (!tail.ok) return tail;
  const { term, slope, squash, last } = tail.value;
  const moved = { ...edge, output: last };
  const plain = slope === 1 && term.alphas.every((a) => a === 1) && term.betas.every((b) => b === 0);
  if (!plain || squash === null) steps.push(affineStep(memory, moved, { ...term, slope }));
  if (squash) steps.push(squashStep(memory, plain ? moved : { ...moved, input: last }, squash));
  valueOf.set(last, last);
  return success(null);
}

/** Instance and group normalization, with the activation after them. */
function compileNorm(compilation: Compilation, node: GraphNode, attributes: NormAttributes, edge: Edge): Result<null> {
  const { memory, graph, read, steps, valueOf } = compilation;
  const { channels } = edge.shape;
  const { features, eps, affine, trackStats = false } = attributes;
  const groups = node.op === 'instance_norm' ? channels : (attributes.groups ?? 1);
  const layer = node.layer === null ? undefined : graph.layers[node.layer];
  if (trackStats) return refuse(graph, node, 'it keeps running statistics');
  if (edge.shape.order === 'vector') return refuse(graph, node, 'it normalizes vectors');
  const alike = sameShape(compilation.shapes[node.inputs[0] ?? -1], edge.shape) && features === channels;
  if (!alike || !layer || !Number.isInteger(groups) || groups < 1 || channels % groups !== 0)
    return refuse(graph, node, shapesDisagree);
  const term: ChannelAffine = {
    alphas: new Float32Array(channels).fill(1),
    betas: new Float32Array(channels),
  };
  if (affine) {
    for (const [role, values] of [
      ['gamma', term.alphas],
      ['beta', term.betas],
    ] as const) {
      const stored = read(layer.name, role);
      if (stored?.kind !== 'float' || stored.values.length !== channels)
        return failure(runtimeWeightMissing(`${layer.name}.${role}`));
      values.set(stored.values);
    }
  }
  const tail = followTail(compilation, node, term);
  if (!tail.ok) return tail;
  const { slope, squash, last } = tail.value;
  const moved = { ...edge, output: last };
  steps.push(normStep(memory, moved, { groups, eps, term: tail.value.term, slope }));
  if (squash) steps.push(squashStep(memory, { ...moved, input: last }, squash));
  valueOf.set(last, last);
  return success(null);
}
