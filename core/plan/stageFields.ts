/**
 * What every stage of a plan has: a name, the networks it applies to and the layers it selects; with the
 * small schemas that stages and plan share. Descriptions are what the editor shows on hover, through the
 * JSON schema; unknown keys are refused everywhere, so that a misspelt field is never silently a default.
 */
import * as v from 'valibot';

export const positiveInteger = v.pipe(v.number(), v.integer(), v.minValue(1));
export const nonNegative = v.pipe(v.number(), v.minValue(0));
/** 0 to 1, both included. */
export const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
export const text = v.pipe(v.string(), v.minLength(1));

export const layerSelector = v.strictObject({
  kind: v.optional(
    v.pipe(
      v.array(v.picklist(['dense', 'conv', 'deconv', 'norm'])),
      v.description('Kinds of layers; all kinds where absent.'),
    ),
  ),
  names: v.optional(v.pipe(v.array(text), v.description('Layer names as the analysis gives them, such as main.2.'))),
  dor: v.optional(
    v.pipe(
      v.strictObject({
        min: v.optional(v.number()),
        max: v.optional(v.number()),
        formula: v.optional(v.picklist(['published', 'derived']), 'published'),
      }),
      v.description('Range of the degree of redundancy (DoR), ends included.'),
    ),
  ),
});

export const stageBase = {
  id: v.pipe(text, v.description('Your name for this stage; unique in the plan.')),
  module: v.optional(
    v.pipe(v.picklist(['G', 'D', 'both']), v.description('The generator, the discriminator, or both.')),
    'both',
  ),
  select: v.optional(v.pipe(layerSelector, v.description('Which layers the stage may touch; all where absent.')), {}),
};

/** A search decides about the generator unless it says otherwise, as Algorithm 1 does. */
export const searchedModule = v.optional(
  v.pipe(v.picklist(['G', 'D', 'both']), v.description('The network whose layers are tried; this version tries G.')),
  'G',
);

/** Steps of training with the stage applied. */
export const stageSteps = v.pipe(positiveInteger, v.description('Training steps of every variant of this stage.'));

/** Weights that the engine trains and packs: one bit, three values, or 2 to 8 bits. */
export const representation = v.variant('kind', [
  v.strictObject({ kind: v.literal('binary') }),
  v.strictObject({ kind: v.literal('ternary') }),
  v.strictObject({ kind: v.literal('int'), bits: v.picklist([2, 3, 4, 5, 6, 7, 8]) }),
]);
export type Representation = v.InferOutput<typeof representation>;

/** T of Algorithm 1. */
export const threshold = v.pipe(
  v.union([v.literal('noise'), nonNegative, v.strictObject({ relative: nonNegative })]),
  v.description(
    'Largest accepted loss: a rise of SWD ×10³ or a fall of PSNR in dB; { "relative": 0.1 }: a share of full precision’s; noise: measured from repetitions at full precision.',
  ),
);
export type ThresholdChoice = v.InferOutput<typeof threshold>;

export const searchOrder = v.pipe(
  v.picklist(['dorDesc', 'dorAsc', 'given']),
  v.description('Most redundant layers first, as in the document; least first; or as select.names lists them.'),
);

export const searchStart = v.pipe(
  v.picklist(['trained', 'scratch']),
  v.description('Compressed variants start from the trained full-precision weights, or from initial ones.'),
);

export const searchProcesses = v.pipe(
  positiveInteger,
  v.description(
    'Single layers that train at once, each in a process with its share of the threads; as many as cores and memory allow where absent, 1: one after the other.',
  ),
);
