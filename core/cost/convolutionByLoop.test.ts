/**
 * Convolutions and transposed convolutions over a grid of settings, against loops that do what the
 * operators do: place a kernel, or scatter through one, on small real arrays. Shapes come from what the
 * loops touch, multiply-accumulates from counting them, parameters from the arrays that were allocated.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ConvAttributes, ConvTransposeAttributes, OpCall } from '../graph/ops.ts';
import type { Shape } from '../graph/shape.ts';
import { inferShape } from '../shape/inferShape.ts';
import { countMacs, countMacsOutputBased } from './countMacs.ts';
import { countWeights, weightSpecs } from './weightSpecs.ts';

interface Setting {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number | 'same' | 'valid';
  readonly dilation: number;
  readonly outputPadding: number;
  readonly groups: number;
  readonly bias: boolean;
  readonly height: number;
  readonly width: number;
}

const inChannels = 4;
const outChannels = 6;

describe('convolutions against a loop', () => {
  it('agree in shape, parameters and multiply-accumulates, or neither fits', () => {
    let nFitting = 0;
    for (const setting of settings([0])) {
      const expected = convByLoop(setting);
      const call: OpCall = { op: 'conv2d', attributes: convAttributes(setting) };
      nFitting += check(call, setting, expected);
    }
    assert.ok(nFitting > 1000, `only ${nFitting} settings fit`);
  });
});

describe('transposed convolutions against a loop', () => {
  it('agree in shape, parameters and multiply-accumulates, or neither fits', () => {
    let nFitting = 0;
    for (const setting of settings([0, 1])) {
      if (setting.outputPadding >= Math.max(setting.stride, setting.dilation)) continue;
      if (typeof setting.padding === 'string' && (setting.outputPadding > 0 || setting.groups > 1)) continue;
      const expected = convTransposeByLoop(setting);
      const call: OpCall = {
        op: 'conv2d_transpose',
        attributes: { ...convAttributes(setting), outputPadding: [setting.outputPadding, setting.outputPadding] },
      };
      nFitting += check(call, setting, expected);
    }
    assert.ok(nFitting > 1000, `only ${nFitting} settings fit`);
  });

  it('with stride 2 cost a quarter of what an output-based count says', () => {
    const attributes: ConvTransposeAttributes = {
      ...convAttributes({ ...plain, kernel: 4, stride: 2, padding: 1, height: 5, width: 7 }),
      outputPadding: [0, 0],
    };
    const call: OpCall = { op: 'conv2d_transpose', attributes };
    const input: Shape = [1, inChannels, 5, 7];
    const output: Shape = [1, outChannels, 10, 14];
    const ours = countMacs(call, [input], output, 'channelsFirst');
    assert.equal(countMacsOutputBased(call, [input], output, 'channelsFirst'), 4 * (ours ?? NaN));
  });
});

describe('one and three dimensions', () => {
  it('are counted by the same rules as two', () => {
    const base = convAttributes({ ...plain, kernel: 3, stride: 2, padding: 1 });
    const conv1d: OpCall = {
      op: 'conv1d',
      attributes: { ...base, kernel: [3], stride: [2], padding: [1], dilation: [1] },
    };
    assert.deepEqual(inferShape(conv1d, [[1, 4, 9]], 'channelsFirst'), { kind: 'shape', shape: [1, 6, 5] });
    assert.equal(countMacs(conv1d, [[1, 4, 9]], [1, 6, 5], 'channelsFirst'), 4 * 6 * 3 * 5);

    const spatial = { kernel: [3, 3, 3], stride: [2, 2, 2], padding: [1, 1, 1], dilation: [1, 1, 1] };
    const conv3d: OpCall = { op: 'conv3d_transpose', attributes: { ...base, ...spatial, outputPadding: [1, 0, 1] } };
    assert.deepEqual(inferShape(conv3d, [[1, 4, 2, 3, 4]], 'channelsFirst'), {
      kind: 'shape',
      shape: [1, 6, 4, 5, 8],
    });
    assert.equal(countMacs(conv3d, [[1, 4, 2, 3, 4]], [1, 6, 4, 5, 8], 'channelsFirst'), 4 * 6 * 27 * 24);
  });
});

interface Counted {
  readonly height: number;
  readonly width: number;
  readonly macs: number;
  readonly params: number;
}

/** 1 where the setting fits, 0 where both sides say that it does not. */
function check(call: OpCall, setting: Setting, expected: Counted | null): number {
  const { bias, height, width } = setting;
  const torch: Shape = [1, inChannels, height, width];
  const keras: Shape = [1, height, width, inChannels];
  const told = JSON.stringify(setting);
  const inTorch = inferShape(call, [torch], 'channelsFirst');
  const inKeras = inferShape(call, [keras], 'channelsLast');
  if (expected === null) {
    assert.equal(inTorch.kind, 'mismatch', told);
    assert.equal(inKeras.kind, 'mismatch', told);
    return 0;
  }
  const torchOutput: Shape = [1, outChannels, expected.height, expected.width];
  const kerasOutput: Shape = [1, expected.height, expected.width, outChannels];
  assert.deepEqual(inTorch, { kind: 'shape', shape: torchOutput }, told);
  assert.deepEqual(inKeras, { kind: 'shape', shape: kerasOutput }, told);
  assert.equal(countMacs(call, [torch], torchOutput, 'channelsFirst'), expected.macs, told);
  assert.equal(countMacs(call, [keras], kerasOutput, 'channelsLast'), expected.macs, told);
  for (const framework of ['pytorch', 'keras'] as const) {
    const specs = weightSpecs(call, framework);
    if (specs === null) continue; // Keras has no grouped transposed convolution.
    assert.equal(specs.length, bias ? 2 : 1, told);
    assert.deepEqual(countWeights(specs), { params: expected.params, nonTrainable: 0 }, told);
  }
  return 1;
}

