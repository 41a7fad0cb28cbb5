/** What can be wrong with a feature network that the user names, in words for the user. */
import { formatBytes } from '../../core/format/numbers.ts';
import type { Problem } from '../../core/problem.ts';

export function featuresNotFound(path: string): Problem {
  return {
    code: 'SWP_FEATURES_NOT_FOUND',
    message: 'There is no feature network at this path.',
    hint: 'Name an ONNX file (--features, or evaluation.features.model in the plan).',
    path,
  };
}

export function featuresTooLarge(path: string, bytes: number, most: number): Problem {
  return {
    code: 'SWP_FEATURES_TOO_LARGE',
    message: `The feature network has ${formatBytes(bytes)}; at most ${formatBytes(most)} are read.`,
    hint: 'Use a smaller one; Inception-v3 has about 95 MiB.',
    path,
  };
}

export function featuresDoNotRun(path: string, why: string): Problem {
  return {
    code: 'SWP_FEATURES_DO_NOT_RUN',
    message: `ONNX Runtime does not run this feature network: ${why}.`,
    hint: 'Use an ONNX file that holds its own weights and standard operators.',
    path,
  };
}

export function featuresDoNotFit(path: string, what: string): Problem {
  return {
    code: 'SWP_FEATURES_DO_NOT_FIT',
    message: `This feature network cannot be used as asked: ${what}.`,
    hint: 'Say its input, outputs and size (--feature-input, --feature-output, --class-output, --feature-size, or evaluation.features in the plan).',
    path,
  };
}
