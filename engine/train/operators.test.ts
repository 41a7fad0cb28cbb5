import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { OpCall } from '../../core/graph/ops.ts';
import { rng } from '../random/rng.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { handGraph, type HandStep } from './handGraph.ts';
import { createNetwork, type Network } from './network.ts';

/**
 * Each case in PyTorch's layout, fed behind a 1×1 convolution that copies its input, so that the operator
 * meets channels that were moved last. `expect` computes one output value from its NCHW indices.
 */
interface Case {
  readonly name: string;
  readonly call: OpCall;
  /** Channels, height, width in and out. */
  readonly from: readonly [number, number, number];
  readonly to: readonly number[];
  readonly layer?: string;
  readonly expect: (x: (c: number, h: number, w: number) => number, index: readonly number[]) => number;
}

const pool = { kernel: [2, 2], stride: [2, 2], padding: [0, 0] };
const cases: readonly Case[] = [
  {
    name: 'max pooling',
    call: { op: 'max_pool', attributes: pool },
    from: [3, 4, 6],
    to: [3, 2, 3],
    expect: (x, [c = 0, h = 0, w = 0]) => Math.max(...square((y, z) => x(c, 2 * h + y, 2 * w + z))),
  },
  {
    name: 'average pooling that counts its padding',
    call: { op: 'avg_pool', attributes: { ...pool, padding: [1, 1], countIncludePad: true } },
    from: [2, 4, 4],
    to: [2, 3, 3],
    expect: (x, [c = 0, h = 0, w = 0]) => sum(square((y, z) => x(c, 2 * h + y - 1, 2 * w + z - 1))) / 4,
  },
  {
    name: 'adaptive average pooling',
    call: { op: 'adaptive_avg_pool', attributes: { size: [2, 1] } },
    from: [2, 4, 2],
    to: [2, 2, 1],
    expect: (x, [c = 0, h = 0]) => sum(square((y, z) => x(c, 2 * h + y, z))) / 4,
  },
  {
    name: 'global average pooling',
    call: { op: 'global_avg_pool', attributes: { keepDims: false } },
    from: [3, 2, 2],
    to: [3],
    expect: (x, [c = 0]) => sum(square((y, z) => x(c, y, z))) / 4,
  },
  {
    name: 'nearest upsampling',
    call: { op: 'upsample', attributes: { scale: [2, 3], size: null, mode: 'nearest' } },
    from: [3, 2, 2],
    to: [3, 4, 6],
    expect: (x, [c = 0, h = 0, w = 0]) => x(c, Math.floor(h / 2), Math.floor(w / 3)),
  },
  {
    name: 'bilinear upsampling with half-pixel centres',
    call: { op: 'upsample', attributes: { scale: [2, 2], size: null, mode: 'bilinear' } },
    from: [1, 1, 2],
    to: [1, 2, 4],
    expect: (x, [, , w = 0]) =>
      [x(0, 0, 0), 0.75 * x(0, 0, 0) + 0.25 * x(0, 0, 1), 0.25 * x(0, 0, 0) + 0.75 * x(0, 0, 1), x(0, 0, 1)][w] ?? NaN,
  },
  {
    name: 'pixel shuffle',
    call: { op: 'pixel_shuffle', attributes: { factor: 2, inverse: false } },
    from: [8, 2, 3],
    to: [2, 4, 6],
    expect: (x, [c = 0, h = 0, w = 0]) => x(c * 4 + (h % 2) * 2 + (w % 2), Math.floor(h / 2), Math.floor(w / 2)),
  },
  {
    name: 'pixel unshuffle',
    call: { op: 'pixel_shuffle', attributes: { factor: 2, inverse: true } },
    from: [2, 4, 6],
    to: [8, 2, 3],
    expect: (x, [c = 0, h = 0, w = 0]) => x(Math.floor(c / 4), 2 * h + Math.floor((c % 4) / 2), 2 * w + (c % 2)),
  },
  {
    name: 'reflection padding',
    call: {
      op: 'pad',
      attributes: {
        pads: [
          [0, 0],
          [0, 0],
          [1, 2],
          [2, 0],
        ],
        mode: 'reflect',
      },
    },
    from: [2, 4, 4],
    to: [2, 7, 6],
    expect: (x, [c = 0, h = 0, w = 0]) => x(c, mirror(h - 1, 4), mirror(w - 2, 4)),
  },
  {
    name: 'replication padding',
    call: {
      op: 'pad',
      attributes: {
        pads: [
          [0, 0],
          [0, 0],
          [1, 1],
          [0, 2],
        ],
        mode: 'replicate',
      },
    },
    from: [2, 3, 3],
    to: [2, 5, 5],
    expect: (x, [c = 0, h = 0, w = 0]) => x(c, clamp(h - 1, 3), clamp(w, 3)),
  },
  {
    name: 'a permutation',
    call: { op: 'permute', attributes: { axes: [0, 2, 3, 1] } },
    from: [2, 3, 4],
    to: [3, 4, 2],
    expect: (x, [h = 0, w = 0, c = 0]) => x(c, h, w),
  },
  {
    name: 'a slice of channels',
    call: { op: 'slice', attributes: { begin: [0, 1, 0, 0], size: [1, 2, 3, 3] } },
    from: [4, 3, 3],
    to: [2, 3, 3],
    expect: (x, [c = 0, h = 0, w = 0]) => x(c + 1, h, w),
  },
  {
    name: 'a mean over channels',
    call: { op: 'reduce', attributes: { fn: 'mean', axes: [1], keepDims: true } },
    from: [2, 3, 3],
    to: [1, 3, 3],
    expect: (x, [, h = 0, w = 0]) => (x(0, h, w) + x(1, h, w)) / 2,
  },
  {
    name: 'a softmax over channels',
    call: { op: 'activation', attributes: { fn: 'softmax', axis: 1 } },
    from: [2, 2, 2],
    to: [2, 2, 2],
    expect: (x, [c = 0, h = 0, w = 0]) => Math.exp(x(c, h, w)) / (Math.exp(x(0, h, w)) + Math.exp(x(1, h, w))),
  },
  {
    name: 'prelu',
    call: { op: 'activation', attributes: { fn: 'prelu', features: 2 } },
    layer: 'act',
    from: [2, 2, 2],
    to: [2, 2, 2],
    expect: (x, [c = 0, h = 0, w = 0]) => Math.max(x(c, h, w), 0.25 * x(c, h, w)),
  },
  {
    name: 'instance normalization',
    call: { op: 'instance_norm', attributes: { features: 2, eps: 1e-5, affine: false } },
    layer: 'norm',
    from: [2, 2, 2],
    to: [2, 2, 2],
    expect: (x, [c = 0, h = 0, w = 0]) =>
      normalized(
        square((y, z) => x(c, y, z)),
        x(c, h, w),
      ),
  },
  {
    name: 'group normalization',
    call: { op: 'group_norm', attributes: { features: 4, groups: 2, eps: 1e-5, affine: false } },
    layer: 'norm',
    from: [4, 2, 2],
    to: [4, 2, 2],
    expect: (x, [c = 0, h = 0, w = 0]) => {
      const first = Math.floor(c / 2) * 2;
      return normalized([...square((y, z) => x(first, y, z)), ...square((y, z) => x(first + 1, y, z))], x(c, h, w));
    },
  },
  {
    name: 'layer normalization',
    call: { op: 'layer_norm', attributes: { features: 2, eps: 1e-5, affine: false, axes: [-1] } },
    layer: 'norm',
    from: [2, 2, 2],
    to: [2, 2, 2],
    expect: (x, [c = 0, h = 0, w = 0]) => normalized([x(c, h, 0), x(c, h, 1)], x(c, h, w)),
  },
];

