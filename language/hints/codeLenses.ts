/** One lens above each model's class: its totals. Off by default, because the status bar says the same. */
import type { DescribedModel } from '../describeFile.ts';
import { formatBytes, formatCount } from '../../core/format/numbers.ts';

export interface ModelLens {
  /** 1-based line of the class or builder. */
  readonly line: number;
  readonly title: string;
  readonly modelName: string;
}

export function codeLenses(models: readonly DescribedModel[], file: string): readonly ModelLens[] {
  return models
    .filter(({ report }) => report.file === file)
    .map(({ report: { name, line, totals } }) => {
      const atLeast = totals.partial ? '≥ ' : '';
      return {
        line,
        modelName: name,
        title:
          `${atLeast}${formatCount(totals.params)} parameters · ${atLeast}${formatCount(totals.macs)} MACs · ` +
          `${atLeast}${formatBytes(totals.bytes.fp32)} fp32, ${formatBytes(totals.bytes.binary)} at 1 bit`,
      };
    });
}
