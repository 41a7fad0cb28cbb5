/** The memory bars' scale: linear, from zero, shared by all layers; the budget has its own. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { memoryBudget, memoryRows } from './memoryScale.ts';

const memory = {
  layers: [
    { name: 'a', bytesBefore: 1000, bytesAfter: 50 },
    { name: 'b', bytesBefore: 250, bytesAfter: 250 },
  ],
  totalBefore: 1250,
  totalAfter: 300,
  device: 'Watch',
  budgetBytes: 500,
};

describe('the scale of memory bars', () => {
  it('is proportional to bytes', () => {
    assert.deepEqual(
      memoryRows(memory).map(({ before, after }) => [before, after]),
      [
        [1, 0.05],
        [0.25, 0.25],
      ],
    );
  });

  it('puts the budget on the scale of the totals, and says what fits', () => {
    assert.deepEqual(memoryBudget(memory), {
      device: 'Watch',
      budgetBytes: 500,
      before: 1,
      after: 0.24,
      mark: 0.4,
      fitsBefore: false,
      fitsAfter: true,
    });
    const roomy = memoryBudget({ ...memory, budgetBytes: 12_500 });
    assert.deepEqual([roomy?.before, roomy?.mark], [0.1, 1]);
  });

  it('has no budget where none was chosen, and survives a network without weights', () => {
    assert.equal(memoryBudget({ ...memory, budgetBytes: 0 }), null);
    assert.deepEqual(memoryRows({ ...memory, layers: [{ name: 'x', bytesBefore: 0, bytesAfter: 0 }] }), [
      { name: 'x', bytesBefore: 0, bytesAfter: 0, before: 0, after: 0 },
    ]);
  });
});
