/**
 * Cheaper operators that can stand where one layer stands: a low-rank pair, a depthwise-separable pair, resize or
 * sub-pixel convolution for a transposed one. Only the arithmetic: which operators, of which sizes, or the reason
 * why not. The output's shape is kept exactly; what the network computes is not, so it is trained again.
 * Sources: low rank, Denton et al. 2014 (a transposed kernel K in R^{c_i × c_o k²} is a 1×1 convolution c_i → r and
 * a transposed one r → c_o); separable, Howard et al. 2017; resize-convolution, Odena et al. 2016; sub-pixel
 * convolution, Shi et al. 2016.
 */
import type { Framework } from '../graph/modelGraph.ts';
import type { ConvAttributes, ConvTransposeAttributes, OpCall, Padding } from '../graph/ops.ts';

export type Rewrite =
  | { readonly kind: 'lowRank'; readonly rank: number }
  | { readonly kind: 'separable' }
  | { readonly kind: 'resizeConv' }
  | { readonly kind: 'subPixel' };

/** The operators in the layer's place, in order; or why there are none. */
export type Rewritten = { readonly calls: readonly OpCall[] } | { readonly refused: string };

export function rewriteLayer(call: OpCall, rewrite: Rewrite, framework: Framework): Rewritten {
  switch (rewrite.kind) {
    case 'lowRank':
      return lowRank(call, rewrite.rank);
    case 'separable':
      return separable(call, framework);
    case 'resizeConv':
    case 'subPixel':
      return call.op === 'conv2d_transpose'
        ? upsampled(call.attributes, rewrite.kind, framework)
        : refuse('only a two-dimensional transposed convolution can be replaced so');
  }
}

/** The largest rank at which a low-rank pair has fewer weights than the layer; 0: there is none. */
export function largestRank(call: OpCall): number {
  const sides = rankSides(call);
  if (sides === null) return 0;
  const bound = (sides.rows * sides.columns) / (sides.rows + sides.columns);
  return Math.max(0, Math.ceil(bound) - 1);
}

/** The layer as a matrix: the two sides of its factorization. */
function rankSides(call: OpCall): { readonly rows: number; readonly columns: number } | null {
  switch (call.op) {
    case 'dense':
      return { rows: call.attributes.inFeatures, columns: call.attributes.outFeatures };
    case 'conv2d': {
      const { inChannels, outChannels, kernel, groups } = call.attributes;
      return groups === 1 ? { rows: inChannels * area(kernel), columns: outChannels } : null;
    }
    case 'conv2d_transpose': {
      const { inChannels, outChannels, kernel, groups } = call.attributes;
      return groups === 1 ? { rows: inChannels, columns: outChannels * area(kernel) } : null;
    }
    default:
      return null;
  }
}

function lowRank(call: OpCall, rank: number): Rewritten {
  if (rankSides(call) === null) return refuse('only dense layers and ungrouped 2-D convolutions have a low-rank pair');
  const limit = largestRank(call);
  if (!Number.isInteger(rank) || rank < 1) return refuse('a rank is a positive whole number');
  if (rank > limit)
    return refuse(`a pair of rank ${rank} has no fewer weights; the largest rank that saves is ${limit}`);
  switch (call.op) {
    case 'dense':
      return replaced([
        { op: 'dense', attributes: { ...call.attributes, outFeatures: rank, bias: false } },
        { op: 'dense', attributes: { ...call.attributes, inFeatures: rank } },
      ]);
    case 'conv2d':
      return replaced([
        { op: 'conv2d', attributes: { ...call.attributes, outChannels: rank, bias: false } },
        { op: 'conv2d', attributes: pointwise(call.attributes, rank, call.attributes.outChannels) },
      ]);
    case 'conv2d_transpose':
      return replaced([
        { op: 'conv2d', attributes: { ...pointwise(call.attributes, call.attributes.inChannels, rank), bias: false } },
        { op: 'conv2d_transpose', attributes: { ...call.attributes, inChannels: rank } },
      ]);
    default:
      return refuse('this operator has no low-rank pair');
  }
}

