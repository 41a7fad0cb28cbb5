/** One lens above each model's class: its totals. Off by default, because the status bar says the same. */
import { boundText, lowerBounds } from '../../core/report/lowerBounds.ts';
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
    .map(({ report }) => {
      const { name, line, totals } = report;
      const isBound = lowerBounds(report);
      const bytes = (count: number): string => boundText(count, isBound.weights, formatBytes);
      return {
        line,
        modelName: name,
        title:
          `${boundText(totals.params, isBound.weights, formatCount)} parameters · ` +
          `${boundText(totals.macs, isBound.macs, formatCount)} MACs · ` +
          `${bytes(totals.bytes.fp32)} fp32, ${bytes(totals.bytes.binary)} at 1 bit`,
      };
    });
}
