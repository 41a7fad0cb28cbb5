/**
 * Makes TF.js's `cpu` backend of this process compute in float64, for references. That backend computes in
 * whatever `Float32Array` is; after this module it is `Float64Array`, so TF.js's own kernels, gradients and
 * optimizers run in double precision. Must be the first import of a process that does nothing else.
 */
import type { Platform } from '@tensorflow/tfjs-core/dist/platforms/platform.js';

(globalThis as { Float32Array: unknown }).Float32Array = Float64Array;

export async function startFloat64(): Promise<void> {
  const tf = await import('@tensorflow/tfjs-core');
  const { selectBackend } = await import('../../engine/tensors/selectBackend.ts');
  // Node's own test for typed arrays is not fooled.
  const platform = tf.env().platform as Platform;
  const isTypedArray = platform.isTypedArray.bind(platform);
  platform.isTypedArray = (value): value is Float32Array => value instanceof Float64Array || isTypedArray(value);
  const selected = await selectBackend({ backend: 'cpu', threads: 1 });
  if (!selected.ok) throw new Error(selected.problem.message);
}
