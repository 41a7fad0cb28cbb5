/**
 * The variants that a run trains, in order: once at full precision; several repetitions from there, for
 * the noise; each layer singly; the accepted ones together. Pure: what a plan and a ranking of layers
 * give, and what a short run leaves out. Every variant but the first starts from the weights of the first
 * with a fresh optimizer, because the moments that Adam gathered at full precision are many times larger
 * than the gradients of binarized weights (they carry α) and would hold those still for thousands of steps.
 */
import type {
  CompressionPlan,
  PrecisionStage,
  SettingsStage,
  WiseSearchStage,
} from '../../core/plan/compressionPlan.ts';
import { resolveSettings, type Setting } from '../../core/plan/resolveSettings.ts';
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { VariantInfo } from '../../core/session/runEvent.ts';
import type { LayerCodings } from '../compress/packGenerator.ts';
import { codingOf, type WeightCoding } from '../compress/weightCoding.ts';

/** The numbers of a plan that a session runs by. */
export interface SessionSizes {
  readonly fullSteps: number;
  readonly repeatSteps: number;
  readonly singleSteps: number;
  readonly finalSteps: number;
  readonly settingSteps: number;
  readonly repetitions: number;
  readonly batch: number;
  readonly nImages: number;
  readonly sampleEvery: number;
  readonly checkpointEvery: number;
}

export interface Stages {
  readonly search: WiseSearchStage | null;
  readonly precision: PrecisionStage | null;
  readonly settings: SettingsStage | null;
}

/** Steps of a short run are this many times fewer, on half the batch; it says so in its report. */
export const shortFactor = 6;
const shortImages = 128;
const shortRepetitions = 3;

export function stagesOf(plan: CompressionPlan): Stages {
  return {
    search: plan.stages.find((stage) => stage.family === 'search') ?? null,
    precision: plan.stages.find((stage) => stage.family === 'precision') ?? null,
    settings: plan.stages.find((stage) => stage.family === 'settings') ?? null,
  };
}

export function sessionSizes(plan: CompressionPlan, short: boolean): SessionSizes {
  const { search, precision, settings } = stagesOf(plan);
  const fewer = (steps: number): number => (short ? Math.max(2, Math.ceil(steps / shortFactor)) : steps);
  const finalSteps = precision?.steps ?? search?.steps ?? plan.train.steps;
  const singleSteps = search?.steps ?? finalSteps;
  return {
    fullSteps: fewer(plan.train.steps),
    repeatSteps: fewer(singleSteps),
    singleSteps: fewer(singleSteps),
    finalSteps: fewer(finalSteps),
    settingSteps: fewer(settings?.steps ?? plan.train.steps),
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

/** How the layers that a plan compresses are coded. */
export function planCoding(plan: CompressionPlan): WeightCoding {
  const { precision, settings } = stagesOf(plan);
  const rep = settings?.rep ?? precision?.rep ?? { kind: 'binary' };
  return codingOf(rep, settings?.gradient ?? precision?.fn.gradient ?? 'xnor');
}

/** What the packed file stores of each compressed layer. */
export function layerCodings(plan: CompressionPlan, layers: readonly string[]): LayerCodings {
  const { bits } = planCoding(plan);
  return new Map(layers.map((layer) => [layer, { bits }]));
}

export interface Experiment {
  readonly stage: SettingsStage;
  readonly settings: readonly Setting[];
}

/** null: the plan is no experiment. `prepareSession` has checked that its settings fit the networks. */
export function experimentOf({
  plan,
  generator,
  discriminator,
}: {
  readonly plan: CompressionPlan;
  readonly generator: ModelGraph;
  readonly discriminator: ModelGraph;
}): Experiment | null {
  const { settings: stage } = stagesOf(plan);
  if (stage === null) return null;
  const resolved = resolveSettings(stage, generator, discriminator);
  if (!resolved.ok) throw new Error(resolved.problem.message);
  return { stage, settings: resolved.value.settings };
}

/** Seed after seed; full precision first in each. */
export function settingVariants(sizes: SessionSizes, { stage, settings }: Experiment): readonly VariantInfo[] {
  return stage.seeds.flatMap((seed) => [
    ...(stage.from === 'trained' ? [baseVariant(sizes, seed)] : []),
    ...settings.map(({ name, layersG, layersD }): VariantInfo => ({
      id: `${name}-seed${seed}`,
      label: `Setting ${name}, seed ${seed}`,
      kind: 'setting',
      layersG,
      layersD,
      steps: sizes.settingSteps,
      setting: name,
      seed,
    })),
  ]);
}

function baseVariant(sizes: SessionSizes, seed: number): VariantInfo {
  return {
    id: `base-seed${seed}`,
    label: `Full precision to start from, seed ${seed}`,
    kind: 'base',
    layersG: [],
    layersD: [],
    steps: sizes.fullSteps,
    seed,
  };
}

/**
 * The learning rate of a variant as a share of the plan's. At full precision it stays; in a setting of an
 * experiment it stays for the first half and falls linearly to 0 in the second; in every other variant that
 * is compared it falls linearly to 0, because at a constant rate a GAN circles its end point and SWD says
 * where it was stopped (docs/decisions/2026-11-22-wise-search.md has the figures).
 */
export function learningRateFactor({ kind, steps }: Pick<VariantInfo, 'kind' | 'steps'>, step: number): number {
  if (kind === 'full' || kind === 'base') return 1;
  return kind === 'setting' ? Math.min(1, 2 * (1 - step / steps)) : 1 - step / steps;
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
