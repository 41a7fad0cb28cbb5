/** How numbers read, everywhere: rounding never invents, signs are kept, what is absent is a dash. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  formatBytes,
  formatCount,
  formatDelta,
  formatDor,
  formatDuration,
  formatExact,
  formatLoss,
  formatMilliseconds,
  formatPercent,
  formatRatio,
  formatShare,
  formatSigned,
  formatSwd,
  formatWhole,
} from './numbers.ts';

describe('numbers for people', () => {
  const check = <T>(format: (value: T) => string, cases: readonly (readonly [T, string])[]): void => {
    for (const [value, text] of cases) assert.equal(format(value), text, String(value));
  };

  it('writes what a computation takes with three digits', () => {
    check(formatMilliseconds, [
      [0.617, '0.62 ms'],
      [9.994, '9.99 ms'],
      [9.996, '10.0 ms'],
      [99.96, '100 ms'],
      [999.4, '999 ms'],
      [999.6, '1.00 s'],
      [null, '–'],
    ]);
  });

  it('writes bytes with three digits and binary units', () => {
    check(formatBytes, [
      [0, '0 B'],
      [999, '999 B'],
      [1000, '0.98 KiB'],
      [1024, '1.00 KiB'],
      [158_720, '155 KiB'],
      [4_284_416, '4.09 MiB'],
      [64 * 1024 ** 2, '64.0 MiB'],
      [-2048, '−2.00 KiB'],
      [null, '–'],
      [Number.NaN, '–'],
    ]);
  });

  it('writes durations with at most two units', () => {
    check(formatDuration, [
      [0, '0 s'],
      [59.4, '59 s'],
      [59.6, '1 min'],
      [185, '3 min 05 s'],
      [3599.7, '1 h'],
      [7620, '2 h 07 min'],
      [-5, '0 s'],
      [null, '–'],
      [Number.POSITIVE_INFINITY, '–'],
    ]);
  });

  it('writes SWD, differences, ratios and shares', () => {
    check(formatSwd, [
      [36.94, '36.9'],
      [3.456, '3.46'],
      [-1.5, '−1.50'],
      [null, '–'],
    ]);
    check(formatDelta, [
      [1.2, '+1.20'],
      [0, '+0.00'],
      [-11.32, '−11.3'],
      [null, '–'],
    ]);
    check(formatRatio, [
      [5.349, '5.35×'],
      [26.99, '27.0×'],
      [140.2, '140×'],
      [null, '–'],
    ]);
    check(formatPercent, [
      [0.034, '3.4 %'],
      [1.02, '102 %'],
      [0.0004, '< 0.1 %'],
      [0, '0.0 %'],
      [Number.NaN, '–'],
    ]);
  });

  it('writes losses and counts, and the sign of a degree of redundancy', () => {
    check(formatLoss, [
      [0.69314, '0.6931'],
      [-12.3456, '−12.35'],
      [0.00001234, '1.23e−5'],
      [0, '0.000'],
      [null, '–'],
      [Number.NaN, '–'],
    ]);
    check(formatWhole, [
      [1500, '1\u2009500'],
      [1_234_567, '1\u2009234\u2009567'],
      [-960, '−960'],
      [null, '–'],
    ]);
    check(formatDor, [
      [240, '+240'],
      [0, '0'],
      [-192, '−192'],
    ]);
  });

  it('prints counts with three significant digits and one letter', () => {
    check(formatCount, [
      [0, '0'],
      [7, '7'],
      [999, '999'],
      [999.6, '1.00K'],
      [3072, '3.07K'],
      [819_200, '819K'],
      [999_600, '1.00M'],
      [2_097_152, '2.10M'],
      [33_554_432, '33.6M'],
      [12_345_678_901, '12.3G'],
      [null, '–'],
    ]);
  });

  it('gives up digits of a count when asked to', () => {
    assert.equal(formatCount(33_554_432, 2), '34M');
    assert.equal(formatCount(2_097_152, 2), '2.1M');
    assert.equal(formatCount(2_097_152, 1), '2M');
    assert.equal(formatCount(131_072, 1), '131K');
  });

  it('prints formulas, signs and shares of a whole', () => {
    check(formatExact, [
      [2_097_152, '2,097,152'],
      [-192, '−192'],
    ]);
    check(formatSigned, [
      [496, '+496'],
      [-128, '−128'],
      [0, '0'],
    ]);
    assert.equal(formatShare(59, 100), '59 %');
    assert.equal(formatShare(3, 1000), '0.3 %');
    assert.equal(formatShare(0, 0), '0 %');
  });
});
