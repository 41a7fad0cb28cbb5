import assert from 'node:assert/strict';
import { formatCount } from '../format/numbers.ts';
import type { LayerReport, Totals } from './analyzeReport.ts';
import { boundText, lowerBounds } from './lowerBounds.ts';

const bytes = { fp32: 4, int8: 1, binary: 1 };
const layer = { params: 1, macs: 5, bytes, unused: false } as LayerReport;
const totals = (partial: boolean): Totals => ({ params: 1, nonTrainable: 0, macs: 5, bytes, partial });

describe('lower bounds', () => {
  it('are none where all is known', () => {
    assert.deepEqual(lowerBounds({ layers: [layer], totals: totals(false) }), { weights: false, macs: false });
  });

  it('are the MACs alone where only a size of images is not known', () => {
    const layers = [layer, { ...layer, macs: null }];
    assert.deepEqual(lowerBounds({ layers, totals: totals(true) }), { weights: false, macs: true });
  });

  it('leave layers that never run aside', () => {
    const layers = [layer, { ...layer, macs: null, unused: true }, { ...layer, params: null }];
    assert.deepEqual(lowerBounds({ layers, totals: totals(true) }), { weights: true, macs: true });
  });

  it('are all sums of a model that was not followed to its end', () => {
    assert.deepEqual(lowerBounds({ layers: [layer], totals: totals(true) }), { weights: true, macs: true });
  });

  it('are written as such, and as not known where nothing is', () => {
    const write = (count: number): string => formatCount(count);
    assert.deepEqual(
      [boundText(3500, false, write), boundText(3500, true, write), boundText(0, true, write)],
      ['3.50K', '≥ 3.50K', '?'],
    );
  });
});
