import assert from 'node:assert/strict';
import { chainGraph, dense, relu } from '../report/chainGraph.ts';
import { checkRule } from './checkRule.ts';
import { unusedLayer } from './unusedLayer.ts';

describe('SW406', () => {
  it('names layers with weights that nothing runs', () => {
    const graph = chainGraph({
      input: [1, 4],
      layers: [
        { type: 'Linear', call: dense(4, 4) },
        { type: 'Linear', call: dense(4, 100), nRuns: 0, name: 'spare' },
        { type: 'ReLU', call: relu, nRuns: 0 },
      ],
    });
    assert.deepEqual(checkRule(unusedLayer, graph), [
      "11 Linear 'spare' is built and never run; its 500 parameters are still saved and counted.",
    ]);
  });
});
