/**
 * SW405: `BatchNorm2d(c, 0.8)`: the second positional argument is `eps`, and 0.8 was meant as momentum.
 * With eps = 0.8 the normalization divides by √(variance + 0.8). Found 109 times in 15 public files.
 */
import { atFaults, type FindingRule } from './rule.ts';

export const epsAsMomentum: FindingRule = {
  code: 'SW405',
  title: 'eps where momentum was meant',
  severity: 'warning',
  check: (model) => atFaults(model, 'epsAsMomentum'),
};
