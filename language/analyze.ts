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
import { BudgetExceeded, DEFAULT_LIMITS } from './interpreter/machine.ts';
import { javascriptSemantics } from './interpreter/javascript/javascriptSemantics.ts';
import { pythonSemantics } from './interpreter/python/pythonSemantics.ts';
import type { ActLog } from './models/acts.ts';
import type { EntryRequest } from './models/entries.ts';
import { commentEntries, parseEntry } from './models/entries.ts';
import { FollowingMemory } from './models/followingMemory.ts';
import { pythonModels } from './models/pythonModels.ts';
import { shapesIn, type ToldInput } from './models/toldInput.ts';
import { findTfjsModels, mentionsTfjs, type FindOptions } from './frameworks/tfjs/findModels.ts';
import type { SourceHost } from './sourceHost.ts';
import { runSteps, type Steps } from './steps.ts';
import type { SourceModule } from './syntax/ast.ts';
import type { LineMap } from './syntax/lineMap.ts';
import { sourceIn } from './syntax/scriptBlocks.ts';

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
  /** What the entries are fed with: shapes with batch 1, and plain values beside them. */
  readonly inputs?: readonly ToldInput[];
  readonly limits?: Partial<AnalyzeLimits>;
  /** Hears what is done for a Python file, and may pass over what is known (language/incremental). */
  readonly log?: ActLog;
  /** What following the scripts around a file gave before. */
  readonly memory?: FollowingMemory;
}

export interface FileAnalysis {
  readonly graphs: readonly ModelGraph[];
  readonly problems: readonly ReportProblem[];
}

export function analyzeFile(host: SourceHost, file: string, options: AnalyzeOptions = {}): FileAnalysis {
  return runSteps(analyzeInSteps(host, file, options));
}

/** The same in slices of a few hundredths of a second; the files must stay as they are until its end. */
export function* analyzeInSteps(host: SourceHost, file: string, options: AnalyzeOptions = {}): Steps<FileAnalysis> {
  const limits = { ...options.limits };
  const text = host.read(file);
  if (text === null)
    return { graphs: [], problems: [problem('SWP_SOURCE_UNREADABLE', 'The file cannot be read.', file, 1)] };
  if (text.length > (limits.sourceLength ?? DEFAULT_LIMITS.sourceLength)) {
    return {
      graphs: [],
      problems: [problem('SWP_SOURCE_TOO_LARGE', 'The file is too large to be analysed.', file, 1)],
    };
  }
  // Python and TypeScript both refuse null bytes, and the parsers take seconds over thousands of them.
  if (text.includes('\0')) {
    return {
      graphs: [],
      problems: [problem('SWP_SOURCE_UNREADABLE', 'The file is binary, not source text.', file, 1)],
    };
  }
  try {
    if (file.endsWith('.py')) return yield* analyzePython(host, file, text, options, limits);
    if (isScript(file)) return analyzeTfjs(host, file, sourceIn(file, text), options);
  } catch (error) {
    // Recursion of a source can go deeper than the stack of this thread before any other limit is met.
    if (!(error instanceof RangeError || error instanceof BudgetExceeded)) throw error;
    return { graphs: [], problems: [problem('SWP_SOURCE_TOO_COMPLEX', 'The file nests too deeply.', file, 1)] };
  }
  return { graphs: [], problems: [] };
}

function* analyzePython(
  host: SourceHost,
  file: string,
  text: string,
  options: AnalyzeOptions,
  limits: Partial<AnalyzeLimits>,
): Steps<FileAnalysis> {
  const comments = text.includes('slimwise:') ? pythonSemantics.parse(text).comments : [];
  if (!mentionsPythonFramework(text) && options.entries === undefined) return { graphs: [], problems: [] };
  const entries = requestedEntries(options) ?? commentEntries(comments);
  const around = { host, limits, memory: options.memory ?? new FollowingMemory() };
  const { unit, graphs, isIncomplete } = yield* pythonModels(around, file, entries, options.log ?? null);
  const problems = unit === null ? [] : syntaxProblems(unit.module, unit.lines, file);
  if (isIncomplete) {
    problems.push(problem('SWP_SOURCE_TOO_COMPLEX', 'The file was not followed to its end.', file, 1));
  }
  return { graphs, problems };
}

/** TypeScript or JavaScript, or a page or component that holds some (syntax/scriptBlocks.ts). */
export function isScript(path: string): boolean {
  return javascriptSemantics.extensions.some((ending) => path.endsWith(ending));
}

/** Whether a text can have anything to do with PyTorch or Keras. */
export function mentionsPythonFramework(text: string): boolean {
  return /\b(torch|keras|keras_core|tensorflow|tf|nn)\b/.test(text);
}

export function syntaxProblems(module: SourceModule, lines: LineMap, file: string): ReportProblem[] {
  return module.errors
    .slice(0, 5)
    .map(({ start, message }) => problem('SWP_SOURCE_SYNTAX', message, file, lines.lineOf(start)));
}

function analyzeTfjs(host: SourceHost, file: string, text: string, options: AnalyzeOptions): FileAnalysis {
  if (!mentionsTfjs(text)) return { graphs: [], problems: [] };
  const { unit, graphs, isIncomplete } = findTfjsModels(host, file, withShapes(options));
  const problems = unit === null ? [] : syntaxProblems(unit.module, unit.lines, file);
  if (isIncomplete) {
    problems.push(problem('SWP_SOURCE_TOO_COMPLEX', 'The file was not followed to its end.', file, 1));
  }
  return { graphs, problems };
}

function withShapes({ inputs, ...options }: AnalyzeOptions): FindOptions {
  return inputs === undefined ? options : { ...options, inputs: shapesIn(inputs) };
}

function requestedEntries(options: AnalyzeOptions): EntryRequest[] | null {
  if (options.entries === undefined) return null;
  return options.entries.flatMap((text) => {
    const entry = parseEntry(text);
    return entry === null ? [] : [{ ...entry, inputs: options.inputs ?? entry.inputs, isOnly: true }];
  });
}

function problem(code: string, message: string, file: string, line: number): ReportProblem {
  return { code, message, file, line };
}

/**
 * The graph of one entry, for those who build or train it: `entry` as in AnalyzeOptions, null for the file's only
 * model. An entry that repeats how the source itself builds the model (`Generator(opt.width)`) is taken as it was
 * found there, because its names mean something only where they stand.
 */
export function buildGraph(
  host: SourceHost,
  file: string,
  entry: string | null,
  inputs: readonly Shape[] | null,
): Result<ModelGraph> {
  if (entry !== null && inputs === null) {
    const found = analyzeFile(host, file).graphs.find(({ instantiation }) => instantiation === entry);
    if (found !== undefined) return success(found);
  }
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
