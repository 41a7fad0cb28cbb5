/**
 * A packed network as a list of steps. Bias, batch normalization and activation go into the layer before them
 * where nobody else reads what lies between. What the kernels do not have is refused by the name of its
 * layer, before anything is drawn.
 */
import type { GraphNode, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { ActivationAttributes, ConvAttributes, DenseAttributes } from '../../core/graph/ops.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { convLength, convTransposeLength } from '../../core/shape/windowSize.ts';
import type { PackedModel } from '../formats/packedModel.ts';
import {
  addStep,
  affineStep,
  repeatStep,
  reshapeStep,
  squashes,
  squashStep,
  tapStep,
  type GeneratorStep,
  type Squash,
} from './generatorStep.ts';
import type { KernelMemory } from './kernelMemory.ts';
import {
  batchNormAffine,
  composeAffine,
  kernelWeights,
  weightReader,
  type ChannelAffine,
  type TapOp,
  type WeightReader,
} from './layerWeights.ts';
import { runtimeCannotRun, runtimeWeightMissing } from './problems.ts';
import { convGeometry, deconvGeometry, type WindowShape } from './tapGeometry.ts';
import { sameShape, sizeOfValue, valueShape, type ValueShape } from './valueShape.ts';

export interface CompiledGenerator {
  readonly steps: readonly GeneratorStep[];
  readonly input: number;
  readonly output: number;
  /** By node id. */
  readonly shapes: readonly ValueShape[];
  readonly layers: readonly CompiledLayer[];
}

export interface CompiledLayer {
  readonly name: string;
  readonly op: TapOp;
  readonly bits: boolean;
  readonly hasInt8: boolean;
  readonly weightBytes: number;
}

/** Of one value of one image: 64 MB, far beyond any generator's, and no file can ask for more. */
const maxValues = 2 ** 24;

interface Compilation {
  readonly memory: KernelMemory;
  readonly graph: ModelGraph;
  readonly read: WeightReader;
  readonly shapes: readonly ValueShape[];
  readonly readers: ReadonlyMap<number, readonly GraphNode[]>;
  readonly steps: GeneratorStep[];
  readonly layers: CompiledLayer[];
  /** Nodes that went into a step before them, and nodes whose value is another's. */
  readonly done: Set<number>;
  readonly valueOf: Map<number, number>;
}

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

const shapesDisagree = 'the shapes that the file states do not fit each other';

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
    default:
      return refuse(graph, node, `'${node.op}' is not among its operators`);
  }
}

function compileTaps(
  compilation: Compilation,
  node: GraphNode,
  op: TapOp,
  attributes: ConvAttributes | DenseAttributes,
): Result<null> {
  const { memory, graph, read, shapes, steps, layers, valueOf } = compilation;
  const layer = node.layer === null ? undefined : graph.layers[node.layer];
  const from = node.inputs[0] ?? -1;
  const input = valueOf.get(from);
  const [fromShape, shape] = [shapes[from], shapes[node.id]];
  if (!layer || input === undefined || !fromShape || !shape) return refuse(graph, node, 'it has no weights or input');
  const window = 'kernel' in attributes ? windowOf(op, attributes, fromShape, shape) : null;
  if (typeof window === 'string') return refuse(graph, node, window);
  if (window === null && (fromShape.order !== 'vector' || shape.order !== 'vector'))
    return refuse(graph, node, 'dense layers take vectors only');
  const stored = read(layer.name, 'kernel');
  const made = stored
    ? kernelWeights(stored, {
        op,
        framework: graph.framework,
        inChannels: fromShape.channels,
        outChannels: shape.channels,
        kernel: window?.kernel ?? [1, 1],
      })
    : null;
  if (!made) return failure(runtimeWeightMissing(`${layer.name}.weight`));
  let betas = new Float32Array(shape.channels);
  if (attributes.bias) {
    const bias = read(layer.name, 'bias');
    if (bias?.kind !== 'float' || bias.values.length !== shape.channels)
      return failure(runtimeWeightMissing(`${layer.name}.bias`));
    betas = Float32Array.from(bias.values);
  }
  const tail = followTail(compilation, node, { alphas: made.scales, betas });
  if (!tail.ok) return tail;
  const { term, slope, squash, last } = tail.value;
  const geometry = window === null ? 'dense' : op === 'conv2d' ? convGeometry(window) : deconvGeometry(window);
  const { step, layer: placed } = tapStep(
    memory,
    { input, output: last },
    { geometry, weights: made.weights, ...term, slope },
  );
  steps.push(step);
  layers.push({
    name: layer.name,
    op,
    bits: made.weights.kind === 'bits',
    hasInt8: placed.hasInt8,
    weightBytes: placed.weightBytes,
  });
  valueOf.set(last, last);
  if (squash) steps.push(squashStep(memory, { input: last, output: last, shape }, squash));
  return success(null);
}

