/**
 * What a file is described as after an edit, from what it was before: models that the edit cannot have
 * changed keep their graphs, on the lines where they are now. The answer is the one that `describeFile`
 * gives for the same files. Every file and folder that the earlier analysis looked at is compared again, so
 * that nothing depends on being told of changes.
 */
import type { GraphFault, ModelGraph } from '../../core/graph/modelGraph.ts';
import type { Finding } from '../../core/report/analyzeReport.ts';
import { analyzeInSteps, isScript, mentionsPythonFramework, syntaxProblems, type FileAnalysis } from '../analyze.ts';
import { withFaults, type DescribedModel, type FileDescription } from '../describeFile.ts';
import { constructorFaults } from '../findings/constructors/constructorFaults.ts';
import { checkModel } from '../findings/rules.ts';
import { withoutSuppressed } from '../findings/suppress.ts';
import { mentionsTfjs } from '../frameworks/tfjs/findModels.ts';
import { pageScripts } from '../frameworks/tfjs/pageScripts.ts';
import { pageFields } from '../interpreter/libraries/pageLibrary.ts';
import { DEFAULT_LIMITS } from '../interpreter/machine.ts';
import { javascriptSemantics } from '../interpreter/javascript/javascriptSemantics.ts';
import { pythonSemantics } from '../interpreter/python/pythonSemantics.ts';
import { ActLog, RecordLost, type AnalysisRecord } from '../models/acts.ts';
import { costModel } from '../report/buildReport.ts';
import { measurementsOf, readMeasurements, type Measurements } from '../report/measurements.ts';
import type { CostedModel } from '../report/modelRow.ts';
import type { LanguageSettings } from '../settings.ts';
import { looksTheSame, recordingHost, type LookedAt } from '../lookedAt.ts';
import { FollowingMemory } from '../models/followingMemory.ts';
import type { SourceHost } from '../sourceHost.ts';
import { runSteps, type Steps } from '../steps.ts';
import { createLineMap } from '../syntax/lineMap.ts';
import { holdsScripts, sourceIn } from '../syntax/scriptBlocks.ts';
import { compareModules, type Comparison, type ParsedFile } from './compareModules.ts';
import { focusOn } from './focusOn.ts';
import { isHeard, isHeardInScript } from './isHeard.ts';
import { isSamePlain } from './isSamePlain.ts';
import { moveGraph } from './moveGraph.ts';

/** A description with what the next one can be made from. */
export interface Described {
  readonly path: string;
  readonly settings: LanguageSettings;
  readonly measurements: Measurements | null;
  readonly description: FileDescription;
  readonly analysis: FileAnalysis;
  readonly judged: ReadonlyMap<ModelGraph, JudgedModel>;
  readonly looked: LookedAt;
  /** Of the files around it; goes from one description to the next. */
  readonly memory: FollowingMemory;
  /** null: not a source file, or not one that is analysed. */
  readonly parsed: ParsedFile | null;
  readonly record: AnalysisRecord | null;
  /** How much of the analysis was done again. */
  readonly effort: Effort;
}

export type Effort = 'everything' | 'some models' | 'nothing';

interface JudgedModel {
  readonly costed: CostedModel;
  /** Before suppression. */
  readonly findings: readonly Finding[];
  /** With faults that are not the graph's own. */
  readonly hasFaults: boolean;
}

interface Analysed {
  readonly analysis: FileAnalysis;
  readonly looked: LookedAt;
  readonly record: AnalysisRecord | null;
  readonly effort: Effort;
}

export function describeAgain(
  host: SourceHost,
  path: string,
  settings: LanguageSettings,
  before: Described | null,
): Described {
  return runSteps(describeInSteps(host, path, settings, before));
}

/** The same in slices; the files must stay as they are until its end. */
export function* describeInSteps(
  host: SourceHost,
  path: string,
  settings: LanguageSettings,
  before: Described | null,
): Steps<Described> {
  const parsed = parse(host, path);
  const memory = before?.memory ?? new FollowingMemory();
  const known = before === null || parsed === null ? null : yield* analyseChange(host, parsed, before);
  const { analysis, looked, record, effort } = known ?? (yield* analyseFully(host, path, memory));
  const measurements = analysis.graphs.length === 0 ? null : readMeasurements(host, path, before?.measurements ?? null);
  // Any line of the file can define a name that a constructor lacks: these are looked for after each edit.
  const faults = constructorFaults(host, path, analysis.graphs);
  const judged = new Map(
    analysis.graphs.map((graph, idx) => {
      const own = faults[idx] ?? [];
      const same = before?.settings === settings && before.measurements === measurements && own.length === 0;
      const kept = same ? judgedBefore(before, graph) : null;
      return [graph, kept ?? judge(graph, own, settings, measurements)] as const;
    }),
  );
  const read = (file: string): string | null => host.read(file);
  const models = [...judged.values()].map(({ costed, findings }): DescribedModel => ({
    ...costed,
    findings: withoutSuppressed(findings, read),
  }));
  const description = { models, problems: analysis.problems };
  return { path, settings, measurements, description, analysis, judged, looked, memory, parsed, record, effort };
}

