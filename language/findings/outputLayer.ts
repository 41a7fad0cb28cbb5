/**
 * SW201: an output layer is predicted to be sensitive to low precision, because no later layer can
 * correct its error, until it was measured (binarizing it alone, PBGen's setting E, raises SWD tenfold).
 */
import { isMatrixLayer } from '../report/layerKind.ts';
import { outputLayers } from '../report/outputLayers.ts';
import { atLayer, type FindingRule } from './rule.ts';

export const outputLayer: FindingRule = {
  code: 'SW201',
  title: 'Output layer, predicted sensitive',
  severity: 'hint',
  check({ graph, rows }) {
    const outputs = outputLayers(graph);
    return rows
      .filter(
        ({ layer, row }) => outputs.has(layer.index) && isMatrixLayer(layer) && row.sensitivity?.basis !== 'measured',
      )
      .map(({ row }) =>
        atLayer(
          row,
          `Predicted sensitive to low precision: '${row.name}' is an output layer, and no later layer can correct ` +
            'its error. Measure it before compressing it.',
        ),
      );
  },
};
