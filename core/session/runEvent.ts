/**
 * What happens in a run, in the order it happens. The same records are the lines of `journal.jsonl`,
 * the messages of the engine process, and the input of `reduceRun`, so that a panel opened an hour
 * later shows exactly what a panel that was open all the time shows.
 * Every event carries `at` (milliseconds since the epoch) and `seq` (1, 2, 3… within the run).
 */
import type { Problem } from '../problem.ts';

/** A way of training the generator within a run. */
export type VariantId = string;

/**
 * `full`: at full precision; `repeat`: again, for the noise; `single`: one layer (or one more) compressed;
 * `final`: what is packed; `setting`: one setting of an experiment with one seed; `base`: full precision, as
 * the start of such settings.
 */
export type VariantKind = 'full' | 'repeat' | 'single' | 'final' | 'setting' | 'base';

export interface VariantInfo {
  /** `full`, `repeat-1`, `layer-main.0`, `final`, `H-seed2`. */
  readonly id: VariantId;
  /** For people: `Full precision`, `Only fc binarized`. */
  readonly label: string;
  readonly kind: VariantKind;
  /** Names of the layers of G (and of D) whose weights are compressed. */
  readonly layersG: readonly string[];
  readonly layersD: readonly string[];
  /** Steps that this variant trains. */
  readonly steps: number;
  /** Of an experiment: the name of its setting (`H`) and the seed of its weights, images and latents. */
  readonly setting?: string;
  readonly seed?: number;
}

export interface LayerBytes {
  readonly name: string;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** One row of Algorithm 1's table. */
export interface LayerDecision {
  readonly layer: string;
  readonly type: string;
  readonly dor: number;
  readonly formula: string;
  /** SWD ×10³ of the full-precision generator that it is compared with, and of this variant. */
  readonly swdBefore: number;
  /** null where the layer was not tried. */
  readonly swdAfter: number | null;
  /** Standard deviation of SWD over the full-precision repetitions. */
  readonly noise: number;
  readonly threshold: number;
  /** Where PSNR decides instead of SWD: dB of full precision and of this variant; noise and threshold are in dB. */
  readonly psnr?: { readonly before: number; readonly after: number | null };
  readonly accepted: boolean;
  /** Not tried: an earlier layer in the order had already failed (Algorithm 1 stops there). */
  readonly tried: boolean;
  readonly why: string;
}

/**
 * How evenly generator and discriminator compete, from their losses over the last quarter of a variant
 * (PBGen's Figs. 13 to 15 as a number). At the end of the game of cross-entropy the ratio is 1/2.
 */
export interface LossBalance {
  readonly meanLossG: number;
  readonly meanLossD: number;
  /** meanLossG / meanLossD; null where the loss has no zero to compare with (WGAN). */
  readonly ratio: number | null;
  /** The step from which D's loss stayed below a tenth of its value without any information; null: never. */
  readonly vanishedAt: number | null;
}

/** One setting of an experiment with one seed: a row behind PBGen's Tables II to IV. */
export interface SettingResult {
  readonly setting: string;
  readonly seed: number;
  readonly variant: VariantId;
  readonly layersG: readonly string[];
  readonly layersD: readonly string[];
  /** The setting's own generator, as a plan names it; absent where it is the plan's. */
  readonly entry?: string;
  /** ×10³, mean over the levels, and each level. */
  readonly swd: number;
  readonly levels: readonly { readonly resolution: number; readonly swd: number }[];
  /** dB against the full-precision setting of the same seed at the same latents; null for that one itself. */
  readonly psnr: number | null;
  readonly balance: LossBalance | null;
  /** The packed generator of this setting, whole file, and its name in the run folder. */
  readonly fileBytes: number;
  readonly model: string;
  /** 32N / (K + 32(N − K)), eq. (3), over the kernels of the deconvolutions and over all kernels. */
  readonly eq3: readonly { readonly counted: string; readonly n: number; readonly k: number; readonly ratio: number }[];
  /** Median milliseconds of a step over the second half of the training. */
  readonly stepMs: number;
}

/** Steps of training with and without compressed weights, timed in turns in one process. */
export interface TrainingSpeed {
  /** What was compressed. */
  readonly layersG: readonly string[];
  readonly layersD: readonly string[];
  readonly nPairs: number;
  /** Medians of a step. */
  readonly fullMs: number;
  readonly compressedMs: number;
  /** Full precision's time ÷ the compressed one's, pair by pair: above 1, compressed trains faster. Quartiles. */
  readonly ratio: { readonly median: number; readonly low: number; readonly high: number };
}

export interface RunSummary {
  readonly fileBytesBefore: number;
  readonly fileBytesAfter: number;
  readonly ratio: number;
  readonly swdFull: number;
  readonly swdFinal: number;
  readonly noise: number;
  readonly threshold: number;
  readonly withinThreshold: boolean;
  readonly binarizedG: readonly string[];
  readonly binarizedD: readonly string[];
  readonly secondsTotal: number;
}

export type RunEventBody =
  | {
      readonly type: 'started';
      readonly backend: string;
      readonly backendWhy: string;
      readonly threads: number;
      readonly variants: readonly VariantInfo[];
      /** Expected wall seconds and peak bytes, stated before training starts. */
      readonly expectedSeconds: number;
      readonly expectedBytes: number;
      readonly nImages: number;
      readonly resumedFromStep: number | null;
    }
  | { readonly type: 'variant'; readonly variant: VariantInfo }
  | {
      readonly type: 'step';
      readonly variant: VariantId;
      readonly step: number;
      readonly lossD: number;
      readonly lossG: number;
      readonly stepMs: number;
    }
  | {
      readonly type: 'sample';
      readonly variant: VariantId;
      readonly step: number;
      readonly file: string;
      /** The way between the fixed latents (`latentWalk.ts`), as a grid; absent in runs of earlier versions. */
      readonly walk?: string;
    }
  | {
      readonly type: 'evaluation';
      readonly variant: VariantId;
      readonly step: number;
      readonly swd: number;
      readonly levels: readonly { readonly resolution: number; readonly swd: number }[];
      readonly nImages: number;
    }
  | {
      readonly type: 'noise';
      readonly values: readonly number[];
      readonly mean: number;
      readonly deviation: number;
      readonly threshold: number;
      readonly how: string;
    }
  | { readonly type: 'decision'; readonly decision: LayerDecision }
  | { readonly type: 'setting'; readonly result: SettingResult }
  | { readonly type: 'speed'; readonly speed: TrainingSpeed }
  | {
      readonly type: 'memory';
      readonly layers: readonly LayerBytes[];
      readonly totalBefore: number;
      readonly totalAfter: number;
      readonly device: string;
      readonly budgetBytes: number;
    }
  | {
      readonly type: 'checkpoint';
      readonly variant: VariantId;
      readonly step: number;
      readonly folder: string;
      readonly bytes: number;
    }
  | {
      readonly type: 'progress';
      readonly stepsDone: number;
      readonly stepsTotal: number;
      readonly secondsLeft: number;
      readonly doing: string;
    }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'paused' }
  | { readonly type: 'resumed' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'failed'; readonly problem: Problem }
  | {
      readonly type: 'finished';
      readonly summary: RunSummary;
      readonly model: string;
      readonly report: string;
      readonly grid: string;
    };

export type RunEvent = RunEventBody & { readonly at: number; readonly seq: number };
