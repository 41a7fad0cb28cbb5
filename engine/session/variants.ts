/**
 * The variants that a run trains, in order: once at full precision; several repetitions from there, for
 * the noise; each layer singly; the accepted ones together. Pure: what a plan and a ranking of layers
 * give, and what a short run leaves out. Every variant but the first starts from the weights of the first
 * with a fresh optimizer, because the moments that Adam gathered at full precision are many times larger
 * than the gradients of binarized weights (they carry α) and would hold those still for thousands of steps.
 */
import type { CompressionPlan, PrecisionStage, WiseSearchStage } from '../../core/plan/compressionPlan.ts';
import type { VariantInfo } from '../../core/session/runEvent.ts';

/** The numbers of a plan that a session runs by. */
export interface SessionSizes {
  readonly fullSteps: number;
  readonly repeatSteps: number;
  readonly singleSteps: number;
  readonly finalSteps: number;
  readonly repetitions: number;
  readonly batch: number;
  readonly nImages: number;
  readonly sampleEvery: number;
  readonly checkpointEvery: number;
}

export interface Stages {
  readonly search: WiseSearchStage | null;
  readonly precision: PrecisionStage | null;
}

/** Steps of a short run are this many times fewer, on half the batch; it says so in its report. */
export const shortFactor = 6;
const shortImages = 128;
const shortRepetitions = 3;

export function stagesOf(plan: CompressionPlan): Stages {
  return {
    search: plan.stages.find((stage) => stage.family === 'search') ?? null,
    precision: plan.stages.find((stage) => stage.family === 'precision') ?? null,
  };
}

export function sessionSizes(plan: CompressionPlan, short: boolean): SessionSizes {
  const { search, precision } = stagesOf(plan);
  const fewer = (steps: number): number => (short ? Math.max(2, Math.ceil(steps / shortFactor)) : steps);
  const finalSteps = precision?.steps ?? search?.steps ?? plan.train.steps;
  const singleSteps = search?.steps ?? finalSteps;
  return {
    fullSteps: fewer(plan.train.steps),
    repeatSteps: fewer(singleSteps),
    singleSteps: fewer(singleSteps),
    finalSteps: fewer(finalSteps),
    repetitions: Math.min(search?.repetitions ?? 3, short ? shortRepetitions : Infinity),
    batch: short ? Math.ceil(plan.train.batch / 2) : plan.train.batch,
    nImages: short ? Math.min(plan.evaluation.nImages, shortImages) : plan.evaluation.nImages,
    sampleEvery: Math.max(1, short ? Math.ceil(plan.train.sampleEvery / shortFactor) : plan.train.sampleEvery),
    checkpointEvery: Math.max(1, short ? Math.ceil(plan.train.checkpointEvery / 2) : plan.train.checkpointEvery),
  };
}

export function fullVariant(sizes: SessionSizes): VariantInfo {
  return { id: 'full', label: 'Full precision', kind: 'full', layersG: [], layersD: [], steps: sizes.fullSteps };
}

export function repeatVariants(sizes: SessionSizes): readonly VariantInfo[] {
  return Array.from({ length: sizes.repetitions }, (_, i) => ({
    id: `repeat-${i + 1}`,
    label: `Full precision, repetition ${i + 1}`,
    kind: 'repeat',
    layersG: [],
    layersD: [],
    steps: sizes.repeatSteps,
  }));
}

/**
 * The learning rate of a variant as a share of the plan's. At full precision it stays; in every variant that
 * is compared it falls linearly to 0, because at a constant rate a GAN circles its end point and SWD says
 * where it was stopped (docs/decisions/2026-11-22-wise-search.md has the figures).
 */
export function learningRateFactor({ kind, steps }: Pick<VariantInfo, 'kind' | 'steps'>, step: number): number {
  return kind === 'full' ? 1 : 1 - step / steps;
}

/** `together`: layers accepted before, for the cumulative mode. */
export function singleVariant(sizes: SessionSizes, layer: string, together: readonly string[]): VariantInfo {
  return {
    id: `layer-${layer}`,
    label: together.length === 0 ? `Only ${layer} binarized` : `${[...together, layer].join(', ')} binarized`,
    kind: 'single',
    layersG: [...together, layer],
    layersD: [],
    steps: sizes.singleSteps,
  };
}

/** `attempt` counts from 1; a later one has fewer layers. */
export function finalVariant(
  sizes: SessionSizes,
  attempt: number,
  layersG: readonly string[],
  layersD: readonly string[],
): VariantInfo {
  const label = layersD.length === 0 ? 'All accepted layers' : 'All accepted layers, with a binarized discriminator';
  return {
    id: attempt === 1 ? 'final' : `final-${attempt}`,
    label: attempt === 1 ? label : `${label}, attempt ${attempt}`,
    kind: 'final',
    layersG,
    layersD,
    steps: sizes.finalSteps,
  };
}
