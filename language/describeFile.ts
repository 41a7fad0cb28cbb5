/**
 * One file as the editor and the command line need it: its models with costs, findings that are neither
 * switched off nor suppressed, and what kept the analysis from going further. Pure over its host; the
 * JSON contract is `toReport` of it.
 */
import type { GraphFault, ModelGraph } from '../core/graph/modelGraph.ts';
import type { AnalyzeReport, Finding, ModelReport, ReportProblem } from '../core/report/analyzeReport.ts';
import { analyzeFile, type AnalyzeOptions } from './analyze.ts';
import { constructorFaults } from './findings/constructors/constructorFaults.ts';
import { checkModel } from './findings/rules.ts';
import { withoutSuppressed } from './findings/suppress.ts';
import { costModel } from './report/buildReport.ts';
import { measurementsOf, readMeasurements } from './report/measurements.ts';
import type { CostedModel } from './report/modelRow.ts';
import type { LanguageSettings } from './settings.ts';
import type { SourceHost } from './sourceHost.ts';

export interface DescribedModel extends CostedModel {
  readonly findings: readonly Finding[];
}

export interface FileDescription {
  readonly models: readonly DescribedModel[];
  readonly problems: readonly ReportProblem[];
}

export function describeFile(
  host: SourceHost,
  file: string,
  settings: LanguageSettings,
  options: AnalyzeOptions = {},
): FileDescription {
  const { graphs, problems } = analyzeFile(host, file, options);
  const read = (path: string): string | null => host.read(path);
  const measurements = graphs.length === 0 ? null : readMeasurements(host, file, null);
  const faults = constructorFaults(host, file, graphs);
  return {
    models: graphs.map((followed, idx) => {
      const graph = withFaults(followed, faults[idx] ?? []);
      const measured = measurementsOf(measurements, graph);
      const model = costModel(graph, { convFormula: settings.convFormula, measured });
      return { ...model, findings: withoutSuppressed(checkModel(model, settings), read) };
    }),
    problems,
  };
}

/** The same graph where there are none. */
export function withFaults(graph: ModelGraph, faults: readonly GraphFault[]): ModelGraph {
  return faults.length === 0 ? graph : { ...graph, faults: [...graph.faults, ...faults] };
}

export function toReport(description: FileDescription): AnalyzeReport {
  return {
    version: 1,
    models: description.models.map(({ report, findings }): ModelReport => ({ ...report, findings })),
    problems: description.problems,
  };
}
