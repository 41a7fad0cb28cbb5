/**
 * A table as a drawing that can leave its page: head, hairlines and cells as SVG text, in the light palette. Widths
 * are estimated from the number of characters, generously, because nothing here can measure a font; numbers stand
 * to the right, words to the left. What a value is and how it is written belongs to the table, not here.
 */
import { lightPalette } from './chartStyles.ts';
import type { ChartTable } from './chartTable.ts';

const rowHeight = 26;
const padding = 14;
const titleHeight = 30;
/** Of a 13-pixel sans-serif letter, and of the bold head. */
const letterWidth = 7.2;
const headLetterWidth = 7.8;

export function tableSvg(
  title: string,
  { columns, rows }: ChartTable,
  cellText: (cell: string | number | null) => string,
): string {
  const cells = rows.map((row) => columns.map((_, i) => cellText(row[i] ?? null)));
  const widths = columns.map(
    (name, i) =>
      2 * padding + Math.max(name.length * headLetterWidth, ...cells.map((row) => (row[i]?.length ?? 0) * letterWidth)),
  );
  const lefts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
  const numeric = columns.map((_, i) => rows.every((row) => row[i] === null || typeof row[i] === 'number'));
  const width = Math.ceil(Math.max(sum(widths), 2 * padding + title.length * headLetterWidth));
  const height = titleHeight + (rows.length + 1) * rowHeight + 6;
  const text = (value: string, column: number, row: number, head: boolean): string => {
    const right = numeric[column] === true;
    const x = (lefts[column] ?? 0) + (right ? (widths[column] ?? 0) - padding : padding);
    const y = titleHeight + row * rowHeight + 17;
    const style = head ? ` font-weight="600" fill="${lightPalette.muted}"` : '';
    return `<text x="${round(x)}" y="${y}"${right ? ' text-anchor="end"' : ''}${style}>${escaped(value)}</text>`;
  };
  const lines = Array.from({ length: rows.length + 1 }, (_, row) => {
    const y = titleHeight + (row + 1) * rowHeight - 0.5;
    return `<path d="M${padding} ${y}H${width - padding}" stroke="${lightPalette.grid}"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" fill="${lightPalette.ground}"/>`,
    `<g font-family='system-ui,-apple-system,"Segoe UI",Roboto,sans-serif' font-size="13" fill="${lightPalette.text}">`,
    `<text x="${padding}" y="20" font-weight="600">${escaped(title)}</text>`,
    ...lines,
    ...columns.map((name, i) => text(name, i, 0, true)),
    ...cells.flatMap((row, r) => row.map((cell, i) => text(cell, i, r + 1, false))),
    '</g></svg>',
  ].join('');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Names in tables come from the user's files. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
