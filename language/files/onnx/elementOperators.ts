/** ONNX' activations, normalizations, elementwise arithmetic and reductions. */
import type { ActivationName, OpCall } from '../../../core/graph/ops.ts';
import { channelsOf } from '../../../core/shape/layoutAxes.ts';
import { sizeOf } from '../constants.ts';
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
import { unknownOperator, type Converted } from '../fileOperator.ts';
import type { OnnxConvert as Convert, OnnxOperator } from './onnxOperator.ts';

function activation(fn: ActivationName, alpha?: number): Convert {
  return (op) => {
    const value = alpha === undefined ? null : op.float('alpha', alpha);
    if (value !== null && !Number.isFinite(value)) return `its slope is ${value}`;
    const axis = op.node.attributes.has('axis') ? { axis: op.int('axis', -1) } : {};
    return { call: { op: 'activation', attributes: { fn, ...(value === null ? {} : { alpha: value }), ...axis } } };
  };
}

const clip: Convert = (op) => {
  const low = op.floats('min')?.[0] ?? (op.numbers(1)?.[0] as number | undefined) ?? op.float('min', -Infinity);
  const high = (op.numbers(2)?.[0] as number | undefined) ?? op.float('max', Infinity);
  if (low === 0 && high === 6) return { call: { op: 'activation', attributes: { fn: 'relu6' } } };
  if (low === 0 && high === Infinity) return { call: { op: 'activation', attributes: { fn: 'relu' } } };
  return { call: { op: 'elementwise', attributes: { fn: 'clip' } } };
};

const batchNorm: Convert = (op) => {
  const features = op.sizes(1)?.[0];
  if (features === undefined) return ofUnknownScale(op);
  const momentum = Number((1 - op.float('momentum', 0.9)).toPrecision(6));
  const eps = op.float('epsilon', 1e-5);
  if (!Number.isFinite(momentum) || !Number.isFinite(eps)) return 'its momentum or epsilon is not a number';
  return {
    call: { op: 'batch_norm', attributes: { features, eps, momentum, scale: true, center: true, trackStats: true } },
    weights: [
      [1, 'weight'],
      [2, 'bias'],
      [3, 'running_mean', false],
      [4, 'running_var', false],
    ],
  };
};

const instanceNorm: Convert = (op) => {
  const features = op.sizes(1)?.[0];
  if (features === undefined) return ofUnknownScale(op);
  return { call: { op: 'instance_norm', attributes: { features, ...norm(op) } }, weights: scaleAndBias };
};

const groupNorm: Convert = (op) => {
  const input = op.shape();
  const features = input === null ? null : channelsOf(input, 'channelsFirst');
  const groups = op.int('num_groups', 0);
  if (!(1 <= groups)) return `it has ${groups} groups`;
  if (typeof features !== 'number') return ofUnknownScale(op);
  return { call: { op: 'group_norm', attributes: { features, ...norm(op), groups } }, weights: scaleAndBias };
};

const layerNorm: Convert = (op) => {
  const scale = op.sizes(1);
  if (scale === null) return ofUnknownScale(op);
  const rank = op.shape()?.length ?? null;
  const axis = op.int('axis', -1);
  const nAxes = axis < 0 ? -axis : rank === null ? 1 : rank - axis;
  if (!(1 <= nAxes && nAxes <= 32)) return `it normalizes from axis ${axis}`;
  const axes = Array.from({ length: nAxes }, (_unused, idx) => idx - nAxes);
  const call: OpCall = { op: 'layer_norm', attributes: { features: sizeOf(scale), ...norm(op), axes } };
  return { call, weights: scaleAndBias };
};

/** A normalization keeps the shape, whatever it scales by. */
function ofUnknownScale(op: OnnxOperator): Converted {
  return { ...unknownOperator(op, op.node.type, 'the shape of its scale is not known'), shape: op.shape() };
}

const scaleAndBias = [
  [1, 'weight'],
  [2, 'bias'],
] as const;

