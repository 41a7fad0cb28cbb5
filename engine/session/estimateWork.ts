/**
 * What a run will cost, before it starts: a few real steps on the run's own networks and images are timed
 * and the process's memory is read after them, one small SWD is timed and scaled to its number of images.
 * The steps train the networks, so the caller restores the weights afterwards.
 */
import { lossSettings } from '../../core/plan/trainFields.ts';
import type { Network } from '../train/network.ts';
import { createGanTrainer } from '../train/ganStep.ts';
import { pyramidSizes } from '../metrics/laplacianPyramid.ts';
import { createEvaluator } from './evaluator.ts';
import type { PreparedSession } from './prepareSession.ts';

export interface WorkEstimate {
  readonly stepMs: number;
  readonly evaluationMs: number;
  /** Peak bytes of the process. */
  readonly bytes: number;
}

/** Enough for a quartile, and no more than a slow backend can bear. */
const timedSteps = 12;
const timedMs = 4_000;
const timedProbes = 3;
const slowMs = 20_000;
/** One chunk of drawn images, so that drawing scales with the chunks. */
const probeImages = 64;
/** SWD's patches, the largest thing that an evaluation holds: 128 of 7×7 per image and level. */
const patchesPerImage = 128;
const patchSize = 7;

export async function estimateWork(
  { plan, images }: PreparedSession,
  networks: { readonly generator: Network; readonly discriminator: Network },
  sizes: { readonly batch: number; readonly nImages: number },
  endStep: () => void,
): Promise<WorkEstimate> {
  const emptyBytes = process.memoryUsage.rss();
  const trainer = createGanTrainer({
    ...networks,
    images,
    batch: sizes.batch,
    generatorSteps: plan.train.generatorSteps,
    loss: lossSettings(plan.train),
    latents: plan.train.latents,
    optimizer: plan.train.optimizer,
    rateAt: () => 1,
    seed: plan.seed,
    purpose: 'estimate',
    transformsG: new Map(),
    transformsD: new Map(),
    endStep,
  });
  const timed = (action: () => void): number => {
    const began = performance.now();
    action();
    return performance.now() - began;
  };
  // The first steps compile; their time counts only where steps are so slow that nothing else is affordable.
  const times: number[] = [];
  while (times.length < 3 || (times.length < timedSteps && sum(times) < timedMs)) {
    times.push(timed(() => trainer.step(times.length)));
    if (sum(times) > slowMs) break;
  }
  trainer.dispose();
  const warm = times.slice(Math.min(2, times.length - 1));

  const probe = createEvaluator(plan, images, probeImages);
  // A graph is compiled at its first run and made faster at its second: neither is what an evaluation costs.
  let probeMs = Infinity;
  for (let run = 0; run < timedProbes; run++) {
    const began = performance.now();
    await probe.swd(networks.generator, new Map());
    probeMs = Math.min(probeMs, performance.now() - began);
  }
  const evaluationMs = probeMs * (sizes.nImages / probe.nImages);
  const valuesPerLevel = sizes.nImages * patchesPerImage * patchSize ** 2 * images.channels;
  const swdBytes = 2 * pyramidSizes(images.size).length * valuesPerLevel * Float32Array.BYTES_PER_ELEMENT;
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return {
    stepMs: lowerQuartile(warm),
    evaluationMs,
    // A compressed variant compiles graphs of its own while those of full precision are still held: once more
    // what training and drawing took here.
    bytes: peakBytes + (peakBytes - emptyBytes) + swdBytes,
  };
}

/** Other work of a busy machine can only make a step slower, and seldom a quarter of the steps at once. */
function lowerQuartile(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 4)] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
