/**
 * `slimwise.json`: which networks, on which images, trained how, and compressed by which stages.
 * This is the one definition: the TypeScript types, the validator (`validatePlan`) and the JSON schema
 * that the editor uses are all derived from the valibot schemas here. Defaults are filled in while parsing,
 * so code after the validator never meets an absent field. Stage grammar: research taxonomy of Table 3–5.
 */
import * as v from 'valibot';

const positiveInteger = v.pipe(v.number(), v.integer(), v.minValue(1));
const nonNegative = v.pipe(v.number(), v.minValue(0));

/** A network read from the user's source: the file, relative to the plan, and how it is built. */
const NetworkSource = v.object({
  source: v.string(),
  /** `Generator(latents=100)`: the class or builder to call; must be found in `source`. */
  entry: v.string(),
  /** Input shape with batch 1, in the framework's own layout; only where the analysis cannot find it. */
  input: v.optional(v.array(positiveInteger)),
});

const Data = v.object({
  /** An IDX file (`.gz` too), or a folder of PNG/JPEG images; relative to the plan. */
  images: v.string(),
  /** Square output size in pixels; images are centre-cropped and resized to it. */
  size: positiveInteger,
  channels: v.picklist([1, 3]),
  /** Use only the first so many images. */
  limit: v.optional(positiveInteger),
});

const Optimizer = v.object({
  type: v.optional(v.literal('adam'), 'adam'),
  learningRate: v.optional(v.pipe(v.number(), v.gtValue(0)), 2e-4),
  beta1: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.5),
  beta2: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.999),
});

const Train = v.object({
  /** Steps of the full-precision network; one step is one D update and `generatorSteps` G updates. */
  steps: v.optional(positiveInteger, 400),
  batch: v.optional(positiveInteger, 32),
  loss: v.optional(v.picklist(['bce']), 'bce'),
  generatorSteps: v.optional(positiveInteger, 1),
  latents: v.optional(v.picklist(['normal', 'uniform']), 'normal'),
  optimizer: v.optional(Optimizer, {}),
  sampleEvery: v.optional(positiveInteger, 25),
  checkpointEvery: v.optional(positiveInteger, 100),
});

const LayerSelector = v.object({
  kind: v.optional(v.array(v.picklist(['dense', 'conv', 'deconv', 'norm']))),
  names: v.optional(v.array(v.string())),
  dor: v.optional(
    v.object({
      min: v.optional(v.number()),
      max: v.optional(v.number()),
      formula: v.optional(v.picklist(['published', 'derived']), 'published'),
    }),
  ),
});

const stageBase = {
  id: v.string(),
  module: v.optional(v.picklist(['G', 'D', 'both']), 'both'),
  select: v.optional(LayerSelector, {}),
};

/** Algorithm 1 of PBGen: which layers can be binarized. */
const WiseSearch = v.object({
  ...stageBase,
  family: v.literal('search'),
  algorithm: v.optional(v.literal('pbgenAlg1'), 'pbgenAlg1'),
  metric: v.optional(v.literal('swd'), 'swd'),
  /** Largest accepted rise of SWD (×10³), or `noise`: from repetitions at full precision. */
  threshold: v.optional(v.union([v.literal('noise'), nonNegative]), 'noise'),
  /** Full-precision repetitions that the noise is measured on. */
  repetitions: v.optional(v.pipe(positiveInteger, v.minValue(2)), 3),
  /** Steps that every variant trains after binarizing. */
  steps: v.optional(positiveInteger, 150),
  mode: v.optional(v.picklist(['single', 'cumulative']), 'single'),
  order: v.optional(v.literal('dorDesc'), 'dorDesc'),
});

/** Weights at lower precision; `binary` with `bwn` is XNOR-Net's binary-weight network. */
const Precision = v.object({
  ...stageBase,
  family: v.literal('precision'),
  rep: v.object({ kind: v.literal('binary') }),
  fn: v.optional(v.object({ type: v.literal('bwn'), gradient: v.optional(v.picklist(['xnor', 'ste']), 'xnor') }), {
    type: 'bwn',
  }),
  granularity: v.optional(v.literal('channel'), 'channel'),
  target: v.optional(v.array(v.literal('W')), ['W']),
  /** Steps of the final training, with D binarized as well where `module` says so. */
  steps: v.optional(positiveInteger, 200),
});

const Stage = v.variant('family', [WiseSearch, Precision]);

const Budget = v.object({
  bytes: v.optional(positiveInteger),
  /** Id of a device profile (`core/devices.ts`). */
  device: v.optional(v.string()),
});

export const compressionPlanSchema = v.object({
  $schema: v.optional(v.string()),
  schema: v.literal(1),
  name: v.optional(v.string(), 'Slimwise run'),
  generator: NetworkSource,
  discriminator: NetworkSource,
  data: Data,
  train: v.optional(Train, {}),
  stages: v.pipe(v.array(Stage), v.minLength(1)),
  evaluation: v.optional(
    v.object({
      /** Images of each set that SWD compares. */
      nImages: v.optional(positiveInteger, 512),
    }),
    {},
  ),
  budget: v.optional(Budget, {}),
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 1),
});

export type CompressionPlan = v.InferOutput<typeof compressionPlanSchema>;
export type PlanStage = CompressionPlan['stages'][number];
export type WiseSearchStage = Extract<PlanStage, { family: 'search' }>;
export type PrecisionStage = Extract<PlanStage, { family: 'precision' }>;
