/**
 * The numbers behind a chart: one row per position of the x axis, one column per series, and two more for the
 * interval where a series has one. The same rows are the table that a reader opens and the CSV that they
 * export. What a series does not have at a position is null, never zero.
 */
import type { ChartSpec } from './chartSpec.ts';

export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export function chartTable({ x, series }: ChartSpec): ChartTable {
  const positions = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))].sort((a, b) => a - b);
  const shown = series.map(({ name, points }) => ({
    name,
    at: new Map(points.map((point) => [point.x, point])),
    interval: points.some(({ low, high }) => low !== undefined || high !== undefined),
  }));
  return {
    columns: [
      x.label,
      ...shown.flatMap(({ name, interval }) => (interval ? [name, `${name}, low`, `${name}, high`] : [name])),
    ],
    rows: positions.map((position) => [
      x.categories?.[position] ?? position,
      ...shown.flatMap(({ at, interval }) => {
        const point = at.get(position);
        const values = interval ? [point?.y, point?.low, point?.high] : [point?.y];
        return values.map((value) => (value === undefined || !Number.isFinite(value) ? null : value));
      }),
    ]),
  };
}

/** RFC 4180, lines ending in CRLF. A text that a spreadsheet would take for a formula is quoted as text. */
export function tableCsv({ columns, rows }: ChartTable): string {
  return [columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
