/**
 * Which hover belongs to a position: the layers whose building call covers it, innermost first; else the
 * layers that the line stands for; else the model whose class starts on the line. Null says nothing, so
 * that other extensions' hovers stand alone.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { DescribedModel } from '../describeFile.ts';
import type { ModelRow } from '../report/modelRow.ts';
import type { Budget } from '../settings.ts';
import { distinctRows } from './distinctRows.ts';
import { layerHover } from './layerHover.ts';
import { modelHover, rowsHover } from './modelHover.ts';

export interface SourcePosition {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 0-based. */
  readonly column: number;
}

interface Hit extends ModelRow {
  readonly model: DescribedModel;
  readonly graph: ModelGraph;
}

export function hoverAt(
  models: readonly DescribedModel[],
  position: SourcePosition,
  budget: Budget | null,
): string | null {
  const hits = models.flatMap((model) => model.rows.map((entry) => hitOf(model, entry)));
  const covering = innermost(hits.filter(({ row }) => covers(row, position)));
  const speaking = covering.length > 0 ? covering : hits.filter(({ row }) => speaksOn(row, position));
  const rows = hitsMarkdown(speaking);
  if (rows !== null) return rows;
  const owner = models.filter(({ report }) => report.file === position.file && report.line === position.line);
  return owner.length === 0 ? null : owner.map((model) => modelHover(model, budget)).join('\n\n---\n\n');
}

/** The same text for rows that a hint speaks for. */
export function rowsMarkdown(models: readonly DescribedModel[], rows: readonly ModelRow[]): string | null {
  const spoken = new Set(rows.map(({ row }) => row));
  return hitsMarkdown(
    models.flatMap((model) => model.rows.filter(({ row }) => spoken.has(row)).map((entry) => hitOf(model, entry))),
  );
}

function hitOf(model: DescribedModel, entry: ModelRow): Hit {
  return { ...entry, model, graph: model.graph };
}

function hitsMarkdown(hits: readonly Hit[]): string | null {
  const distinct = distinctRows(hits);
  const [first] = distinct;
  if (first === undefined) return null;
  return distinct.length === 1 ? layerHover(first.model, first) : rowsHover(distinct);
}

function covers(row: ModelRow['row'], { file, line, column }: SourcePosition): boolean {
  if (row.file !== file || line < row.line || row.endLine < line) return false;
  return (line > row.line || row.column <= column) && (line < row.endLine || column <= row.endColumn);
}

function speaksOn(row: ModelRow['row'], { file, line }: SourcePosition): boolean {
  return row.stack.some((frame) => frame.file === file && frame.line === line);
}

/** Calls nest (`Sequential(Conv2d(…))`): keep those that start last. */
function innermost(hits: readonly Hit[]): readonly Hit[] {
  const start = ({ row }: Hit): number => row.line * 100_000 + row.column;
  const last = Math.max(...hits.map(start));
  return hits.filter((hit) => start(hit) === last);
}
