/** What can keep weights from being packed, in words for the user. */
import type { Problem } from '../../core/problem.ts';

export function nothingDeclared(model: string): Problem {
  return {
    code: 'SWP_PACK_NOTHING_DECLARED',
    message: `The source of ${model} declares no layer of few bits, so there is nothing to pack.`,
    hint: "Binarize layers in the source first: 'slimwise edit generator.py --wise --write'.",
  };
}

export function weightsNotFloat(name: string, dtype: string): Problem {
  return {
    code: 'SWP_PACK_NOT_FLOAT',
    message: `The weight ${name} is stored as ${dtype}, not as F32.`,
    hint: 'Save the real weights as float32: save_weights of slimwise_layers does.',
  };
}