const scalars: readonly [Extract<OpCall, { op: 'activation' }>['attributes'], (x: number) => number][] = [
  [{ fn: 'relu' }, (x) => Math.max(x, 0)],
  [{ fn: 'leaky_relu', alpha: 0.2 }, (x) => (x > 0 ? x : 0.2 * x)],
  [{ fn: 'elu', alpha: 1 }, (x) => (x > 0 ? x : Math.exp(x) - 1)],
  [{ fn: 'silu' }, (x) => x / (1 + Math.exp(-x))],
  [{ fn: 'mish' }, (x) => x * Math.tanh(Math.log1p(Math.exp(x)))],
  [{ fn: 'relu6' }, (x) => Math.min(Math.max(x, 0), 6)],
  [{ fn: 'tanh' }, Math.tanh],
  [{ fn: 'hard_sigmoid' }, (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1)],
  [{ fn: 'hard_swish' }, (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1)],
  [{ fn: 'hard_tanh' }, (x) => Math.min(Math.max(x, -1), 1)],
  [{ fn: 'softplus' }, (x) => Math.log1p(Math.exp(x))],
  [{ fn: 'softsign' }, (x) => x / (1 + Math.abs(x))],
  [{ fn: 'log_sigmoid' }, (x) => -Math.log1p(Math.exp(-x))],
  [{ fn: 'linear' }, (x) => x],
];

