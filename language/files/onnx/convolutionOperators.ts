/** ONNX' convolutions, matrix products, pooling and recurrent layers. Sizes come from the weights themselves. */
import type {
  ConvAttributes,
  ConvTransposeAttributes,
  OpCall,
  Padding,
  PoolAttributes,
} from '../../../core/graph/ops.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import { channelsOf } from '../../../core/shape/layoutAxes.ts';
import { einsum } from '../einsum.ts';
import { unknownOperator, type Converted } from '../fileOperator.ts';
import type { OnnxConvert as Convert, OnnxOperator } from './onnxOperator.ts';

interface WindowAttributes {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: Padding;
  readonly paddingEnd?: readonly number[];
}

/** Positions of kernel and bias, which quantized operators have elsewhere. */
function conv(kernelIdx: number, biasIdx: number): Convert {
  return (op) => {
    const kernel = op.sizes(kernelIdx);
    if (kernel === null) return unknownOperator(op, op.node.type, `the shape of its kernel is not known`);
    if (kernel.length < 3 || kernel.length > 5) return `its kernel is ${kernel.join('×')}`;
    const [outChannels = 1, perGroup = 1, ...size] = kernel;
    const groups = op.int('group', 1);
    const window = windowOf(op, size);
    if (typeof window === 'string') return window;
    if (!isCount(groups)) return `it has ${groups} groups`;
    const attributes: ConvAttributes = {
      inChannels: perGroup * groups,
      outChannels,
      kernel: size,
      ...window,
      groups,
      bias: op.has(biasIdx),
    };
    return {
      call: { op: `conv${size.length}d`, attributes } as OpCall,
      weights: [
        [kernelIdx, 'weight'],
        [biasIdx, 'bias'],
      ],
    };
  };
}

const convTranspose: Convert = (op) => {
  const kernel = op.sizes(1);
  if (kernel === null) return unknownOperator(op, op.node.type, `the shape of its kernel is not known`);
  if (kernel.length < 3 || kernel.length > 5) return `its kernel is ${kernel.join('×')}`;
  const [inChannels = 1, perGroup = 1, ...size] = kernel;
  const groups = op.int('group', 1);
  const window = windowOf(op, size);
  if (typeof window === 'string') return window;
  if (!isCount(groups)) return `it has ${groups} groups`;
  const outputPadding = op.ints('output_padding') ?? size.map(() => 0);
  const outputSize = op.ints('output_shape');
  if (outputPadding.length !== size.length || !outputPadding.every(isIndex)) return 'its output padding is no size';
  if (outputSize !== null && !outputSize.every(isCount)) return 'its output shape is no size';
  const outChannels = perGroup * groups;
  const attributes: ConvTransposeAttributes = {
    inChannels,
    outChannels,
    kernel: size,
    ...window,
    groups,
    bias: op.has(2),
    outputPadding,
  };
  return {
    call: { op: `conv${size.length}d_transpose`, attributes } as OpCall,
    weights: [
      [1, 'weight'],
      [2, 'bias'],
    ],
    ...(outputSize === null ? {} : { shape: [op.shape()?.[0] ?? '?', outChannels, ...outputSize.slice(-size.length)] }),
  };
};

/** Strides, dilations and paddings; a text says which is no size. */
function windowOf(op: OnnxOperator, kernel: readonly number[]): WindowAttributes | string {
  const n = kernel.length;
  const stride = op.ints('strides') ?? kernel.map(() => 1);
  const dilation = op.ints('dilations') ?? kernel.map(() => 1);
  const pads = op.ints('pads') ?? [...kernel, ...kernel].map(() => 0);
  if (!kernel.every(isCount)) return `its kernel is ${kernel.join('×')}`;
  if (stride.length !== n || !stride.every(isCount)) return `its strides are [${stride.join(', ')}]`;
  if (dilation.length !== n || !dilation.every(isCount)) return `its dilations are [${dilation.join(', ')}]`;
  if (pads.length !== 2 * n || !pads.every(isIndex)) return `its paddings are [${pads.join(', ')}]`;
  if (op.text('auto_pad', 'NOTSET').startsWith('SAME')) return { stride, dilation, padding: 'same' };
  const [before, after] = [pads.slice(0, n), pads.slice(n)];
  const isSymmetric = before.every((size, axis) => size === after[axis]);
  return { stride, dilation, padding: before, ...(isSymmetric ? {} : { paddingEnd: after }) };
}

const gemm: Convert = (op) => {
  const matrix = op.weight(1);
  const [transposeA, transposeB] = [op.int('transA', 0) !== 0, op.int('transB', 0) !== 0];
  if (matrix?.length === 2 && !transposeA && op.constant(0) === null) {
    const [rows = 1, columns = 1] = matrix;
    const [inFeatures, outFeatures] = transposeB ? [columns, rows] : [rows, columns];
    const weights = [
      [1, 'weight'],
      [2, 'bias'],
    ] as const;
    return { call: { op: 'dense', attributes: { inFeatures, outFeatures, bias: op.has(2) } }, weights };
  }
  return { call: { op: 'matmul', attributes: { transposeA, transposeB } }, inputs: [0, 1], weights: [[2, 'bias']] };
};

