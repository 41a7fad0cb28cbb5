/**
 * What a run and the processes that train its single layers say to each other. The run's own process is the
 * only one that writes: a trainer sends its events, pictures and checkpoints as they come, in order, so what is
 * on disk is always a training's beginning. Both sides are of one version; what arrives is still looked at.
 */
import type { ModelGraph } from '../../core/graph/modelGraph.ts';
import type { CompressionPlan } from '../../core/plan/compressionPlan.ts';
import type { Problem } from '../../core/problem.ts';
import type { BackendName } from '../../core/session/engineProtocol.ts';
import type { RunEventBody, VariantInfo } from '../../core/session/runEvent.ts';
import type { Measured } from '../compress/algorithm1.ts';
import type { CheckpointContent } from '../runs/checkpoints.ts';
import type { VariantStart } from './trainVariant.ts';
import type { SessionSizes } from './variants.ts';

export interface TrainerBackend {
  readonly backend: BackendName;
  readonly threads: number;
  readonly provider?: string;
}

/** Everything that a training of one variant depends on. */
export interface TrainerJob {
  readonly variant: VariantInfo;
  readonly plan: CompressionPlan;
  /** Absolute. */
  readonly planPath: string;
  /** As the run read them: the sources may have changed since. */
  readonly generator: ModelGraph;
  readonly discriminator: ModelGraph;
  /** Of the images that the run began with. */
  readonly fingerprint: string;
  readonly sizes: SessionSizes;
  readonly backend: TrainerBackend;
  /** `base.safetensors`; null where variants start from initial weights. */
  readonly base: Uint8Array | null;
  /** Where an earlier process was cut off. */
  readonly start: VariantStart | null;
}

export type TrainerOrder =
  { readonly kind: 'train'; readonly job: TrainerJob } | { readonly kind: 'pause' | 'resume' | 'stop' };

export type Picture = 'sample' | 'walk';

export type TrainerReport =
  | { readonly kind: 'event'; readonly body: RunEventBody }
  | { readonly kind: 'picture'; readonly of: Picture; readonly step: number; readonly png: Uint8Array }
  | { readonly kind: 'checkpoint'; readonly content: CheckpointContent }
  | { readonly kind: 'done'; readonly measured: Measured }
  /** All is sent; it ended early because it was told to. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** A process that trains, as the run's process sees it. */
export interface TrainerProcess {
  send(order: TrainerOrder): void;
  /** At once; nothing more is heard of it but its end. */
  kill(): void;
}

export interface TrainerListener {
  report(report: TrainerReport): void;
  /** Called once, last; `how` in words: `signal SIGKILL`, `exit code 1`. */
  ended(how: string): void;
}

export type StartTrainer = (listener: TrainerListener) => TrainerProcess;

const orders: ReadonlySet<unknown> = new Set<TrainerOrder['kind']>(['train', 'pause', 'resume', 'stop']);
const reports: Readonly<Record<TrainerReport['kind'], string | null>> = {
  event: 'body',
  picture: 'png',
  checkpoint: 'content',
  done: 'measured',
  stopped: null,
  failed: 'problem',
};

export function isTrainerOrder(message: unknown): message is TrainerOrder {
  return isRecord(message) && orders.has(message['kind']) && (message['kind'] !== 'train' || isRecord(message['job']));
}

export function isTrainerReport(message: unknown): message is TrainerReport {
  if (!isRecord(message) || typeof message['kind'] !== 'string' || !Object.hasOwn(reports, message['kind']))
    return false;
  const holds = reports[message['kind'] as TrainerReport['kind']];
  return holds === null || isRecord(message[holds]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
