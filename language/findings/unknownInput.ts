/**
 * SW403: the input shape of a model cannot be found, so sizes and costs that depend on it are `?`.
 * The quick fix writes a comment that says it.
 */
import { atFaults, type FindingRule } from './rule.ts';

export const unknownInput: FindingRule = {
  code: 'SW403',
  title: 'Input shape not known',
  severity: 'information',
  check: (model) => atFaults(model, 'unknownInput'),
};
