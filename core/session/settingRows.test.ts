import assert from 'node:assert/strict';
import { lossBalance, uninformedLossD } from './lossBalance.ts';
import type { SettingResult } from './runEvent.ts';
import { interval, settingRows } from './settingRows.ts';

describe('settingRows', () => {
  it('has the mean and Student’s 95 % interval over the seeds', () => {
    // s = 2, t(0.975, 2) = 4.303: 4.303 · 2 / √3.
    const { mean, plusMinus } = interval([30, 32, 34]);
    assert.equal(mean, 32);
    assert.ok(Math.abs((plusMinus ?? NaN) - 4.9687) < 1e-3, String(plusMinus));
    assert.equal(interval([5]).plusMinus, null);
  });

  it('gathers the results of a setting wherever they stand, in the order in which settings first appear', () => {
    const rows = settingRows([result('A', 1, 40), result('F', 1, 50), result('A', 2, 44), result('F', 2, 70)]);
    assert.deepEqual(
      rows.map(({ setting, seeds, swd }) => [setting, seeds, swd.mean]),
      [
        ['A', [1, 2], 42],
        ['F', [1, 2], 60],
      ],
    );
    assert.equal(rows[0]?.psnr, null);
    assert.equal(rows[1]?.psnr?.mean, 12);
    assert.deepEqual(
      rows[1]?.levels.map(({ resolution, swd }) => [resolution, swd.mean]),
      [
        [32, 60],
        [16, 60],
      ],
    );
  });
});

describe('lossBalance', () => {
  const points = (lossDAt: (step: number) => number) =>
    Array.from({ length: 200 }, (_, i) => ({ step: i + 1, lossD: lossDAt(i + 1), lossG: 2 }));

  it('is the ratio of the losses over the last quarter', () => {
    const balance = lossBalance(points((step) => (step <= 150 ? 9 : 0.5)), 'bce'); // prettier-ignore
    assert.equal(balance?.ratio, 4);
    assert.equal(balance.vanishedAt, null);
  });

  it('says from which step D told everything apart, and not where it only did for a while', () => {
    const low = 0.05 * 2 * Math.LN2;
    const gone = lossBalance(points((step) => (step <= 100 ? 1 : low)), 'bce')?.vanishedAt; // prettier-ignore
    assert.ok(gone !== null && gone !== undefined && 101 <= gone && gone <= 112, String(gone));
    assert.equal(lossBalance(points((step) => (step > 50 && step < 120 ? low : 1)), 'bce')?.vanishedAt, null); // prettier-ignore
  });

  it('has no ratio where a loss has no zero to be compared with', () => {
    const balance = lossBalance(points(() => -3), 'wgan'); // prettier-ignore
    assert.deepEqual(balance, { meanLossG: 2, meanLossD: -3, ratio: null, vanishedAt: null });
    assert.equal(lossBalance([], 'bce'), null);
  });

  it('knows what D loses without any information', () => {
    assert.equal(uninformedLossD('bce'), 2 * Math.LN2);
    assert.equal(uninformedLossD('lsgan'), 0.25);
    assert.equal(uninformedLossD('hinge'), 2);
    assert.equal(uninformedLossD('wgan-gp'), null);
  });
});

function result(setting: string, seed: number, swd: number): SettingResult {
  return {
    setting,
    seed,
    variant: `${setting}-seed${seed}`,
    layersG: setting === 'A' ? [] : ['conv1'],
    layersD: [],
    swd,
    levels: [
      { resolution: 32, swd },
      { resolution: 16, swd },
    ],
    psnr: setting === 'A' ? null : 12,
    balance: null,
    fileBytes: 100,
    model: 'm',
    eq3: [],
    stepMs: 10,
  };
}
