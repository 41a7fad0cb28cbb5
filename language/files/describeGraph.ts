/** A graph that was read from a file, with its costs and what the rules say; no comments of a source can suppress them. */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import { checkModel } from '../findings/rules.ts';
import { costModel } from '../report/buildReport.ts';
import type { LanguageSettings } from '../settings.ts';

export function describeGraph(graph: ModelGraph, settings: LanguageSettings): ModelReport {
  const model = costModel(graph, { convFormula: settings.convFormula });
  return { ...model.report, findings: checkModel(model, settings) };
}
