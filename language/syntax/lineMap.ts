/**
 * Offsets to lines and columns for one text. Lines are 1-based, columns 0-based, as in `Site`;
 * `\n`, `\r\n` and lone `\r` all end a line.
 */
import type { Site } from '../../core/graph/modelGraph.ts';
import type { Span } from './ast.ts';

export interface LineMap {
  readonly nLines: number;
  lineOf(offset: number): number;
  columnOf(offset: number): number;
  /** Offset of the first character of a 1-based line, clamped to the text. */
  offsetOf(line: number): number;
  siteOf(file: string, span: Span): Site;
}

export function createLineMap(text: string): LineMap {
  const starts = lineStarts(text);
  const startOf = (lineIdx: number): number => starts[Math.max(0, Math.min(lineIdx, starts.length - 1))] ?? 0;
  const lineOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (startOf(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  const columnOf = (offset: number): number => offset - startOf(lineOf(offset) - 1);
  return {
    nLines: starts.length,
    lineOf,
    columnOf,
    offsetOf: (line) => startOf(line - 1),
    siteOf: (file, span) => ({
      file,
      line: lineOf(span.start),
      column: columnOf(span.start),
      endLine: lineOf(span.end),
      endColumn: columnOf(span.end),
    }),
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let offset = 0; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === 10 || (code === 13 && text.charCodeAt(offset + 1) !== 10)) starts.push(offset + 1);
  }
  return starts;
}
