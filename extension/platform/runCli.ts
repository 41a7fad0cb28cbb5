/**
 * Asks the `slimwise` command line something in a process of its own: what takes long or may only be done by the
 * engine's side (reading a data set, writing into a run's folder) never holds the extension host up.
 */
import { execFile } from 'node:child_process';
import { failure, success, type Result } from '../../core/result.ts';
import { commandFailed } from '../problems.ts';

/** What a command may print; a data set's description with its preview is the largest. */
const mostBytes = 32 * 2 ** 20;
/** The end of what it printed on its error stream says what went wrong. */
const lastWords = 600;

export interface CliOptions {
  readonly signal?: AbortSignal;
  /** Hears each line of its error stream as it comes: how far it is. */
  readonly onLine?: (line: string) => void;
}

/** What the command printed. `cli` is the path of its entry. */
export function runCli(
  cli: string,
  args: readonly string[],
  { signal, onLine }: CliOptions = {},
): Promise<Result<string>> {
  return new Promise((resolve) => {
    // VS Code's own binary is a Node when it is told to be.
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const options = { env, maxBuffer: mostBytes, ...(signal === undefined ? {} : { signal }) };
    const child = execFile(process.execPath, [cli, ...args], options, (error, stdout, stderr) => {
      // What stands before it is how far the command was.
      const said = stderr
        .slice(stderr.lastIndexOf('slimwise: '))
        .replace(/^slimwise: /, '')
        .trim()
        .slice(-lastWords);
      resolve(error === null ? success(stdout) : failure(commandFailed(args[0] ?? '', said || error.message)));
    });
    child.stderr?.on('data', (chunk: string) => {
      for (const line of chunk.split('\n')) if (line.trim() !== '') onLine?.(line.trim());
    });
  });
}
