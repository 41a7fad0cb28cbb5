import assert from 'node:assert/strict';
import { chainGraph, dense, publishedDcgan } from '../report/chainGraph.ts';
import { budgetExceeded } from './budgetExceeded.ts';
import { checkRule } from './checkRule.ts';

const MiB = 1024 * 1024;

describe('SW301', () => {
  it('is silent without a budget and within it', () => {
    assert.deepEqual(checkRule(budgetExceeded, publishedDcgan()), []);
    assert.deepEqual(checkRule(budgetExceeded, publishedDcgan(), { budget: { bytes: 17 * MiB, name: 'Phone' } }), []);
  });

  it('says what compression would bring, at the line of the model', () => {
    assert.deepEqual(checkRule(budgetExceeded, publishedDcgan(), { budget: { bytes: 4 * MiB, name: 'Phone app' } }), [
      '5 Generator takes 16.4 MiB at fp32, more than Phone app (4.00 MiB). int8 would take 4.11 MiB, 1-bit weights 527 KiB.',
    ]);
  });

  it('says "at least" where a layer is not known', () => {
    const graph = chainGraph({
      input: [1, 4],
      layers: [
        { type: 'Linear', call: dense(4, 1024) },
        { type: 'Mystery', call: { op: 'unknown', attributes: { type: 'Mystery' } } },
      ],
    });
    assert.match(
      checkRule(budgetExceeded, graph, { budget: { bytes: 100, name: 'b' } })[0] ?? '',
      /takes at least 20\.0 KiB/,
    );
  });
});
