/**
 * What every part of a running session shares: the run on disk, the networks, the evaluator, and the
 * account of how far it is. Events go to disk first and to the listener after, so that no panel ever shows
 * what a journal does not hold. Created once per session, freed by `dispose`.
 */
import type { Result } from '../../core/result.ts';
import type { RunEvent, RunEventBody } from '../../core/session/runEvent.ts';
import type { RunStatus } from '../../core/session/runRecord.ts';
import type { Run } from '../runs/runStore.ts';
import type { Network } from '../train/network.ts';
import type { Evaluator } from './evaluator.ts';
import { expectOk } from './expectOk.ts';
import type { PreparedSession } from './prepareSession.ts';
import type { Progress } from './progress.ts';
import type { SessionControl } from './sessionControl.ts';
import type { SessionState } from './sessionState.ts';
import type { StartTrainer, TrainerBackend } from './trainerProtocol.ts';
import type { SessionSizes } from './variants.ts';

/** What a training needs of its run; in a process of its own, what it sends to the one that holds the run. */
export type TrainingRun = Pick<
  Run,
  'folder' | 'appendEvent' | 'writeCheckpoint' | 'writeSample' | 'writeWalk' | 'readArtifact'
> & {
  updateRecord(change: { readonly status: RunStatus }): Result<unknown>;
};

/** What the training of one variant works with. */
export interface TrainingContext {
  readonly prepared: PreparedSession;
  readonly sizes: SessionSizes;
  readonly run: TrainingRun;
  /** Replaced where a setting of an experiment trains another one. */
  generator: Network;
  readonly discriminator: Network;
  readonly evaluator: Evaluator;
  readonly control: SessionControl;
  readonly progress: Progress;
  readonly endStep: () => void;
  /** Lets go of what the backend compiled for a variant that is done. */
  readonly releaseGraphs: () => void;
  readonly onEvent: (event: RunEvent) => void;
  /** Where the run stands; replaced, never changed. */
  state: SessionState;
  /** Milliseconds at which this session began, and the seconds of the sessions before it. */
  readonly startedAtMs: number;
  readonly secondsBefore: number;
}

export interface SessionContext extends TrainingContext {
  readonly run: Run;
  /** Where single layers are trained in processes of their own; null: in this one, one after the other. */
  readonly singles: SinglesAtOnce | null;
}

export interface SinglesAtOnce {
  /** At one time. */
  readonly nProcesses: number;
  readonly backend: TrainerBackend;
  readonly startTrainer: StartTrainer;
}

/** Writes the event and tells the listener. */
export function emit(context: Pick<TrainingContext, 'run' | 'onEvent'>, body: RunEventBody): void {
  context.onEvent(expectOk(context.run.appendEvent(body)));
}

export function secondsSoFar(context: TrainingContext): number {
  return context.secondsBefore + (performance.now() - context.startedAtMs) / 1000;
}

/** Between two variants the weights to start from are all that is needed, and those are files of their own. */
export function saveBetweenVariants(context: SessionContext): void {
  context.state = {
    ...context.state,
    current: null,
    stepsDone: context.progress.stepsDone,
    seconds: secondsSoFar(context),
  };
  expectOk(context.run.writeCheckpoint({ step: context.state.stepsDone, state: context.state, tensors: new Map() }));
}
