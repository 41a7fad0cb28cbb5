/** The expected failures of choosing and starting a tensor backend, as values for the user. */
import type { Problem } from '../../core/problem.ts';

export function onnxRuntimeUnavailable(platform: string, tried: readonly string[]): Problem {
  return {
    code: 'SWP_BACKEND_ONNXRUNTIME',
    message: `ONNX Runtime could not be loaded on ${platform} (${tried.join('; ') || 'no copy found'}).`,
    hint: 'Set the backend to "auto" to continue on the slower built-in one, or reinstall onnxruntime-node 1.30.0 for this platform.',
  };
}

export function backendUnavailable(name: string, reason: string): Problem {
  return {
    code: 'SWP_BACKEND_UNAVAILABLE',
    message: `The tensor backend "${name}" could not be started: ${reason}.`,
    hint: 'Set the backend to "auto", which takes the fastest one that starts and says which.',
  };
}

export function providerUnavailable(provider: string, available: readonly string[]): Problem {
  return {
    code: 'SWP_PROVIDER_UNAVAILABLE',
    message: `The execution provider "${provider}" is not in this build of ONNX Runtime (it has ${available.join(', ')}).`,
    hint: 'Set the provider to "cpu", or use a platform whose ONNX Runtime package has it.',
  };
}

export function providerDoesNotStart(provider: string, reason: string): Problem {
  return {
    code: 'SWP_PROVIDER_FAILED',
    message: `The execution provider "${provider}" is in this build of ONNX Runtime but does not run here: ${reason}.`,
    hint: 'Set the provider to "cpu", or install the device driver that the provider needs.',
  };
}
