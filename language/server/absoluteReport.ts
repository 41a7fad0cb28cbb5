/**
 * A report whose `file`s are absolute paths of this machine, for clients, which know nothing of roots.
 * Documents that are not on this machine keep their paths relative to their root.
 */
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import type { ModelFileSummary } from '../../core/report/modelFileReport.ts';
import { withPlaces } from '../report/withPlaces.ts';
import { folderOnDisk } from './documentPaths.ts';

export function absoluteReport(report: AnalyzeReport, root: string): AnalyzeReport {
  const folder = folderOnDisk(root);
  if (folder === null) return report;
  return withFiles(report, (file) => `${folder.replace(/[\\/]+$/, '')}/${file}`);
}

/** The same report with every file name replaced. */
export function withFiles(report: AnalyzeReport, rename: (file: string) => string): AnalyzeReport {
  const place = <T extends { readonly file: string }>(value: T): T => ({ ...value, file: rename(value.file) });
  const modelFile = (value: ModelFileSummary): ModelFileSummary => {
    const { tensors } = value;
    if (tensors === null || tensors.source === null) return place(value);
    return { ...place(value), tensors: { ...tensors, source: place(tensors.source) } };
  };
  return {
    ...withPlaces(report, place),
    ...(report.modelFiles === undefined ? {} : { modelFiles: report.modelFiles.map(modelFile) }),
  };
}