/** Slides the kernel over a zero-padded map for as long as it fits, one product at a time. */
function convByLoop(setting: Setting): Counted | null {
  const { kernel, groups } = setting;
  const weights = allocate(outChannels, inChannels / groups, kernel, kernel);
  const rows = windowStarts(setting.height, setting);
  const columns = windowStarts(setting.width, setting);
  if (rows.length === 0 || columns.length === 0) return null;
  let macs = 0;
  for (const _top of rows) {
    for (const _left of columns) {
      for (const filter of weights) for (const plane of filter) for (const taps of plane) macs += taps.length;
    }
  }
  return { height: rows.length, width: columns.length, macs, params: countEntries(weights, setting) };
}

/** Where windows start in one dimension, found by trying every position of the padded line. */
function windowStarts(length: number, setting: Setting): readonly number[] {
  const { kernel, stride, dilation, padding } = setting;
  if (padding === 'same') {
    // TensorFlow: one window for each stride that begins inside the input, padded as far as they reach.
    const starts: number[] = [];
    for (let start = 0; start < length; start += stride) starts.push(start);
    return starts;
  }
  const margin = padding === 'valid' ? 0 : padding;
  const line = new Array<number>(length + 2 * margin).fill(0);
  const starts: number[] = [];
  for (let start = 0; start < line.length; start += stride) {
    let fits = true;
    for (let tap = 0; tap < kernel; tap++) fits &&= line[start + tap * dilation] !== undefined;
    if (fits) starts.push(start);
  }
  return starts;
}

/** Scatters every input value through every tap, then crops. */
function convTransposeByLoop(setting: Setting): Counted | null {
  const { kernel, groups } = setting;
  const weights = allocate(inChannels, outChannels / groups, kernel, kernel);
  const height = scatteredLength(setting.height, setting);
  const width = scatteredLength(setting.width, setting);
  if (height < 1 || width < 1) return null;
  let macs = 0;
  for (let y = 0; y < setting.height; y++) {
    for (let x = 0; x < setting.width; x++) {
      for (const filters of weights) for (const plane of filters) for (const taps of plane) macs += taps.length;
    }
  }
  return { height, width, macs, params: countEntries(weights, setting) };
}

function scatteredLength(length: number, setting: Setting): number {
  const { kernel, stride, dilation, padding, outputPadding } = setting;
  const touched = new Set<number>();
  for (let i = 0; i < length; i++) {
    for (let tap = 0; tap < kernel; tap++) touched.add(i * stride + tap * dilation);
  }
  const reach = Math.max(...touched) + 1;
  if (typeof padding === 'number') return reach + outputPadding - 2 * padding;
  // TensorFlow's transposed convolution is the gradient of a convolution: the length is the one that Keras
  // hands to it, and a forward convolution over that length must give back the input's.
  const cell = length * stride;
  const result = padding === 'same' ? cell : Math.max(cell, reach);
  assert.equal(windowStarts(result, setting).length, length, JSON.stringify(setting));
  return result;
}

const plain: Setting = {
  kernel: 3,
  stride: 1,
  padding: 0,
  dilation: 1,
  outputPadding: 0,
  groups: 1,
  bias: true,
  height: 5,
  width: 7,
};

const sizes: readonly (readonly [number, number])[] = [
  [1, 4],
  [4, 5],
  [5, 8],
];

function* settings(outputPaddings: readonly number[]): Generator<Setting> {
  for (const kernel of [1, 2, 3, 4, 5])
    for (const stride of [1, 2, 3])
      for (const padding of [0, 1, 2, 'same', 'valid'] as const)
        for (const dilation of [1, 2])
          for (const outputPadding of outputPaddings)
            for (const groups of [1, 2])
              for (const bias of [true, false])
                for (const [height, width] of sizes)
                  yield { kernel, stride, padding, dilation, outputPadding, groups, bias, height, width };
}

function convAttributes(setting: Setting): ConvAttributes {
  const { kernel, stride, padding, dilation, groups, bias } = setting;
  return {
    inChannels,
    outChannels,
    kernel: [kernel, kernel],
    stride: [stride, stride],
    padding: typeof padding === 'string' ? padding : [padding, padding],
    dilation: [dilation, dilation],
    groups,
    bias,
  };
}

type Weights = readonly (readonly (readonly Float32Array[])[])[];

function allocate(a: number, b: number, rows: number, columns: number): Weights {
  return Array.from({ length: a }, () =>
    Array.from({ length: b }, () => Array.from({ length: rows }, () => new Float32Array(columns))),
  );
}

function countEntries(weights: Weights, setting: Setting): number {
  const biases = new Float32Array(setting.bias ? outChannels : 0);
  return weights.flat(2).reduce((total, taps) => total + taps.length, 0) + biases.length;
}
