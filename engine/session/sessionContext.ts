/**
 * What every part of a running session shares: the run on disk, the networks, the evaluator, and the
 * account of how far it is. Events go to disk first and to the listener after, so that no panel ever shows
 * what a journal does not hold. Created once per session, freed by `dispose`.
 */
import type { RunEvent, RunEventBody } from '../../core/session/runEvent.ts';
import type { Run } from '../runs/runStore.ts';
import type { Network } from '../train/network.ts';
import type { Evaluator } from './evaluator.ts';
import { expectOk } from './expectOk.ts';
import type { PreparedSession } from './prepareSession.ts';
import type { Progress } from './progress.ts';
import type { SessionControl } from './sessionControl.ts';
import type { SessionState } from './sessionState.ts';
import type { SessionSizes } from './variants.ts';

export interface SessionContext {
  readonly prepared: PreparedSession;
  readonly sizes: SessionSizes;
  readonly run: Run;
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

/** Writes the event and tells the listener. */
export function emit(context: Pick<SessionContext, 'run' | 'onEvent'>, body: RunEventBody): void {
  context.onEvent(expectOk(context.run.appendEvent(body)));
}

export function secondsSoFar(context: SessionContext): number {
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
