/**
 * What the Runs tree and the status bar say about a run, from its record, its state and who holds it.
 * A run that was working when its process went away is `interrupted` and can go on; one that another
 * window or a terminal works on is `elsewhere` and is left alone. Pure; times are parameters.
 */
import type { RunRecord } from '../../core/session/runRecord.ts';
import type { RunState } from '../../core/session/runState.ts';
import { formatDuration, formatSwd } from '../../core/format/numbers.ts';

export type ShownStatus =
  | 'starting'
  | 'running'
  | 'notResponding'
  | 'paused'
  | 'cancelling'
  | 'elsewhere'
  | 'interrupted'
  | 'cancelled'
  | 'failed'
  | 'finished';

export interface RunFacts {
  readonly record: RunRecord;
  readonly state: RunState;
  /** An engine of this window works on it. */
  readonly live: boolean;
  readonly responding: boolean;
  /** The user asked for its end. */
  readonly cancelling: boolean;
  /** A living process holds it, here or elsewhere. */
  readonly held: boolean;
  /** Which process that is. */
  readonly holder?: { readonly pid: number; readonly host: string } | null;
}

export function shownStatus({ record, state, live, responding, cancelling, held }: RunFacts): ShownStatus {
  // The journal is written before the record: an end that it tells is the newer truth.
  const ended = [state.status, record.status].find(isEnd);
  if (live) {
    if (isEnd(state.status)) return state.status;
    if (!responding) return 'notResponding';
    if (cancelling) return 'cancelling';
    return state.status === 'starting' || state.status === 'paused' ? state.status : 'running';
  }
  if (held && !isEnd(state.status)) return 'elsewhere';
  return ended ?? 'interrupted';
}

/** Statuses of runs that can go on from their last checkpoint. */
export function canResume(status: ShownStatus): boolean {
  return status === 'interrupted' || status === 'cancelled' || status === 'failed';
}

const working: ReadonlySet<ShownStatus> = new Set(['starting', 'running', 'paused', 'cancelling', 'notResponding']);

export function isWorking(status: ShownStatus): boolean {
  return working.has(status);
}

export const statusWords: Readonly<Record<ShownStatus, string>> = {
  starting: 'starting',
  running: 'running',
  notResponding: 'not responding',
  paused: 'paused',
  cancelling: 'cancelling',
  elsewhere: 'running elsewhere',
  interrupted: 'interrupted',
  cancelled: 'cancelled',
  failed: 'failed',
  finished: 'finished',
};

/** `34 % · 2 min left`; what is known, and nothing else. */
export function progressText(state: RunState): string {
  const { progress } = state;
  if (progress === null || progress.stepsTotal <= 0) return '';
  const percent = Math.floor((100 * Math.min(progress.stepsDone, progress.stepsTotal)) / progress.stepsTotal);
  const left = Number.isFinite(progress.secondsLeft) ? ` · ${formatDuration(progress.secondsLeft)} left` : '';
  return `${percent} %${left}`;
}

/** Beside the run's name in the tree: status, then what it came to. */
export function runDescription(facts: RunFacts): string {
  const { state, record } = facts;
  const status = shownStatus(facts);
  const summary = state.summary ?? record.summary;
  if (status === 'finished' && summary !== null) {
    const swd = `SWD ${formatSwd(summary.swdFull)} → ${formatSwd(summary.swdFinal)}`;
    return `${summary.ratio.toFixed(1)}× smaller · ${swd}`;
  }
  const steps = state.progress === null ? '' : `step ${state.progress.stepsDone} of ${state.progress.stepsTotal}`;
  const parts = [statusWords[status], status === 'running' ? progressText(state) : steps, latestSwd(state)];
  return parts.filter((part) => part !== '').join(' · ');
}

/** Newest first: ids begin with their time. */
export function newestFirst(a: { readonly record: RunRecord }, b: { readonly record: RunRecord }): number {
  return a.record.createdAt < b.record.createdAt ? 1 : a.record.createdAt > b.record.createdAt ? -1 : 0;
}

function latestSwd(state: RunState): string {
  const variant = state.variants.find(({ info }) => info.id === state.current);
  const last = variant?.evaluations.at(-1);
  return last === undefined ? '' : `SWD ${formatSwd(last.swd)}`;
}

function isEnd(status: string): status is 'cancelled' | 'failed' | 'finished' {
  return status === 'cancelled' || status === 'failed' || status === 'finished';
}
