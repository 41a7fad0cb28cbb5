/**
 * Shapes of every operator family, its mismatches in the words that the user reads, and what must hold for
 * any input: no throw, no impossible dimension, and filling in a `'?'` never changes what was already said.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { ConvAttributes, OpCall } from '../graph/ops.ts';
import type { Dim, Layout, Shape } from '../graph/shape.ts';
import { inferShape } from './inferShape.ts';

type Expected = Shape | null | string;
/** Operator, input shapes, and the output's shape or a part of the mismatch's or reason's words. */
type Row = readonly [call: OpCall, inputs: readonly (Shape | null)[], expected: Expected, layout?: Layout];

const conv: ConvAttributes = {
  inChannels: 128,
  outChannels: 64,
  kernel: [4, 4],
  stride: [2, 2],
  padding: [1, 1],
  dilation: [1, 1],
  groups: 1,
  bias: true,
};
const pool = { kernel: [2, 2], stride: [2, 2], padding: [0, 0] };
const norm = { features: 8, eps: 1e-5, affine: true };
const last: Layout = 'channelsLast';

const tables: Readonly<Record<string, readonly Row[]>> = {
  convolution: [
    [{ op: 'conv2d', attributes: conv }, [[1, 128, 8, 8]], [1, 64, 4, 4]],
    [{ op: 'conv2d', attributes: conv }, [[128, 8, 8]], [64, 4, 4]],
    [{ op: 'conv2d', attributes: conv }, [[1, 128, '?', 8]], [1, 64, '?', 4]],
    [{ op: 'conv2d', attributes: conv }, [[1, '?', 8, 8]], [1, 64, 4, 4]],
    [{ op: 'conv2d', attributes: conv }, [null], null],
    [{ op: 'conv2d', attributes: conv }, [null], ['?', '?', '?', 64], last],
    [{ op: 'conv2d', attributes: conv }, [[1, 256, 8, 8]], 'expects 128 input channels, gets 256 (input 256×8×8)'],
    [{ op: 'conv2d', attributes: conv }, [[1, 128]], 'expects an input with 2 spatial dimensions, gets 128'],
    [{ op: 'conv2d', attributes: conv }, [[1, 128, 1, 1]], 'a 4×4 kernel does not fit the input 128×1×1'],
    [{ op: 'conv2d', attributes: { ...conv, groups: 3 } }, [[1, 128, 8, 8]], 'do not divide into 3 groups'],
    [{ op: 'separable_conv2d', attributes: { ...conv, padding: 'same', depthMultiplier: 2 } }, [[1, 9, 9, 128]], [1, 5, 5, 64], last],
  ],
  'transposed convolution': [
    [{ op: 'conv2d_transpose', attributes: { ...conv, outputPadding: [0, 0] } }, [[1, 128, 8, 8]], [1, 64, 16, 16]],
    [{ op: 'conv2d_transpose', attributes: { ...conv, outputPadding: [1, 0] } }, [[1, 128, 8, 8]], [1, 64, 17, 16]],
    [{ op: 'conv2d_transpose', attributes: { ...conv, outputPadding: [2, 0] } }, [[1, 128, 8, 8]], 'output padding 2 must be smaller than the stride 2'],
    [{ op: 'conv2d_transpose', attributes: { ...conv, padding: 'same', outputPadding: [0, 0] } }, [[1, 7, 7, 128]], [1, 14, 14, 64], last],
    [{ op: 'conv2d_transpose', attributes: { ...conv, padding: 'valid', outputPadding: [0, 0] } }, [[1, 7, 7, 128]], [1, 16, 16, 64], last],
    // Keras: (7 − 1)·2 + 4 − 2·⌊4/2⌋ + 1
    [{ op: 'conv2d_transpose', attributes: { ...conv, padding: 'same', outputPadding: [1, 1] } }, [[1, 7, 7, 128]], [1, 13, 13, 64], last],
    [{ op: 'conv2d_transpose', attributes: { ...conv, outputPadding: [0, 0] } }, [[1, 64, 8, 8]], 'expects 128 input channels, gets 64'],
  ],
  'dense and products': [
    [{ op: 'dense', attributes: { inFeatures: 100, outFeatures: 4096, bias: true } }, [[1, 100]], [1, 4096]],
    [{ op: 'dense', attributes: { inFeatures: 100, outFeatures: 4096, bias: true } }, [[1, 7, '?']], [1, 7, 4096]],
    [{ op: 'dense', attributes: { inFeatures: 100, outFeatures: 4096, bias: true } }, [[1, 128]], 'expects 100 input features, gets 128'],
    [{ op: 'matmul', attributes: {} }, [[1, 8, 16, 4], [4, 5]], [1, 8, 16, 5]],
    [{ op: 'matmul', attributes: { transposeB: true } }, [[1, 16, 4], [1, 9, 4]], [1, 16, 9]],
    [{ op: 'matmul', attributes: {} }, [[1, 16, 4], [4]], [1, 16]],
    [{ op: 'matmul', attributes: {} }, [[1, 16, 4], [5, 4]], 'cannot multiply 1×16×4 by 5×4: 4 is not 5'],
    [{ op: 'embedding', attributes: { count: 10, features: 50 } }, [[1]], [1, 50]],
    [{ op: 'recurrent', attributes: { cell: 'lstm', inFeatures: 8, units: 16, layers: 1, bidirectional: true } }, [[1, 5, 8]], [1, 5, 32]],
    [{ op: 'recurrent', attributes: { cell: 'gru', inFeatures: 8, units: 16, layers: 1, bidirectional: false, returnSequences: false } }, [[1, 5, 8]], [1, 16]],
    [{ op: 'attention', attributes: { features: 64, heads: 4 } }, [[1, 9, 64]], [1, 9, 64]],
    [{ op: 'reduce', attributes: { fn: 'mean', axes: [2, 3], keepDims: false } }, [[1, 8, 4, 4]], [1, 8]],
    [{ op: 'reduce', attributes: { fn: 'mean', axes: null, keepDims: false } }, [null], []],
    [{ op: 'reduce', attributes: { fn: 'sum', axes: [-1], keepDims: true } }, [[1, 8, 4]], [1, 8, 1]],
  ],
  'normalization and activation': [
    [{ op: 'batch_norm', attributes: { features: 8, eps: 1e-5, momentum: 0.1, scale: true, center: true, trackStats: true } }, [[1, 8, 4, 4]], [1, 8, 4, 4]],
    [{ op: 'batch_norm', attributes: { features: 8, eps: 1e-5, momentum: 0.1, scale: true, center: true, trackStats: true } }, [[1, 4, 4, 16]], 'expects 8 channels, gets 16 (input 4×4×16)', last],
    [{ op: 'group_norm', attributes: { ...norm, groups: 3 } }, [[1, 8, 4, 4]], 'do not divide into 3 groups'],
    [{ op: 'instance_norm', attributes: norm }, [null], null],
    [{ op: 'layer_norm', attributes: { ...norm, features: 32, axes: [-2, -1] } }, [[1, 3, 8, 4]], [1, 3, 8, 4]],
    [{ op: 'layer_norm', attributes: { ...norm, axes: [2] } }, [[1, 3, 9]], 'normalizes 8 features, gets 9'],
    [{ op: 'activation', attributes: { fn: 'tanh' } }, [[1, 3, '?']], [1, 3, '?']],
    [{ op: 'activation', attributes: { fn: 'prelu', features: 8 } }, [[1, 3, 4, 4]], 'expects 8 channels, gets 3'],
  ],
  rearranging: [
    [{ op: 'reshape', attributes: { shape: [-1, 256, 4, 4] } }, [[1, 4096]], [1, 256, 4, 4]],
    [{ op: 'reshape', attributes: { shape: [-1, 256, 4, 4] } }, [[1, '?']], ['?', 256, 4, 4]],
    [{ op: 'reshape', attributes: { shape: [1, 256, 4, 4] } }, [[1, 8192]], 'cannot reshape 8192 (8192 values) into 256×4×4 (4096 values)'],
    [{ op: 'reshape', attributes: { shape: [-1, 3] } }, [[1, 8]], 'cannot reshape 8 (8 values) into 3 (3 values)'],
    [{ op: 'flatten', attributes: { startAxis: 1, endAxis: -1 } }, [[1, 256, 4, 4]], [1, 4096]],
    [{ op: 'flatten', attributes: { startAxis: 1, endAxis: -1 } }, [[1, '?', 4, 4]], [1, '?']],
    [{ op: 'permute', attributes: { axes: [0, 2, 3, 1] } }, [[1, 3, 4, 5]], [1, 4, 5, 3]],
    [{ op: 'permute', attributes: { axes: [0, 1, 1] } }, [[1, 3, 4]], 'cannot order the axes of 3×4 as 0, 1, 1'],
    [{ op: 'squeeze', attributes: { axes: [] } }, [[1, 3, 1]], [3]],
    [{ op: 'squeeze', attributes: { axes: [1] } }, [[1, 3, 1]], [1, 3, 1]],
    [{ op: 'squeeze', attributes: { axes: [1] } }, [[1, '?']], 'size 1 is not known'],
    [{ op: 'unsqueeze', attributes: { axis: -1 } }, [[1, 3]], [1, 3, 1]],
    [{ op: 'expand', attributes: { shape: [-1, 8, 4] } }, [[1, 1, 4]], [1, 8, 4]],
    [{ op: 'expand', attributes: { shape: [1, 8, 4] } }, [[1, 2, 4]], 'cannot expand 2×4 to 8×4'],
    [{ op: 'tile', attributes: { repeats: [1, 2, 3] } }, [[1, 4, '?']], [1, 8, '?']],
    [{ op: 'slice', attributes: { begin: [0, 2], size: [-1, 4] } }, [[1, 5, 7]], [1, 3, 7]],
    [{ op: 'slice', attributes: { begin: [0, 0], size: [-1, -1], step: [1, 2] } }, [[1, 5, 7]], [1, 3, 7]],
    [{ op: 'slice', attributes: { begin: [0, 9], size: [-1, -1] } }, [[1, 5]], 'takes an empty slice of 5'],
    [{ op: 'gather', attributes: { axis: 1, indices: [0, 2] } }, [[1, 3, 4]], [1, 2, 4]],
    [{ op: 'gather', attributes: { axis: 1, indices: null } }, [[1, 3, 4]], [1, '?', 4]],
    [{ op: 'gather', attributes: { axis: 1, indices: [3] } }, [[1, 3, 4]], 'does not have'],
    [{ op: 'pad', attributes: { pads: [[0, 0], [0, 0], [1, 2], [3, 0]], mode: 'constant' } }, [[1, 3, 4, 4]], [1, 3, 7, 7]],
    [{ op: 'pad', attributes: { pads: [[-4, 0]], mode: 'constant' } }, [[1, 3, 4]], 'crops away all of 3×4'],
    [{ op: 'cat', attributes: { axis: 1 } }, [[1, 3, 4], [1, 5, 4]], [1, 8, 4]],
    [{ op: 'cat', attributes: { axis: -1 } }, [[1, 3, 4], [1, '?', '?']], [1, 3, '?']],
    [{ op: 'cat', attributes: { axis: 1 } }, [[1, 3, 4], [1, 5, 6]], 'cannot join 3×4 and 5×6'],
    [{ op: 'stack', attributes: { axis: 1 } }, [[1, 3], [1, 3]], [1, 2, 3]],
  ],
  resampling: [
    [{ op: 'upsample', attributes: { scale: [2, 2], size: null, mode: 'nearest' } }, [[1, 8, 4, '?']], [1, 8, 8, '?']],
    [{ op: 'upsample', attributes: { scale: null, size: [9, 9], mode: 'bilinear' } }, [[1, 4, 4, 8]], [1, 9, 9, 8], last],
    [{ op: 'pixel_shuffle', attributes: { factor: 2, inverse: false } }, [[1, 12, 4, 4]], [1, 3, 8, 8]],
    [{ op: 'pixel_shuffle', attributes: { factor: 2, inverse: true } }, [[1, 8, 8, 3]], [1, 4, 4, 12], last],
    [{ op: 'pixel_shuffle', attributes: { factor: 2, inverse: false } }, [[1, 6, 4, 4]], 'do not divide by 4'],
    [{ op: 'max_pool', attributes: pool }, [[1, 8, 5, 5]], [1, 8, 2, 2]],
    [{ op: 'max_pool', attributes: { ...pool, ceilMode: true } }, [[1, 8, 5, 5]], [1, 8, 3, 3]],
    // The last window would start in the right padding, so PyTorch drops it.
    [{ op: 'max_pool', attributes: { kernel: [2, 2], stride: [3, 3], padding: [1, 1], ceilMode: true } }, [[1, 8, 5, 5]], [1, 8, 2, 2]],
    [{ op: 'avg_pool', attributes: { ...pool, padding: 'same' } }, [[1, 5, 5, 8]], [1, 3, 3, 8], last],
    [{ op: 'avg_pool', attributes: { ...pool, kernel: [6, 6] } }, [[1, 8, 5, 5]], 'a 6×6 window does not fit the input 8×5×5'],
    [{ op: 'adaptive_avg_pool', attributes: { size: [1, 1] } }, [[1, 8, '?', 5]], [1, 8, 1, 1]],
    [{ op: 'global_avg_pool', attributes: { keepDims: false } }, [[1, 5, 5, 8]], [1, 8], last],
    [{ op: 'global_max_pool', attributes: { keepDims: true } }, [[1, 8, 5, 5]], [1, 8, 1, 1]],
  ],
  'several inputs': [
    [{ op: 'add', attributes: {} }, [[1, 8, 4, 4], [1, 8, 4, 4]], [1, 8, 4, 4]],
    [{ op: 'mul', attributes: {} }, [[1, 8, 4, 4], [8, 1, 1]], [1, 8, 4, 4]],
    [{ op: 'sub', attributes: {} }, [[1, 8, '?', 4], [1, 1, 7, '?']], [1, 8, 7, 4]],
    [{ op: 'div', attributes: {} }, [[1, 8, '?'], [1, 8, 1]], [1, 8, '?']],
    [{ op: 'maximum', attributes: {} }, [[1, 8], null], null],
    [{ op: 'add', attributes: {} }, [[1, 8, 4, 4], [1, 8, 5, 4]], 'shapes 8×4×4 and 8×5×4 do not fit together'],
  ],
  'sources and the unknown': [
    [{ op: 'input', attributes: { index: 0 } }, [], 'the shape of input 1 is not given'],
    [{ op: 'parameter', attributes: { shape: [1, 4], trainable: true } }, [], [1, 4]],
    [{ op: 'unknown', attributes: { type: 'FancyLayer' } }, [[1, 3]], 'does not know the operator FancyLayer'],
  ],
}; // prettier-ignore

