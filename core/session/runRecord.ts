/**
 * `run.json`: what a run is, written once at its start and again whenever its status changes.
 * Together with `journal.jsonl`, the checkpoints and the samples beside it, it is all there is to know
 * about the run: any session, or a text editor, can read it.
 */
import type { RunSummary } from './runEvent.ts';

export type RunStatus = 'running' | 'paused' | 'interrupted' | 'cancelled' | 'failed' | 'finished';

export interface RunRecord {
  readonly format: 1;
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly status: RunStatus;
  /** Absolute path of the plan, and its text at the time. */
  readonly planPath: string;
  readonly plan: unknown;
  readonly short: boolean;
  readonly backend: string;
  readonly threads: number;
  /** Processes that share these threads while single layers are trained; absent in runs that train one after the other. */
  readonly processes?: number;
  readonly seed: number;
  /** SHA-256 of each source file read, by path relative to the plan. */
  readonly sources: Readonly<Record<string, string>>;
  /** SHA-256 over the decoded images, and their count. */
  readonly data: { readonly fingerprint: string; readonly nImages: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly summary: RunSummary | null;
}

/** Names inside a run folder. Only the run store writes there. */
export const runFiles = {
  record: 'run.json',
  journal: 'journal.jsonl',
  checkpoints: 'checkpoints',
  /** Checkpoints of single layers while they are trained at once; gone when they are done. */
  parts: 'parts',
  samples: 'samples',
  report: 'report.html',
  reportData: 'report.json',
  model: 'model.safetensors',
  fullModel: 'model.fp32.safetensors',
  grid: 'grid.png',
  /** A grid of real images, drawn once at the start. */
  realSample: 'real.png',
  /** Full-precision weights of both networks that every compressed variant starts from. */
  base: 'base.safetensors',
  lock: 'lock',
} as const;
