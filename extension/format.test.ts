import assert from 'node:assert/strict';
import { formatBytes, formatCount, formatDuration, formatSigned, formatSwd } from './format.ts';

describe('numbers of the editor parts', () => {
  it('writes bytes so that both ends of a saving compare', () => {
    const MiB = 1024 * 1024;
    assert.equal(formatBytes(4_283_908), '4.1 MiB');
    assert.equal(formatBytes(0.17 * MiB), '0.17 MiB');
    assert.equal(formatBytes(101 * 1024), '101 KiB');
    assert.equal(formatBytes(512), '512 B');
    assert.equal(formatBytes(0), '0 B');
    assert.equal(formatBytes(103 * MiB), '0.10 GiB');
    assert.equal(formatBytes(Number.NaN), '–');
  });

  it('writes durations in two units at most', () => {
    const cases: readonly (readonly [number, string])[] = [
      [0, '0 s'],
      [59.4, '59 s'],
      [59.6, '1 min'],
      [3_599, '1 h'],
      [4_800, '1 h 20 min'],
      [Infinity, '–'],
    ];
    for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text);
  });

  it('never rounds a count into four digits', () => {
    const cases: readonly (readonly [number, string])[] = [
      [999, '999'],
      [999.6, '1.00K'],
      [819_200, '819K'],
      [999_600, '1.00M'],
      [2_097_152, '2.10M'],
      [33_554_432, '33.6M'],
    ];
    for (const [count, text] of cases) assert.equal(formatCount(count), text);
  });

  it('keeps signs and absences', () => {
    assert.equal(formatSigned(-128), '−128');
    assert.equal(formatSigned(496), '+496');
    assert.equal(formatSwd(Number.NaN), '–');
  });
});
