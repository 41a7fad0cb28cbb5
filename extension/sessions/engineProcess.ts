/**
 * One engine: a child process that trains and compresses. It owns the process and nothing else; the
 * extension host survives whatever happens in it. Every request is answered exactly once, if only with
 * a problem when the process ends. A process that sends nothing for 10 s is reported as not responding;
 * `stop` asks it to end and, 5 s later, ends it.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Problem } from '../../core/problem.ts';
import { failure, type Result } from '../../core/result.ts';
import {
  heartbeatLostMs,
  isEngineMessage,
  type EngineAnswer,
  type EngineArgs,
  type EngineMethod,
} from '../../core/session/engineProtocol.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { engineDidNotStart, engineEnded, engineMissing } from '../problems.ts';

export interface EngineListener {
  event(event: RunEvent): void;
  /** How far the reading of images is, before there is a run. */
  images?(done: number, total: number): void;
  /** Called when it changes, and with every heartbeat. */
  health(health: EngineHealth): void;
  problem(problem: Problem): void;
  /** Called once, after the last event. */
  exit(exit: EngineExit): void;
  log(line: string): void;
}

export interface EngineHealth {
  readonly responding: boolean;
  readonly rssBytes: number;
}

export interface EngineExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines it wrote to its error stream. */
  readonly lastWords: string;
}

export interface EngineTimes {
  readonly helloMs: number;
  readonly lostMs: number;
  readonly killMs: number;
}

const defaultTimes: EngineTimes = { helloMs: 90_000, lostMs: heartbeatLostMs, killMs: 5_000 };

/** What is kept of the error stream, in characters. */
const lastWordsLength = 2_000;

