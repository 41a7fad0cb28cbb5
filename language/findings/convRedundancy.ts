/**
 * SW102: a convolution with a negative degree of redundancy. A hint and no more: the first convolution of
 * every textbook discriminator has one (3 channels in, 64 out), and the sign says little for convolutions.
 */
import { dorFormula } from '../report/dorFormula.ts';
import { formatSigned } from '../../core/format/numbers.ts';
import { isConvolution } from '../report/layerKind.ts';
import { atLayer, type FindingRule, type RawFinding } from './rule.ts';

export const convRedundancy: FindingRule = {
  code: 'SW102',
  title: 'Convolution with negative redundancy',
  severity: 'hint',
  check({ graph, rows }) {
    return rows.flatMap((entry): readonly RawFinding[] => {
      const { layer, row } = entry;
      if (!isConvolution(layer) || row.dor === null || row.dor.value >= 0) return [];
      return [
        atLayer(
          row,
          `Degree of redundancy ${formatSigned(row.dor.value)}: ${dorFormula(entry, graph.layout)}. ` +
            `Usual for a layer that reads few channels; binarize '${row.name}' last.`,
        ),
      ];
    });
  },
};
