import assert from 'node:assert/strict';
import { chainGraph, deconv2d, dense, relu } from '../report/chainGraph.ts';
import { checkRule } from './checkRule.ts';
import { outputLayer } from './outputLayer.ts';

describe('SW201', () => {
  it('names the last matrix layer, past activations', () => {
    const graph = chainGraph({
      input: [1, 64, 4, 4],
      layers: [
        { type: 'ConvTranspose2d', call: deconv2d({ from: 64, to: 8 }) },
        { type: 'ConvTranspose2d', call: deconv2d({ from: 8, to: 3 }) },
        { type: 'ReLU', call: relu },
      ],
    });
    assert.deepEqual(
      checkRule(outputLayer, graph).map((message) => message.slice(0, 41)),
      ['11 Predicted sensitive to low precision: '],
    );
  });

  it('does not take a spare layer for an output', () => {
    const graph = chainGraph({
      input: [1, 4],
      layers: [
        { type: 'Linear', call: dense(4, 4) },
        { type: 'Linear', call: dense(4, 4), nRuns: 0 },
      ],
    });
    assert.deepEqual(
      checkRule(outputLayer, graph).map((message) => message.slice(0, 2)),
      ['10'],
    );
  });
});
