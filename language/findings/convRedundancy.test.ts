import assert from 'node:assert/strict';
import { chainGraph, conv2d } from '../report/chainGraph.ts';
import { checkRule } from './checkRule.ts';
import { convRedundancy } from './convRedundancy.ts';

const discriminator = chainGraph({
  input: [1, 3, 64, 64],
  layers: [
    { type: 'Conv2d', call: conv2d({ from: 3, to: 64 }) },
    { type: 'Conv2d', call: conv2d({ from: 64, to: 128 }) },
  ],
});

describe('SW102', () => {
  it('is a hint only, so that a textbook discriminator carries no warning', () => {
    assert.equal(convRedundancy.severity, 'hint');
    const [message, ...others] = checkRule(convRedundancy, discriminator);
    assert.match(message ?? '', /^10 Degree of redundancy −16: h_k·w_k·c_i − c_o = 4·4·3 − 64 = −16\./);
    assert.deepEqual(others, []);
  });

  it('follows the formula that the user chose', () => {
    const [message] = checkRule(convRedundancy, discriminator, { convFormula: 'derived' });
    assert.match(message ?? '', /h_k·w_k·c_i − h_o·w_o = 4·4·3 − 32·32 = −976/);
  });
});
