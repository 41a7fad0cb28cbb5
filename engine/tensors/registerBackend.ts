/**
 * Registers the lazy backend and its kernels with TF.js: every kernel of TF.js's `cpu` backend under the
 * same name, native where we have one and the call is one it takes, else on the host. Importing TF.js's
 * `cpu` backend for this also makes `cpu` selectable.
 */
import '@tensorflow/tfjs-backend-cpu';
import './gradients.ts';
import type { KernelConfig, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Result } from '../../core/result.ts';
import { failure, success } from '../../core/result.ts';
import { runOnHost } from './hostKernel.ts';
import { arrangeKernels } from './kernels/arrange.ts';
import { binaryKernels } from './kernels/binary.ts';
import { complexKernels } from './kernels/complex.ts';
import { convKernels } from './kernels/conv.ts';
import { fusedKernels } from './kernels/fused.ts';
import { matmulKernels } from './kernels/matmul.ts';
import type { NativeKernel, NativeKernels } from './kernels/nativeKernel.ts';
import { poolKernels } from './kernels/pool.ts';
import { reduceKernels } from './kernels/reduce.ts';
import { blockKernels } from './kernels/blocks.ts';
import { indexingKernels } from './kernels/indexing.ts';
import { resizeKernels } from './kernels/resize.ts';
import { unaryKernels } from './kernels/unary.ts';
import { volumeKernels } from './kernels/volume.ts';
import type { SessionOptions } from './lazy/sessionCache.ts';
import { loadBinding } from './loadBinding.ts';
import { OrtBackend } from './ortBackend.ts';
import { ortBackendName } from './ortBackendName.ts';

export { ortBackendName };

const nativeKernels: NativeKernels = {
  ...arrangeKernels,
  ...binaryKernels,
  ...complexKernels,
  ...convKernels,
  ...fusedKernels,
  ...matmulKernels,
  ...poolKernels,
  ...reduceKernels,
  ...blockKernels,
  ...indexingKernels,
  ...resizeKernels,
  ...unaryKernels,
  ...volumeKernels,
};

/** These only pass values on, whatever their type and however few. */
const forAnyTensor: ReadonlySet<string> = new Set(['Identity', 'Reshape', 'ExpandDims', 'Complex', 'Real', 'Imag']);
/** Among the strong: TF.js tries them in this order when no backend was chosen. */
const priority = 10;

let kernelsRegistered = false;

/**
 * Makes `onnxruntime` a backend that `tf.setBackend` accepts. Called again with the same options it keeps the
 * running backend and its tensors; other options replace it, and its tensors are gone.
 */
export function registerOrtBackend(options: SessionOptions): Result<void> {
  const binding = loadBinding();
  if (!binding.ok) return failure(binding.problem);
  const running: unknown = tf.findBackend(ortBackendName);
  if (running instanceof OrtBackend && JSON.stringify(running.options) === JSON.stringify(options)) {
    return success(undefined);
  }
  if (tf.findBackendFactory(ortBackendName) !== null) tf.removeBackend(ortBackendName);
  tf.registerBackend(ortBackendName, () => new OrtBackend(binding.value, options), priority);
  if (!kernelsRegistered) registerKernels();
  kernelsRegistered = true;
  return success(undefined);
}

/** The running backend, or null when another one is selected. */
export function currentOrtBackend(): OrtBackend | null {
  const backend: unknown = tf.getBackend() === ortBackendName ? tf.backend() : null;
  return backend instanceof OrtBackend ? backend : null;
}

function registerKernels(): void {
  const names = new Set([
    ...tf.getKernelsForBackend('cpu').map((config) => config.kernelName),
    ...Object.keys(nativeKernels),
  ]);
  for (const kernelName of names) {
    tf.registerKernel({ kernelName, backendName: ortBackendName, kernelFunc: kernelFunc(kernelName) });
  }
}

function kernelFunc(name: string): KernelConfig['kernelFunc'] {
  const native: NativeKernel | undefined = nativeKernels[name];
  return ({ inputs, attrs, backend }) => {
    const ort = backend as OrtBackend;
    for (const info of Object.values(inputs)) if (isVariable(info)) ort.spellOut(info);
    if (native !== undefined && (forAnyTensor.has(name) || isNumeric(inputs))) {
      const recorded = native({ inputs: inputs as Readonly<Record<string, TensorInfo>>, attrs, backend: ort });
      if (recorded !== null) return recorded;
    }
    return runOnHost(name, inputs, attrs, ort);
  };
}

function isVariable(info: TensorInfo | undefined | null): info is TensorInfo {
  return info !== undefined && info !== null && 'assign' in info;
}

function isNumeric(inputs: NamedTensorInfoMap): boolean {
  return Object.values(inputs).every(
    (info) =>
      info === undefined ||
      info === null ||
      (info.dtype !== 'string' && info.dtype !== 'complex64' && info.shape.every((dim) => dim > 0)),
  );
}
