/** SW404: calling the constructor would fail (a missing argument, an attribute that is not there, a bad value). */
import { atFaults, type FindingRule } from './rule.ts';

export const cannotConstruct: FindingRule = {
  code: 'SW404',
  title: 'Constructor cannot run',
  severity: 'error',
  check: (model) => atFaults(model, 'cannotConstruct'),
};
