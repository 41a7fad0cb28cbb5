/**
 * The report of a notebook's joined text, in the words of the notebook: every place names the notebook, the
 * cell and the line within the cell. Code cells count from 1, in the order of the document.
 */
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { withPlaces, type Placed } from '../report/withPlaces.ts';
import type { JoinedCells } from './joinCells.ts';

/** The path by which an analysis knows the joined text of a notebook. */
export function joinedPath(notebook: string): string {
  return `${notebook}.py`;
}

export interface NotebookCells {
  /** Path of the notebook, as the report's places are to name it. */
  readonly path: string;
  readonly joined: JoinedCells;
}

export function notebookReport(report: AnalyzeReport, { path, joined }: NotebookCells): AnalyzeReport {
  const text = joinedPath(path);
  return withPlaces(report, <T extends Placed>(value: T): T => {
    if (value.file !== text) return value;
    const { cellIdx, line } = joined.placeOf(value.line);
    const end = value.endLine === undefined ? {} : { endLine: value.endLine - value.line + line };
    return { ...value, file: path, cell: cellIdx + 1, line, ...end };
  });
}
