/**
 * All operators that the engine trains, by their name in the ModelGraph. An operator that is not here
 * can be analysed and costed, and makes a network untrainable with a `Problem` that names its line.
 */
import type { OperatorTable } from './operator.ts';
import { activationOperators } from './operators/activation.ts';
import { arithmeticOperators } from './operators/arithmetic.ts';
import { convolutionOperators } from './operators/convolution.ts';
import { denseOperators } from './operators/dense.ts';
import { normalizationOperators } from './operators/normalization.ts';
import { rearrangingOperators } from './operators/rearranging.ts';
import { resamplingOperators } from './operators/resampling.ts';

export const operatorTable: OperatorTable = {
  ...activationOperators,
  ...arithmeticOperators,
  ...convolutionOperators,
  ...denseOperators,
  ...normalizationOperators,
  ...rearrangingOperators,
  ...resamplingOperators,
};
