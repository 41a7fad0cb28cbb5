/**
 * The report of a model file for a client: read from the disk of this machine, with the sources beside it as the
 * editor has them now. The budget is left out of its findings, since the page that shows it lets the reader
 * choose the device. A document elsewhere (a virtual file system) is out of reach, and the answer says so.
 */
import { join } from 'node:path';
import type { ModelFileResult } from '../../core/report/languageProtocol.ts';
import type { ModelFileReport } from '../../core/report/modelFileReport.ts';
import { failure, success } from '../../core/result.ts';
import { describeModelFile } from '../files/describeModelFile.ts';
import { modelFileUnreachable } from '../files/problems.ts';
import type { LanguageSettings } from '../settings.ts';
import type { SourceHost } from '../sourceHost.ts';
import { absoluteReport } from './absoluteReport.ts';
import { withModelFile } from './diskModelFile.ts';
import { folderOnDisk, type DocumentPlace } from './documentPaths.ts';

export interface ModelFilesContext {
  hostOf(root: string): SourceHost;
  readonly settings: LanguageSettings;
}

export function modelFileReport({ root, path }: DocumentPlace, context: ModelFilesContext): ModelFileResult {
  const folder = folderOnDisk(root);
  if (folder === null) return failure(modelFileUnreachable());
  const settings = { ...context.settings, budget: null };
  const sources = context.hostOf(root);
  const read = withModelFile(join(folder, path), (file) => describeModelFile(file, path, settings, { sources }));
  return read.ok ? success(withAbsolutePaths(read.value, root)) : read;
}

function withAbsolutePaths(report: ModelFileReport, root: string): ModelFileReport {
  const { models, problems, ...file } = report;
  const placed = absoluteReport({ version: 1, models, problems, modelFiles: [file] }, root);
  return { ...report, ...placed.modelFiles?.[0], models: placed.models, problems: placed.problems, version: 1 };
}
