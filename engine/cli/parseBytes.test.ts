import assert from 'node:assert/strict';
import { parseBudget } from './parseBytes.ts';

describe('parseBudget', () => {
  it('reads sizes in every common unit', () => {
    const cases: readonly (readonly [string, number])[] = [
      ['4MiB', 4 * 1024 * 1024],
      ['4 mb', 4_000_000],
      ['750KB', 750_000],
      ['0.5 GiB', 512 * 1024 * 1024],
      ['1024', 1024],
      ['12b', 12],
    ];
    for (const [text, bytes] of cases) assert.equal(parseBudget(text)?.bytes, bytes, text);
  });

  it('knows devices by their id', () => {
    assert.equal(parseBudget('phone')?.name, 'Phone app');
  });

  it('refuses what is no size', () => {
    for (const text of ['', 'much', '-1MiB', '0', '4 furlongs', '1e9']) assert.equal(parseBudget(text), null, text);
  });
});
