/**
 * What a finding rule is: a stable code, a default severity, and a pure check of one model. A rule says
 * what is wrong, where, and with which numbers; severity, suppression and merging happen outside, so a
 * rule cannot disagree with the user's settings. Each rule has its own file and its test beside it.
 */
import type { GraphFault, Layer, Site } from '../../core/graph/modelGraph.ts';
import type { Finding, LayerReport, Severity } from '../../core/report/analyzeReport.ts';
import type { CostedModel } from '../report/modelRow.ts';
import type { LanguageSettings } from '../settings.ts';

export interface FindingRule {
  /** `SW101`; never reused for something else. */
  readonly code: string;
  /** The heading of its section in `docs/findings.md`. */
  readonly title: string;
  readonly severity: Severity;
  check(model: CostedModel, settings: LanguageSettings): readonly RawFinding[];
}

export type RawFinding = Omit<Finding, 'code' | 'severity'>;

/** A finding about one row, at the call that builds the layer. */
export function atLayer(row: LayerReport, message: string): RawFinding {
  const { file, line, column, endLine, endColumn, name } = row;
  const related = row.stack.map((frame) => ({ ...frame, message: `${row.type} '${row.name}' is built from here.` }));
  return { file, line, column, endLine, endColumn, message, layer: name, ...(related.length > 0 ? { related } : {}) };
}

/** A finding about the model as a whole, on the line of its class or builder. */
export function atModel(report: CostedModel['report'], message: string): RawFinding {
  return { file: report.file, line: report.line, column: 0, endLine: report.line, endColumn: wholeLine, message };
}

/** Findings for the faults of one kind that were met while the source was followed. */
export function atFaults(model: CostedModel, kind: GraphFault['kind']): readonly RawFinding[] {
  return model.graph.faults
    .filter((fault) => fault.kind === kind)
    .map((fault) => {
      const layer = fault.layer === null ? undefined : model.graph.layers[fault.layer];
      return {
        ...place(fault.site),
        message: sentence(fault.message, layer),
        ...(layer === undefined ? {} : { layer: layer.name }),
      };
    });
}

/** What happened, as a sentence: shape inference says `expects 64 channels, gets 32` of a layer it does not name. */
function sentence(message: string, layer: Layer | undefined): string {
  const verb = /^(expects|cannot|takes|pads|normalizes|slices|crops) /.test(message);
  const subject = verb && layer !== undefined ? `${layer.type} '${layer.name}' ${message}` : message;
  const capital = subject.charAt(0).toUpperCase() + subject.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}

/** An end column beyond any line; editors clip it to the line. */
export const wholeLine = 10_000;

function place(site: Site): Site {
  const { file, line, column, endLine, endColumn } = site;
  return { file, line, column, endLine, endColumn };
}
