/**
 * What happens in a run, in the order it happens. The same records are the lines of `journal.jsonl`,
 * the messages of the engine process, and the input of `reduceRun`, so that a panel opened an hour
 * later shows exactly what a panel that was open all the time shows.
 * Every event carries `at` (milliseconds since the epoch) and `seq` (1, 2, 3… within the run).
 */
import type { Problem } from '../problem.ts';

/** A way of training the generator within a run. */
export type VariantId = string;

export interface VariantInfo {
  /** `full`, `repeat-1`, `layer-main.0`, `final`. */
  readonly id: VariantId;
  /** For people: `Full precision`, `Only fc binarized`. */
  readonly label: string;
  readonly kind: 'full' | 'repeat' | 'single' | 'final';
  /** Names of the layers of G (and of D) whose weights are compressed. */
  readonly layersG: readonly string[];
  readonly layersD: readonly string[];
  /** Steps that this variant trains. */
  readonly steps: number;
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
  readonly swdAfter: number;
  /** Standard deviation of SWD over the full-precision repetitions. */
  readonly noise: number;
  readonly threshold: number;
  readonly accepted: boolean;
  /** Not tried: an earlier layer in the order had already failed (Algorithm 1 stops there). */
  readonly tried: boolean;
  readonly why: string;
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
  | { readonly type: 'sample'; readonly variant: VariantId; readonly step: number; readonly file: string }
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
