/** A report whose every place in a file is replaced: for other names of the files, or other ways to count lines. */
import type { AnalyzeReport, Finding, LayerReport } from '../../core/report/analyzeReport.ts';

export interface Placed {
  readonly file: string;
  readonly line: number;
  readonly endLine?: number;
}

export function withPlaces(report: AnalyzeReport, place: <T extends Placed>(value: T) => T): AnalyzeReport {
  const layer = (row: LayerReport): LayerReport => ({ ...place(row), stack: row.stack.map((frame) => place(frame)) });
  const finding = (value: Finding): Finding => ({
    ...place(value),
    ...(value.related === undefined ? {} : { related: value.related.map((related) => place(related)) }),
  });
  return {
    ...report,
    models: report.models.map((model) => ({
      ...place(model),
      layers: model.layers.map(layer),
      findings: model.findings.map(finding),
    })),
    problems: report.problems.map((problem) => place(problem)),
  };
}
