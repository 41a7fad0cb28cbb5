/**
 * The process of the language server, forked before the client that speaks to it is loaded, so that both start at the
 * same time. One process at a time: the next begins when the client asks again, and one that does not end by
 * itself after its client has said goodbye is ended. What it prints goes to the log.
 */
import { fork, type ChildProcess } from 'node:child_process';
import type { Disposable, LogOutputChannel } from 'vscode';

export interface ServerProcessOptions {
  /** `dist/server.cjs`. */
  readonly module: string;
  /** Where V8's code of the server is kept between starts. */
  readonly codeCache: string;
  readonly log: Pick<LogOutputChannel, 'info' | 'error'>;
  /** How long a process may take to end after its client has left it. */
  readonly endsWithinMs?: number;
}

/** Later versions of Node give young objects more room, which only holds more memory here. */
const execArgv = ['--max-semi-space-size=16'];
const endsWithinMs = 2000;

export class ServerProcess implements Disposable {
  readonly #options: ServerProcessOptions;
  #child: ChildProcess | null = null;
  #isTaken = false;

  constructor(options: ServerProcessOptions) {
    this.#options = options;
  }

  /** Forks one that nobody has taken yet. */
  begin(): void {
    if (this.#child === null || this.#isTaken) this.#fork();
  }

  /** A fresh process, for a client that is starting. */
  take(): ChildProcess {
    const waiting = this.#isTaken || this.#child?.connected !== true ? null : this.#child;
    const child = waiting ?? this.#fork();
    this.#isTaken = true;
    return child;
  }

  dispose(): void {
    this.#endSoon();
  }

  #fork(): ChildProcess {
    this.#endSoon();
    const { module, codeCache, log } = this.#options;
    const args = ['--node-ipc', `--clientProcessId=${process.pid}`, `--code-cache=${codeCache}`];
    // VS Code's own binary is a Node when it is told to be.
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', ELECTRON_NO_ASAR: '1' };
    const child = fork(module, args, { execArgv, env, silent: true });
    child.on('error', (error) => log.error(`The language server's process: ${error.message}`));
    child.stdout?.on('data', (text: Buffer) => log.info(text.toString().trimEnd()));
    child.stderr?.on('data', (text: Buffer) => log.error(text.toString().trimEnd()));
    this.#child = child;
    this.#isTaken = false;
    return child;
  }

  #endSoon(): void {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const timer = setTimeout(() => child.kill(), this.#options.endsWithinMs ?? endsWithinMs);
    child.once('exit', () => clearTimeout(timer));
  }
}
