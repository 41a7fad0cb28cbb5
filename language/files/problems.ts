/**
 * What can be wrong with a model file, in words for the user. Every model file is untrusted: a damaged or
 * hostile one ends here, in bounded time and memory. Reasons complete the sentence and name the place.
 */
import type { Problem } from '../../core/problem.ts';
import { conversionHint } from './conversionHint.ts';

export function onnxUnreadable(reason: string): Problem {
  return {
    code: 'SWP_ONNX_UNREADABLE',
    message: `This is not a sound ONNX model: ${reason}.`,
    hint: 'Export or download the file again; a file cut short in transit is the usual cause. Nothing was loaded from it.',
  };
}

export function modelJsonUnreadable(reason: string): Problem {
  return {
    code: 'SWP_MODEL_JSON_UNREADABLE',
    message: `This TF.js model cannot be read: ${reason}.`,
    hint: 'Save or convert the model again. Nothing was loaded from it.',
  };
}

export function notAModelJson(): Problem {
  return {
    code: 'SWP_MODEL_JSON_NOT_A_MODEL',
    message: 'This JSON file is not a TF.js model: it has no model topology.',
    hint: "Open the model.json that TF.js' model.save or its converter wrote.",
  };
}

export function tensorFileUnreadable(reason: string): Problem {
  return {
    code: 'SWP_TENSOR_FILE_UNREADABLE',
    message: `This is not a sound safetensors file: ${reason}.`,
    hint: 'Copy or download the file again; a file cut short in transit is the usual cause. Nothing was loaded from it.',
  };
}

export function modelFileTooLarge(what: string): Problem {
  return {
    code: 'SWP_MODEL_FILE_TOO_LARGE',
    message: `This model file is beyond what Slimwise reads: ${what}.`,
    hint: 'Split the model, or export it without what it does not need. Nothing was loaded from it.',
  };
}

export function notAModelFile(path: string): Problem {
  return {
    code: 'SWP_NOT_A_MODEL_FILE',
    message: 'This is not a kind of model file that Slimwise reads.',
    hint: conversionHint(path) ?? 'Open an .onnx, a TF.js model.json or a .safetensors file.',
  };
}

export function modelFileUnreachable(): Problem {
  return {
    code: 'SWP_MODEL_FILE_UNREACHABLE',
    message: 'This model file cannot be read from disk.',
    hint: 'Check that it exists, that you may read it, and that it is on the machine where the extension runs.',
  };
}
