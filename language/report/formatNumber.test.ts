import assert from 'node:assert/strict';
import { formatBytes, formatCount, formatExact, formatShare, formatSigned } from './formatNumber.ts';

describe('formatNumber', () => {
  it('prints counts with three significant digits and one letter', () => {
    const cases: [number, string][] = [
      [0, '0'],
      [7, '7'],
      [999, '999'],
      [1000, '1.00K'],
      [3072, '3.07K'],
      [819_200, '819K'],
      [999_600, '1.00M'],
      [2_097_152, '2.10M'],
      [33_554_432, '33.6M'],
      [12_345_678_901, '12.3G'],
    ];
    for (const [count, text] of cases) assert.equal(formatCount(count), text);
  });

  it('gives up digits when asked to', () => {
    assert.equal(formatCount(33_554_432, 2), '34M');
    assert.equal(formatCount(2_097_152, 2), '2.1M');
    assert.equal(formatCount(2_097_152, 1), '2M');
    assert.equal(formatCount(131_072, 1), '131K');
  });

  it('prints bytes in binary units, never four digits', () => {
    assert.equal(formatBytes(512), '512 B');
    assert.equal(formatBytes(8 * 1024 * 1024), '8.00 MiB');
    assert.equal(formatBytes(1023 * 1024), '1.00 MiB');
    assert.equal(formatBytes(264_192), '258 KiB');
  });

  it('prints formulas, signs and shares', () => {
    assert.equal(formatExact(2_097_152), '2,097,152');
    assert.equal(formatExact(-192), '−192');
    assert.equal(formatSigned(496), '+496');
    assert.equal(formatSigned(-128), '−128');
    assert.equal(formatSigned(0), '0');
    assert.equal(formatShare(59, 100), '59 %');
    assert.equal(formatShare(3, 1000), '0.3 %');
    assert.equal(formatShare(0, 0), '0 %');
  });
});
