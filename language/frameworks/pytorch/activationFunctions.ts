/** Activations, dropout and other functions of one tensor that keep its shape. */
import type { ActivationName, OpCall } from '../../../core/graph/ops.ts';
import type { CallContext } from '../../interpreter/library.ts';
import { foreign } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { readNumber } from '../arguments.ts';
import type { TorchFunction } from './functionArguments.ts';
import { axisOf, bindTo, firstTensor, rankOf } from './functionArguments.ts';
import type { TensorObject } from './torchTensor.ts';
import { apply, tensorOf } from './torchTensor.ts';

const ACTIVATIONS: Readonly<Record<string, ActivationName>> = {
  relu: 'relu',
  relu6: 'relu6',
  leaky_relu: 'leaky_relu',
  elu: 'elu',
  selu: 'selu',
  gelu: 'gelu',
  silu: 'silu',
  swish: 'silu',
  mish: 'mish',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  hardsigmoid: 'hard_sigmoid',
  hardswish: 'hard_swish',
  hardtanh: 'hard_tanh',
  softplus: 'softplus',
  softsign: 'softsign',
  softmax: 'softmax',
  log_softmax: 'log_softmax',
  logsigmoid: 'log_sigmoid',
  relu_: 'relu',
  leaky_relu_: 'leaky_relu',
};

const DEFAULT_ALPHA: Readonly<Record<string, number>> = { leaky_relu: 0.01, elu: 1 };

function activation(name: string, fn: ActivationName): TorchFunction {
  return (args, context) => {
    const tensor = firstTensor(args);
    if (tensor === null) return null;
    const bound = bindTo('input negative_slope', args);
    const alpha = readNumber(bound, fn === 'elu' ? 'alpha' : 'negative_slope', DEFAULT_ALPHA[fn] ?? 0);
    const axis = axisOf(args.positional[1] ?? args.keywords.get('dim'), rankOf(tensor.shape), -1);
    const isSoft = fn === 'softmax' || fn === 'log_softmax';
    const call: OpCall = {
      op: 'activation',
      attributes: {
        fn,
        ...(name in DEFAULT_ALPHA && alpha !== null ? { alpha } : {}),
        ...(isSoft && axis !== null ? { axis } : {}),
      },
    };
    return apply(context, call, [tensor]);
  };
}

const ELEMENTWISE =
  'exp log log2 log10 log1p expm1 abs sqrt rsqrt square neg sign sin cos floor ceil round erf reciprocal clamp clip ' +
  'clamp_min clamp_max pow normalize threshold nan_to_num isnan logical_not frac trunc cumsum cumprod flip roll ' +
  'masked_fill masked_fill_ softmin tanhshrink celu rrelu erfinv lerp tril triu index_fill sort_values ' +
  'addcmul addcdiv sinh cosh asin acos atan fmod remainder logit sgn lgamma digamma';

function elementwise(fn: string): TorchFunction {
  return (args, context) => {
    const tensor = firstTensor(args);
    if (tensor === null) return null;
    const others = [...args.positional.slice(1), ...args.keywords.values()].map(tensorOf);
    const whole = others.reduce<Value>((sum, other) => withShapeOf(sum, other, context), foreign(tensor));
    const inputs = [tensorOf(whole) ?? tensor];
    return apply(context, { op: 'elementwise', attributes: { fn } }, inputs);
  };
}

/** As large as both: `addcmul(shift, x, scale)` has the shape of their sum. */
function withShapeOf(value: Value, other: TensorObject | null, context: CallContext): Value {
  const tensor = tensorOf(value);
  const isSame = other === null || tensor === null || other.node === tensor.node;
  return isSame ? value : apply(context, { op: 'add', attributes: {} }, [tensor, other]);
}

const dropout: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  if (tensor === null) return null;
  const rate = readNumber(bindTo('input p training inplace', args), 'p', 0.5) ?? 0.5;
  return apply(context, { op: 'dropout', attributes: { rate } }, [tensor]);
};

const broadcast =
  (op: 'add' | 'sub' | 'mul' | 'div' | 'maximum'): TorchFunction =>
  (args, context) => {
    const tensor = firstTensor(args);
    if (tensor === null) return null;
    const given = args.positional[1] ?? args.keywords.get('other');
    const other = tensorOf(given);
    if (other !== null) return apply(context, { op, attributes: {} }, [tensor, other]);
    if (given?.kind === 'unknown') {
      // It may be a tensor that broadcasts to another shape.
      const call: OpCall = { op: 'unknown', attributes: { type: op } };
      return apply(context, call, [tensor], { shape: null, unknown: given.reason });
    }
    return apply(context, { op: 'elementwise', attributes: { fn: op } }, [tensor]);
  };

export const activationFunctions: Readonly<Record<string, TorchFunction>> = {
  ...Object.fromEntries(Object.entries(ACTIVATIONS).map(([name, fn]) => [name, activation(name, fn)])),
  ...Object.fromEntries(ELEMENTWISE.split(' ').map((name) => [name, elementwise(name)])),
  dropout,
  dropout2d: dropout,
  dropout3d: dropout,
  alpha_dropout: dropout,
  feature_dropout: dropout,
  add: broadcast('add'),
  sub: broadcast('sub'),
  mul: broadcast('mul'),
  multiply: broadcast('mul'),
  div: broadcast('div'),
  true_divide: broadcast('div'),
  maximum: broadcast('maximum'),
  minimum: broadcast('maximum'),
  eq: broadcast('sub'),
  ne: broadcast('sub'),
  gt: broadcast('sub'),
  lt: broadcast('sub'),
  ge: broadcast('sub'),
  le: broadcast('sub'),
  add_: broadcast('add'),
  sub_: broadcast('sub'),
  mul_: broadcast('mul'),
  div_: broadcast('div'),
};
