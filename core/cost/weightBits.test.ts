/** What a layer weighs at any number of bits, by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { OpCall } from '../graph/ops.ts';
import { bitsText, bytesAt, hasKernel, weightBits } from './weightBits.ts';
import { weightSpecs } from './weightSpecs.ts';

const dense: OpCall = { op: 'dense', attributes: { inFeatures: 10, outFeatures: 3, bias: true } };
const norm: OpCall = {
  op: 'batch_norm',
  attributes: { features: 4, eps: 1e-5, momentum: 0.1, scale: true, center: true, trackStats: true },
};

describe('bytes of a layer at a number of bits', () => {
  const bytes = (call: OpCall): (number | null)[] =>
    weightBits.map((bits) => bytesAt(bits, call, weightSpecs(call, 'pytorch')));

  it('packs the 30 weights of a kernel, with a scale per output below 16 bits, and leaves the bias', () => {
    // 30 weights and 3 biases of 4 bytes; 12 bytes of scales below 16 bits.
    assert.deepEqual(bytes(dense), [132, 72, 54, 51, 47, 43, 39, 36, 32, 32, 28]);
  });

  it('changes nothing about a layer without a kernel', () => {
    assert.deepEqual(new Set(bytes(norm)), new Set([64]));
    assert.equal(hasKernel(norm, weightSpecs(norm, 'pytorch')), false);
    assert.equal(hasKernel(dense, weightSpecs(dense, 'pytorch')), true);
  });

  it('reads in a sentence', () => {
    assert.deepEqual(([1, 4, 'ternary'] as const).map(bitsText), ['1 bit', '4 bits', 'ternary (2 bits)']);
  });

  it('knows nothing where the weights are not known', () => assert.equal(bytesAt(1, dense, null), null));
});
