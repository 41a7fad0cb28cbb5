/**
 * Trains one variant from where it stands to its last step, then evaluates it. Between two steps it
 * listens for pause and cancel, draws the fixed latents every so often and writes checkpoints. A loss or a
 * weight that is no number ends the session before any checkpoint is touched.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { VariantInfo } from '../../core/session/runEvent.ts';
import type { Problem } from '../../core/problem.ts';
import { ProblemError } from '../../core/rpc/rpc.ts';
import { transformsFor } from '../compress/weightCoding.ts';
import { createGanTrainer, type GanTrainer } from '../train/ganStep.ts';
import { lossSettings } from '../../core/plan/trainFields.ts';
import { lossNotFinite } from '../train/problems.ts';
import type { StoredTensor } from '../formats/safetensors.ts';
import type { Swd } from '../metrics/swd.ts';
import type { Ema } from '../train/ema.ts';
import type { Transforms } from './evaluator.ts';
import { expectOk } from './expectOk.ts';
import { weightsNotFinite } from './problems.ts';
import { createTrainingWatch } from './trainingWatch.ts';
import { emit, secondsSoFar, type TrainingContext } from './sessionContext.ts';
import { allFinite, loadWeights, storeWeights } from './sessionState.ts';
import { learningRateFactor, planCoding } from './variants.ts';

/** Weights and optimizer of a variant that was cut off. */
export interface VariantStart {
  readonly step: number;
  readonly updatesG: number;
  readonly updatesD: number;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

export type VariantOutcome = { readonly cancelled: true } | (Evaluated & { readonly cancelled: false });

interface Evaluated {
  readonly swd: number;
  readonly levels: Swd['levels'];
}

/** The networks hold the weights that the variant begins with, or `start` has them. */
export async function trainVariant(
  context: TrainingContext,
  variant: VariantInfo,
  start: VariantStart | null,
): Promise<VariantOutcome> {
  const { transformsG, transformsD } = variantTransforms(context, variant);
  const { plan, images } = context.prepared;
  const trainer = createGanTrainer({
    generator: context.generator,
    discriminator: context.discriminator,
    images,
    batch: context.sizes.batch,
    generatorSteps: plan.train.generatorSteps,
    loss: lossSettings(plan.train),
    latents: plan.train.latents,
    optimizer: plan.train.optimizer,
    rateAt: (step) => learningRateFactor(variant, step),
    seed: variant.seed ?? plan.seed,
    // The settings of an experiment see the same images and latents.
    purpose: variant.kind === 'setting' ? variant.kind : variant.id,
    transformsG,
    transformsD,
    endStep: context.endStep,
  });
  try {
    if (start) restore(context, trainer, start);
    emit(context, { type: 'variant', variant });
    const trained = await trainSteps(context, variant, trainer, transformsG, start?.step ?? 0);
    if (!trained) return { cancelled: true };
    adoptAverage(context, trainer);
    sample(context, variant, variant.steps, transformsG, null);
    return { cancelled: false, ...(await evaluate(context, variant, transformsG)) };
  } finally {
    trainer.dispose();
    context.releaseGraphs();
  }
}

export function variantTransforms(
  { generator, discriminator, prepared }: TrainingContext,
  { layersG, layersD }: VariantInfo,
): { transformsG: Transforms; transformsD: Transforms } {
  const coding = planCoding(prepared.plan);
  return {
    transformsG: transformsFor(generator, layersG, coding),
    transformsD: transformsFor(discriminator, layersD, coding),
  };
}

/** False where the user cancelled; everything is saved then. */
async function trainSteps(
  context: TrainingContext,
  variant: VariantInfo,
  trainer: GanTrainer,
  transformsG: Transforms,
  firstStep: number,
): Promise<boolean> {
  const { sizes, progress } = context;
  const watch = createTrainingWatch(variant.label, context.prepared.plan.train.loss);
  const warn = (problems: readonly Problem[]): void => {
    for (const problem of problems) emit(context, { type: 'problem', problem });
  };
  let savedAt = firstStep;
  const save = (step: number): void => {
    if (step !== savedAt || step === 0) saveVariant(context, variant, trainer, step);
    savedAt = step;
  };
  for (let step = firstStep; step < variant.steps; step++) {
    await nextTurn();
    if (!(await heedWishes(context, () => save(step)))) return false;
    if (step % sizes.sampleEvery === 0) {
      warn(watch.sample(step, sample(context, variant, step, transformsG, trainer.ema)));
    }
    const began = performance.now();
    const { lossD, lossG } = trainer.step(step);
    const stepMs = performance.now() - began;
    if (!Number.isFinite(lossD) || !Number.isFinite(lossG)) {
      throw new ProblemError(lossNotFinite(variant.label, step + 1, lossD, lossG, savedAt > 0 ? savedAt : null));
    }
    progress.step(stepMs);
    warn(watch.step(step + 1, lossD, lossG));
    emit(context, { type: 'step', variant: variant.id, step: step + 1, lossD, lossG, stepMs });
    emit(context, {
      type: 'progress',
      stepsDone: progress.stepsDone,
      stepsTotal: progress.stepsTotal,
      secondsLeft: progress.secondsLeft(),
      doing: variant.label,
    });
    if ((step + 1) % sizes.checkpointEvery === 0) save(step + 1);
  }
  // What is packed in the end must survive anything that happens while it is.
  if (variant.kind === 'final') save(variant.steps);
  return true;
}

/** Pauses as long as wanted; false when cancelled. `save` writes a checkpoint. */
async function heedWishes(context: TrainingContext, save: () => void): Promise<boolean> {
  const { control } = context;
  if (control.wanted === 'pause') {
    save();
    expectOk(context.run.updateRecord({ status: 'paused' }));
    emit(context, { type: 'paused' });
    await control.untilWanted();
    expectOk(context.run.updateRecord({ status: 'running' }));
    emit(context, { type: 'resumed' });
  }
  if (control.wanted !== 'cancel') return true;
  save();
  return false;
}

/** Drawn with the moving average where one is kept; answers how much the samples differ from each other. */
function sample(
  context: TrainingContext,
  variant: VariantInfo,
  step: number,
  transformsG: Transforms,
  ema: Ema | null,
): number {
  const { generator, evaluator } = context;
  const own = ema === null ? [] : generator.readWeights();
  if (ema !== null) expectOk(generator.writeWeights(ema.readWeights()));
  const drawn = evaluator.samples(generator, transformsG);
  const way = evaluator.walkGrid(generator, transformsG);
  if (ema !== null) expectOk(generator.writeWeights(own));
  const file = expectOk(context.run.writeSample(variant.id, step, evaluator.sampleGrid(drawn)));
  const walk = expectOk(context.run.writeWalk(variant.id, step, way));
  emit(context, { type: 'sample', variant: variant.id, step, file, walk });
  return evaluator.diversity(drawn);
}

/** What is trained is done: from here on the network is its moving average, where one is kept. */
function adoptAverage({ generator }: TrainingContext, { ema }: GanTrainer): void {
  if (ema !== null) expectOk(generator.writeWeights(ema.readWeights()));
}

async function evaluate(context: TrainingContext, variant: VariantInfo, transformsG: Transforms): Promise<Evaluated> {
  const began = performance.now();
  const { swd, levels, nImages } = await context.evaluator.swd(context.generator, transformsG);
  if (!Number.isFinite(swd)) throw new ProblemError(weightsNotFinite(variant.label, variant.steps));
  context.progress.evaluation(performance.now() - began);
  emit(context, { type: 'evaluation', variant: variant.id, step: variant.steps, swd, levels, nImages });
  return { swd, levels };
}

function saveVariant(context: TrainingContext, variant: VariantInfo, trainer: GanTrainer, step: number): void {
  const weightsG = context.generator.readWeights();
  const weightsD = context.discriminator.readWeights();
  if (!allFinite(weightsG) || !allFinite(weightsD)) throw new ProblemError(weightsNotFinite(variant.label, step));
  const adamG = trainer.adamG.readState();
  const adamD = trainer.adamD.readState();
  context.state = {
    ...context.state,
    current: { variant: variant.id, step, updatesG: adamG.updates, updatesD: adamD.updates },
    stepsDone: context.progress.stepsDone,
    seconds: secondsSoFar(context),
  };
  const written = context.run.writeCheckpoint({
    step: context.state.stepsDone,
    state: context.state,
    tensors: new Map([
      ...storeWeights('G/', weightsG),
      ...storeWeights('D/', weightsD),
      ...storeWeights('adamG/', adamG.moments),
      ...storeWeights('adamD/', adamD.moments),
      ...storeWeights('ema/', trainer.ema?.readWeights() ?? []),
    ]),
  });
  const { folder, bytes } = expectOk(written);
  emit(context, { type: 'checkpoint', variant: variant.id, step, folder, bytes });
}

function restore(context: TrainingContext, trainer: GanTrainer, { updatesG, updatesD, tensors }: VariantStart): void {
  expectOk(context.generator.writeWeights(loadWeights('G/', tensors)));
  expectOk(context.discriminator.writeWeights(loadWeights('D/', tensors)));
  expectOk(trainer.adamG.writeState({ updates: updatesG, moments: loadWeights('adamG/', tensors) }));
  expectOk(trainer.adamD.writeState({ updates: updatesD, moments: loadWeights('adamD/', tensors) }));
  if (trainer.ema !== null) expectOk(trainer.ema.writeWeights(loadWeights('ema/', tensors)));
}
