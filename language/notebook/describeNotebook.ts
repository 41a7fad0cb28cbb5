/**
 * The report of an `.ipynb` file: its code cells read as one program, in the order of the document, with
 * imports from the files beside it. Every place in it names the notebook, the cell and the line there.
 */
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import type { AnalyzeOptions } from '../analyze.ts';
import { describeFile, toReport } from '../describeFile.ts';
import type { LanguageSettings } from '../settings.ts';
import type { SourceHost } from '../sourceHost.ts';
import { joinCells } from './joinCells.ts';
import { joinedPath, notebookReport } from './notebookReport.ts';
import { readNotebook } from './readNotebook.ts';

export interface NotebookFile {
  /** Relative to the host's root. */
  readonly path: string;
  readonly text: string;
}

/** null: the text is no notebook. */
export function describeNotebook(
  host: SourceHost,
  { path, text }: NotebookFile,
  settings: LanguageSettings,
  options: AnalyzeOptions = {},
): AnalyzeReport | null {
  const cells = readNotebook(text);
  if (cells === null) return null;
  const joined = joinCells(cells.filter(({ kind }) => kind === 'code').map(({ source }) => source));
  const source = joinedPath(path);
  const withCells: SourceHost = {
    read: (file) => (file === source ? joined.text : host.read(file)),
    list: (folder) => host.list(folder),
  };
  return notebookReport(toReport(describeFile(withCells, source, settings, options)), { path, joined });
}
