/**
 * SW202: a depthwise convolution is predicted to be sensitive to low precision. Each output reads a
 * single channel, so rounding errors do not average out, and there is little memory to win.
 */
import { isDepthwise } from '../report/layerKind.ts';
import { atLayer, type FindingRule } from './rule.ts';

export const depthwiseLayer: FindingRule = {
  code: 'SW202',
  title: 'Depthwise layer, predicted sensitive',
  severity: 'hint',
  check({ rows }) {
    return rows
      .filter(({ layer }) => isDepthwise(layer))
      .map(({ row }) =>
        atLayer(
          row,
          `Predicted sensitive to low precision: '${row.name}' is depthwise, so each output reads one channel and ` +
            'rounding errors do not average out.',
        ),
      );
  },
};
