/**
 * The report of any source that the server can reach, opened or not, as `slimwise analyze` gives it: also of one model
 * as it is named, with its input. For tools that work on their own; what the editor shows comes from the open
 * documents.
 */
import type { Connection } from 'vscode-languageserver';
import { isKnownShape, type Shape } from '../../core/graph/shape.ts';
import { analyzeRequest, type AnalyzeParams, type AnalyzeResult } from '../../core/report/languageProtocol.ts';
import { describeFile, toReport } from '../describeFile.ts';
import { absoluteReport } from './absoluteReport.ts';
import type { FeatureContext } from './features.ts';

export function registerAnalyze(connection: Connection, { documents, session }: FeatureContext): void {
  connection.onRequest<AnalyzeResult, unknown>(analyzeRequest, (params: AnalyzeParams) => {
    const { root, path } = documents.placeOf(params.textDocument.uri);
    const { entry, input } = params;
    const shape: Shape | null = input === undefined ? null : [...input];
    const options = {
      ...(entry === undefined ? {} : { entries: [entry] }),
      ...(isKnownShape(shape) ? { inputs: [shape] } : {}),
    };
    const host = documents.hostOf(root);
    if (host.read(path) === null) return { refused: 'there is no such file, or it cannot be read as text' };
    return { report: absoluteReport(toReport(describeFile(host, path, session().settings, options)), root) };
  });
}
