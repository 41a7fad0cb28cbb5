/**
 * Run as a process of its own: records the trajectory of a tiny GAN on TF.js's `cpu` backend in float64 and
 * writes it as JSON to stdout. That backend computes in whatever `Float32Array` is; here it is `Float64Array`
 * from before TF.js is loaded, so TF.js's own kernels, gradients and optimizers run in double precision. The
 * patched process does nothing else.
 */
// Only types are imported up here: nothing may load TF.js before the next line ran.
import type { TinyGan } from './ganTrajectory.ts';

(globalThis as { Float32Array: unknown }).Float32Array = Float64Array;

const tf = await import('@tensorflow/tfjs-core');
const { selectBackend } = await import('../../engine/tensors/selectBackend.ts');
const { recordTrajectory } = await import('./ganTrajectory.ts');

// Node's own test for typed arrays is not fooled.
const platform = tf.env().platform as { isTypedArray(value: unknown): boolean };
const isTypedArray = platform.isTypedArray.bind(platform);
platform.isTypedArray = (value) => value instanceof Float64Array || isTypedArray(value);

const selected = await selectBackend({ backend: 'cpu', threads: 1 });
if (!selected.ok) throw new Error(selected.problem.message);
const [, , gan = 'tfjs'] = process.argv;
process.stdout.write(JSON.stringify(recordTrajectory(gan as TinyGan)));
