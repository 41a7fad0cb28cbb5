/** What keeps a packed model from being written in another format, in words for the user. */
import type { Problem } from '../../../core/problem.ts';

export function notExportable(place: string, format: string, why: string): Problem {
  return {
    code: 'SWP_EXPORT_OPERATOR',
    message: `${place} cannot be written as ${format}: ${why}.`,
    hint: "The packed file itself runs with 'slimwise generate' and slimwise/runtime; try another format with --to.",
  };
}

export function exportedWeightMissing(name: string): Problem {
  return {
    code: 'SWP_EXPORT_WEIGHT_MISSING',
    message: `The file lacks the weight ${name}, or has it in another shape.`,
    hint: 'Use the model.safetensors of a finished run as it was written.',
  };
}

export function exportDiffers(format: string, difference: number): Problem {
  return {
    code: 'SWP_EXPORT_DIFFERS',
    message: `The ${format} model was written and run, and drew images that differ from the packed model's by up to ${difference.toPrecision(2)}.`,
    hint: 'Nothing was kept. This is a defect of Slimwise: please report it with the model.',
  };
}

export function onnxDoesNotRun(reason: string): Problem {
  return {
    code: 'SWP_EXPORT_DOES_NOT_RUN',
    message: `ONNX Runtime does not run the exported model: ${reason}.`,
    hint: 'Nothing was kept. This is a defect of Slimwise: please report it with the model.',
  };
}
