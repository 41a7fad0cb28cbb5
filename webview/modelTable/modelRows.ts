/**
 * Which rows a table shows and in which order: a filter over their words, a stable sort by one column, and the
 * sums of what is left. Pure; thousands of rows are sorted in a few milliseconds.
 */
import type { LayerReport } from '../../core/report/analyzeReport.ts';
import type { TensorRow } from '../../core/report/modelFileReport.ts';
import type { Column } from './modelColumns.ts';

/** A row with its position in the report. */
export interface Indexed<Row> {
  readonly row: Row;
  readonly idx: number;
}

export interface TableSort {
  readonly column: string;
  readonly descending: boolean;
}

export const inOrder: TableSort = { column: 'number', descending: false };

/** Each word must occur somewhere, in any case. */
export function filterRows<Row>(
  rows: readonly Row[],
  filter: string,
  textOf: (row: Row) => string,
): readonly Indexed<Row>[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const indexed = rows.map((row, idx): Indexed<Row> => ({ row, idx }));
  if (words.length === 0) return indexed;
  return indexed.filter(({ row }) => {
    const text = textOf(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Unknown values come last in either direction; equal ones stay in the order of the file. */
export function sortRows<Row>(
  rows: readonly Indexed<Row>[],
  columns: readonly Column<Row>[],
  { column, descending }: TableSort,
): readonly Indexed<Row>[] {
  const by = columns.find(({ id }) => id === column);
  if (by === undefined) return rows;
  const sign = descending ? -1 : 1;
  const keyed = rows.map((indexed) => ({ indexed, key: by.sortBy(indexed) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null)
      return Number(a.key === null) - Number(b.key === null) || a.indexed.idx - b.indexed.idx;
    return sign * compare(a.key, b.key) || a.indexed.idx - b.indexed.idx;
  });
  return keyed.map(({ indexed }) => indexed);
}

const collator = new Intl.Collator('en', { numeric: true });

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
}

/** The sort after a click on a column's head: the other direction if it was sorted by it already. */
export function nextSort(sort: TableSort, column: { readonly id: string; readonly largestFirst?: boolean }): TableSort {
  const isSame = sort.column === column.id;
  return { column: column.id, descending: isSame ? !sort.descending : (column.largestFirst ?? false) };
}

export function layerText({ name, type, op }: LayerReport): string {
  return `${name} ${type} ${op}`;
}

export function tensorText({ name, dtype, fit }: TensorRow): string {
  return `${name} ${dtype} ${fit?.kind ?? ''} ${fit?.layer ?? ''}`;
}

export interface LayerSums {
  readonly params: number;
  readonly macs: number;
  readonly fp32: number;
  readonly int8: number;
  readonly binary: number;
  /** Some row has weights that are not known: parameters and bytes are lower bounds. */
  readonly isPartial: boolean;
  readonly areMacsPartial: boolean;
}

export function sumLayers(rows: readonly Indexed<LayerReport>[]): LayerSums {
  const sums = { params: 0, macs: 0, fp32: 0, int8: 0, binary: 0, isPartial: false, areMacsPartial: false };
  for (const { row } of rows) {
    sums.params += row.params ?? 0;
    sums.macs += row.unused ? 0 : (row.macs ?? 0);
    sums.fp32 += row.bytes?.fp32 ?? 0;
    sums.int8 += row.bytes?.int8 ?? 0;
    sums.binary += row.bytes?.binary ?? 0;
    sums.isPartial ||= row.params === null || row.bytes === null;
    sums.areMacsPartial ||= !row.unused && row.macs === null;
  }
  return sums;
}
