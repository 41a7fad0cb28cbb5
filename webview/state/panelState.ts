/**
 * All that the run panel knows: what the host told it, reduced by one pure function. The panel holds no
 * truth of its own: `ready` is answered with the whole run, so a panel that was closed and opened again
 * arrives at the same state. Choices of the user (variant, slider, sort) are in `viewState.ts`.
 */
import type { PanelInit, PanelPush } from '../../core/session/panelProtocol.ts';
import type { Problem } from '../../core/problem.ts';
import type { RunRecord } from '../../core/session/runRecord.ts';
import { initialRunState, reduceRunAll, type RunState } from '../../core/session/runState.ts';

export interface PanelState {
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly record: RunRecord | null;
  readonly run: RunState;
  /** An engine process of this window is working on the run. */
  readonly live: boolean;
  /** A process of another window, or a terminal, works on it. */
  readonly held: boolean;
  /** False in Restricted Mode. */
  readonly trusted: boolean;
  readonly engine: { readonly responding: boolean; readonly rssBytes: number } | null;
  /** Why `ready` could not be answered, or why the latest button did not do what it says. */
  readonly problem: Problem | null;
}

export type PanelMessage =
  | { readonly type: 'init'; readonly init: PanelInit }
  | { readonly type: 'initFailed'; readonly problem: Problem }
  | { readonly type: 'requestFailed'; readonly problem: Problem }
  | { readonly type: 'problemDismissed' }
  | PanelPush;

export const initialPanelState: PanelState = {
  phase: 'loading',
  record: null,
  run: initialRunState,
  live: false,
  held: false,
  trusted: true,
  engine: null,
  problem: null,
};

export function reducePanel(state: PanelState, message: PanelMessage): PanelState {
  switch (message.type) {
    case 'init':
      return {
        ...state,
        phase: 'ready',
        record: message.init.record,
        // From the start: what was pushed before the answer is in the answer too.
        run: reduceRunAll(initialRunState, message.init.events),
        live: message.init.live,
        held: message.init.held ?? false,
        trusted: message.init.trusted,
        problem: null,
      };
    case 'initFailed':
      return { ...state, phase: 'failed', problem: message.problem };
    case 'requestFailed':
      return { ...state, problem: message.problem };
    case 'problemDismissed':
      return { ...state, problem: null };
    case 'events':
      return { ...state, run: reduceRunAll(state.run, message.events) };
    case 'record':
      return {
        ...state,
        record: message.record,
        live: message.live,
        held: message.held ?? false,
        // A process that is gone is neither responding nor hanging.
        engine: message.live ? state.engine : null,
      };
    case 'engine':
      return { ...state, engine: { responding: message.responding, rssBytes: message.rssBytes } };
    default:
      return state;
  }
}

/** Whether something that arrived is a push of the host; anything else is dropped. */
export function isPanelPush(message: unknown): message is PanelPush {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  const push = message as Record<string, unknown>;
  switch (push['type']) {
    case 'events':
      return Array.isArray(push['events']) && push['events'].every(isEvent);
    case 'record':
      return typeof push['record'] === 'object' && push['record'] !== null && typeof push['live'] === 'boolean';
    case 'engine':
      return typeof push['responding'] === 'boolean' && typeof push['rssBytes'] === 'number';
    default:
      return false;
  }
}

function isEvent(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'seq' in value &&
    typeof value.seq === 'number'
  );
}
