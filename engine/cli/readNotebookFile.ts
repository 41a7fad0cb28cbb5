/**
 * One notebook for `slimwise analyze`. Outputs may make it very large: they are read past and dropped, up to
 * a size that no notebook needs (language/notebook/readNotebook.ts).
 */
import { readFileSync, statSync } from 'node:fs';
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { AnalyzeOptions } from '../../language/analyze.ts';
import { describeNotebook } from '../../language/notebook/describeNotebook.ts';
import type { LanguageSettings } from '../../language/settings.ts';
import type { SourceHost } from '../../language/sourceHost.ts';
import { notANotebook } from './problems.ts';

const maxNotebookBytes = 256 * 1024 * 1024;

export interface NotebookRequest {
  /** Absolute. */
  readonly file: string;
  /** Relative to the root of `host`. */
  readonly name: string;
  readonly host: SourceHost;
  readonly settings: LanguageSettings;
  readonly options: AnalyzeOptions;
}

export function isNotebook(path: string): boolean {
  return /\.ipynb$/i.test(path);
}

export function readNotebookFile({ file, name, host, settings, options }: NotebookRequest): Result<AnalyzeReport> {
  const text = textOf(file);
  const report = text === null ? null : describeNotebook(host, { path: name, text }, settings, options);
  return report === null ? failure(notANotebook(name)) : success(report);
}

function textOf(file: string): string | null {
  try {
    return statSync(file).size <= maxNotebookBytes ? readFileSync(file, 'utf8') : null;
  } catch {
    return null; // Not readable, which the problem says as well.
  }
}
