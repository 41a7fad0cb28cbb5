/**
 * What the panel says about a run, and which buttons it offers. The engine's events say what happened
 * last; only the host knows whether a process is still there, so a run that was `running` with nobody
 * running it is shown as interrupted, and can be continued. The Runs tree of the extension says the same.
 */
import type { RunStatus } from '../../core/session/runRecord.ts';
import type { PanelState } from './panelState.ts';

export type ShownStatus = RunStatus | 'starting' | 'notResponding' | 'elsewhere';

export type RunAction =
  'pause' | 'resume' | 'cancel' | 'continueRun' | 'openReport' | 'exploreLatents' | 'exportModel' | 'revealModel';

export interface OfferedAction {
  readonly action: RunAction;
  readonly primary: boolean;
  readonly enabled: boolean;
}

export function shownStatus({ run, record, live, held, engine }: PanelState): ShownStatus {
  // The journal is written before the record: an end that it tells is the newer truth.
  if (isEnd(run.status)) return run.status;
  if (live) return engine?.responding === false ? 'notResponding' : run.status;
  if (held) return 'elsewhere';
  return record !== null && isEnd(record.status) ? record.status : 'interrupted';
}

function isEnd(status: string): status is 'cancelled' | 'failed' | 'finished' {
  return status === 'cancelled' || status === 'failed' || status === 'finished';
}

/** The buttons of the header, in order. Those that would run something are off in Restricted Mode. */
export function offeredActions(state: PanelState): readonly OfferedAction[] {
  const status = shownStatus(state);
  const runs = (action: RunAction, primary: boolean): OfferedAction => ({ action, primary, enabled: state.trusted });
  const shows = (action: RunAction, primary: boolean): OfferedAction => ({ action, primary, enabled: true });
  switch (status) {
    case 'starting':
    case 'notResponding':
      return [shows('cancel', false)];
    case 'elsewhere':
      return [];
    case 'running':
      return [shows('pause', false), shows('cancel', false)];
    case 'paused':
      return [runs('resume', true), shows('cancel', false)];
    case 'interrupted':
    case 'cancelled':
    case 'failed':
      return [runs('continueRun', true)];
    case 'finished':
      return [
        shows('exploreLatents', true),
        shows('openReport', false),
        shows('exportModel', false),
        shows('revealModel', false),
      ];
  }
}

export const statusWords: Readonly<Record<ShownStatus, string>> = {
  starting: 'Starting',
  running: 'Running',
  notResponding: 'Not responding',
  elsewhere: 'Running elsewhere',
  paused: 'Paused',
  interrupted: 'Interrupted',
  cancelled: 'Cancelled',
  failed: 'Failed',
  finished: 'Finished',
};

/** Seconds of work so far: `now` counts only while an engine works on the run. */
export function workedSeconds(state: PanelState, now: number): number | null {
  const { run } = state;
  if (run.startedAt === null) return null;
  const running = state.live && run.status === 'running' && run.lastAt !== null;
  const sinceLast = running && run.lastAt !== null ? Math.max(0, now - run.lastAt) : 0;
  return (run.workedMs + sinceLast) / 1000;
}

/** Share of the work that is done, 0 to 1; unknown before the engine said. */
export function doneShare(state: PanelState): number | null {
  if (state.run.status === 'finished') return 1;
  const { progress } = state.run;
  if (progress === null || progress.stepsTotal <= 0) return null;
  return Math.min(1, progress.stepsDone / progress.stepsTotal);
}
