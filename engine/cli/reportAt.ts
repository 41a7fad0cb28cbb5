/**
 * The report of everything at a path, for the commands that look at sources and models: `analyze` prints it, `check`
 * judges it. Files are named as the user knows them.
 */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import type { ModelFileSummary } from '../../core/report/modelFileReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { AnalyzeOptions } from '../../language/analyze.ts';
import { describeFile, toReport } from '../../language/describeFile.ts';
import { withFiles } from '../../language/server/absoluteReport.ts';
import { diskHost } from '../../language/server/diskHost.ts';
import { defaultSettings, type Budget, type ConvFormula, type LanguageSettings } from '../../language/settings.ts';
import { shapesIn } from '../../language/models/toldInput.ts';
import type { SourceHost } from '../../language/sourceHost.ts';
import { notASource, pathNotFound, unreadable } from './problems.ts';
import { readModelFile } from './readModelFile.ts';
import { isNotebook, readNotebookFile } from './readNotebookFile.ts';
import { isModelFile, posixPath, projectRoot, shownPath, sourcesAt } from './sourceFiles.ts';

export interface ReportRequest {
  readonly path: string;
  readonly budget: Budget | null;
  readonly convFormula: ConvFormula;
  readonly severities?: LanguageSettings['severities'];
  /** Top of the project, for its imports; null: found by itself. */
  readonly root: string | null;
  readonly options: AnalyzeOptions;
}

/** `isComplete` is false where a folder had too many files to look at. */
export function reportAt(
  request: ReportRequest,
  cwd: string,
): Result<{ readonly report: AnalyzeReport; readonly isComplete: boolean }> {
  const path = resolve(cwd, request.path);
  const target = sourcesAt(path);
  if (target.kind === 'missing') return failure(pathNotFound(request.path));
  if (target.kind === 'notSource') return failure(notASource(request.path));
  const settings: LanguageSettings = {
    ...defaultSettings,
    convFormula: request.convFormula,
    budget: request.budget,
    severities: request.severities ?? defaultSettings.severities,
  };
  const hosts = new Map<string, SourceHost>();
  const isScan = target.files.length !== 1 || target.files[0] !== path;
  const reports: AnalyzeReport[] = [];
  for (const file of target.files) {
    const root = request.root === null ? projectRoot(file, cwd) : resolve(cwd, request.root);
    const host = hosts.get(root) ?? diskHost(root);
    hosts.set(root, host);
    const name = posixPath(relative(root, file));
    const shown = (inside: string): string => shownPath(resolve(root, inside), cwd);
    if (isModelFile(file)) {
      const read = readModelFile({
        file,
        name,
        host,
        settings,
        inputs: shapesIn(request.options.inputs ?? []),
        isScan,
      });
      if (read.ok) reports.push(withFiles(read.value, shown));
      else return failure({ ...read.problem, path: request.path });
    } else if (isNotebook(file)) {
      const read = readNotebookFile({ file, name, host, settings, options: request.options });
      if (read.ok) reports.push(withFiles(read.value, shown));
      else if (!isScan) return failure({ ...read.problem, path: request.path });
    } else {
      reports.push(withFiles(toReport(describeFile(host, name, settings, request.options)), shown));
      if (!isScan && !isReadable(file)) return failure(unreadable(request.path));
    }
  }
  const report: AnalyzeReport = {
    version: 1,
    models: reports.flatMap(({ models }) => models),
    problems: reports.flatMap(({ problems }) => problems),
    ...withModelFiles(reports.flatMap(({ modelFiles }) => modelFiles ?? [])),
  };
  return success({ report, isComplete: target.complete });
}

function withModelFiles(modelFiles: readonly ModelFileSummary[]): Pick<AnalyzeReport, 'modelFiles'> {
  return modelFiles.length === 0 ? {} : { modelFiles };
}

function isReadable(file: string): boolean {
  try {
    return diskHost(dirname(file)).read(relative(dirname(file), file)) !== null || readFileSync(file).length === 0;
  } catch {
    return false;
  }
}