function compileElementwise(
  compilation: Compilation,
  node: GraphNode,
  edge: { readonly input: number; readonly output: number; readonly shape: ValueShape },
): Result<null> {
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

interface Tail {
  readonly term: ChannelAffine;
  readonly slope: number;
  readonly squash: Squash | null;
  /** The node whose value comes out at the end. */
  readonly last: number;
}

/** What follows a node and can be done while its values are written. */
function followTail(compilation: Compilation, node: GraphNode, term: ChannelAffine): Result<Tail> {
  let tail: Tail = { term, slope: 1, squash: null, last: node.id };
  for (;;) {
    const next = compilation.readers.get(tail.last) ?? [];
    const [only] = next;
    if (next.length !== 1 || !only || compilation.graph.outputs.includes(tail.last)) return success(tail);
    const absorbed = absorb(compilation, only, tail);
    if (!absorbed.ok) return absorbed;
    if (absorbed.value === null) return success(tail);
    compilation.done.add(only.id);
    tail = absorbed.value;
    if (tail.slope !== 1 || tail.squash !== null) return success(tail);
  }
}

/** The tail with this node in it; null where it cannot be taken in. */
function absorb(compilation: Compilation, node: GraphNode, tail: Tail): Result<Tail | null> {
  const last = node.id;
  const { shapes, graph } = compilation;
  const alike = sameShape(shapes[node.inputs[0] ?? -1], shapes[last]);
  if (!alike && ['dropout', 'identity', 'affine', 'batch_norm', 'activation'].includes(node.op))
    return refuse(graph, node, shapesDisagree);
  switch (node.op) {
    case 'dropout':
    case 'identity':
      return success({ ...tail, last });
    case 'affine': {
      const n = tail.term.alphas.length;
      const { scale, offset } = node.attributes;
      const next = { alphas: new Float32Array(n).fill(scale), betas: new Float32Array(n).fill(offset) };
      return success({ ...tail, last, term: composeAffine(tail.term, next) });
    }
    case 'batch_norm': {
      const layer = node.layer === null ? undefined : compilation.graph.layers[node.layer];
      if (!layer || node.attributes.features !== tail.term.alphas.length) return success(null);
      if (!node.attributes.trackStats)
        return refuse(compilation.graph, node, 'it keeps no running statistics, and one image has none of its own');
      const next = batchNormAffine(layer.name, node.attributes, compilation.read);
      if (typeof next === 'string') return failure(runtimeWeightMissing(next));
      return success({ ...tail, last, term: composeAffine(tail.term, next) });
    }
    case 'activation': {
      const activation = activationOf(node.attributes);
      return success(activation && { ...tail, last, ...activation });
    }
    default:
      return success(null);
  }
}

function activationOf({
  fn,
  alpha,
}: ActivationAttributes): { readonly slope: number; readonly squash: Squash | null } | null {
  switch (fn) {
    case 'linear':
      return { slope: 1, squash: null };
    case 'relu':
      return { slope: 0, squash: null };
    case 'leaky_relu': {
      const slope = alpha ?? 0.01;
      return 0 <= slope && slope <= 1 ? { slope, squash: null } : null;
    }
    case 'sigmoid':
    case 'tanh':
      return { slope: 1, squash: squashes[fn] };
    default:
      return null;
  }
}

const maxWindow = 1024;

/** The window, or why it cannot be run. */
function windowOf(op: TapOp, attributes: ConvAttributes, from: ValueShape, to: ValueShape): WindowShape | string {
  const { padding, groups, paddingMode } = attributes;
  if (groups !== 1) return 'it has groups';
  if (paddingMode !== undefined && paddingMode !== 'zeros') return `its border is filled by ${paddingMode}`;
  const [kernel, stride, dilation] = [pair(attributes.kernel), pair(attributes.stride), pair(attributes.dilation)];
  const transposed = op === 'conv2d_transpose';
  if (transposed && stride[0] !== stride[1]) return 'its strides differ';
  const extra = 'outputPadding' in attributes ? (attributes.outputPadding as readonly number[]) : [];
  if (typeof padding === 'string' && extra.some((n) => n !== 0)) return `it has '${padding}' and an output padding`;
  const before = (axis: 0 | 1): number => {
    if (padding === 'valid') return 0;
    if (padding !== 'same') return padding[axis] ?? padding[0] ?? 0;
    const extent = dilation[axis] * (kernel[axis] - 1) + 1;
    const [length, out] = axis === 0 ? [from.height, to.height] : [from.width, to.width];
    const total = transposed ? extent - stride[axis] : (out - 1) * stride[axis] + extent - length;
    return Math.floor(Math.max(total, 0) / 2);
  };
  const length = (axis: 0 | 1): number => {
    const one = {
      kernel: kernel[axis],
      stride: stride[axis],
      dilation: dilation[axis],
      padding: typeof padding === 'string' ? padding : (padding[axis] ?? padding[0] ?? 0),
    };
    const given = axis === 0 ? from.height : from.width;
    return transposed ? convTransposeLength(given, one, extra[axis] ?? extra[0] ?? 0) : convLength(given, one);
  };
  const sound = [...kernel, ...stride, ...dilation].every((n) => Number.isInteger(n) && 1 <= n && n <= maxWindow);
  const steps = [before(0), before(1)] as const;
  const padded = steps.every((n) => Number.isInteger(n) && 0 <= n && n <= maxWindow);
  if (!sound || !padded || length(0) !== to.height || length(1) !== to.width) return shapesDisagree;
  return {
    height: from.height,
    width: from.width,
    outHeight: to.height,
    outWidth: to.width,
    kernel,
    stride,
    dilation,
    before: steps,
  };
}

function pair(list: readonly number[]): [number, number] {
  const [first = 1, second = first] = list;
  return [first, second];
}

function refuse(
  graph: ModelGraph,
  node: GraphNode,
  why: string,
): { readonly ok: false; readonly problem: ReturnType<typeof runtimeCannotRun> } {
  const layer = node.layer === null ? undefined : graph.layers[node.layer];
  return failure(runtimeCannotRun(`${layer ? `layer ${layer.name}` : `'${node.op}'`} of ${graph.name}`, why));
}
