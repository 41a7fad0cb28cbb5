/**
 * `npm run bench:memory`: trains the sample, with its own networks, images and plan, for many steps on the
 * lazy backend and watches what the process holds. Ten times in the run garbage is collected and resident
 * memory is read; none may lie more than 2 % above the first, and TF.js must count the same tensors and bytes
 * each time. Writes `bench/results/memory.json`. Options: --steps N, --batch N,
 * --threads N, --networks sample|tiny (the tiny ones show what large tensors would hide).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { readPlan } from '../engine/session/readPlan.ts';
import { prepareSession } from '../engine/session/prepareSession.ts';
import { currentOrtBackend } from '../engine/tensors/registerBackend.ts';
import { selectBackend } from '../engine/tensors/selectBackend.ts';
import { endStep } from '../engine/tensors/step.ts';
import { createGanTrainer } from '../engine/train/ganStep.ts';
import { handDiscriminator, handGenerator } from '../engine/train/handGraph.ts';
import { createNetwork } from '../engine/train/network.ts';
import type { Result } from '../core/result.ts';
import { median } from './median.ts';

const nReadings = 10;
/** Each reading is the median after this many steps in a row: single ones differ by what was just freed. */
const nStepsPerReading = 9;
const allowedGrowth = 1.02;
const tinyBatch = 4;

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '10000' },
    networks: { type: 'string', default: 'sample' },
    threads: { type: 'string', default: '2' },
    batch: { type: 'string' },
  },
});
const nSteps = Number(options.steps);
const collectGarbage = exposedCollector();

const planFile = fileURLToPath(new URL('../samples/dcgan/slimwise.json', import.meta.url));
const { plan, planPath } = expectOk(await readPlan(planFile));
const prepared = expectOk(await prepareSession(plan, planPath));
const backend = expectOk(await selectBackend({ backend: 'onnxruntime', threads: Number(options.threads) }));
const isSample = options.networks === 'sample';
const graphs = isSample
  ? prepared
  : {
      generator: handGenerator({ latents: 8, channels: [8, 6, 4], colours: 1 }),
      discriminator: handDiscriminator({ size: 32, colours: 1, channels: [4, 6, 8], sigmoid: true }),
    };
const trainer = createGanTrainer({
  generator: expectOk(createNetwork(graphs.generator, plan.seed)),
  discriminator: expectOk(createNetwork(graphs.discriminator, plan.seed)),
  images: prepared.images,
  batch: Number(options.batch ?? (isSample ? plan.train.batch : tinyBatch)),
  generatorSteps: plan.train.generatorSteps,
  latents: plan.train.latents,
  optimizer: plan.train.optimizer,
  rateAt: () => 1,
  seed: plan.seed,
  purpose: 'memory',
  transformsG: new Map(),
  transformsD: new Map(),
  endStep,
});

const startedAt = performance.now();
const readings: ReturnType<typeof read>[] = [];
const stepsPerTenth = Math.max(nStepsPerReading, Math.ceil(nSteps / nReadings));
let resident: number[] = [];
for (let step = 1; step <= nSteps; step++) {
  trainer.step(step);
  if (step % stepsPerTenth === 0 || step % stepsPerTenth > stepsPerTenth - nStepsPerReading) {
    resident.push(residentAfterCollection());
  }
  if (step % stepsPerTenth !== 0) continue;
  readings.push(read(step, median(resident)));
  write();
  resident = [];
}
const { growth, atEnd, isFlat } = write();
console.log(
  `${options.networks}, batch ${trainer.task.batch}, ${nSteps} steps: resident memory × ${atEnd.toFixed(4)} at the end, ` +
    `× ${growth.toFixed(4)} at the most, of the first reading`,
);
process.exit(isFlat ? 0 : 1);

/** After every reading, so that a run that is cut off leaves what it saw. */
function write() {
  const [first] = readings;
  const last = readings.at(-1);
  if (first === undefined || last === undefined) throw new Error('Too few steps to compare');
  const growth = Math.max(...readings.map((reading) => reading.residentBytes)) / first.residentBytes;
  const atEnd = last.residentBytes / first.residentBytes;
  const isSame = readings.every(
    ({ nTensors, bytes, nCompiles }) =>
      nTensors === first.nTensors && bytes === first.bytes && nCompiles === first.nCompiles,
  );
  const output = {
    date: new Date().toISOString(),
    machine: { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version },
    backend: `${backend.name} ${backend.version}`,
    threads: backend.threads,
    networks: options.networks,
    batch: trainer.task.batch,
    nSteps,
    nStepsDone: last.step,
    secondsPerStep: (performance.now() - startedAt) / 1000 / last.step,
    loadAverage: loadavg()[0],
    growth,
    atEnd,
    readings,
  };
  const results = new URL('./results/', import.meta.url);
  mkdirSync(results, { recursive: true });
  writeFileSync(new URL('memory.json', results), JSON.stringify(output, null, 2) + '\n');
  return { growth, atEnd, isFlat: growth <= allowedGrowth && isSame };
}

function residentAfterCollection(): number {
  // Twice: what a finalizer lets go of in the first is collected in the second.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage.rss();
}

function read(step: number, residentBytes: number) {
  const usage = process.memoryUsage();
  const { numTensors, numBytes } = tf.memory();
  const reading = {
    step,
    residentBytes,
    heapBytes: usage.heapUsed,
    arrayBufferBytes: usage.arrayBuffers,
    pooledBytes: currentOrtBackend()?.report().pooledBytes ?? 0,
    nTensors: numTensors,
    bytes: numBytes,
    nCompiles: currentOrtBackend()?.report().nCompiles ?? 0,
  };
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(
    `${String(step).padStart(8)}  ${(reading.residentBytes / 1e6).toFixed(1)} MB resident, ` +
      `${(reading.heapBytes / 1e6).toFixed(1)} MB of JavaScript's heap, ${reading.nTensors} tensors, ${seconds} s`,
  );
  return reading;
}

/** The collector, without a flag on the command line. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

function expectOk<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}
