/** For tests: the command line called in this process, as a user does in a folder, and all that it printed. */
import { main } from './cli.ts';
import type { CliIo, ExitCode } from './command.ts';

export interface CliAnswer {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface CliCall {
  /** Hears all that was printed so far, whenever more is. */
  readonly watch?: (out: string) => void;
  /** Instead of the whole command line: one of its commands. */
  readonly run?: (args: readonly string[], io: CliIo) => Promise<ExitCode>;
}

export async function callCli(cwd: string, args: readonly string[], call: CliCall = {}): Promise<CliAnswer> {
  const { watch = () => undefined, run = main } = call;
  let [out, err] = ['', ''];
  const code = await run(args, {
    cwd,
    env: {},
    isTerminal: false,
    out(text) {
      out += text;
      watch(out);
    },
    err: (text) => void (err += text),
  });
  return { code, out, err };
}