function matmul(leftIdx: number, rightIdx: number): Convert {
  return (op) => {
    const matrix = op.weight(rightIdx);
    if (matrix?.length === 2 && op.constant(leftIdx) === null) {
      const [inFeatures = 1, outFeatures = 1] = matrix;
      const call: OpCall = { op: 'dense', attributes: { inFeatures, outFeatures, bias: false } };
      return { call, inputs: [leftIdx], weights: [[rightIdx, 'weight']] };
    }
    const attributes = { transposeA: op.int('transA', 0) !== 0, transposeB: op.int('transB', 0) !== 0 };
    return { call: { op: 'matmul', attributes }, inputs: [leftIdx, rightIdx] };
  };
}

function pool(op: 'max_pool' | 'avg_pool'): Convert {
  return (node) => {
    const kernel = node.ints('kernel_shape');
    if (kernel === null) return 'its window is not given';
    const window = windowOf(node, kernel);
    if (typeof window === 'string') return window;
    const attributes: PoolAttributes = {
      kernel,
      ...window,
      ceilMode: node.int('ceil_mode', 0) !== 0,
      ...(op === 'avg_pool' ? { countIncludePad: node.int('count_include_pad', 0) !== 0 } : {}),
    };
    return { call: { op, attributes } };
  };
}

function globalPool(op: 'global_avg_pool' | 'global_max_pool'): Convert {
  return () => ({ call: { op, attributes: { keepDims: true } } });
}

/** Kernels are [directions, gates·units, features]; the first output is [sequence, directions, batch, units]. */
function recurrent(cell: 'lstm' | 'gru' | 'rnn'): Convert {
  return (op): Converted | string => {
    const kernel = op.sizes(1);
    const units = op.sizes(2)?.[2];
    if (kernel?.length !== 3 || units === undefined) {
      return unknownOperator(op, op.node.type, 'the shapes of its weights are not known');
    }
    const [directions = 1, , inFeatures = 1] = kernel;
    return {
      call: {
        op: 'recurrent',
        attributes: { cell, inFeatures, units, layers: 1, bidirectional: directions === 2 },
      },
      weights: [
        [1, 'weight_ih'],
        [2, 'weight_hh'],
        [3, 'bias'],
      ],
      shape: recurrentShapes(op)[0] ?? null,
    };
  };
}

/** Shapes of every step's output, of the last state and of the last cell. `layout` 1 has the batch in front. */
export function recurrentShapes(op: OnnxOperator): readonly (Shape | null)[] {
  const input = op.shape();
  const [directions, units] = [op.sizes(1)?.[0], op.sizes(2)?.[2]];
  if (input?.length !== 3 || directions === undefined || units === undefined) return [];
  const isBatchFirst = op.int('layout', 0) === 1;
  const [steps = '?', batch = '?'] = isBatchFirst ? [input[1], input[0]] : input;
  const state: Shape = isBatchFirst ? [batch, directions, units] : [directions, batch, units];
  return [isBatchFirst ? [batch, steps, directions, units] : [steps, directions, batch, units], state, state];
}

/** One slope per channel, or one for all; where it is anything else, the slopes are counted all the same. */
const prelu: Convert = (op) => {
  const nSlopes = op.weight(1)?.reduce((total, dim) => total * dim, 1);
  const input = op.shape();
  const isPlain = nSlopes === 1 || (input !== null && channelsOf(input, 'channelsFirst') === nSlopes);
  return {
    call: { op: 'activation', attributes: { fn: 'prelu', ...(isPlain ? { features: nSlopes } : {}) } },
    weights: [[1, 'weight']],
  };
};

function isCount(value: number): boolean {
  return Number.isInteger(value) && 1 <= value && value < 2 ** 31;
}

function isIndex(value: number): boolean {
  return Number.isInteger(value) && 0 <= value && value < 2 ** 31;
}

export const convolutionOperators: Readonly<Record<string, Convert>> = {
  Conv: conv(1, 2),
  FusedConv: conv(1, 2),
  ConvInteger: conv(1, -1),
  QLinearConv: conv(3, 8),
  ConvTranspose: convTranspose,
  Gemm: gemm,
  FusedGemm: gemm,
  MatMul: matmul(0, 1),
  FusedMatMul: matmul(0, 1),
  MatMulInteger: matmul(0, 1),
  QLinearMatMul: matmul(0, 3),
  MaxPool: pool('max_pool'),
  AveragePool: pool('avg_pool'),
  GlobalAveragePool: globalPool('global_avg_pool'),
  GlobalLpPool: globalPool('global_avg_pool'),
  GlobalMaxPool: globalPool('global_max_pool'),
  LpPool: pool('avg_pool'),
  LSTM: recurrent('lstm'),
  GRU: recurrent('gru'),
  RNN: recurrent('rnn'),
  PRelu: prelu,
  Einsum: einsum((op) => op.text('equation', '')),
};