function norm(op: OnnxOperator): { readonly eps: number; readonly affine: boolean } {
  const eps = op.float('epsilon', 1e-5);
  return { eps: Number.isFinite(eps) ? eps : 0, affine: true };
}

function reduce(fn: 'mean' | 'sum' | 'max' | 'min' | 'norm'): Convert {
  return (op): Converted => {
    const axes = op.list('axes', 1);
    const keepDims = op.int('keepdims', 1) !== 0;
    if (axes === null && op.has(1)) return { call: { op: 'identity', attributes: {} }, shape: null };
    if ((axes === null || axes.length === 0) && op.int('noop_with_empty_axes', 0) !== 0) {
      return { call: { op: 'identity', attributes: {} } };
    }
    return { call: { op: 'reduce', attributes: { fn, axes: axes?.length === 0 ? null : axes, keepDims } } };
  };
}

const argument: Convert = (op) => {
  const attributes = { fn: 'max', axes: [op.int('axis', 0)], keepDims: op.int('keepdims', 1) !== 0 } as const;
  return { call: { op: 'reduce', attributes } };
};

const keptShapes =
  'Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Cos Cosh CumProd CumSum Erf Exp Floor Hardmax IsInf IsNaN Log ' +
  'LpNormalization LRN MeanVarianceNormalization Neg Not Reciprocal ReverseSequence Round RotaryEmbedding Scatter ScatterElements ScatterND ' +
  'Shrink Sign Sin Sinh Sqrt Swish Tan ThresholdedRelu Trilu QuantizeLinear DequantizeLinear';
const broadcasts =
  'And BitShift BitwiseAnd BitwiseOr BitwiseXor Equal Greater GreaterOrEqual Less LessOrEqual Mean Min Mod Or Pow Where Xor';

export const elementOperators: Readonly<Record<string, Convert>> = {
  ...named(keptShapes, keepShape),
  ...named(broadcasts, broadcast),
  Relu: activation('relu'),
  LeakyRelu: activation('leaky_relu', 0.01),
  Elu: activation('elu', 1),
  Selu: activation('selu'),
  Gelu: activation('gelu'),
  FastGelu: activation('gelu'),
  QuickGelu: activation('gelu'),
  Mish: activation('mish'),
  Tanh: activation('tanh'),
  Sigmoid: activation('sigmoid'),
  HardSigmoid: activation('hard_sigmoid'),
  HardSwish: activation('hard_swish'),
  Softplus: activation('softplus'),
  Softsign: activation('softsign'),
  Softmax: activation('softmax'),
  LogSoftmax: activation('log_softmax'),
  Clip: clip,
  Dropout: (op) => ({ call: { op: 'dropout', attributes: { rate: rateOf(op) } } }),
  BatchNormalization: batchNorm,
  InstanceNormalization: instanceNorm,
  GroupNormalization: groupNorm,
  LayerNormalization: layerNorm,
  SimplifiedLayerNormalization: layerNorm,
  RMSNormalization: layerNorm,
  Add: arithmetic({ op: 'add', attributes: {} }, withAdded),
  Sum: arithmetic({ op: 'add', attributes: {} }),
  Sub: arithmetic({ op: 'sub', attributes: {} }, withSubtracted),
  Mul: arithmetic({ op: 'mul', attributes: {} }, withMultiplied),
  Div: arithmetic({ op: 'div', attributes: {} }, withDivided),
  Max: arithmetic({ op: 'maximum', attributes: {} }),
  ReduceMean: reduce('mean'),
  ReduceSum: reduce('sum'),
  ReduceMax: reduce('max'),
  ReduceMin: reduce('min'),
  ReduceL1: reduce('norm'),
  ReduceL2: reduce('norm'),
  ReduceLogSum: reduce('sum'),
  ReduceLogSumExp: reduce('sum'),
  ReduceProd: reduce('sum'),
  ReduceSumSquare: reduce('sum'),
  ArgMax: argument,
  ArgMin: argument,
};

function rateOf(op: OnnxOperator): number {
  const rate = op.float('ratio', Number(op.numbers(1)?.[0] ?? 0.5));
  return Number.isFinite(rate) ? rate : 0.5;
}
