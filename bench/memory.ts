/**
 * `npm run bench:memory`: trains for many steps on the lazy backend and watches what the process holds. Fails
 * when resident memory at the end is more than 2 % above that in the second tenth, or when TF.js counts
 * more tensors. Writes `bench/results/memory.json`. Options: --steps N, --size sample|tiny, --threads N.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { currentOrtBackend } from '../engine/tensors/registerBackend.ts';
import { selectBackend } from '../engine/tensors/selectBackend.ts';
import { endStep } from '../engine/tensors/step.ts';
import type { DcganSize } from './dcgan.ts';
import { makeDcgan } from './dcgan.ts';

const sizes: Readonly<Record<string, DcganSize>> = {
  sample: { name: 'sample32-b32', batch: 32, imageSize: 32, imageChannels: 1, width: 64, kernel: 4 },
  tiny: { name: 'tiny16-b4', batch: 4, imageSize: 16, imageChannels: 1, width: 4, kernel: 4 },
};
const nReadings = 10;
const allowedGrowth = 1.02;

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '10000' },
    size: { type: 'string', default: 'sample' },
    threads: { type: 'string', default: '2' },
  },
});
const size = sizes[options.size];
if (size === undefined) throw new Error(`--size is one of ${Object.keys(sizes).join(', ')}`);
const selected = await selectBackend({ backend: 'onnxruntime', threads: Number(options.threads) });
if (!selected.ok) throw new Error(selected.problem.message);

const gan = makeDcgan(size, 7);
const nSteps = Number(options.steps);
const readings: { step: number; residentBytes: number; nTensors: number; nCompiles: number }[] = [];
// The least within each tenth: garbage that JavaScript has not collected yet comes on top of it.
let leastBytes = Infinity;
for (let step = 1; step <= nSteps; step++) {
  const losses = gan.step(step);
  endStep();
  tf.dispose([losses.discriminator, losses.generator]);
  leastBytes = Math.min(leastBytes, process.memoryUsage.rss());
  if (step % Math.ceil(nSteps / nReadings) !== 0) continue;
  readings.push(read(step));
  leastBytes = Infinity;
}

// The first tenth still fills pools and lets JavaScript's heap find its size.
const [, first] = readings;
const last = readings.at(-1);
if (first === undefined || last === undefined) throw new Error('Too few steps to compare');
const growth = last.residentBytes / first.residentBytes;
const results = new URL('./results/', import.meta.url);
mkdirSync(results, { recursive: true });
const machine = { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version };
writeFileSync(
  new URL('memory.json', results),
  JSON.stringify({ date: new Date().toISOString(), machine, size: size.name, nSteps, growth, readings }, null, 2) +
    '\n',
);
console.log(`${size.name}, ${nSteps} steps: resident memory × ${growth.toFixed(4)} since the second tenth`);
process.exit(growth <= allowedGrowth && last.nTensors === first.nTensors && last.nCompiles === first.nCompiles ? 0 : 1);

function read(step: number) {
  const reading = {
    step,
    residentBytes: leastBytes,
    nTensors: tf.memory().numTensors,
    nCompiles: currentOrtBackend()?.report().nCompiles ?? 0,
  };
  console.log(
    `${String(step).padStart(8)}  ${(reading.residentBytes / 1e6).toFixed(1)} MB  ${reading.nTensors} tensors`,
  );
  return reading;
}
