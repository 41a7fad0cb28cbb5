/**
 * SW204: what was measured of a layer at low precision, until the layer is built differently; then it is said to
 * be stale. Layers that keep their quality at one bit are not mentioned: there is nothing to look out for.
 */
import { measurementOf } from '../../core/sensitivity/sensitivityFile.ts';
import { atLayer, type FindingRule, type RawFinding } from './rule.ts';

export const measuredSensitivity: FindingRule = {
  code: 'SW204',
  title: 'Measured sensitivity',
  severity: 'information',
  check({ rows, measured }) {
    if (measured === null) return [];
    return rows.flatMap(({ layer, row }): RawFinding[] => {
      const known = measurementOf(measured, row.name, layer);
      if (known === null) return [];
      if (known.state === 'stale') {
        return [
          atLayer(
            row,
            `The sensitivity of '${row.name}' was measured before it was changed and says nothing about it now. ` +
              "Measure again with 'slimwise sensitivity'.",
          ),
        ];
      }
      const { level, why } = known.sensitivity;
      return level === 'low' ? [] : [atLayer(row, `'${row.name}' is sensitive to low precision (${level}). ${why}`)];
    });
  },
};
