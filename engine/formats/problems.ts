/**
 * What can be wrong with a model or image file, in words for the user. Every file read by this room is
 * untrusted: a damaged or hostile one ends here, before anything is allocated for it.
 */
import type { Problem } from '../../core/problem.ts';

export function tensorsUnreadable(reason: string): Problem {
  return {
    code: 'SWP_SAFETENSORS_UNREADABLE',
    message: `This is not a sound safetensors file: ${reason}.`,
    hint: 'Copy or download the file again; a file cut short in transit is the usual cause. Nothing was loaded from it.',
  };
}

export function packedModelUnreadable(reason: string): Problem {
  return {
    code: 'SWP_PACKED_MODEL_UNREADABLE',
    message: `This is not a packed Slimwise model: ${reason}.`,
    hint: 'Use the model.safetensors of a finished run; its layout is described in docs/packed-format.md.',
  };
}

export function packedModelTooNew(found: number, known: number): Problem {
  return {
    code: 'SWP_PACKED_MODEL_TOO_NEW',
    message: `This packed model has format ${found}; this version of Slimwise reads up to ${known}.`,
    hint: 'Update Slimwise, or pack the run again with this version.',
  };
}
