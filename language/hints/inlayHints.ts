/**
 * Inlay hints of one file: one per line, at the line's end, never longer than 40 characters. A layer speaks
 * on the line where its building call ends; the lines that call a helper speak for the layers built
 * through them, unless the helper's own line already says the same. One hint per line is the invariant
 * that keeps a line within VS Code's limit, whatever other extensions add.
 */
import type { ModelRow } from '../report/modelRow.ts';
import type { DescribedModel } from '../describeFile.ts';
import { layerLabel } from './layerLabel.ts';
import { rowsLabel, type PlacedRow } from './aggregateLabel.ts';

export interface LineHint {
  /** 1-based; the hint belongs at the end of this line. */
  readonly line: number;
  readonly label: string;
  /** The rows it speaks for, for its tooltip. */
  readonly rows: readonly ModelRow[];
}

export function inlayHints(models: readonly DescribedModel[], file: string): readonly LineHint[] {
  const byLine = new Map<number, PlacedRow[]>();
  const add = (line: number, row: PlacedRow): void => {
    const rows = byLine.get(line);
    if (rows === undefined) byLine.set(line, [row]);
    else if (rows[rows.length - 1] !== row) rows.push(row);
  };
  for (const { graph, rows } of models) {
    for (const { layer, row } of rows) {
      const label = layerLabel({ layer, row });
      const placed: PlacedRow = { layer, row, graph, label };
      if (row.file === file) add(row.endLine, placed);
      for (const frame of row.stack) {
        if (frame.file !== file || (row.file === file && row.line <= frame.line && frame.line <= row.endLine)) continue;
        add(frame.line, placed);
      }
    }
  }
  const hints: LineHint[] = [];
  for (const [line, rows] of [...byLine].sort(([a], [b]) => a - b)) {
    const label = rowsLabel(rows);
    if (label !== null) hints.push({ line, label, rows });
  }
  return hints;
}
