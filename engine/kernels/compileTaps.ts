/**
 * Dense, convolution and transposed convolution layers: their window, their weights as the kernels take them, and what
 * follows them folded in. What does not fit is refused by the name of the layer before anything is allocated.
 */
import type { GraphNode } from '../../core/graph/modelGraph.ts';
import type { ConvAttributes, DenseAttributes } from '../../core/graph/ops.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { convLength, convTransposeLength } from '../../core/shape/windowSize.ts';
import { refuse, shapesDisagree, type Compilation } from './compilation.ts';
import { squashStep, tapStep } from './generatorStep.ts';
import { followTail } from './layerTail.ts';
import { kernelWeights, type TapOp } from './layerWeights.ts';
import { runtimeWeightMissing } from './problems.ts';
import { convGeometry, deconvGeometry, type WindowShape } from './tapGeometry.ts';
import type { TapLayerSpec } from './tapLayer.ts';
import type { ValueShape } from './valueShape.ts';

export function compileTaps(
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
        groups: 'groups' in attributes ? attributes.groups : 1,
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
  const scales = Float32Array.from(made.flatMap((group) => [...group.scales]));
  const tail = followTail(compilation, node, { alphas: scales, betas });
  if (!tail.ok) return tail;
  const { term, slope, squash, last } = tail.value;
  const geometry = window === null ? 'dense' : op === 'conv2d' ? convGeometry(window) : deconvGeometry(window);
  const perGroup = shape.channels / made.length;
  const specs = made.map(({ weights }, group): TapLayerSpec => {
    const [from, to] = [group * perGroup, (group + 1) * perGroup];
    const [alphas, betas] = [term.alphas.subarray(from, to), term.betas.subarray(from, to)];
    return { geometry, weights, alphas, betas, slope };
  });
  const { step, layers: placed } = tapStep(memory, { input, output: last, shape, fromShape }, specs);
  steps.push(step);
  layers.push({
    name: layer.name,
    op,
    bits: made.every(({ weights }) => weights.kind === 'bits'),
    hasInt8: placed.every((part) => part.hasInt8 || part.hasFixed),
    weightBytes: placed.reduce((sum, part) => sum + part.weightBytes, 0),
  });
  valueOf.set(last, last);
  if (squash) steps.push(squashStep(memory, { input: last, output: last, shape }, squash));
  return success(null);
}

const maxWindow = 1024;
/** Each is a layer of its own. */
const maxGroups = 4096;

/** The window, or why it cannot be run. */
function windowOf(op: TapOp, attributes: ConvAttributes, from: ValueShape, to: ValueShape): WindowShape | string {
  const { padding, groups, paddingMode } = attributes;
  const sharing = Number.isInteger(groups) && groups >= 1 && from.channels % groups === 0 && to.channels % groups === 0;
  if (!sharing || groups > maxGroups) return 'its groups do not divide its channels';
  if (paddingMode !== undefined && paddingMode !== 'zeros') return `its border is filled by ${paddingMode}`;
  const [kernel, stride, dilation] = [pair(attributes.kernel), pair(attributes.stride), pair(attributes.dilation)];
  const transposed = op === 'conv2d_transpose';
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
