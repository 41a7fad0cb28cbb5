/**
 * The one RPC of the project: a method map on each side, over any transport that can post a value.
 * Every request is answered exactly once, with a value or a `Problem`, also where a message cannot be sent;
 * on `dispose` all pending requests fail, and so does every later one. What arrives is `unknown` and is
 * dropped unless it has the form of a message.
 */
import { failure, success, type Result } from '../result.ts';
import type { Problem } from '../problem.ts';

export interface RpcPort {
  post(message: unknown): void;
}

/** A map of methods, each `(args) => answer`. */
export type MethodMap<T> = {
  readonly [M in keyof T]: T[M] extends (args: infer A) => infer R ? (args: A) => R | Promise<R> : never;
};

type Args<T, M extends keyof T> = T[M] extends (args: infer A) => unknown ? A : never;
type Answer<T, M extends keyof T> = T[M] extends (args: never) => infer R ? R : never;

export interface RpcClient<T> {
  call<M extends keyof T & string>(method: M, args: Args<T, M>): Promise<Result<Answer<T, M>>>;
  /** Give every message that arrives to this; returns false where it was not an answer. */
  receive(message: unknown): boolean;
  dispose(): void;
}

export function createRpcClient<T>(port: RpcPort): RpcClient<T> {
  const pending = new Map<number, (result: Result<never>) => void>();
  let nextId = 1;
  let open = true;
  return {
    call(method, args) {
      const id = nextId++;
      return new Promise((resolve) => {
        if (!open) return resolve(failure(connectionClosed()));
        pending.set(id, resolve as (result: Result<never>) => void);
        try {
          port.post({ rpc: 'request', id, method, args });
        } catch {
          pending.delete(id);
          resolve(failure(connectionClosed()));
        }
      });
    },
    receive(message) {
      if (!isRecord(message) || message['rpc'] !== 'answer' || typeof message['id'] !== 'number') return false;
      const { id, result } = message;
      if (!isResult(result)) return false;
      const resolve = pending.get(id as number);
      pending.delete(id as number);
      resolve?.(result);
      return true;
    },
    dispose() {
      open = false;
      for (const resolve of pending.values()) resolve(failure(connectionClosed()));
      pending.clear();
    },
  };
}

/**
 * Serves `methods` on the port. `onBug` hears of handlers that threw anything but a `ProblemError` and of
 * answers that could not be sent; the caller still gets a problem.
 */
export function createRpcServer<T>(
  port: RpcPort,
  methods: MethodMap<T>,
  onBug: (error: unknown) => void,
): { receive(message: unknown): boolean } {
  return {
    receive(message) {
      if (!isRecord(message) || message['rpc'] !== 'request' || typeof message['id'] !== 'number') return false;
      const { id, method, args } = message;
      const handler =
        typeof method === 'string' && Object.hasOwn(methods, method)
          ? (methods as Record<string, (args: unknown) => unknown>)[method]
          : undefined;
      if (!handler) {
        port.post({ rpc: 'answer', id, result: failure(unknownMethod(String(method))) });
        return true;
      }
      void Promise.resolve()
        .then(() => handler(isRecord(args) ? args : {}))
        .then((value) => port.post({ rpc: 'answer', id, result: success(value) }))
        .catch((error: unknown) => {
          if (!(error instanceof ProblemError)) onBug(error);
          port.post({ rpc: 'answer', id, result: failure(asProblem(error)) });
        })
        .catch(onBug);
      return true;
    },
  };
}

/** A handler throws this to answer with a problem that it expects. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    code: 'SWP_INTERNAL',
    message: error instanceof Error ? error.message : String(error),
    hint: 'This is a defect of Slimwise; the log has the details.',
  };
}

function connectionClosed(): Problem {
  return { code: 'SWP_CONNECTION_CLOSED', message: 'The other side went away before it answered.', hint: 'Try again.' };
}

function unknownMethod(method: string): Problem {
  return {
    code: 'SWP_UNKNOWN_METHOD',
    message: `There is no method '${method}'.`,
    hint: 'Reload the window: its parts may be of different versions.',
  };
}

function isResult(value: unknown): value is Result<never> {
  if (!isRecord(value)) return false;
  return value['ok'] === true || (value['ok'] === false && isRecord(value['problem']));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
