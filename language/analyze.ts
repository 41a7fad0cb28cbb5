/**
 * One file in, its models out: the entry point of the room. Finds the models that the file defines,
 * how each is built and fed (comment, options, calls in the file and beside it), and follows them
 * to a ModelGraph. It never throws for what stands in a source: bad text gives problems, what cannot
 * be known is null or `?` in the graph. It reads through the host only and executes nothing.
 */
import type { ModelGraph } from '../core/graph/modelGraph.ts';
import type { Shape } from '../core/graph/shape.ts';
import type { ReportProblem } from '../core/report/analyzeReport.ts';
import type { Result } from '../core/result.ts';
import { failure, success } from '../core/result.ts';
import type { SourceHost } from './sourceHost.ts';

export interface AnalyzeLimits {
  /** Interpreter steps per file; about 10 million a second. */
  readonly steps: number;
  readonly depth: number;
  /** Characters; a larger file gives a problem instead of models. */
  readonly sourceLength: number;
}

export interface AnalyzeOptions {
  /** How to build models, as written in the source: `Generator(100)`. Without it they are found. */
  readonly entries?: readonly string[];
  /** Input shapes of the entries, batch 1. */
  readonly inputs?: readonly Shape[];
  readonly limits?: Partial<AnalyzeLimits>;
}

export interface FileAnalysis {
  readonly graphs: readonly ModelGraph[];
  readonly problems: readonly ReportProblem[];
}

export function analyzeFile(_host: SourceHost, _file: string, _options: AnalyzeOptions = {}): FileAnalysis {
  return { graphs: [], problems: [] };
}

/** The graph of one entry, for those who build or train it: `entry` as in AnalyzeOptions, null for the file's only model. */
export function buildGraph(
  host: SourceHost,
  file: string,
  entry: string | null,
  inputs: readonly Shape[] | null,
): Result<ModelGraph> {
  const options = { ...(entry === null ? {} : { entries: [entry] }), ...(inputs === null ? {} : { inputs }) };
  const [graph] = analyzeFile(host, file, options).graphs;
  if (graph !== undefined) return success(graph);
  return failure({
    code: 'SWP_NO_MODEL',
    message: `No model was found${entry === null ? '' : ` for ${entry}`}.`,
    hint: 'Name the class or builder function and its arguments, for example Generator(100).',
    path: file,
  });
}
