/**
 * One model file for `slimwise analyze`, in the form of a source's report. In a folder, a `model.json` that is
 * no model is nothing to speak of, a damaged file is a line among the problems, and the source that tensors belong
 * to is reported by itself; a file that the user named must be readable.
 */
import type { Shape } from '../../core/graph/shape.ts';
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { success, type Result } from '../../core/result.ts';
import { describeModelFile } from '../../language/files/describeModelFile.ts';
import { withModelFile } from '../../language/server/diskModelFile.ts';
import type { LanguageSettings } from '../../language/settings.ts';
import type { SourceHost } from '../../language/sourceHost.ts';

export interface ModelFileRequest {
  /** Absolute. */
  readonly file: string;
  /** Relative to the root of `host`. */
  readonly name: string;
  readonly host: SourceHost;
  readonly settings: LanguageSettings;
  readonly inputs: readonly Shape[] | undefined;
  readonly isScan: boolean;
}

export function readModelFile({ file, name, host, settings, inputs, isScan }: ModelFileRequest): Result<AnalyzeReport> {
  const options = { sources: host, ...(inputs === undefined ? {} : { inputs }) };
  const read = withModelFile(file, (bytes) => describeModelFile(bytes, name, settings, options));
  if (read.ok) {
    const { models, problems, file: path, format, sizeBytes, facts, tensors } = read.value;
    const own = isScan && tensors !== null ? [] : models;
    return success({
      version: 1,
      models: own,
      problems,
      modelFiles: [{ file: path, format, sizeBytes, facts, tensors }],
    });
  }
  if (!isScan) return read;
  const { code, message } = read.problem;
  const isOther = code === 'SWP_MODEL_JSON_NOT_A_MODEL';
  return success({ version: 1, models: [], problems: isOther ? [] : [{ code, message, file: name, line: 1 }] });
}
