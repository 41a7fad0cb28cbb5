/** SW402: a layer or operator that the analysis does not know; what comes after it may be shown as `?`. */
import { atFaults, type FindingRule } from './rule.ts';

export const unknownLayer: FindingRule = {
  code: 'SW402',
  title: 'Unknown layer',
  severity: 'hint',
  check: (model) => [...atFaults(model, 'unknownLayer'), ...atFaults(model, 'notFollowed')],
};
