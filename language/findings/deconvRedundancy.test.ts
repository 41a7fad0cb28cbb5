import assert from 'node:assert/strict';
import { chainGraph, deconv2d, publishedDcgan } from '../report/chainGraph.ts';
import { checkRule } from './checkRule.ts';
import { deconvRedundancy } from './deconvRedundancy.ts';

describe('SW101', () => {
  it('names the negative layers of the published generator, with the formula filled in', () => {
    const messages = checkRule(deconvRedundancy, publishedDcgan());
    assert.deepEqual(
      messages.map((message) => message.slice(0, message.indexOf('. '))),
      [
        '12 Degree of redundancy −128: c_i − h_i·w_i = 128 − 16·16 = −128',
        '13 Degree of redundancy −960: c_i − h_i·w_i = 64 − 32·32 = −960',
      ],
    );
  });

  it('is silent at zero, and where the input size is not known', () => {
    const at = (side: number | '?') =>
      chainGraph({
        input: [1, 64, side, side],
        layers: [{ type: 'ConvTranspose2d', call: deconv2d({ from: 64, to: 3 }) }],
      });
    assert.deepEqual(checkRule(deconvRedundancy, at(8)), []);
    assert.deepEqual(checkRule(deconvRedundancy, at('?')), []);
    assert.equal(checkRule(deconvRedundancy, at(9)).length, 1);
  });

  it('uses the channels of one group', () => {
    const graph = chainGraph({
      input: [1, 64, 8, 8],
      layers: [{ type: 'ConvTranspose2d', call: deconv2d({ from: 64, to: 64, groups: 4 }) }],
    });
    assert.match(checkRule(deconvRedundancy, graph)[0] ?? '', /c_i\/groups − h_i·w_i = 16 − 8·8 = −48/);
  });
});
