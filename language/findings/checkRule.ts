/** One way to test a rule, as its user meets it: a graph in, the lines and messages of its findings out. */
import type { GraphFault, ModelGraph } from '../../core/graph/modelGraph.ts';
import { costModel } from '../report/buildReport.ts';
import { defaultSettings, type LanguageSettings } from '../settings.ts';
import type { FindingRule } from './rule.ts';

/** `line message` of each finding. */
export function checkRule(
  rule: FindingRule,
  graph: ModelGraph,
  settings: Partial<LanguageSettings> = {},
): readonly string[] {
  const chosen = { ...defaultSettings, ...settings };
  const model = costModel(graph, { convFormula: chosen.convFormula });
  return rule.check(model, chosen).map(({ line, message }) => `${line} ${message}`);
}

export function fault(kind: GraphFault['kind'], message: string): GraphFault {
  return { kind, message, site: { file: 'model.py', line: 30, column: 4, endLine: 30, endColumn: 20 }, layer: null };
}
