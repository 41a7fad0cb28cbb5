/**
 * Messages between the extension host (or the command line) and the engine's child process, which is
 * forked with `serialization: 'advanced'`. Requests carry an id and are answered exactly once with a
 * `Result`; events and heartbeats are one-way. What arrives is checked by `isHostMessage` /
 * `isEngineMessage` before it is believed.
 */
import type { Problem } from '../problem.ts';
import type { Result } from '../result.ts';
import type { RunEvent } from './runEvent.ts';

export interface EngineRequests {
  /** Starts the plan as a new run, or goes on with `runFolder`. Answers when the run is on disk. */
  start(args: StartArgs): StartedRun;
  /** Checkpoints and stops; the answer comes at once, the `cancelled` event when it is done. */
  cancel(args: Record<string, never>): null;
  pause(args: Record<string, never>): null;
  resume(args: Record<string, never>): null;
}

export interface StartArgs {
  readonly planPath: string;
  /** Go on with this run instead of making a new one. */
  readonly runFolder: string | null;
  readonly backend: BackendName | 'auto';
  readonly threads: number | null;
  /** Single layers that train at once, each in a process; null or absent: as the plan says, or as cores allow. */
  readonly processes?: number | null;
  /** ONNX Runtime's execution provider; `cpu` when left out. */
  readonly provider?: string;
  /** Fewer steps and images, and the report says so. */
  readonly short: boolean;
}

export type BackendName = 'onnxruntime' | 'tensorflow' | 'wasm' | 'cpu';

export interface StartedRun {
  readonly runId: string;
  readonly runFolder: string;
}

export type EngineMethod = keyof EngineRequests;
export type EngineArgs<M extends EngineMethod> = Parameters<EngineRequests[M]>[0];
export type EngineAnswer<M extends EngineMethod> = ReturnType<EngineRequests[M]>;

export type HostMessage = {
  readonly [M in EngineMethod]: {
    readonly kind: 'request';
    readonly id: number;
    readonly method: M;
    readonly args: EngineArgs<M>;
  };
}[EngineMethod];

export type EngineMessage =
  | { readonly kind: 'hello'; readonly version: 1; readonly pid: number }
  | { readonly kind: 'answer'; readonly id: number; readonly result: Result<unknown> }
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** How far the reading of a large data set is, before there is a run. */
  | { readonly kind: 'images'; readonly done: number; readonly total: number }
  | { readonly kind: 'heartbeat'; readonly at: number; readonly rssBytes: number }
  | { readonly kind: 'problem'; readonly problem: Problem };

export const heartbeatMs = 2_000;
/** After this long without a heartbeat the engine is shown as not responding. */
export const heartbeatLostMs = 10_000;

const methods: ReadonlySet<string> = new Set<EngineMethod>(['start', 'cancel', 'pause', 'resume']);

export function isHostMessage(message: unknown): message is HostMessage {
  return (
    isRecord(message) &&
    message['kind'] === 'request' &&
    typeof message['id'] === 'number' &&
    typeof message['method'] === 'string' &&
    methods.has(message['method']) &&
    isRecord(message['args'])
  );
}

export function isEngineMessage(message: unknown): message is EngineMessage {
  if (!isRecord(message)) return false;
  switch (message['kind']) {
    case 'hello':
      return message['version'] === 1 && typeof message['pid'] === 'number';
    case 'answer':
      return typeof message['id'] === 'number' && isRecord(message['result']);
    case 'event':
      return (
        isRecord(message['event']) &&
        typeof message['event']['type'] === 'string' &&
        typeof message['event']['seq'] === 'number'
      );
    case 'images':
      return typeof message['done'] === 'number' && typeof message['total'] === 'number';
    case 'heartbeat':
      return typeof message['at'] === 'number' && typeof message['rssBytes'] === 'number';
    case 'problem':
      return isRecord(message['problem']) && typeof message['problem']['message'] === 'string';
    default:
      return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
