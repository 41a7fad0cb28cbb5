/**
 * One source file, analysed for a command that looks at its graphs: `edit` and `fit`. Names the model that is meant:
 * the one that is asked for, or the only one.
 */
import { relative, resolve } from 'node:path';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { analyzeFile, type AnalyzeOptions, type FileAnalysis } from '../../language/analyze.ts';
import { diskHost } from '../../language/server/diskHost.ts';
import { parseToldInput, type ToldInput } from '../../language/models/toldInput.ts';
import type { SourceHost } from '../../language/sourceHost.ts';
import { parseShape } from './parseShape.ts';
import { modelNotNamed, notASource, pathNotFound } from './problems.ts';
import { isModelFile, posixPath, projectRoot, sourcesAt } from './sourceFiles.ts';

export interface OpenSource {
  readonly host: SourceHost;
  /** Folder that the host's paths are relative to. */
  readonly root: string;
  readonly file: string;
  readonly analysis: FileAnalysis;
  readonly graph: ModelGraph;
}

export interface SourceRequest {
  readonly path: string;
  readonly model: string | null;
  readonly options: AnalyzeOptions;
}

export function openSource({ path, model, options }: SourceRequest, cwd: string): Result<OpenSource> {
  const absolute = resolve(cwd, path);
  const target = sourcesAt(absolute);
  if (target.kind === 'missing') return failure(pathNotFound(path));
  if (target.kind === 'notSource' || isModelFile(absolute) || target.files[0] !== absolute)
    return failure(notASource(path));
  const root = projectRoot(absolute, cwd);
  const host = diskHost(root);
  const file = posixPath(relative(root, absolute));
  const analysis = analyzeFile(host, file, options);
  const named = analysis.graphs.filter(({ name }) => model === null || name === model);
  const [graph, ...others] = named;
  if (graph === undefined || others.length > 0) {
    const names = analysis.graphs.map(({ name }) => name);
    return failure(modelNotNamed(path, names));
  }
  return success({ host, root, file, analysis, graph });
}

/** `--entry` and `--input` as the analysis takes them; a string says what is wrong. */
export function analyzeOptions(values: {
  readonly entry?: readonly string[] | undefined;
  readonly input?: readonly string[] | undefined;
}): AnalyzeOptions | string {
  const inputs: ToldInput[] = [];
  for (const text of values.input ?? []) {
    const input = text.startsWith('=') ? parseToldInput(text.slice(1)) : (parseShape(text) ?? undefined);
    if (input === undefined) return `'${text}' is no shape: write 1,100,1,1, or a plain value as =0.5.`;
    inputs.push(input);
  }
  return {
    ...(values.entry === undefined ? {} : { entries: values.entry }),
    ...(inputs.length === 0 ? {} : { inputs }),
  };
}
