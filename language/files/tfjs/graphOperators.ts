/** TensorFlow's operators of computation: convolutions, products, normalization, activations, pooling, arithmetic. */
import type { ActivationName, ConvAttributes, OpCall, Padding } from '../../../core/graph/ops.ts';
import type { Dim } from '../../../core/graph/shape.ts';
import {
  arithmetic,
  broadcast,
  keepShape,
  named,
  withAdded,
  withDivided,
  withMultiplied,
  withSubtracted,
} from '../arithmetic.ts';
import { wholeNumbers } from '../constants.ts';
import { einsum } from '../einsum.ts';
import { unknownOperator, type Converted } from '../fileOperator.ts';
import type { GraphConvert, GraphOperator } from './graphOperator.ts';

/** Kernels are [height, width, in / groups, out], or with a depth before; depthwise ones [height, width, in, multiplier]. */
function conv(kind: 'plain' | 'depthwise'): GraphConvert {
  return (op) => {
    const sizes = op.sizes(1);
    if (sizes === null) return unknownOperator(op, op.node.type, 'the shape of its kernel is not known');
    if (sizes.length !== 4 && sizes.length !== 5) return `its kernel is ${sizes.join('×')}`;
    const kernel = sizes.slice(0, -2);
    const [perGroup = 1, last = 1] = sizes.slice(-2);
    const input = op.shape();
    const channels = input?.[op.isChannelsFirst ? 1 : input.length - 1];
    const isDepthwise = kind === 'depthwise';
    const groups = isDepthwise ? perGroup : typeof channels === 'number' ? channels / perGroup : 1;
    const window = windowOf(op, kernel);
    if (typeof window === 'string') return window;
    if (!Number.isInteger(groups) || groups < 1) return `its kernel takes ${perGroup} channels of ${channels ?? '?'}`;
    const attributes: ConvAttributes = {
      inChannels: perGroup * (isDepthwise ? 1 : groups),
      outChannels: isDepthwise ? perGroup * last : last,
      kernel,
      ...window,
      groups,
      bias: hasBias(op),
    };
    return { call: { op: kernel.length === 2 ? 'conv2d' : 'conv3d', attributes }, weights: kernelAndBias(op) };
  };
}

/** A transposed convolution names its output's shape; its kernel is [height, width, out, in]. */
const convTransposed: GraphConvert = (op) => {
  const sizes = op.sizes(1);
  if (sizes === null) return unknownOperator(op, op.node.type, 'the shape of its kernel is not known');
  if (sizes.length !== 4 && sizes.length !== 5) return `its kernel is ${sizes.join('×')}`;
  const kernel = sizes.slice(0, -2);
  const [outChannels = 1, inChannels = 1] = sizes.slice(-2);
  const window = windowOf(op, kernel);
  if (typeof window === 'string') return window;
  const outputPadding = kernel.map(() => 0);
  const attributes = { inChannels, outChannels, kernel, ...window, groups: 1, bias: false, outputPadding };
  const size = op.numbers(0)?.map((dim, axis): Dim => (axis === 0 ? 1 : dim));
  return {
    call: { op: kernel.length === 2 ? 'conv2d_transpose' : 'conv3d_transpose', attributes },
    inputs: [2],
    weights: [[1, 'kernel']],
    ...(size?.length === sizes.length && !size.includes('?') ? { shape: size } : {}),
  };
};

function windowOf(op: GraphOperator, kernel: readonly number[]) {
  const spatial = (values: readonly number[] | null, otherwise: readonly number[]): readonly number[] =>
    values?.length === kernel.length + 2 ? (op.isChannelsFirst ? values.slice(2) : values.slice(1, -1)) : otherwise;
  const ones = kernel.map(() => 1);
  const stride = spatial(op.ints('strides'), ones);
  const dilation = spatial(op.ints('dilations'), ones);
  if (![...kernel, ...stride, ...dilation].every((size) => 1 <= size && size < 2 ** 31)) {
    return `its window is ${kernel.join('×')} with strides ${stride.join('×')} and dilations ${dilation.join('×')}`;
  }
  const written = op.text('padding');
  if (written !== 'EXPLICIT') return { stride, dilation, padding: (written === 'SAME' ? 'same' : 'valid') as Padding };
  const pads = op.ints('explicit_paddings') ?? [];
  const sides = op.isChannelsFirst ? pads.slice(4, 8) : pads.slice(2, 6);
  const [top = 0, bottom = 0, left = 0, right = 0] = sides;
  if (![top, bottom, left, right].every((side) => 0 <= side && side < 2 ** 31)) return 'its paddings are no sizes';
  return { stride, dilation, padding: [top, left] as Padding, paddingEnd: [bottom, right] };
}

function hasBias(op: GraphOperator): boolean {
  return op.node.type.includes('Fused') && op.texts('fused_ops')[0] === 'BiasAdd';
}

function kernelAndBias(op: GraphOperator): readonly (readonly [number, string])[] {
  const isPrelu = op.texts('fused_ops').includes('Prelu');
  return [
    [1, 'kernel'],
    ...(hasBias(op) ? ([[2, 'bias']] as const) : []),
    ...(isPrelu ? ([[3, 'alpha']] as const) : []),
  ];
}

const matmul: GraphConvert = (op) => {
  const matrix = op.weight(1);
  const transposeA = op.flag('transpose_a') || op.flag('adj_x');
  const transposeB = op.flag('transpose_b') || op.flag('adj_y');
  if (matrix?.length === 2 && !transposeA && op.constant(0) === null) {
    const [rows = 1, columns = 1] = matrix;
    const [inFeatures, outFeatures] = transposeB ? [columns, rows] : [rows, columns];
    return {
      call: { op: 'dense', attributes: { inFeatures, outFeatures, bias: hasBias(op) } },
      weights: kernelAndBias(op),
    };
  }
  return { call: { op: 'matmul', attributes: { transposeA, transposeB } }, inputs: [0, 1] };
};

