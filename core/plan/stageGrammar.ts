/**
 * Every stage that a plan can name: the techniques of the survey's Tables 3 to 5 and of PBGen, one schema per
 * family. This is the language of `slimwise.json`, wider than what this version's engine runs:
 * `validatePlan` parses by this grammar first, so that what is misspelt and what is not run yet are told apart.
 */
import * as v from 'valibot';
import { planFields } from './compressionPlan.ts';
import { Settings } from './settingsStage.ts';
import {
  nonNegative,
  positiveInteger,
  searchedModule,
  searchOrder,
  searchProcesses,
  searchStart,
  share,
  stageBase,
  stageSteps,
  text,
  threshold,
} from './stageFields.ts';

const metric = v.picklist(['swd', 'fid', 'is', 'psnr', 'ssim', 'lpips', 'miou']);

const base = {
  ...stageBase,
  steps: v.optional(stageSteps),
  when: v.optional(
    v.variant('at', [
      v.strictObject({ at: v.literal('post'), finetune: v.optional(v.strictObject({ steps: positiveInteger })) }),
      v.strictObject({ at: v.literal('during') }),
      v.strictObject({ at: v.literal('search') }),
    ]),
  ),
  accept: v.optional(v.strictObject({ metric, maxDegradation: nonNegative })),
};

const fitnessTerm = v.strictObject({
  type: v.picklist(['size', 'macs', 'distance', 'perceptual']),
  weight: v.number(),
});

const pruneCriterion = v.variant('type', [
  v.strictObject({
    type: v.literal('magnitude'),
    norm: v.optional(v.picklist([1, 2]), 1),
    threshold: v.strictObject({
      abs: v.optional(nonNegative),
      quantile: v.optional(share),
      sigma: v.optional(nonNegative),
    }),
  }),
  v.strictObject({
    type: v.literal('normScale'),
    reg: v.picklist(['l1prox', 'none']),
    rho: v.optional(nonNegative),
    threshold: v.optional(v.picklist(['zero', 'globalBisect'])),
  }),
  v.strictObject({
    type: v.literal('similarity'),
    dist: v.picklist(['l2', 'cos']),
    probe: positiveInteger,
    rate: share,
  }),
  v.strictObject({
    type: v.literal('saliency'),
    source: v.picklist(['contentMaskNoise', 'taylor']),
    p: v.optional(share),
    samples: v.optional(positiveInteger),
  }),
  v.strictObject({
    type: v.literal('evolutionary'),
    genome: v.literal('filterBits'),
    pop: positiveInteger,
    gens: positiveInteger,
    pSel: share,
    pX: share,
    pMut: share,
    fitness: v.array(fitnessTerm),
    coEvolve: v.optional(text),
  }),
  v.strictObject({ type: v.literal('random') }),
]);

export const pruneStage = v.strictObject({
  ...base,
  family: v.literal('prune'),
  criterion: pruneCriterion,
  granularity: v.picklist(['weight', 'filter', 'channel', 'layer']),
  schedule: v.optional(
    v.variant('type', [
      v.strictObject({ type: v.literal('oneShot') }),
      v.strictObject({
        type: v.literal('gradual'),
        s0: share,
        s1: share,
        steps: positiveInteger,
        every: positiveInteger,
        curve: v.picklist(['cubic', 'linear']),
      }),
    ]),
    { type: 'oneShot' },
  ),
  grow: v.optional(
    v.strictObject({ seedWidth: positiveInteger, factor: v.pipe(v.number(), v.gtValue(1)), preserve: v.boolean() }),
  ),
  materialize: v.optional(v.picklist(['mask', 'shrink', 'csr']), 'mask'),
});

const weight = { weight: v.number() };

const lossTerm = v.variant('type', [
  v.strictObject({
    type: v.literal('pixel'),
    p: v.picklist(['l1', 'l2']),
    target: v.picklist(['teacher', 'real', 'pairedElseTeacher']),
    ...weight,
  }),
  v.strictObject({ type: v.literal('adversarial'), kind: v.picklist(['bce', 'lsgan', 'hinge', 'wgan']), ...weight }),
  v.strictObject({ type: v.literal('class'), dist: v.picklist(['mse', 'ce']), ...weight }),
  v.strictObject({
    type: v.literal('intermediate'),
    layers: v.array(text),
    align: v.picklist(['conv1x1', 'kernelAlign', 'none']),
    net: v.picklist(['G', 'D', 'both']),
    ...weight,
  }),
  v.strictObject({
    type: v.literal('perceptual'),
    net: v.picklist(['D', 'vgg', 'lpips']),
    gram: v.optional(nonNegative),
    ...weight,
  }),
  v.strictObject({ type: v.literal('cycle'), ...weight }),
  v.strictObject({ type: v.literal('identity'), ...weight }),
  v.strictObject({
    type: v.literal('triplet'),
    anchor: v.picklist(['real', 'student']),
    positive: text,
    negative: text,
    margin: nonNegative,
    ...weight,
  }),
  v.strictObject({ type: v.literal('normL1'), ...weight }),
  v.strictObject({ type: v.literal('segmentation'), maskFrom: v.literal('teacher'), ...weight }),
]);

