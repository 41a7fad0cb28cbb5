/**
 * What a subcommand of `slimwise` is. It gets its arguments and its surroundings (streams, folder) as
 * parameters and answers with an exit code: 0 fine, 1 the answer is no (a budget is exceeded, a run failed),
 * 2 it could not be asked (usage, unreadable). Commands are loaded only when they are called.
 */
import { formatProblem, type Problem } from '../../core/problem.ts';

export interface CliCommand {
  /** One line for the overview. */
  readonly summary: string;
  /** Printed for `--help` and below a usage error. */
  readonly usage: string;
  run(args: readonly string[], io: CliIo): Promise<ExitCode>;
}

export type ExitCode = 0 | 1 | 2;

export interface CliIo {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard output is a terminal: colours and a moving progress bar are welcome. */
  readonly isTerminal: boolean;
  out(text: string): void;
  err(text: string): void;
}

export function fail(io: CliIo, problem: Problem): ExitCode {
  io.err(`slimwise: ${formatProblem(problem)}\n`);
  return 2;
}
