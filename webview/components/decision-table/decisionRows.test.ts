/** Sorting, outcomes and bars of the decision table. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { LayerDecision } from '../../../core/session/runEvent.ts';
import { decisionRows, nextSort, riseBar } from './decisionRows.ts';

const decisions = [
  decision({ layer: 'main.10', dor: 240, swdAfter: 39 }),
  decision({ layer: 'main.9', dor: 64, swdAfter: 48, accepted: false }),
  decision({ layer: 'main.2', dor: -192, tried: false, accepted: false, swdAfter: null }),
];

describe('rows of decisions', () => {
  it('keep the order of the algorithm and name each outcome', () => {
    const rows = decisionRows(decisions, { column: 'order', descending: false });
    assert.deepEqual(
      rows.map((row) => [row.order, row.outcome, row.delta]),
      [
        [1, 'accepted', 2],
        [2, 'rejected', 11],
        [3, 'notTried', null],
      ],
    );
  });

  it('sort by each column, numbers in names as numbers, the unknown last in both directions', () => {
    const layers = (column: Parameters<typeof nextSort>[1], descending: boolean): string[] =>
      decisionRows(decisions, { column, descending }).map((row) => row.decision.layer);
    assert.deepEqual(layers('layer', false), ['main.2', 'main.9', 'main.10']);
    assert.deepEqual(layers('dor', true), ['main.10', 'main.9', 'main.2']);
    assert.deepEqual(layers('delta', false), ['main.10', 'main.9', 'main.2']);
    assert.deepEqual(layers('delta', true), ['main.9', 'main.10', 'main.2']);
    assert.deepEqual(layers('verdict', true), ['main.2', 'main.9', 'main.10']);
  });

  it('turn around on the second click, and show the largest DoR first', () => {
    assert.deepEqual(nextSort({ column: 'layer', descending: false }, 'layer'), { column: 'layer', descending: true });
    assert.deepEqual(nextSort({ column: 'layer', descending: true }, 'dor'), { column: 'dor', descending: true });
  });

  it('draw rises on one scale, a fall as nothing', () => {
    const rows = decisionRows([...decisions, decision({ layer: 'a', swdAfter: 30 })], {
      column: 'order',
      descending: false,
    });
    const bars = rows.map((row) => riseBar(row, rows));
    assert.deepEqual(
      bars.map((bar) => bar.rise),
      [2 / 11, 1, 0, 0],
    );
    assert.ok(bars.every((bar) => bar.mark === 4 / 11));
  });
});

function decision(overrides: Partial<LayerDecision>): LayerDecision {
  return {
    layer: 'main.0',
    type: 'ConvTranspose2d',
    dor: 1,
    formula: '',
    swdBefore: 37,
    swdAfter: 37,
    noise: 1,
    threshold: 4,
    accepted: true,
    tried: true,
    why: '',
    ...overrides,
  };
}