export const distillStage = v.strictObject({
  ...base,
  family: v.literal('distill'),
  teacher: v.strictObject({ origin: v.picklist(['pretrained', 'superLarge', 'supernet']), frozen: v.boolean() }),
  student: v.strictObject({
    recon: v.picklist(['prune', 'nas', 'handcrafted', 'depthScale']),
    from: v.optional(text),
    init: v.picklist(['random', 'l1TopK', 'teacher']),
  }),
  arch: v.strictObject({
    teacherG: v.literal(true),
    teacherD: v.picklist(['none', 'frozen', 'initThenTrain']),
    studentD: v.boolean(),
    aux: v.optional(v.picklist(['segmentation', 'vgg', 'lpips'])),
  }),
  losses: v.pipe(v.array(lossTerm), v.minLength(1)),
  phases: v.optional(v.array(v.strictObject({ name: text, teacherFrozen: v.boolean(), epochs: positiveInteger }))),
});

export const lowRankStage = v.strictObject({
  ...base,
  family: v.literal('lowRank'),
  method: v.picklist(['svd', 'tucker2', 'cp', 'separable', 'dppFactor']),
  rank: v.strictObject({
    energy: v.optional(share),
    abs: v.optional(positiveInteger),
    budgetParams: v.optional(positiveInteger),
  }),
});

const representation = v.variant('kind', [
  v.strictObject({ kind: v.literal('int'), bits: v.pipe(positiveInteger, v.maxValue(16)) }),
  v.strictObject({ kind: v.literal('float'), exp: positiveInteger, man: positiveInteger }),
  v.strictObject({ kind: v.literal('flex'), mantissa: v.literal(16), sharedExp: v.literal(5) }),
  v.strictObject({ kind: v.literal('binary') }),
  v.strictObject({ kind: v.literal('ternary') }),
]);

const quantizer = v.variant('type', [
  v.strictObject({
    type: v.literal('uniform'),
    symmetric: v.boolean(),
    range: v.union([
      v.picklist(['minmax', 'percentile']),
      v.strictObject({ fixed: v.tuple([v.number(), v.number()]) }),
    ]),
  }),
  v.strictObject({ type: v.literal('log') }),
  v.strictObject({ type: v.literal('tanh') }),
  v.strictObject({ type: v.literal('em'), iters: positiveInteger }),
  v.strictObject({
    type: v.literal('bwn'),
    gradient: v.optional(v.picklist(['xnor', 'ste']), 'xnor'),
    center: v.optional(v.picklist(['none', 'xnor'])),
    clip: v.optional(nonNegative),
  }),
  v.strictObject({ type: v.literal('ternary'), delta: v.picklist(['0.05max', '0.7mean']), learnScale: v.boolean() }),
  v.strictObject({
    type: v.literal('autoflex'),
    alpha: v.optional(v.number(), 2),
    beta: v.optional(v.number(), 3),
    gamma: v.optional(v.number(), 100),
    queue: v.optional(positiveInteger, 16),
  }),
]);

export const precisionStage = v.strictObject({
  ...base,
  family: v.literal('precision'),
  rep: representation,
  fn: v.optional(quantizer),
  granularity: v.optional(v.picklist(['network', 'layer', 'tensor', 'channel']), 'channel'),
  target: v.optional(v.pipe(v.array(v.picklist(['W', 'A'])), v.minLength(1)), ['W']),
  bits: v.optional(v.strictObject({ G: positiveInteger, D: positiveInteger })),
});

export const encodingStage = v.strictObject({
  ...base,
  family: v.literal('encoding'),
  scheme: v.variant('type', [
    v.strictObject({
      type: v.literal('codebook'),
      k: positiveInteger,
      init: v.picklist(['linear', 'density', 'kmeans++']),
      train: v.boolean(),
    }),
    v.strictObject({ type: v.literal('gmm'), J: positiveInteger, pi0: share, tau: nonNegative }),
    v.strictObject({
      type: v.literal('hash'),
      fn: v.literal('xxh32'),
      signHash: v.boolean(),
      ratio: share,
      block: v.optional(v.tuple([positiveInteger, positiveInteger])),
    }),
    v.strictObject({ type: v.literal('multiHash'), p: positiveInteger }),
  ]),
});

export const losslessStage = v.strictObject({
  ...base,
  family: v.literal('lossless'),
  sparse: v.optional(v.picklist(['csr', 'csc', 'bcsr'])),
  relIndexBits: v.optional(v.picklist([4, 5, 8])),
  entropy: v.optional(v.picklist(['huffman', 'dynHuffman', 'rle', 'none']), 'none'),
});

export const searchStage = v.strictObject({
  ...base,
  module: searchedModule,
  family: v.literal('search'),
  algorithm: v.optional(v.picklist(['pbgenAlg1', 'bruteForce', 'evolution', 'darts']), 'pbgenAlg1'),
  metric: v.optional(metric, 'swd'),
  threshold: v.optional(threshold, 'noise'),
  repetitions: v.optional(v.pipe(positiveInteger, v.minValue(2)), 3),
  mode: v.optional(v.picklist(['single', 'cumulative']), 'single'),
  order: v.optional(searchOrder, 'dorDesc'),
  from: v.optional(searchStart, 'trained'),
  processes: v.optional(searchProcesses),
});

export const anyStage = v.variant('family', [
  pruneStage,
  distillStage,
  lowRankStage,
  precisionStage,
  encodingStage,
  losslessStage,
  searchStage,
  Settings,
]);

/** Any plan that can be written. */
export const planGrammar = v.strictObject({
  ...planFields,
  stages: v.pipe(v.array(anyStage), v.minLength(1), v.description('What is done to the networks, in order.')),
});

export type WrittenPlan = v.InferOutput<typeof planGrammar>;
export type WrittenStage = WrittenPlan['stages'][number];