describe('the operators of a network', () => {
  before(async () => {
    assert.ok((await selectBackend({ backend: 'cpu', threads: null })).ok);
  });

  for (const { name, call, from, to, layer, expect } of cases) {
    it(`compute ${name}`, () => {
      const input = [1, ...from];
      const step: HandStep = { ...call, shape: [1, ...to], ...(layer === undefined ? {} : { name: layer }) };
      const network = make(input, [copyOf(from[0], input), step]);
      const values = rng(4, 0, name).fillNormal(new Float32Array(2 * size(from)));
      const output = network.forward(tf.tensor(values, [2, ...from]), { training: false });
      assert.deepEqual(output.shape, [2, ...to]);
      output.dataSync().forEach((value, i) => {
        const image = Math.floor(i / size(to));
        const x = (c: number, h: number, w: number): number =>
          0 <= h && h < from[1] && 0 <= w && w < from[2]
            ? (values[image * size(from) + (c * from[1] + h) * from[2] + w] ?? NaN)
            : 0;
        const expected = expect(x, indices(i % size(to), to));
        assert.ok(Math.abs(value - expected) < 1e-4, `${name} at ${i}: ${value} is not ${expected}`);
      });
    });
  }

  it('compute every activation', () => {
    const numbers = [-8, -2.5, -0.3, 0, 0.7, 2.9, 9];
    for (const [attributes, expected] of scalars) {
      const network = make([1, 7], [{ op: 'activation', attributes, shape: [1, 7] }]);
      network
        .forward(tf.tensor(numbers, [1, 7]), { training: false })
        .dataSync()
        .forEach((value, i) => {
          const right = expected(numbers[i] ?? NaN);
          assert.ok(Math.abs(value - right) < 1e-5, `${attributes.fn}(${numbers[i]}) is ${value}, not ${right}`);
        });
    }
  });

  it('add and join branches wherever their channels lie', () => {
    const input = [1, 2, 2, 2];
    const network = make(input, [
      copyOf(2, input),
      { op: 'add', attributes: {}, from: [0, 1], shape: input },
      { op: 'cat', attributes: { axis: 1 }, from: [2, 0], shape: [1, 4, 2, 2] },
    ]);
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
    const output = [...network.forward(tf.tensor(numbers, input), { training: false }).dataSync()];
    assert.deepEqual(output, [...numbers.map((x) => 2 * x), ...numbers]);
  });

  it('drop out in training only, the same for the same numbers', () => {
    const network = make([1, 400], [{ op: 'dropout', attributes: { rate: 0.25 }, shape: [1, 400] }]);
    const ones = tf.ones([1, 400]);
    const drawn = () => [...network.forward(ones, { training: true, random: rng(1, 2, 'dropout') }).dataSync()];
    const values = drawn();
    assert.deepEqual(drawn(), values);
    const dropped = values.filter((x) => x === 0).length;
    assert.ok(60 < dropped && dropped < 140, String(dropped));
    assert.ok(values.every((x) => x === 0 || Math.abs(x - 4 / 3) < 1e-6));
    assert.deepEqual([...network.forward(ones, { training: false }).dataSync()], new Array(400).fill(1));
  });
});

/** A 1×1 convolution that copies its input: `make` gives it the identity as kernel. */
function copyOf(channels: number, shape: readonly number[]): HandStep {
  const attributes = {
    inChannels: channels,
    outChannels: channels,
    kernel: [1, 1],
    stride: [1, 1],
    padding: [0, 0],
    dilation: [1, 1],
    groups: 1,
    bias: false,
  };
  return { op: 'conv2d', attributes, name: 'copy', shape };
}

function make(input: readonly number[], steps: readonly HandStep[]): Network {
  const network = createNetwork(handGraph({ name: 'Net', input, steps }), 1);
  assert.ok(network.ok, network.ok ? '' : network.problem.message);
  const weights = network.value.readWeights().map((weight) => {
    if (weight.name !== 'copy.weight') return weight;
    const channels = weight.shape[2] ?? 1;
    return { ...weight, data: weight.data.map((_, i) => (Math.floor(i / channels) === i % channels ? 1 : 0)) };
  });
  assert.ok(network.value.writeWeights(weights).ok);
  return network.value;
}

function indices(flat: number, shape: readonly number[]): readonly number[] {
  return shape.map((dim, axis) => Math.floor(flat / size(shape.slice(axis + 1))) % dim);
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** The four values of a 2×2 window. */
function square(value: (y: number, x: number) => number): number[] {
  return [value(0, 0), value(0, 1), value(1, 0), value(1, 1)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function normalized(values: readonly number[], x: number): number {
  const mean = sum(values) / values.length;
  return (x - mean) / Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length + 1e-5);
}

function mirror(i: number, length: number): number {
  return i < 0 ? -i : i >= length ? 2 * length - 2 - i : i;
}

function clamp(i: number, length: number): number {
  return Math.min(Math.max(i, 0), length - 1);
}