for (const [family, rows] of Object.entries(tables)) {
  describe(`the shape of ${family}`, () => {
    for (const [call, inputs, expected, layout] of rows) {
      const told = inputs.map((input) => input?.join('×') ?? 'unknown').join(' and ');
      it(`${call.op} of ${told} gives ${typeof expected === 'string' ? `“${expected}”` : (expected?.join('×') ?? 'unknown')}`, () => {
        const result = inferShape(call, inputs, layout ?? 'channelsFirst');
        if (typeof expected !== 'string') assert.deepEqual(result, { kind: 'shape', shape: expected });
        else assert.ok(words(result).includes(expected), words(result));
      });
    }
  });
}

describe('any operator on any shapes', () => {
  const calls = Object.values(tables).flatMap((rows) => rows.map(([call]) => call));
  const dim = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom<Dim>('?', 128, 64, 8));
  const shape = fc.option(fc.array(dim, { minLength: 0, maxLength: 5 }), { nil: null });
  const layouts = fc.constantFrom<Layout>('channelsFirst', 'channelsLast');

  it('gives positive whole dimensions, a mismatch in words, or a reason', () => {
    fc.assert(
      fc.property(fc.constantFrom(...calls), fc.array(shape, { maxLength: 3 }), layouts, (call, inputs, layout) => {
        const result = inferShape(call, inputs, layout);
        if (result.kind !== 'shape') assert.match(words(result), /\w{3}.*\w{3}/);
        else assert.ok(result.shape?.every((d) => d === '?' || (Number.isSafeInteger(d) && d > 0)) ?? true);
      }),
      { numRuns: 5000 },
    );
  });

  it('only adds to what it said when a dimension becomes known', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...calls),
        fc.array(shape, { maxLength: 3 }),
        layouts,
        fc.nat(),
        fc.integer({ min: 1, max: 12 }),
        (call, inputs, layout, pick, value) => {
          const vague = inferShape(call, inputs, layout);
          const sharp = inferShape(call, refine(inputs, pick, value), layout);
          if (vague.kind === 'mismatch') assert.equal(sharp.kind, 'mismatch');
          if (vague.kind !== 'shape' || vague.shape === null || sharp.kind === 'mismatch') return;
          assert.ok(
            sharp.kind === 'shape' && sharp.shape !== null && refines(sharp.shape, vague.shape),
            JSON.stringify([vague, sharp]),
          );
        },
      ),
      { numRuns: 5000 },
    );
  });
});

/** The inputs with one of their `'?'`s (or one unknown shape) replaced. */
function refine(inputs: readonly (Shape | null)[], pick: number, value: number): readonly (Shape | null)[] {
  const places = inputs.flatMap((input, at) =>
    input === null ? [[at, -1] as const] : input.flatMap((dim, axis) => (dim === '?' ? [[at, axis] as const] : [])),
  );
  const [at, axis] = places[pick % Math.max(1, places.length)] ?? [-1, -1];
  return inputs.map((input, index) => {
    if (index !== at) return input;
    return input === null ? [1, value, value, value] : input.map((dim, i) => (i === axis ? value : dim));
  });
}

function refines(sharp: Shape, vague: Shape): boolean {
  return sharp.length === vague.length && vague.every((dim, axis) => dim === '?' || dim === sharp[axis]);
}

function words(result: ReturnType<typeof inferShape>): string {
  if (result.kind === 'mismatch') return result.message;
  return result.kind === 'unknown' ? result.reason : JSON.stringify(result.shape);
}
