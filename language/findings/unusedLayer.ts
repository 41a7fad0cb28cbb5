/**
 * SW406: a layer that the constructor builds and nothing runs. Its weights are still saved, counted and
 * sent to the optimizer. Layers without weights are not worth a word.
 */
import { formatCount } from '../../core/format/numbers.ts';
import { atLayer, type FindingRule } from './rule.ts';

export const unusedLayer: FindingRule = {
  code: 'SW406',
  title: 'Layer built and never run',
  severity: 'warning',
  check({ report }) {
    return report.layers
      .filter((row) => row.unused && (row.params ?? 0) > 0)
      .map((row) =>
        atLayer(
          row,
          `${row.type} '${row.name}' is built and never run; its ${formatCount(row.params ?? 0)} parameters are ` +
            'still saved and counted.',
        ),
      );
  },
};
