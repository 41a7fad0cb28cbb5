/** The strip of SWD values: one scale that holds every newest value, the noise band and the limit. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { initialRunState, type RunState, type VariantState } from '../../../core/session/runState.ts';
import { swdStrip } from './swdScale.ts';

describe('the strip of SWD', () => {
  it('places newest values, band and limit on one scale, in order', () => {
    const strip = swdStrip(run([variant('full', 'full', [60, 40]), variant('x', 'single', [70, 50])]));
    const [full, single] = strip.rows;
    assert.ok(strip.low < 38 && 50 < strip.high);
    assert.equal(full?.delta, null);
    assert.equal(single?.delta, 10);
    const last = (positions: readonly number[] | undefined): number => positions?.at(-1) ?? Number.NaN;
    assert.ok(0 < last(full?.trail) && last(full?.trail) < last(single?.trail) && last(single?.trail) < 1);
    assert.ok(strip.band !== null && strip.band.from < last(full?.trail) && last(full?.trail) < strip.band.to);
    assert.ok(strip.limit !== null && last(full?.trail) < strip.limit && strip.limit < last(single?.trail));
  });

  it('clips early values to the strip instead of squeezing the late ones', () => {
    const strip = swdStrip(run([variant('full', 'full', [400, 40])]));
    assert.equal(strip.rows[0]?.trail[0], 1);
  });

  it('leaves out variants without an evaluation, and the band before the noise is known', () => {
    const state = { ...run([variant('full', 'full', [40]), variant('x', 'single', [])]), noise: null };
    const strip = swdStrip(state);
    assert.equal(strip.rows.length, 1);
    assert.equal(strip.band, null);
    assert.equal(strip.limit, null);
    assert.ok(Number.isFinite(strip.rows[0]?.trail[0]));
  });
});

function run(variants: readonly VariantState[]): RunState {
  return { ...initialRunState, variants, noise: { mean: 40, deviation: 2, threshold: 6, values: [], how: '' } };
}

function variant(id: string, kind: VariantState['info']['kind'], swds: readonly number[]): VariantState {
  return {
    info: { id, label: id, kind, layersG: [], layersD: [], steps: 10 },
    losses: [],
    samples: [],
    evaluations: swds.map((swd, i) => ({ step: i + 1, swd, levels: [] })),
  };
}
