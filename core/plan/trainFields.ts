/**
 * How the networks of a plan are trained: losses, optimizer and what is logged when. Defaults that depend on
 * the loss (clipping, critic steps, the penalty's weight) are those of the papers and are filled in by
 * `lossSettings`, so that a plan says only what differs.
 */
import * as v from 'valibot';
import { nonNegative, positiveInteger } from './stageFields.ts';

const momentum = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

const Optimizer = v.strictObject({
  type: v.optional(v.literal('adam'), 'adam'),
  learningRate: v.optional(v.pipe(v.number(), v.gtValue(0)), 2e-4),
  beta1: v.optional(momentum, 0.5),
  beta2: v.optional(momentum, 0.999),
});

export const lossNames = ['bce', 'lsgan', 'hinge', 'wgan', 'wgan-gp'] as const;
export type LossName = (typeof lossNames)[number];

export const Train = v.strictObject({
  steps: v.optional(
    v.pipe(
      positiveInteger,
      v.description('Steps at full precision; one is discriminatorSteps D updates and generatorSteps G updates.'),
    ),
    400,
  ),
  batch: v.optional(positiveInteger, 32),
  loss: v.optional(
    v.pipe(
      v.picklist(lossNames),
      v.description(
        'bce: cross-entropy, as in DCGAN; lsgan: least squares; hinge; wgan: Wasserstein with clipped weights; wgan-gp: with a gradient penalty.',
      ),
    ),
    'bce',
  ),
  generatorSteps: v.optional(v.pipe(positiveInteger, v.description('Updates of G in one step.')), 1),
  discriminatorSteps: v.optional(
    v.pipe(positiveInteger, v.description('Updates of D in one step; 5 for wgan and wgan-gp where absent, else 1.')),
  ),
  labelSmoothing: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0),
      v.ltValue(0.5),
      v.description('Real images are labelled 1 − this (bce and lsgan); 0.1 is usual.'),
    ),
    0,
  ),
  ema: v.optional(
    v.pipe(
      v.number(),
      v.gtValue(0),
      v.ltValue(1),
      v.description(
        'Decay of a moving average of G’s weights, such as 0.999; samples and metrics then use the average.',
      ),
    ),
  ),
  weightClip: v.optional(
    v.pipe(v.number(), v.gtValue(0), v.description('D’s weights are clipped to ± this; 0.01 for wgan where absent.')),
  ),
  gradientPenalty: v.optional(v.pipe(nonNegative, v.description('Weight of the penalty of wgan-gp; 10 where absent.'))),
  latents: v.optional(
    v.pipe(v.picklist(['normal', 'uniform']), v.description('Latents: normal, or uniform from −1 to 1.')),
    'normal',
  ),
  optimizer: v.optional(Optimizer, {}),
  sampleEvery: v.optional(v.pipe(positiveInteger, v.description('Steps between two logged sample grids.')), 25),
  checkpointEvery: v.optional(v.pipe(positiveInteger, v.description('Steps between two checkpoints.')), 100),
});

export type TrainFields = v.InferOutput<typeof Train>;

/** What a loss needs to know beside its name. */
export interface LossSettings {
  readonly loss: LossName;
  readonly discriminatorSteps: number;
  readonly labelSmoothing: number;
  /** null: weights are not clipped. */
  readonly weightClip: number | null;
  /** 0: no penalty. */
  readonly gradientPenalty: number;
  /** null: no average is kept. */
  readonly ema: number | null;
}

/** Arjovsky et al. 2017, algorithm 1: c = 0.01, n_critic = 5. */
const wganClip = 0.01;
const criticSteps = 5;
/** Gulrajani et al. 2017, §4: λ = 10. */
const penaltyWeight = 10;

export function lossSettings(
  train: Pick<TrainFields, 'loss' | 'discriminatorSteps' | 'labelSmoothing' | 'weightClip' | 'gradientPenalty' | 'ema'>,
): LossSettings {
  const { loss } = train;
  const wasserstein = loss === 'wgan' || loss === 'wgan-gp';
  return {
    loss,
    discriminatorSteps: train.discriminatorSteps ?? (wasserstein ? criticSteps : 1),
    labelSmoothing: train.labelSmoothing,
    weightClip: train.weightClip ?? (loss === 'wgan' ? wganClip : null),
    gradientPenalty: loss === 'wgan-gp' ? (train.gradientPenalty ?? penaltyWeight) : 0,
    ema: train.ema ?? null,
  };
}
