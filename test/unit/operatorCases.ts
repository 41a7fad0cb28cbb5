/**
 * One small network per operator that the engine trains (several where an operator has modes), and the two
 * functions of its input and weights whose gradients are checked: a weighted sum of its
 * bent outputs, and the squared gradient of that sum, which asks for the second derivative as a gradient penalty does. The numbers
 * are the same in every process and precision.
 */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { ActivationName, OpCall, OpName } from '../../core/graph/ops.ts';
import { rng } from '../../engine/random/rng.ts';
import { handGraph, type HandStep } from '../../engine/train/handGraph.ts';
import { createNetwork, type ForwardOptions, type Network } from '../../engine/train/network.ts';

export interface OperatorCase {
  readonly name: string;
  readonly op: OpName;
  readonly input: readonly number[];
  readonly steps: readonly HandStep[];
  /** Arguments are at least 0.2, for functions that are smooth only there. */
  readonly positive?: boolean;
  /** How far the arguments reach; 1 when left out. */
  readonly reach?: number;
  /** Has no second derivative: max pooling, whose gradient TF.js cannot differentiate. */
  readonly once?: boolean;
}

export type Order = 'first' | 'second';

const batch = 2;
const none = [0, 0] as const;
const conv = { inChannels: 4, outChannels: 6, stride: [2, 2], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;
const pool = { kernel: [2, 2], stride: [2, 2], padding: [0, 0] } as const;
const norm = { features: 4, eps: 1e-3, affine: true } as const;
const statistics = { features: 4, eps: 1e-3, momentum: 0.1, scale: true, center: true, trackStats: true } as const;

/** Where a function bends is met from both sides; how far its arguments must reach for that. */
const activations: Readonly<Record<ActivationName, Partial<OperatorCase>>> = {
  relu: {},
  leaky_relu: {},
  prelu: {},
  elu: {},
  selu: {},
  gelu: {},
  silu: {},
  mish: {},
  relu6: { reach: 9 },
  tanh: {},
  sigmoid: {},
  hard_sigmoid: { reach: 5 },
  hard_swish: { reach: 5 },
  hard_tanh: { reach: 2 },
  softplus: {},
  softsign: {},
  softmax: {},
  log_softmax: {},
  log_sigmoid: {},
  linear: {},
};

const functions: readonly (readonly [fn: string, more?: Partial<OperatorCase>])[] = [
  ['abs'],
  ['neg'],
  ['exp'],
  ['log', { positive: true }],
  ['sqrt', { positive: true }],
  ['square'],
  ['sin'],
  ['cos'],
  ['contiguous'],
];

export const operatorCases: readonly OperatorCase[] = [
  ...Object.entries(activations).map(([fn, more]) => {
    const call: OpCall = {
      op: 'activation',
      attributes: { fn: fn as ActivationName, alpha: 0.3, features: 4, axis: 1 },
    };
    return one(`activation ${fn}`, call, [1, 4, 3, 3], [1, 4, 3, 3], more);
  }),
  ...functions.map(([fn, more]) =>
    one(`function ${fn}`, { op: 'elementwise', attributes: { fn } }, [1, 5], [1, 5], more),
  ),
  one('affine', { op: 'affine', attributes: { scale: -1.5, offset: 0.25 } }, [1, 5], [1, 5]),
  one('identity', { op: 'identity', attributes: {} }, [1, 5], [1, 5]),
  one('dropout', { op: 'dropout', attributes: { rate: 0.25 } }, [1, 40], [1, 40]),
  one('dense', { op: 'dense', attributes: { inFeatures: 6, outFeatures: 3, bias: true } }, [1, 6], [1, 3]),

  one('conv2d', conv2d({ ...conv, kernel: [4, 4], bias: true }), [1, 4, 8, 8], [1, 6, 4, 4]),
  one('conv2d, odd size', conv2d({ ...conv, kernel: [3, 3], bias: false }), [1, 4, 7, 6], [1, 6, 4, 3]),
  one('conv2d, same', conv2d({ ...conv, kernel: [5, 5], padding: 'same', bias: false }), [1, 4, 8, 8], [1, 6, 4, 4]),
  one('conv2d, stride 1', conv2d({ ...conv, kernel: [3, 3], stride: [1, 1], bias: true }), [1, 4, 5, 5], [1, 6, 5, 5]),
  one(
    'conv2d, dilated, reflected',
    conv2d({ ...conv, kernel: [3, 3], dilation: [2, 2], padding: [2, 2], paddingMode: 'reflect', bias: true }),
    [1, 4, 8, 8],
    [1, 6, 4, 4],
  ),
  one('conv2d, groups', conv2d({ ...conv, kernel: [3, 3], groups: 2, bias: false }), [1, 4, 8, 8], [1, 6, 4, 4]),
  one('conv2d, small map', conv2d(small([4, 4])), [1, 32, 8, 8], [1, 40, 4, 4]),
  one('conv2d_transpose', deconv({ ...conv, kernel: [4, 4], bias: true }), [1, 4, 4, 4], [1, 6, 8, 8]),
  one(
    'conv2d_transpose, output padding',
    deconv({ ...conv, kernel: [5, 5], padding: [2, 2], bias: false }, [1, 1]),
    [1, 4, 4, 4],
    [1, 6, 8, 8],
  ),
  one(
    'conv2d_transpose, same',
    deconv({ ...conv, kernel: [5, 5], padding: 'same', bias: true }),
    [1, 4, 4, 4],
    [1, 6, 8, 8],
  ),
  one(
    'conv2d_transpose, groups',
    deconv({ ...conv, kernel: [4, 4], groups: 2, bias: false }),
    [1, 4, 4, 4],
    [1, 6, 8, 8],
  ),
  one('conv2d_transpose, small map', deconv(small([4, 4])), [1, 32, 4, 4], [1, 40, 8, 8]),

  {
    name: 'a critic',
    op: 'conv2d',
    input: [1, 4, 8, 8],
    steps: [
      { ...conv2d({ ...conv, kernel: [4, 4], bias: true }), shape: [1, 6, 4, 4], name: 'first' },
      { op: 'activation', attributes: { fn: 'leaky_relu', alpha: 0.2 }, shape: [1, 6, 4, 4] },
      { ...conv2d({ ...conv, inChannels: 6, kernel: [4, 4], bias: false }), shape: [1, 6, 2, 2], name: 'second' },
      { op: 'instance_norm', attributes: { ...norm, features: 6 }, shape: [1, 6, 2, 2], name: 'norm' },
      { op: 'activation', attributes: { fn: 'silu' }, shape: [1, 6, 2, 2] },
      { op: 'flatten', attributes: { startAxis: 1, endAxis: -1 }, shape: [1, 24] },
      { op: 'dense', attributes: { inFeatures: 24, outFeatures: 1, bias: true }, shape: [1, 1], name: 'score' },
    ],
  },

  one('batch_norm', { op: 'batch_norm', attributes: statistics }, [1, 4, 3, 3], [1, 4, 3, 3]),
  one('instance_norm', { op: 'instance_norm', attributes: norm }, [1, 4, 3, 3], [1, 4, 3, 3]),
  one('group_norm', { op: 'group_norm', attributes: { ...norm, groups: 2 } }, [1, 4, 3, 3], [1, 4, 3, 3]),
  one('layer_norm', { op: 'layer_norm', attributes: { ...norm, axes: [-1] } }, [1, 3, 4], [1, 3, 4]),

  one('reshape', { op: 'reshape', attributes: { shape: [-1, 2, 6] } }, [1, 3, 4], [1, 2, 6]),
  one('flatten', { op: 'flatten', attributes: { startAxis: 1, endAxis: -1 } }, [1, 3, 4], [1, 12]),
  one('permute', { op: 'permute', attributes: { axes: [0, 3, 1, 2] } }, [1, 3, 4, 2], [1, 2, 3, 4]),
  one('squeeze', { op: 'squeeze', attributes: { axes: [2] } }, [1, 3, 1, 2], [1, 3, 2]),
  one('unsqueeze', { op: 'unsqueeze', attributes: { axis: 2 } }, [1, 3, 2], [1, 3, 1, 2]),
  one('tile', { op: 'tile', attributes: { repeats: [1, 2, 3] } }, [1, 3, 2], [1, 6, 6]),
  one('slice', { op: 'slice', attributes: { begin: [0, 1, 0], size: [1, 2, 2] } }, [1, 4, 3], [1, 2, 2]),
  ...(['constant', 'reflect', 'replicate', 'circular'] as const).map((mode) =>
    one(
      `pad, ${mode}`,
      { op: 'pad', attributes: { pads: [none, none, [1, 2], [2, 0]], mode } },
      [1, 2, 4, 4],
      [1, 2, 7, 6],
    ),
  ),
  ...[false, true].map((inverse) =>
    one(
      `pixel_shuffle${inverse ? ', inverse' : ''}`,
      { op: 'pixel_shuffle', attributes: { factor: 2, inverse } },
      inverse ? [1, 2, 4, 4] : [1, 8, 2, 2],
      inverse ? [1, 8, 2, 2] : [1, 2, 4, 4],
    ),
  ),
  ...(['nearest', 'bilinear'] as const).map((mode) =>
    one(
      `upsample, ${mode}`,
      { op: 'upsample', attributes: { scale: [2, 2], size: null, mode } },
      [1, 2, 3, 3],
      [1, 2, 6, 6],
    ),
  ),
  one('max_pool', { op: 'max_pool', attributes: pool }, [1, 2, 4, 4], [1, 2, 2, 2], { once: true }),
  one('avg_pool', { op: 'avg_pool', attributes: { ...pool, padding: [1, 1] } }, [1, 2, 4, 4], [1, 2, 3, 3]),
  one('avg_pool, overlapping', { op: 'avg_pool', attributes: { ...pool, kernel: [3, 3] } }, [1, 2, 5, 5], [1, 2, 2, 2]),
  one('adaptive_avg_pool', { op: 'adaptive_avg_pool', attributes: { size: [2, 1] } }, [1, 2, 4, 2], [1, 2, 2, 1]),
  one('global_avg_pool', { op: 'global_avg_pool', attributes: { keepDims: false } }, [1, 3, 2, 2], [1, 3]),
  ...(['mean', 'sum', 'max', 'min'] as const).map((fn) =>
    one(`reduce, ${fn}`, { op: 'reduce', attributes: { fn, axes: [2], keepDims: false } }, [1, 3, 4], [1, 3]),
  ),

  ...(['add', 'sub', 'mul', 'maximum'] as const).map((op) => two({ op, attributes: {} }, [1, 3, 4], [1, 3, 4])),
  two({ op: 'div', attributes: {} }, [1, 3, 4], [1, 3, 4], { positive: true }),
  two({ op: 'matmul', attributes: { transposeB: true } }, [1, 3, 4], [1, 3, 3]),
  two({ op: 'cat', attributes: { axis: 1 } }, [1, 3, 4], [1, 6, 4]),
  two({ op: 'stack', attributes: { axis: 1 } }, [1, 3, 4], [1, 2, 3, 4]),
];

/**
 * Both functions of a case at its input and weights, each moved by `shifts` where given. Every argument is a
 * list of numbers by name; the input goes by `input`.
 */
export interface CaseFunctions {
  readonly at: ReadonlyMap<string, readonly number[]>;
  /** The function of `order`, with the arguments replaced by `at`. */
  value(order: Order, at: ReadonlyMap<string, readonly number[]>): number;
  gradients(order: Order): ReadonlyMap<string, readonly number[]>;
  dispose(): void;
}

export function functionsOf({ name, input, steps, positive, reach = 1 }: OperatorCase): CaseFunctions {
  const made = createNetwork(handGraph({ name: 'Net', input, steps }), 1);
  assert.ok(made.ok, made.ok ? '' : `${name}: ${made.problem.message}`);
  const network = made.value;
  const shape = [batch, ...input.slice(1)];
  const start = (size: number, seed: number): readonly number[] =>
    caseNumbers(size, seed).map((value) => Math.fround(positive === true ? Math.abs(value) + 0.2 : value * reach));
  const at = new Map<string, readonly number[]>([['input', start(sizeOf(shape), 1)]]);
  network.trainable.forEach(({ slot }, i) =>
    at.set(slot.name, caseNumbers(sizeOf(slot.shape), 2 + i).map(Math.fround)),
  );
  const inputVariable = tf.variable(tf.zeros(shape));

  const set = (values: ReadonlyMap<string, readonly number[]>): void => {
    assign(inputVariable, values.get('input'));
    for (const { slot, variable } of network.trainable) assign(variable, values.get(slot.name));
  };
  const evaluate = (order: Order): tf.Scalar =>
    order === 'first' ? weightedSum(network, inputVariable, order) : squaredGradient(network, inputVariable);

  return {
    at,
    value(order, values) {
      set(values);
      return tf.tidy(() => evaluate(order).dataSync()[0] ?? NaN);
    },
    gradients(order) {
      set(at);
      const arguments_ = [inputVariable, ...network.trainable.map(({ variable }) => variable)];
      const names = ['input', ...network.trainable.map(({ slot }) => slot.name)];
      const { value, grads } = tf.variableGrads(() => evaluate(order), arguments_);
      // An argument that the function does not depend on has no gradient in TF.js; it is 0.
      const gradients = arguments_.map((variable, i) => {
        const gradient = grads[variable.name] as tf.Tensor | null | undefined;
        const values = gradient ? Array.from(gradient.dataSync()) : new Array<number>(variable.size).fill(0);
        return [names[i] ?? '', values] as const;
      });
      tf.dispose([value, grads]);
      return new Map(gradients);
    },
    dispose() {
      network.dispose();
      inputVariable.dispose();
    },
  };
}

/** Deterministic numbers of both signs, at least 0.05 from zero. */
export function caseNumbers(size: number, seed: number): readonly number[] {
  return Array.from({ length: size }, (_, i) => {
    const turn = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    const unit = 2 * (turn - Math.floor(turn)) - 1;
    return unit + Math.sign(unit) * 0.05;
  });
}

function weightedSum(network: Network, x: tf.Tensor, order: Order): tf.Scalar {
  const options: ForwardOptions = {
    training: true,
    updateStatistics: false,
    twice: order === 'second',
    random: rng(1, 2, 'dropout'),
  };
  const output = network.forward(x, options);
  // Bent, so that a second derivative passes through operators that are linear themselves.
  const bent = tf.add(output, tf.mul(tf.square(output), 0.5));
  return tf.sum(tf.mul(bent, tf.tensor(caseNumbers(output.size, 90).map(Math.fround), output.shape)));
}

function squaredGradient(network: Network, x: tf.Tensor): tf.Scalar {
  const gradient = tf.grad((image: tf.Tensor) => weightedSum(network, image, 'second'))(x);
  return tf.sum(tf.square(gradient));
}

function one(
  name: string,
  call: OpCall,
  input: readonly number[],
  output: readonly number[],
  more: Partial<OperatorCase> = {},
): OperatorCase {
  return { name, op: call.op, input, steps: [{ ...call, shape: output, name: 'layer' }], ...more };
}

/** The operator of the input and of a changed copy of it. */
function two(
  call: OpCall,
  input: readonly number[],
  output: readonly number[],
  more: Partial<OperatorCase> = {},
): OperatorCase {
  const copy: HandStep = { op: 'activation', attributes: { fn: 'softplus' }, shape: input };
  return { name: call.op, op: call.op, input, steps: [copy, { ...call, shape: output, from: [0, 1] }], ...more };
}

type Conv = Extract<OpCall, { op: 'conv2d' }>['attributes'];

function conv2d(attributes: Conv): OpCall {
  return { op: 'conv2d', attributes };
}

function deconv(attributes: Conv, outputPadding: readonly number[] = [0, 0]): OpCall {
  return { op: 'conv2d_transpose', attributes: { ...attributes, outputPadding } };
}

/** Enough channels for the backend's products over the whole batch. */
function small(kernel: readonly number[]): Conv {
  return { ...conv, inChannels: 32, outChannels: 40, kernel, bias: false };
}

function assign(variable: tf.Variable, values: readonly number[] | undefined): void {
  const tensor = tf.tensor([...(values ?? [])], variable.shape);
  variable.assign(tensor);
  tensor.dispose();
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