/** What was found of the same graph, or of one that says the same. */
function judgedBefore({ judged }: Described, graph: ModelGraph): JudgedModel | null {
  const known = judged.get(graph);
  if (known !== undefined) return known.hasFaults ? null : known;
  for (const [earlier, model] of judged) {
    const isLikely = !model.hasFaults && earlier.name === graph.name && earlier.line === graph.line;
    if (isLikely && earlier.nodes.length === graph.nodes.length && isSamePlain(earlier, graph)) return model;
  }
  return null;
}

function judge(
  followed: ModelGraph,
  faults: readonly GraphFault[],
  settings: LanguageSettings,
  measurements: Measurements | null,
): JudgedModel {
  const graph = withFaults(followed, faults);
  const measured = measurementsOf(measurements, graph);
  const costed = costModel(graph, { convFormula: settings.convFormula, measured });
  return { costed, findings: checkModel(costed, settings), hasFaults: faults.length > 0 };
}

function parse(host: SourceHost, path: string): ParsedFile | null {
  const isPython = path.endsWith('.py');
  if (!isPython && !isScript(path)) return null;
  const read = host.read(path);
  // What the analysis refuses is not parsed to be compared either: that takes seconds and a gigabyte.
  if (read !== null && (read.length > DEFAULT_LIMITS.sourceLength || read.includes('\0'))) return null;
  const text = read === null ? null : sourceIn(path, read);
  if (text === null || !(isPython ? mentionsPythonFramework(text) : mentionsTfjs(text))) return null;
  const { parse: parseText } = isPython ? pythonSemantics : javascriptSemantics;
  const around = holdsScripts(path) ? JSON.stringify([pageScripts(host, path), pageFields(read ?? '')]) : '';
  return { text, module: parseText(text), lines: createLineMap(text), around };
}

function* analyseFully(host: SourceHost, path: string, memory: FollowingMemory): Steps<Analysed> {
  const { recording, looked } = recordingHost(host);
  const log = new ActLog(null);
  const analysis = yield* analyzeInSteps(recording, path, { log, memory });
  return { analysis, looked, record: log.end(), effort: 'everything' };
}

/** Null where everything must be analysed. */
function* analyseChange(host: SourceHost, parsed: ParsedFile, before: Described): Steps<Analysed | null> {
  const { path, looked, analysis } = before;
  if (before.parsed === null || before.parsed.around !== parsed.around) return null;
  if (analysis.problems.some(({ code }) => code !== 'SWP_SOURCE_SYNTAX')) return null;
  if (!looksTheSame(host, looked, path)) return null;
  const comparison = compareModules(before.parsed, parsed);
  if (comparison === null) return null;
  const graphs = moveAll(analysis.graphs, path, comparison);
  if (graphs === null) return null;
  if (comparison.changed.size === 0) {
    const isNoticed =
      parsed.module.language === 'python'
        ? isHeard(before.parsed, parsed, comparison, analysis.graphs)
        : isHeardInScript(comparison);
    if (isNoticed) return null;
    const record = before.record === null ? null : moveRecord(before.record, analysis.graphs, graphs);
    const problems = syntaxProblems(parsed.module, parsed.lines, path);
    return { analysis: { graphs, problems }, looked, record, effort: 'nothing' };
  }
  if (before.record === null) return null;
  const focus = focusOn(moveRecord(before.record, analysis.graphs, graphs), comparison);
  if (focus === null) return null;
  const { recording, looked: lookedNow } = recordingHost(host, looked);
  const log = new ActLog(focus);
  try {
    const again = yield* analyzeInSteps(recording, path, { log, memory: before.memory });
    return { analysis: again, looked: lookedNow, record: log.end(), effort: 'some models' };
  } catch (error) {
    if (error instanceof RecordLost) return null;
    throw error;
  }
}

function moveAll(graphs: readonly ModelGraph[], path: string, comparison: Comparison): readonly ModelGraph[] | null {
  if (!comparison.hasMoved) return graphs;
  const moved: ModelGraph[] = [];
  for (const graph of graphs) {
    const there = moveGraph(graph, path, comparison.lineOf);
    if (there === null) return null;
    moved.push(there);
  }
  return moved;
}

function moveRecord(
  record: AnalysisRecord,
  before: readonly ModelGraph[],
  after: readonly ModelGraph[],
): AnalysisRecord {
  if (before === after) return record;
  const moved = new Map(before.map((graph, idx) => [graph, after[idx] ?? graph]));
  const classes = [...record.classes].map(
    ([id, known]) => [id, { ...known, graph: known.graph && (moved.get(known.graph) ?? known.graph) }] as const,
  );
  return { ...record, classes: new Map(classes) };
}
