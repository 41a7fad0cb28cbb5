/** Sorting, filtering and sums of the model editor's tables, the verdict on a budget, and choices that come back. */
import assert from 'node:assert/strict';
import type { TensorRow } from '../../core/report/modelFileReport.ts';
import { judgeBudget } from './budgetVerdict.ts';
import { shapeText } from './modelColumns.ts';
import { tensorColumns } from './modelColumns.ts';
import { filterRows, inOrder, nextSort, sortRows, tensorText } from './modelRows.ts';
import { initialModelView, restoreModelView } from './modelView.ts';

const row = (name: string, values: number, layer: string | null = null): TensorRow => ({
  name,
  dtype: 'F32',
  shape: [values],
  values,
  bytes: 4 * values,
  fit: layer === null ? null : { kind: 'fits', layer, weight: 'w', expected: [values] },
});
const rows = [row('w.10', 3, 'b'), row('w.9', 5), row('w.2', 5, 'a')];
const columns = tensorColumns(true);
const sorted = (column: string, descending: boolean): string[] =>
  sortRows(filterRows(rows, '', tensorText), columns, { column, descending }).map((indexed) => indexed.row.name);

describe('rows of the model table', () => {
  it('sort by numbers in names, stably, and the unknown last either way', () => {
    assert.deepEqual(sorted('name', false), ['w.2', 'w.9', 'w.10']);
    assert.deepEqual(sorted('values', true), ['w.9', 'w.2', 'w.10']);
    assert.deepEqual(sorted('weight', false), ['w.2', 'w.10', 'w.9']);
    assert.deepEqual(sorted('weight', true), ['w.10', 'w.2', 'w.9']);
    assert.deepEqual(sorted('ghost', true), ['w.10', 'w.9', 'w.2']);
  });

  it('are kept by every word of the filter', () => {
    const kept = (filter: string) => filterRows(rows, filter, tensorText).map(({ idx }) => idx);
    assert.deepEqual([kept('W.1'), kept('f32 w.9'), kept('fits f32'), kept('x')], [[0], [1], [0, 2], []]);
  });

  it('turn around on the second click', () => {
    assert.deepEqual(nextSort(inOrder, { id: 'values', largestFirst: true }), { column: 'values', descending: true });
    assert.deepEqual(nextSort(inOrder, { id: 'number' }), { column: 'number', descending: true });
  });
});

describe('a shape', () => {
  it('is written without its batch, and whole where its first axis is none', () => {
    assert.deepEqual([[1, 3, 8, 8], ['?', 3, '?'] as const, [2, 6, 4], [64], [1], []].map(shapeText), [
      '3×8×8',
      '3×?',
      '2×6×4',
      '64',
      'scalar',
      'scalar',
    ]);
  });
});

describe('a budget', () => {
  const judge = (bytes: number, partial = false) =>
    judgeBudget({ fp32: 4096, int8: 1200, binary: 200 }, { bytes, name: 'X' }, partial);

  it('is met by the first form that fits', () => {
    assert.match(judge(4096).text, /^Fits X \(4\.00 KiB\) at fp32, as it is; 0 B are left/);
    assert.match(judge(2000).text, /with int8 kernels/);
    assert.match(judge(300).text, /with 1-bit kernels/);
    assert.match(judge(100).text, /^Does not fit X .*100 B too much/);
    assert.deepEqual(
      [4096, 300, 100].map((bytes) => judge(bytes).tone),
      ['good', 'warn', 'bad'],
    );
  });

  it('is never met for sure by a lower bound', () => {
    assert.match(judge(8000, true).text, /^May fit/);
    assert.equal(judge(8000, true).tone, 'warn');
  });

  it('has one bar for tensors of which no kernels are known', () => {
    const plain = (bytes: number) => judgeBudget({ fp32: 4096, int8: 4096, binary: 4096 }, { bytes, name: 'X' }, false);
    assert.deepEqual(
      plain(8192).bars.map(({ label }) => label),
      ['stored'],
    );
    assert.match(plain(4096).text, /^Fits X \(4\.00 KiB\) as it is/);
    assert.match(plain(4000).text, /^Does not fit X .*: 96 B too much$/);
  });

  it('stands on the scale of the bars', () => {
    const { bars, mark } = judge(8192);
    assert.ok(bars.every(({ share }) => share < mark) && mark < 1);
  });
});

describe('choices that come back', () => {
  it('are taken where they have the right form', () => {
    const view = {
      ...initialModelView,
      filter: 'conv',
      device: 'watch',
      layerSort: { column: 'dor', descending: true },
    };
    assert.deepEqual(restoreModelView(JSON.parse(JSON.stringify(view))), view);
    assert.deepEqual(restoreModelView({ filter: 7, layerSort: 'x', table: 'rows' }), initialModelView);
    assert.deepEqual(restoreModelView(null), initialModelView);
  });
});
