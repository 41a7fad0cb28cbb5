/**
 * Operators of several tensors, elementwise with broadcasting, matrix products and reductions.
 * Elementwise ones keep the channels where their inputs agree to have them.
 */
import * as tf from '@tensorflow/tfjs-core';
import { failure, success } from '../../../core/result.ts';
import type { Operator, OperatorTable } from '../operator.ts';
import { alike, axisIn, inFrameworkOrder, toFramework, given } from '../value.ts';

export const arithmeticOperators: OperatorTable = {
  add: () => success(fold((a, b) => tf.add(a, b))),
  sub: () => success(fold((a, b) => tf.sub(a, b))),
  mul: () => success(fold((a, b) => tf.mul(a, b))),
  div: () => success(fold((a, b) => tf.div(a, b))),
  maximum: () => success(fold((a, b) => tf.maximum(a, b))),
  matmul: ({ transposeA, transposeB }) =>
    success(([a, b]) =>
      inFrameworkOrder(
        tf.matMul(toFramework(given(a)), toFramework(given(b)), transposeA ?? false, transposeB ?? false),
      ),
    ),
  reduce: ({ fn, axes, keepDims }, context) => {
    if (axes === null || axes.includes(0)) return failure(context.cannotTrain('it mixes the images of a batch'));
    const reduce = reductions[fn];
    if (!reduce) return failure(context.cannotTrain(`a reduction by '${fn}' is not among those it knows`));
    return success(([input]) => {
      const value = given(input);
      if (!keepDims) return inFrameworkOrder(reduce(toFramework(value), axes.slice(), false));
      const own = axes.map((axis) => axisIn(value, value.tensor.rank, axis));
      return { tensor: reduce(value.tensor, own, true), channelsMoved: value.channelsMoved };
    });
  },
};

const reductions: Readonly<Record<string, (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor>> = {
  mean: (x, axes, keepDims) => tf.mean(x, axes, keepDims),
  sum: (x, axes, keepDims) => tf.sum(x, axes, keepDims),
  max: (x, axes, keepDims) => tf.max(x, axes, keepDims),
  min: (x, axes, keepDims) => tf.min(x, axes, keepDims),
};

function fold(fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operator {
  return (inputs) => {
    const { tensors, channelsMoved } = alike(inputs);
    const [first, ...rest] = tensors;
    if (!first) throw new Error('an operator was called without inputs');
    return { tensor: rest.reduce(fn, first), channelsMoved };
  };
}
