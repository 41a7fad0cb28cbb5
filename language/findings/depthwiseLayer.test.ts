import assert from 'node:assert/strict';
import { chainGraph, conv2d } from '../report/chainGraph.ts';
import { checkRule } from './checkRule.ts';
import { depthwiseLayer } from './depthwiseLayer.ts';

describe('SW202', () => {
  it('names depthwise layers, not other grouped ones', () => {
    const conv = (groups: number) => ({ type: 'Conv2d', call: conv2d({ from: 8, to: 8, groups }) });
    const graph = chainGraph({ input: [1, 8, 32, 32], layers: [conv(1), conv(2), conv(8)] });
    assert.deepEqual(
      checkRule(depthwiseLayer, graph).map((message) => message.slice(0, 2)),
      ['12'],
    );
  });
});