const batchNorm: GraphConvert = (op) => {
  const features = op.sizes(1)?.[0];
  if (features === undefined) {
    return { ...unknownOperator(op, op.node.type, 'the shape of its scale is not known'), shape: op.shape() };
  }
  const eps = op.float('epsilon', 1e-4);
  return {
    call: {
      op: 'batch_norm',
      attributes: { features, eps, momentum: 0.01, scale: true, center: true, trackStats: true },
    },
    weights: [
      [1, 'gamma'],
      [2, 'beta'],
      [3, 'moving_mean', false],
      [4, 'moving_variance', false],
    ],
  };
};

function pool(op: 'max_pool' | 'avg_pool'): GraphConvert {
  return (node) => {
    const sizes = node.ints('ksize') ?? [];
    const kernel = node.isChannelsFirst ? sizes.slice(2) : sizes.slice(1, -1);
    const window = windowOf(node, kernel);
    if (typeof window === 'string' || kernel.length < 2 || kernel.length > 3) return 'its window is not given';
    return { call: { op, attributes: { kernel, ...window, countIncludePad: false } } };
  };
}

function activation(fn: ActivationName, alpha?: number): GraphConvert {
  return (op) => ({
    call: { op: 'activation', attributes: { fn, ...(alpha === undefined ? {} : { alpha: op.float('alpha', alpha) }) } },
  });
}

function reduce(fn: 'mean' | 'sum' | 'max' | 'min'): GraphConvert {
  return (op): Converted => {
    const axes = wholeNumbers(op.constant(1));
    const keepDims = op.flag('keep_dims');
    if (axes === null) return { call: { op: 'identity', attributes: {} }, shape: null };
    return { call: { op: 'reduce', attributes: { fn, axes, keepDims } } };
  };
}

const add: OpCall = { op: 'add', attributes: {} };

/** The activation that a fused operator runs after its bias. */
export function fusedActivation(op: GraphOperator): OpCall | null {
  if (!op.node.type.includes('Fused') || op.node.type.startsWith('FusedBatchNorm')) return null;
  const name = op.texts('fused_ops').find((written) => written !== 'BiasAdd');
  const fn = name === undefined ? undefined : fusedNames[name];
  if (fn !== undefined) return { op: 'activation', attributes: { fn } };
  return name === undefined ? null : { op: 'elementwise', attributes: { fn: name.toLowerCase().slice(0, 60) } };
}

const fusedNames: Readonly<Record<string, ActivationName>> = {
  Relu: 'relu',
  Relu6: 'relu6',
  Elu: 'elu',
  LeakyRelu: 'leaky_relu',
  Prelu: 'prelu',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
};

const keptShapes =
  'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Cumsum Erf Erfc Exp Expm1 Floor IsNan Log Log1p LogicalNot LRN Neg ' +
  'OnesLike Reciprocal Round Rsqrt Sign Sin Sinh Sqrt Square Tan ZerosLike';
const broadcasts =
  'Atan2 Equal FloorDiv FloorMod Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr Minimum Mod NotEqual Pow ' +
  'Select SelectV2 SquaredDifference';

export const graphOperators: Readonly<Record<string, GraphConvert>> = {
  ...named(keptShapes, keepShape),
  ...named(broadcasts, broadcast),
  Conv2D: conv('plain'),
  _FusedConv2D: conv('plain'),
  Conv3D: conv('plain'),
  DepthwiseConv2dNative: conv('depthwise'),
  DepthwiseConv2d: conv('depthwise'),
  FusedDepthwiseConv2dNative: conv('depthwise'),
  _FusedDepthwiseConv2dNative: conv('depthwise'),
  Conv2DBackpropInput: convTransposed,
  Conv3DBackpropInputV2: convTransposed,
  Einsum: einsum((op) => op.text('equation') ?? ''),
  MatMul: matmul,
  _FusedMatMul: matmul,
  BatchMatMul: matmul,
  BatchMatMulV2: matmul,
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
  MaxPool: pool('max_pool'),
  AvgPool: pool('avg_pool'),
  MaxPool3D: pool('max_pool'),
  AvgPool3D: pool('avg_pool'),
  BiasAdd: arithmetic(add),
  Add: arithmetic(add, withAdded),
  AddV2: arithmetic(add, withAdded),
  AddN: arithmetic(add),
  Sub: arithmetic({ op: 'sub', attributes: {} }, withSubtracted),
  Mul: arithmetic({ op: 'mul', attributes: {} }, withMultiplied),
  Div: arithmetic({ op: 'div', attributes: {} }, withDivided),
  RealDiv: arithmetic({ op: 'div', attributes: {} }, withDivided),
  Maximum: arithmetic({ op: 'maximum', attributes: {} }),
  Mean: reduce('mean'),
  Sum: reduce('sum'),
  Max: reduce('max'),
  Min: reduce('min'),
  Prod: reduce('sum'),
  Relu: activation('relu'),
  Relu6: activation('relu6'),
  LeakyRelu: activation('leaky_relu', 0.2),
  Elu: activation('elu', 1),
  Selu: activation('selu'),
  Sigmoid: activation('sigmoid'),
  Tanh: activation('tanh'),
  Softplus: activation('softplus'),
  Softmax: activation('softmax'),
  LogSoftmax: activation('log_softmax'),
  Prelu: () => ({ call: { op: 'activation', attributes: { fn: 'prelu' } }, weights: [[1, 'alpha']] }),
};
