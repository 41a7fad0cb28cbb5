/**
 * Watches over the process that reads files for `bench:corpus -- --robust`: a file that is not answered in time
 * is named as hung, one at which the process ends (out of memory) as fatal, and the next file gets a new process.
 * The time is the wall's and long, because a busy machine must not be taken for a file that hangs.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ReadRequest {
  /** Folder of the repository; null: `path` names a hostile case. */
  readonly root: string | null;
  readonly path: string;
}

export interface ReadAnswer {
  /** Of processor time. */
  readonly ms: number;
  /** Of the process after reading, with everything that it read before. */
  readonly rssBytes: number;
  /** What was thrown; null: nothing. */
  readonly error: string | null;
  readonly kinds: readonly string[];
}

const patienceMs = 60_000;
/** As the editor's server has it; what needs more ends the process. */
const heapMiB = 1024;

export class RobustWatch {
  #child: ChildProcess | null = null;

  async read(request: ReadRequest): Promise<ReadAnswer> {
    const child = (this.#child ??= start());
    const answer = await answerOf(child, request);
    if (answer.error === hung || answer.error?.startsWith(ended) === true) {
      this.#child = null;
      child.kill('SIGKILL');
    }
    return answer;
  }

  close(): void {
    this.#child?.kill();
  }
}

const hung = `hung: no answer after ${patienceMs / 1000} s`;
const ended = 'fatal: the process ended';

function start(): ChildProcess {
  return fork(fileURLToPath(new URL('robustReader.ts', import.meta.url)), {
    execArgv: ['--import=tsx', `--max-old-space-size=${heapMiB}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

function answerOf(child: ChildProcess, request: ReadRequest): Promise<ReadAnswer> {
  return new Promise((resolve) => {
    const settle = (answer: ReadAnswer): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(answer);
    };
    const fail = (error: string): void => settle({ ms: patienceMs, rssBytes: 0, error, kinds: [] });
    const timer = setTimeout(() => fail(hung), patienceMs);
    child.once('message', (answer: ReadAnswer) => settle(answer));
    child.once('exit', (code, signal) => fail(`${ended} (${signal ?? code})`));
    child.send(request);
  });
}
