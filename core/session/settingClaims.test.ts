import assert from 'node:assert/strict';
import type { SettingResult } from './runEvent.ts';
import { settingClaims } from './settingClaims.ts';

/** SWD of seeds 1, 2, 3, by setting. */
type Table = Readonly<Record<string, readonly number[]>>;

describe('settingClaims', () => {
  it('takes differences seed by seed: what all seeds share takes no part in the interval', () => {
    const rows = verdicts({ A: [40, 60, 80], B: [41, 61, 80.5], E: [90, 111, 130] });
    assert.equal(rows['B ≈ A'], 'holds');
    assert.equal(rows['E above B'], 'holds');
  });

  it('says that a claim does not hold only where the whole interval does', () => {
    const rows = verdicts({ A: [40, 40, 40], C: [50, 51, 52], D: [41, 43, 42], B: [60, 61, 62] });
    assert.equal(rows['D above C'], 'does not hold');
    assert.equal(rows['B ≈ A'], 'does not hold');
  });

  it('decides nothing by scattered values, or by one seed', () => {
    const scattered = verdicts({ A: [40, 41, 42], B: [30, 60, 41], E: [20, 80, 70] });
    assert.deepEqual([scattered['B ≈ A'], scattered['E above B']], ['not decided', 'not decided']);
    assert.equal(verdicts({ A: [40], B: [40], E: [400] })['E above B'], 'not decided');
  });

  it('knows that a binarized discriminator brought the losses back into balance', () => {
    const ratios = { A: [0.5, 0.6, 0.5], F: [5, 6, 7], H: [0.6, 0.7, 0.55] };
    const rows = verdicts({ A: [40, 40, 40], F: [60, 60, 61], H: [40, 41, 40] }, ratios);
    assert.equal(rows['H restores balance'], 'holds');
    assert.equal(rows['F above H'], 'holds');
  });

  it('gives the finest level beside the mean, and lets the mean decide', () => {
    const results = [
      ...[40, 41].map((swd, i) => result('A', i + 1, swd, null)),
      ...[39, 41].map((swd, i) => ({
        ...result('B', i + 1, swd, null),
        levels: [{ resolution: 32, swd: 90 + 2 * i }],
      })),
    ];
    const [claim] = settingClaims(results);
    assert.equal(claim?.measured.startsWith('−0.5 ± '), true, claim?.measured);
    assert.equal(claim.finest?.startsWith('+47.5 ± '), true, claim.finest ?? '');
    assert.equal(claim.verdict, 'holds');
  });

  it('makes no claim about settings that were not run, nor without full precision', () => {
    assert.deepEqual(verdicts({ A: [40, 40] }), {});
    assert.deepEqual(verdicts({ B: [40, 40], E: [80, 80] }), {});
  });
});

function verdicts(table: Table, ratios: Table = {}): Record<string, string> {
  const results = Object.entries(table).flatMap(([setting, values]) =>
    values.map((swd, i) => result(setting, i + 1, swd, ratios[setting]?.[i] ?? null)),
  );
  return Object.fromEntries(
    settingClaims(results).map(({ claim, verdict }) => [claim.slice(0, claim.indexOf(':')), verdict]),
  );
}

function result(setting: string, seed: number, swd: number, ratio: number | null): SettingResult {
  return {
    setting,
    seed,
    variant: `${setting}-seed${seed}`,
    layersG: [],
    layersD: [],
    swd,
    levels: [
      { resolution: 16, swd: swd - 4 },
      { resolution: 32, swd: swd + 2 * seed },
    ],
    psnr: null,
    balance: { meanLossG: 1, meanLossD: 1, ratio, vanishedAt: null },
    fileBytes: 1,
    model: 'm',
    eq3: [],
    stepMs: 1,
  };
}
