/**
 * SW403: the input shape of a model cannot be found, so sizes and costs that depend on it are `?`. Said once
 * per model, and only where a layer's cost is missing for it. The quick fix writes a comment that says it.
 */
import { isMatrixLayer } from '../report/layerKind.ts';
import { atFaults, type FindingRule } from './rule.ts';

export const unknownInput: FindingRule = {
  code: 'SW403',
  title: 'Input shape not known',
  severity: 'information',
  check(model) {
    const isMissed = model.rows.some(({ layer, row }) => isMatrixLayer(layer) && row.macs === null);
    return isMissed ? atFaults(model, 'unknownInput').slice(0, 1) : [];
  },
};