function separable(call: OpCall, framework: Framework): Rewritten {
  if (call.op !== 'conv2d' && call.op !== 'conv2d_transpose') return refuse('only 2-D convolutions can be separated');
  const { attributes } = call;
  if (attributes.groups !== 1) return refuse('the layer is grouped already');
  if (area(attributes.kernel) === 1) return refuse('a 1×1 kernel has nothing to separate');
  const { inChannels, outChannels } = attributes;
  const point: OpCall = { op: 'conv2d', attributes: pointwise(attributes, inChannels, outChannels) };
  if (call.op === 'conv2d') {
    const depthwise = { ...call.attributes, outChannels: inChannels, groups: inChannels, bias: false };
    return replaced([{ op: 'conv2d', attributes: depthwise }, point]);
  }
  if (framework !== 'pytorch')
    return refuse('Keras and TF.js have no grouped transposed convolution; take resize-convolution');
  const depthwise = { ...call.attributes, outChannels: inChannels, groups: inChannels, bias: false };
  return replaced([{ op: 'conv2d_transpose', attributes: depthwise }, point]);
}

function upsampled(
  attributes: ConvTransposeAttributes,
  kind: 'resizeConv' | 'subPixel',
  framework: Framework,
): Rewritten {
  const { kernel, stride, groups, dilation, inChannels, outChannels, bias } = attributes;
  const [factor = 1] = stride;
  if (groups !== 1 || dilation.some((rate) => rate !== 1)) return refuse('the layer is grouped or dilated');
  if (stride.some((step) => step !== factor) || factor < 2)
    return refuse('it does not enlarge its input by one whole factor (stride 1, or unequal strides)');
  if (!enlargesExactly(attributes, factor)) return refuse(`its output is not exactly ${factor} times its input`);
  const size = kernel.map((side) => (side % 2 === 1 ? side : side - 1));
  const padding: Padding = framework === 'pytorch' ? size.map((side) => (side - 1) / 2) : 'same';
  const conv = (channels: number): OpCall => ({
    op: 'conv2d',
    attributes: {
      inChannels,
      outChannels: channels,
      kernel: size,
      stride: size.map(() => 1),
      padding,
      dilation: size.map(() => 1),
      groups: 1,
      bias,
      ...(framework === 'pytorch' ? { paddingMode: 'zeros' as const } : {}),
    },
  });
  if (kind === 'resizeConv') {
    const upsample: OpCall = { op: 'upsample', attributes: { scale: [...stride], size: null, mode: 'nearest' } };
    return replaced([upsample, conv(outChannels)]);
  }
  const shuffle: OpCall = { op: 'pixel_shuffle', attributes: { factor, inverse: false } };
  return replaced([conv(outChannels * factor * factor), shuffle]);
}

/** Whether every input of side n gives an output of side factor·n. */
function enlargesExactly({ kernel, padding, outputPadding }: ConvTransposeAttributes, factor: number): boolean {
  return kernel.every((side, axis) => {
    if (padding === 'same') return true;
    if (padding === 'valid') return side <= factor;
    return side + (outputPadding[axis] ?? 0) - 2 * (padding[axis] ?? 0) === factor;
  });
}

function pointwise(attributes: ConvAttributes, inChannels: number, outChannels: number): ConvAttributes {
  const ones = attributes.kernel.map(() => 1);
  const isSame = attributes.padding === 'same' || attributes.padding === 'valid';
  return {
    inChannels,
    outChannels,
    kernel: ones,
    stride: ones,
    padding: isSame ? 'valid' : ones.map(() => 0),
    dilation: ones,
    groups: 1,
    bias: attributes.bias,
    ...(attributes.paddingMode === undefined ? {} : { paddingMode: 'zeros' as const }),
  };
}

function area(kernel: readonly number[]): number {
  return kernel.reduce((total, side) => total * side, 1);
}

function replaced(calls: readonly OpCall[]): Rewritten {
  return { calls };
}

function refuse(refused: string): Rewritten {
  return { refused };
}
