/** SW401: two shapes that meet do not fit. An error: this code cannot run. The message names both shapes. */
import { atFaults, type FindingRule } from './rule.ts';

export const shapeMismatch: FindingRule = {
  code: 'SW401',
  title: 'Shapes do not fit',
  severity: 'error',
  check: (model) => atFaults(model, 'shapeMismatch'),
};
