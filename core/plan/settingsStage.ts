/**
 * An experiment as a stage of a plan: the same networks trained in several settings, each with several seeds,
 * and compared. The letters A to H are those of PBGen's Table II; `subsets` are all 2^L choices of
 * the L layers; a setting of one's own names its layers by their numbers (1 for the first).
 */
import * as v from 'valibot';
import { positiveInteger, representation, stageBase, stageSteps, text } from './stageFields.ts';

export const settingLetters = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] as const;
export type SettingLetter = (typeof settingLetters)[number];

const OwnSetting = v.strictObject({
  name: v.pipe(text, v.description('Shown in tables; unique in the stage.')),
  layers: v.pipe(v.array(positiveInteger), v.description('Numbers of the binarized layers of G; 1 is the first.')),
  binarizeD: v.optional(v.pipe(v.boolean(), v.description('Binarize the convolutions of D as well.')), false),
  entry: v.optional(
    v.pipe(
      text,
      v.description(
        'Another instantiation of the plan’s generator for this setting, `Generator(widths=(128, 64))`: its layers have the same names and other widths.',
      ),
    ),
  ),
});

export const Settings = v.strictObject({
  ...stageBase,
  family: v.literal('settings'),
  settings: v.optional(
    v.pipe(
      v.union([v.picklist(['AtoH', 'subsets']), v.array(v.union([v.picklist(settingLetters), OwnSetting]))]),
      v.description('AtoH: PBGen’s Table II; subsets: all choices of layers; or a list of letters and own settings.'),
    ),
    'AtoH',
  ),
  layers: v.optional(
    v.pipe(
      v.array(text),
      v.description('The layers of G that the numbers mean, in order; the transposed convolutions where absent.'),
    ),
  ),
  seeds: v.optional(
    v.pipe(
      v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
      v.minLength(1),
      v.description('Every setting is trained once with each: initial weights, order of images and latents follow.'),
    ),
    [1, 2, 3],
  ),
  from: v.optional(
    v.pipe(
      v.picklist(['scratch', 'trained']),
      v.description('Train each setting from scratch, as the document does, or on from full-precision weights.'),
    ),
    'scratch',
  ),
  rep: v.optional(v.pipe(representation, v.description('What the chosen layers become; binary, as in the document.')), {
    kind: 'binary',
  }),
  gradient: v.optional(v.picklist(['xnor', 'ste']), 'xnor'),
  steps: v.optional(stageSteps),
});

export type SettingsStageFields = v.InferOutput<typeof Settings>;
