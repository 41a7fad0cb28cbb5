/**
 * Text tables with aligned columns: names to the left, numbers to the right, two spaces between. Widths
 * count characters, which is right for the signs used here (×, −, ·, →). The last left column is not padded.
 */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** One line per row, below a line of titles; no trailing spaces. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, idx) => Math.max(title.length, ...rows.map((row) => (row[idx] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, idx) => {
        const cell = cells[idx] ?? '';
        const width = widths[idx] ?? 0;
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}
