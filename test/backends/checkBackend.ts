/**
 * `npm run test:backend -- tensorflow` or `-- onnxruntime webgpu`: all gradients of one step of a tiny GAN on a
 * backend (and execution provider) that not every machine has, against TF.js's `cpu` backend. Prints the worst
 * difference relative to the largest element of each gradient and fails above 1e-4. A backend that does not
 * start is a failure with its reason. tfjs-node is fetched when it is asked for and missing.
 */
import * as tf from '@tensorflow/tfjs-core';
import '../../engine/tensors/gradients.ts';
import type { BackendName, BackendRequest } from '../../engine/tensors/selectBackend.ts';
import { selectBackend } from '../../engine/tensors/selectBackend.ts';
import type { DcganSize } from '../../bench/dcgan.ts';
import { makeDcgan } from '../../bench/dcgan.ts';
import { fetchTensorflow, tensorflowFolder, tensorflowIsThere } from '../../bench/fetchTensorflow.ts';

const tiny: DcganSize = { name: 'tiny', batch: 4, imageSize: 16, imageChannels: 1, width: 4, kernel: 4 };
const tolerance = 1e-4;

const [, , backend = 'onnxruntime', provider = 'cpu'] = process.argv;
if (backend === 'tensorflow' && !tensorflowIsThere()) fetchTensorflow();
const actual = await gradientsOn({ backend: backend as BackendName, threads: 2, provider, tensorflowFolder });
const expected = await gradientsOn({ backend: 'cpu', threads: 1 });
const worst = Math.max(...actual.map((gradient, i) => relativeDifference(gradient, expected[i])));
console.log(
  `${backend} (${provider}): ${actual.length} gradients, worst relative difference ${worst.toExponential(2)}`,
);
process.exit(worst < tolerance ? 0 : 1);

async function gradientsOn(request: BackendRequest): Promise<Float32Array[]> {
  const selected = await selectBackend(request);
  if (!selected.ok) {
    console.error(`${selected.problem.message}\n${selected.problem.hint}`);
    process.exit(1);
  }
  const gan = makeDcgan(tiny, 7);
  const gradients = gan.gradients(0);
  const arrays = Object.values(gradients).map((gradient) => Float32Array.from(gradient.dataSync()));
  tf.dispose(gradients);
  gan.dispose();
  return arrays;
}

function relativeDifference(a: Float32Array, b: Float32Array | undefined): number {
  if (b === undefined || a.length !== b.length) return Infinity;
  const scale = b.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0) / scale;
}
