/**
 * `slimwise.json`: which networks, on which images, trained how, and compressed by which stages.
 * This is the one definition: the TypeScript types, the validator (`validatePlan`) and the JSON schema
 * that the editor uses are all derived from the valibot schemas here. Defaults are filled in while parsing,
 * so code after the validator never meets an absent field. The stages here are those that the engine runs;
 * `stageGrammar.ts` has all that can be written.
 */
import * as v from 'valibot';
import { FeatureModel } from './featureModel.ts';
import { NetworkChoice } from './networkPresets.ts';
import { Settings } from './settingsStage.ts';
import {
  positiveInteger,
  representation,
  searchedModule,
  searchOrder,
  searchProcesses,
  searchStart,
  stageBase,
  stageSteps,
  text,
  threshold,
} from './stageFields.ts';
import { Train } from './trainFields.ts';

/** A network read from the user's source. */
const NetworkSource = v.strictObject({
  source: v.pipe(text, v.description('The source file, relative to this plan.')),
  entry: v.pipe(
    text,
    v.description(
      'How the network is built: a class or builder of the source and its arguments, Generator(latents=100).',
    ),
  ),
  input: v.optional(
    v.pipe(
      v.array(positiveInteger),
      v.description('Input shape with batch 1, in the framework’s own layout; only where the analysis cannot find it.'),
    ),
  ),
});

const Data = v.strictObject({
  images: v.pipe(
    text,
    v.description(
      'A folder or archive (.tar.gz, .zip) of PNG and JPEG images, an IDX file (.gz too) or a NumPy array (.npy, .npz), relative to this plan.',
    ),
  ),
  size: v.pipe(positiveInteger, v.description('Square size in pixels; images are centre-cropped and resized to it.')),
  channels: v.pipe(v.picklist([1, 3]), v.description('1 for grayscale, 3 for RGB.')),
  limit: v.optional(v.pipe(positiveInteger, v.description('Use only the first so many images.'))),
});

/** Algorithm 1 of PBGen: which layers can be binarized. */
const WiseSearch = v.strictObject({
  ...stageBase,
  module: searchedModule,
  family: v.literal('search'),
  algorithm: v.optional(v.literal('pbgenAlg1'), 'pbgenAlg1'),
  metric: v.optional(
    v.pipe(
      v.picklist(['swd', 'psnr']),
      v.description('swd: distance to real images; psnr: to what full precision draws from the same latents.'),
    ),
    'swd',
  ),
  threshold: v.optional(threshold, 'noise'),
  repetitions: v.optional(
    v.pipe(positiveInteger, v.minValue(2), v.description('Full-precision repetitions that the noise is measured on.')),
    3,
  ),
  steps: v.optional(stageSteps, 150),
  mode: v.optional(
    v.pipe(
      v.picklist(['single', 'cumulative']),
      v.description('Binarize each layer by itself, or together with those accepted before it.'),
    ),
    'single',
  ),
  order: v.optional(searchOrder, 'dorDesc'),
  from: v.optional(searchStart, 'trained'),
  processes: v.optional(searchProcesses),
});

/**
 * Weights at lower precision: `binary` with `bwn` is XNOR-Net's binary-weight network, `ternary` a ternary weight
 * network, `int` 2 to 8 bits; one scale per output channel and the straight-through estimator.
 */
const Precision = v.strictObject({
  ...stageBase,
  family: v.literal('precision'),
  rep: representation,
  fn: v.optional(
    v.strictObject({ type: v.literal('bwn'), gradient: v.optional(v.picklist(['xnor', 'ste']), 'xnor') }),
    { type: 'bwn' },
  ),
  granularity: v.optional(v.literal('channel'), 'channel'),
  target: v.optional(v.array(v.literal('W')), ['W']),
  steps: v.optional(stageSteps, 200),
});

/** Stages that the engine of this version runs. */
export const runnableStage = v.variant('family', [WiseSearch, Precision, Settings]);

const Budget = v.strictObject({
  bytes: v.optional(v.pipe(positiveInteger, v.description('Largest size of the packed generator, in bytes.'))),
  device: v.optional(
    v.pipe(
      text,
      v.description(
        'A device profile: phone, watch, microcontroller, browser, phone-memory, watch-memory, or one of devices.',
      ),
    ),
  ),
});

/** A device of the user's own; `readOwnDevices` reads the same from a setting. */
const OwnDevice = v.strictObject({
  id: v.pipe(text, v.description('What budget.device names; not the id of a built-in profile.')),
  label: v.optional(v.pipe(text, v.description('As shown; the id where absent.'))),
  budgetBytes: v.pipe(positiveInteger, v.description('What one model may take there, in bytes.')),
  source: v.optional(v.pipe(text, v.description('Where the number comes from.'))),
});

/** Every field of a plan but its stages. */
export const planFields = {
  $schema: v.optional(v.string()),
  schema: v.pipe(v.literal(1), v.description('Version of this format: 1.')),
  name: v.optional(v.pipe(text, v.description('Shown in the Runs tree and the report.')), 'Slimwise run'),
  network: v.optional(NetworkChoice),
  generator: NetworkSource,
  discriminator: NetworkSource,
  data: Data,
  train: v.optional(Train, {}),
  evaluation: v.optional(
    v.strictObject({
      nImages: v.optional(
        v.pipe(positiveInteger, v.description('Images of each set that the sliced Wasserstein distance compares.')),
        512,
      ),
      features: v.optional(FeatureModel),
    }),
    {},
  ),
  budget: v.optional(Budget, {}),
  devices: v.optional(
    v.pipe(v.array(OwnDevice), v.description('Device profiles of your own, beside the built-in ones.')),
    [],
  ),
  seed: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.description('All randomness of the run follows from this.')),
    1,
  ),
};

export const compressionPlanSchema = v.strictObject({
  ...planFields,
  stages: v.pipe(v.array(runnableStage), v.minLength(1)),
});

export type CompressionPlan = v.InferOutput<typeof compressionPlanSchema>;
export type PlanStage = CompressionPlan['stages'][number];
export type WiseSearchStage = Extract<PlanStage, { family: 'search' }>;
export type PrecisionStage = Extract<PlanStage, { family: 'precision' }>;
export type SettingsStage = Extract<PlanStage, { family: 'settings' }>;
