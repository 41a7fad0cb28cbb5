/**
 * A feature network in an ONNX file, as a plan and the command line name it: which values of it, and what is
 * fed. Nothing here is guessed from the file's name: Inception is one such file among others.
 */
import * as v from 'valibot';
import { positiveInteger, text } from './stageFields.ts';

const positives = v.pipe(v.array(v.pipe(v.number(), v.gtValue(0))), v.minLength(1));
const perChannel = v.pipe(v.array(v.number()), v.minLength(1));

export const FeatureModel = v.pipe(
  v.strictObject({
    model: v.pipe(text, v.description('An ONNX file, relative to this plan.')),
    input: v.optional(v.pipe(text, v.description('Its input for images; its only one where absent.'))),
    features: v.optional(
      v.pipe(text, v.description('Its output with a row of features for each image; its only one where absent.')),
    ),
    classes: v.optional(
      v.pipe(text, v.description('Its output with class probabilities or logits, for the inception score.')),
    ),
    size: v.optional(
      v.pipe(positiveInteger, v.description('Square size of the images it takes, where the file leaves it open.')),
    ),
    mean: v.optional(
      v.pipe(perChannel, v.description('Taken off pixel values from 0 to 1, one number or one per channel.')),
      [0.5],
    ),
    deviation: v.optional(v.pipe(positives, v.description('What the rest is divided by; 0.5 gives −1 to 1.')), [0.5]),
  }),
  v.description('Features for the Fréchet distance and the inception score of `slimwise score`.'),
);
export type FeatureModel = v.InferOutput<typeof FeatureModel>;
