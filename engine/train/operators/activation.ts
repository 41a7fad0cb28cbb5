/**
 * Activation functions, and functions of one tensor and constants: everything that keeps a value's
 * shape and therefore does not care where the channels lie, except softmax, which names an axis.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ActivationAttributes } from '../../../core/graph/ops.ts';
import { failure, success } from '../../../core/result.ts';
import { assertNever } from '../../../core/assertNever.ts';
import type { OperatorTable, WeightSlot } from '../operator.ts';
import {
  inFrameworkOrder,
  mapValue,
  toChannelsLast,
  fromChannelsLast,
  toFramework,
  given,
  type Value,
} from '../value.ts';

const sqrtHalf = Math.SQRT1_2;

export const activationOperators: OperatorTable = {
  activation: (attributes, context) => {
    if (attributes.fn !== 'prelu') return success(([input]) => activate(given(input), attributes));
    const slope = context.weight({ role: 'slope', shape: [attributes.features ?? 1] });
    if (!slope.ok) return slope;
    const slot: WeightSlot = slope.value;
    return success(([input], run) => {
      const x = toChannelsLast(given(input), context.layout);
      const negative = tf.mul(run.weight(slot), tf.minimum(x, 0));
      return fromChannelsLast(tf.add(tf.relu(x), negative), context.layout);
    });
  },
  affine: ({ scale, offset }) => success(([input]) => mapValue(given(input), (x) => tf.add(tf.mul(x, scale), offset))),
  identity: () => success(([input]) => given(input)),
  elementwise: ({ fn }, context) => {
    const apply = elementwise[fn];
    if (!apply)
      return failure(context.cannotTrain(`the function '${fn}' is not among those the engine differentiates`));
    return success(([input]) => mapValue(given(input), apply));
  },
  dropout: ({ rate }) =>
    success(([input], run) => {
      const value = given(input);
      if (!run.training || rate === 0) return value;
      return mapValue(value, (x) => {
        const kept = tf.cast(tf.greaterEqual(run.uniform(x.shape), rate), 'float32');
        return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
      });
    }),
};

const elementwise: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  abs: (x) => tf.abs(x),
  neg: (x) => tf.neg(x),
  exp: (x) => tf.exp(x),
  log: (x) => tf.log(x),
  sqrt: (x) => tf.sqrt(x),
  square: (x) => tf.square(x),
  sin: (x) => tf.sin(x),
  cos: (x) => tf.cos(x),
  contiguous: (x) => x,
};

function activate(value: Value, { fn, alpha, axis }: ActivationAttributes): Value {
  switch (fn) {
    case 'softmax':
      return inFrameworkOrder(softmax(toFramework(value), axis ?? -1));
    case 'log_softmax':
      return inFrameworkOrder(tf.log(softmax(toFramework(value), axis ?? -1)));
    case 'relu':
      return mapValue(value, (x) => tf.relu(x));
    case 'leaky_relu':
      return mapValue(value, (x) => tf.leakyRelu(x, alpha ?? 0.01));
    case 'elu':
      return mapValue(value, (x) => tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), alpha ?? 1)));
    case 'selu':
      return mapValue(value, (x) => tf.selu(x));
    case 'gelu':
      return mapValue(value, (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, sqrtHalf)), 1)));
    case 'silu':
      return mapValue(value, (x) => tf.mul(x, tf.sigmoid(x)));
    case 'mish':
      return mapValue(value, (x) => tf.mul(x, tf.tanh(tf.softplus(x))));
    case 'relu6':
      return mapValue(value, (x) => tf.clipByValue(x, 0, 6));
    case 'tanh':
      return mapValue(value, (x) => tf.tanh(x));
    case 'sigmoid':
      return mapValue(value, (x) => tf.sigmoid(x));
    case 'hard_sigmoid':
      return mapValue(value, hardSigmoid);
    case 'hard_swish':
      return mapValue(value, (x) => tf.mul(x, hardSigmoid(x)));
    case 'hard_tanh':
      return mapValue(value, (x) => tf.clipByValue(x, -1, 1));
    case 'softplus':
      return mapValue(value, (x) => tf.softplus(x));
    case 'softsign':
      return mapValue(value, (x) => tf.div(x, tf.add(tf.abs(x), 1)));
    case 'log_sigmoid':
      return mapValue(value, (x) => tf.neg(tf.softplus(tf.neg(x))));
    case 'linear':
      return value;
    case 'prelu':
      throw new Error('prelu has a weight and is built elsewhere');
    default:
      return assertNever(fn);
  }
}

/** PyTorch's: clip(x/6 + 1/2, 0, 1). */
function hardSigmoid(x: tf.Tensor): tf.Tensor {
  return tf.clipByValue(tf.add(tf.mul(x, 1 / 6), 0.5), 0, 1);
}

function softmax(x: tf.Tensor, axis: number): tf.Tensor {
  const positive = axis < 0 ? axis + x.rank : axis;
  const raised = tf.exp(tf.sub(x, tf.max(x, positive, true)));
  return tf.div(raised, tf.sum(raised, positive, true));
}
