/**
 * SW101: a transposed convolution with a negative degree of redundancy. PBGen (§III, Table I) predicts
 * that its weights cannot be binarized without losing image quality. A warning, because in a generator
 * these are the layers that one-click compression must leave alone.
 */
import { dorFormula } from '../report/dorFormula.ts';
import { formatSigned } from '../../core/format/numbers.ts';
import { isDeconvolution } from '../report/layerKind.ts';
import { atLayer, type FindingRule, type RawFinding } from './rule.ts';

export const deconvRedundancy: FindingRule = {
  code: 'SW101',
  title: 'Deconvolution with negative redundancy',
  severity: 'warning',
  check({ graph, rows }) {
    return rows.flatMap((entry): readonly RawFinding[] => {
      const { layer, row } = entry;
      if (!isDeconvolution(layer) || row.dor === null || row.dor.value >= 0) return [];
      return [
        atLayer(
          row,
          `Degree of redundancy ${formatSigned(row.dor.value)}: ${dorFormula(entry, graph.layout)}. ` +
            `Binarizing '${row.name}' is predicted to cost image quality; keep it at higher precision.`,
        ),
      ];
    });
  },
};
