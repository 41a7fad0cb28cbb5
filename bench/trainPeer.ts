/**
 * One backend in a process of its own, driven line by line on stdin: `step` does one training step, `peak`
 * measures a 1024³ matrix product, `end` stops. Each is answered by one line of JSON on stdout.
 * Usage: trainPeer.ts <backend> <size as JSON> <threads> [profile prefix]
 */
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import '../engine/tensors/gradients.ts';
import { currentOrtBackend, ortBackendName } from '../engine/tensors/registerBackend.ts';
import type { BackendName } from '../engine/tensors/selectBackend.ts';
import { selectBackend } from '../engine/tensors/selectBackend.ts';
import { endStep } from '../engine/tensors/step.ts';
import type { DcganSize } from './dcgan.ts';
import { makeDcgan } from './dcgan.ts';
import { tensorflowFolder } from './fetchTensorflow.ts';

const [, , backend = 'onnxruntime', sizeJson = '{}', threads = '1', profilePrefix] = process.argv;
const size = JSON.parse(sizeJson) as DcganSize;
const selected = await selectBackend({
  backend: backend as BackendName,
  threads: Number(threads),
  tensorflowFolder,
  ...(profilePrefix === undefined ? {} : { profilePrefix }),
});
if (!selected.ok) throw new Error(selected.problem.message);
const version = `${selected.value.name} ${selected.value.version}`;
const gan = makeDcgan(size, 7);
let stepIdx = 0;

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  if (line === 'peak') console.log(JSON.stringify({ gflops: matmulGflops() }));
  else if (line === 'step') console.log(JSON.stringify({ ...step(), version, backend: currentOrtBackend()?.report() }));
}
if (backend === 'onnxruntime') tf.removeBackend(ortBackendName);
process.exit(0);

function step() {
  const startedAt = performance.now();
  const losses = gan.step(stepIdx++);
  endStep();
  losses.discriminator.dataSync();
  losses.generator.dataSync();
  const seconds = (performance.now() - startedAt) / 1000;
  tf.dispose([losses.discriminator, losses.generator]);
  return { seconds, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

/** The best of a few: what the machine can do, not what it did just now. */
function matmulGflops(): number {
  const n = 1024;
  const [a, b] = [tf.randomNormal([n, n]), tf.randomNormal([n, n])];
  let bestSeconds = Infinity;
  for (let i = 0; i < 10; i++) {
    const startedAt = performance.now();
    const product = tf.matMul(a, b);
    product.dataSync();
    bestSeconds = Math.min(bestSeconds, (performance.now() - startedAt) / 1000);
    product.dispose();
  }
  tf.dispose([a, b]);
  return (2 * n ** 3) / bestSeconds / 1e9;
}
