/**
 * What the user wants of a running session: go on, pause or stop. The session asks between two steps;
 * whoever holds the control (a message handler, Ctrl-C) only notes the wish and returns at once.
 */
export interface SessionControl {
  readonly wanted: 'run' | 'pause' | 'cancel';
  /** It ends because the engine must, not because the user asked: the run stays one that goes on. */
  readonly interrupted: boolean;
  /** Aborted with the wish to cancel, for work that is not steps: reading images. */
  readonly signal: AbortSignal;
  cancel(): void;
  interrupt(): void;
  pause(): void;
  resume(): void;
  /** Resolves when nothing is paused any more: resumed or cancelled. */
  untilWanted(): Promise<void>;
  /** Calls `listener` after every change of the wish, until what is returned is called. */
  watch(listener: () => void): () => void;
}

export function createSessionControl(): SessionControl {
  let wanted: SessionControl['wanted'] = 'run';
  let interrupted = false;
  let waiting: (() => void)[] = [];
  const cancelled = new AbortController();
  const listeners = new Set<() => void>();
  const change = (next: SessionControl['wanted']): void => {
    // A cancel is final: a pause that arrives after it must not keep the engine alive.
    if (wanted === 'cancel') return;
    wanted = next;
    if (next === 'cancel') cancelled.abort();
    for (const listener of listeners) listener();
    if (next === 'pause') return;
    for (const wake of waiting) wake();
    waiting = [];
  };
  return {
    get wanted() {
      return wanted;
    },
    signal: cancelled.signal,
    get interrupted() {
      return interrupted;
    },
    cancel: () => change('cancel'),
    interrupt() {
      interrupted ||= wanted !== 'cancel';
      change('cancel');
    },
    pause: () => change('pause'),
    resume: () => change('run'),
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    untilWanted: () => (wanted === 'pause' ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
  };
}
