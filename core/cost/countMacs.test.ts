/** Multiply-accumulates of what is not a plain convolution; those are held against a loop beside this file. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { OpCall } from '../graph/ops.ts';
import type { Shape } from '../graph/shape.ts';
import { countMacs } from './countMacs.ts';
import { modelTotals } from './modelTotals.ts';

type Row = readonly [call: OpCall, inputs: readonly (Shape | null)[], output: Shape | null, macs: number | null];

describe('countMacs', () => {
  const conv = { inChannels: 3, outChannels: 4, kernel: [2, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1, bias: true }; // prettier-ignore
  const rows: readonly Row[] = [
    [{ op: 'dense', attributes: { inFeatures: 100, outFeatures: 4096, bias: true } }, [[1, 100]], [1, 4096], 409600],
    [{ op: 'dense', attributes: { inFeatures: 8, outFeatures: 2, bias: true } }, [[1, 5, 8]], [1, 5, 2], 80],
    [{ op: 'dense', attributes: { inFeatures: 8, outFeatures: 2, bias: true } }, [null], null, null],
    [{ op: 'conv2d', attributes: conv }, [[3, 5, 5]], [4, 4, 4], 3 * 4 * 4 * 16],
    [{ op: 'conv2d', attributes: conv }, [[1, 3, 5, '?']], [1, 4, 4, '?'], null],
    [{ op: 'conv2d_transpose', attributes: { ...conv, outputPadding: [0, 0] } }, [[1, 3, 5, 5]], [1, 4, '?', '?'], 3 * 4 * 4 * 25],
    [{ op: 'separable_conv2d', attributes: { ...conv, depthMultiplier: 2 } }, [[1, 3, 5, 5]], [1, 4, 4, 4], (6 * 4 + 6 * 4) * 16],
    [{ op: 'matmul', attributes: {} }, [[1, 8, 16, 4], [4, 5]], [1, 8, 16, 5], 8 * 16 * 4 * 5],
    [{ op: 'matmul', attributes: { transposeA: true } }, [[1, 4, 16], [1, 4, 5]], [1, 16, 5], 16 * 4 * 5],
    [{ op: 'recurrent', attributes: { cell: 'lstm', inFeatures: 3, units: 2, layers: 2, bidirectional: true } }, [[1, 7, 3]], [1, 7, 4], 7 * (2 * 8 * 5 + 2 * 8 * 6)],
    [{ op: 'attention', attributes: { features: 8, heads: 2 } }, [[1, 5, 8]], [1, 5, 8], 4 * 5 * 64 + 2 * 25 * 8],
    [{ op: 'attention', attributes: { features: 8, heads: 2 } }, [[5, 3, 8]], [5, 3, 8], null],
    [{ op: 'activation', attributes: { fn: 'relu' } }, [null], null, 0],
    [{ op: 'batch_norm', attributes: { features: 8, eps: 1e-5, momentum: 0.1, scale: true, center: true, trackStats: true } }, [[1, 8, 4, 4]], [1, 8, 4, 4], 0],
    [{ op: 'unknown', attributes: { type: 'X' } }, [[1, 8]], [1, 8], null],
  ]; // prettier-ignore
  for (const [call, inputs, output, macs] of rows) {
    it(`counts ${macs ?? 'nothing it does not know'} for ${call.op} of ${inputs[0]?.join('×') ?? 'unknown'}`, () => {
      assert.equal(countMacs(call, inputs, output, 'channelsFirst'), macs);
    });
  }

  it('is a whole number, or null exactly where a size that it needs is open', () => {
    const dim = fc.oneof(fc.integer({ min: 1, max: 99 }), fc.constant('?' as const));
    fc.assert(
      fc.property(dim, dim, dim, (batch, height, width) => {
        const grid: Shape = [batch, 4, height, width];
        const macs = countMacs({ op: 'conv2d', attributes: conv }, [null], grid, 'channelsFirst');
        assert.equal(macs === null, grid.includes('?'));
        assert.ok(macs === null || (Number.isSafeInteger(macs) && macs > 0));
      }),
    );
  });
});

describe('modelTotals', () => {
  const layer = { params: 10, nonTrainable: 2, macs: 100, bytes: { fp32: 48, int8: 20, binary: 9 }, unused: false };

  it('sums what layers own and run', () => {
    assert.deepEqual(modelTotals([layer, { ...layer, macs: 5 }]), {
      params: 20,
      nonTrainable: 4,
      macs: 105,
      bytes: { fp32: 96, int8: 40, binary: 18 },
      partial: false,
    });
  });

  it('counts the weights of a layer that never runs, and no work for it', () => {
    const totals = modelTotals([{ ...layer, unused: true, macs: null }]);
    assert.deepEqual([totals.params, totals.macs, totals.partial], [10, 0, false]);
  });

  it('says that sums are partial where something is not known', () => {
    assert.equal(modelTotals([layer, { ...layer, macs: null }]).partial, true);
    assert.equal(modelTotals([layer, { ...layer, params: null }]).partial, true);
  });
});