export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #listener: EngineListener;
  readonly #times: EngineTimes;
  readonly #pending = new Map<number, (result: Result<never>) => void>();
  readonly #watch: NodeJS.Timeout;
  readonly #ended: Promise<void>;
  #nextId = 1;
  #lastHeard = Date.now();
  #lastChecked = Date.now();
  #health: EngineHealth = { responding: true, rssBytes: 0 };
  #lastWords = '';
  #exited = false;

  /** Starts the engine at `entry` and waits for its hello. */
  static async start(
    entry: string,
    cwd: string,
    listener: EngineListener,
    times: Partial<EngineTimes> = {},
  ): Promise<Result<EngineProcess>> {
    if (!existsSync(entry)) return failure(engineMissing(entry));
    const { promise, settle } = deferred<Result<EngineProcess>>();
    const engine: EngineProcess = new EngineProcess(entry, cwd, listener, { ...defaultTimes, ...times }, settle);
    const timer = setTimeout(() => {
      void engine.stop();
      settle(failure(engineDidNotStart('it said nothing')));
    }, engine.#times.helloMs);
    const result = await promise;
    clearTimeout(timer);
    return result;
  }

  private constructor(
    entry: string,
    cwd: string,
    listener: EngineListener,
    times: EngineTimes,
    settle: (result: Result<EngineProcess>) => void,
  ) {
    this.#listener = listener;
    this.#times = times;
    this.#child = fork(entry, [], {
      cwd,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: engineEnvironment(process.env),
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => listener.log(chunk.toString().trimEnd()));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#hearErrors(chunk.toString()));
    this.#child.on('message', (message) => this.#receive(message, settle));
    this.#child.on('error', (error) => settle(failure(engineDidNotStart(error.message))));
    this.#ended = untilEnded(this.#child).then(({ code, signal }) =>
      this.#onEnd({ code, signal, lastWords: this.#lastWords }, settle),
    );
    this.#watch = setInterval(() => this.#checkHeartbeat(), Math.min(1_000, times.lostMs / 4));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get exited(): boolean {
    return this.#exited;
  }

  get health(): EngineHealth {
    return this.#health;
  }

  request<M extends EngineMethod>(method: M, args: EngineArgs<M>): Promise<Result<EngineAnswer<M>>> {
    if (this.#exited || !this.#child.connected) return Promise.resolve(failure(engineEnded('')));
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve as (result: Result<never>) => void);
      this.#child.send({ kind: 'request', id, method, args }, (error) => {
        if (error !== null) this.#answer(id, failure(engineEnded(error.message)));
      });
    });
  }

  /** SIGTERM, and SIGKILL where that is not enough. Resolves when the process is gone; may be called again. */
  async stop(): Promise<void> {
    if (this.#exited) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), this.#times.killMs);
    await this.#ended;
    clearTimeout(timer);
  }

  /** The run is over: the engine ends by itself when its parent hangs up, else it is stopped. */
  async release(): Promise<void> {
    if (this.#exited) return;
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => void this.stop(), this.#times.killMs);
    await this.#ended;
    clearTimeout(timer);
  }

  #receive(message: unknown, settle: (result: Result<EngineProcess>) => void): void {
    if (!isEngineMessage(message)) {
      this.#listener.log('The engine sent a message that is not part of the protocol; it was dropped.');
      return;
    }
    this.#lastHeard = Date.now();
    if (!this.#health.responding) this.#report({ ...this.#health, responding: true });
    switch (message.kind) {
      case 'hello':
        settle({ ok: true, value: this });
        break;
      case 'answer':
        this.#answer(message.id, message.result as Result<never>);
        break;
      case 'event':
        this.#listener.event(message.event);
        break;
      case 'images':
        this.#listener.images?.(message.done, message.total);
        break;
      case 'heartbeat':
        this.#report({ responding: true, rssBytes: message.rssBytes });
        break;
      case 'problem':
        this.#listener.problem(message.problem);
        break;
    }
  }

  #answer(id: number, result: Result<never>): void {
    const resolve = this.#pending.get(id);
    this.#pending.delete(id);
    resolve?.(result);
  }

  #checkHeartbeat(): void {
    const now = Date.now();
    // This process was held up itself, or the machine slept: what the engine said meanwhile is still to be read.
    if (now - this.#lastChecked > this.#times.lostMs / 2) this.#lastHeard = now;
    this.#lastChecked = now;
    const lost = now - this.#lastHeard >= this.#times.lostMs;
    if (lost && this.#health.responding) this.#report({ ...this.#health, responding: false });
  }

  #report(health: EngineHealth): void {
    this.#health = health;
    this.#listener.health(health);
  }

  #hearErrors(text: string): void {
    this.#lastWords = (this.#lastWords + text).slice(-lastWordsLength);
    this.#listener.log(text.trimEnd());
  }

  #onEnd(exit: EngineExit, settle: (result: Result<EngineProcess>) => void): void {
    this.#exited = true;
    clearInterval(this.#watch);
    const how = describeExit(exit);
    for (const id of [...this.#pending.keys()]) this.#answer(id, failure(engineEnded(how)));
    settle(failure(engineDidNotStart(how)));
    this.#listener.exit(exit);
  }
}

/** `signal SIGKILL`, `code 1: Cannot find module …`: the first line that says something. */
export function describeExit(exit: EngineExit): string {
  const how = exit.signal === null ? `code ${exit.code ?? 'unknown'}` : `signal ${exit.signal}`;
  const line = exit.lastWords.split('\n').find((text) => /error|memory|cannot/i.test(text));
  return line === undefined ? how : `${how}: ${line.trim().slice(0, 200)}`;
}

/**
 * The exit, after the streams' last data, so that the last words are complete. Not the child's own `close`:
 * it never comes after a `disconnect` from this side. A process that could not be started has no exit.
 */
async function untilEnded(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  const streams = [child.stdout, child.stderr].map(
    (stream) => new Promise<void>((resolve) => (stream === null ? resolve() : stream.once('close', () => resolve()))),
  );
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });
  const ending = await exit;
  await Promise.all(streams);
  return ending;
}

/** Electron's binary becomes a plain Node; options meant for the host's own Node are not handed on. */
function engineEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ...rest } = env;
  return { ...rest, ELECTRON_RUN_AS_NODE: '1' };
}

/** The first value wins; later ones are ignored. */
function deferred<T>(): { promise: Promise<T>; settle: (value: T) => void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}
