/**
 * How fast a training step is with the layers of a variant compressed, beside the same step at full precision:
 * both in this process, on the same networks and images, one after the other in turns, so that what else the
 * machine does meets both. Each pair of steps gives a ratio; the median and the quartiles are what is told. The
 * learning rate is 0 and the weights are put back: nothing of the run depends on it.
 *
 * What it measures is this engine: binarized weights are multiplied as floats, and α and the signs are computed
 * on top. The document's 1.32× counts operations of hardware that multiplies bits.
 */
import { lossSettings } from '../../core/plan/trainFields.ts';
import type { TrainingSpeed, VariantInfo } from '../../core/session/runEvent.ts';
import { createGanTrainer } from '../train/ganStep.ts';
import { expectOk } from './expectOk.ts';
import { emit, secondsSoFar, type SessionContext } from './sessionContext.ts';
import { variantTransforms } from './trainVariant.ts';

const fewestPairs = 5;
const mostPairs = 25;
/** Steps that compile and settle; they are not timed. */
const warmups = 2;
/** Of the run's own time, what the measurement may take beyond the fewest pairs. */
const timeShare = 0.03;

export function measureSpeed(context: SessionContext, variant: Pick<VariantInfo, 'layersG' | 'layersD'>): void {
  const { layersG, layersD } = variant;
  if (layersG.length + layersD.length === 0) return;
  const { generator, discriminator, prepared, sizes } = context;
  const { plan, images } = prepared;
  const kept = [generator.readWeights(), discriminator.readWeights()] as const;
  const trainer = (transforms: Pick<ReturnType<typeof variantTransforms>, 'transformsG' | 'transformsD'>) =>
    createGanTrainer({
      generator,
      discriminator,
      images,
      batch: sizes.batch,
      generatorSteps: plan.train.generatorSteps,
      loss: lossSettings(plan.train),
      latents: plan.train.latents,
      optimizer: plan.train.optimizer,
      rateAt: () => 0,
      seed: plan.seed,
      purpose: 'speed',
      ...transforms,
      endStep: context.endStep,
    });
  const full = trainer({ transformsG: new Map(), transformsD: new Map() });
  const compressed = trainer(variantTransforms(context, { ...variant, id: '', label: '', kind: 'final', steps: 0 }));
  const began = performance.now();
  const mostMs = 1000 * timeShare * secondsSoFar(context);
  try {
    const speed = compareSteps(
      (step) => full.step(step),
      (step) => compressed.step(step),
      (nPairs) => nPairs < fewestPairs || (nPairs < mostPairs && performance.now() - began < mostMs),
      () => performance.now(),
    );
    emit(context, { type: 'speed', speed: { layersG, layersD, ...speed } });
  } finally {
    full.dispose();
    compressed.dispose();
    context.releaseGraphs();
    expectOk(generator.writeWeights(kept[0]));
    expectOk(discriminator.writeWeights(kept[1]));
  }
}

/** Pairs of the two steps, each first in every other pair; `nowMs` is the clock. */
export function compareSteps(
  full: (step: number) => void,
  compressed: (step: number) => void,
  goesOn: (nPairs: number) => boolean,
  nowMs: () => number,
): Omit<TrainingSpeed, 'layersG' | 'layersD'> {
  const timed = (action: (step: number) => void, step: number): number => {
    const began = nowMs();
    action(step);
    return nowMs() - began;
  };
  for (let step = 0; step < warmups; step++) {
    full(step);
    compressed(step);
  }
  const pairs: { readonly fullMs: number; readonly compressedMs: number }[] = [];
  while (goesOn(pairs.length)) {
    const step = warmups + pairs.length;
    if (pairs.length % 2 === 0) {
      const fullMs = timed(full, step);
      pairs.push({ fullMs, compressedMs: timed(compressed, step) });
    } else {
      const compressedMs = timed(compressed, step);
      pairs.push({ fullMs: timed(full, step), compressedMs });
    }
  }
  const ratios = pairs.map(({ fullMs, compressedMs }) => fullMs / compressedMs);
  return {
    nPairs: pairs.length,
    fullMs: quantile(pairs.map(({ fullMs }) => fullMs), 0.5),
    compressedMs: quantile(pairs.map(({ compressedMs }) => compressedMs), 0.5),
    ratio: { median: quantile(ratios, 0.5), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) },
  }; // prettier-ignore
}

/** Linear between the ranks. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(rank)] ?? NaN, sorted[Math.ceil(rank)] ?? NaN];
  return below + (rank - Math.floor(rank)) * (above - below);
}
