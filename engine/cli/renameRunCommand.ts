/** `slimwise runs rename <run> <name>`: holds the run while its record is written, so nobody else writes it then. */
import path from 'node:path';
import { openRun, realPorts } from '../runs/runStore.ts';
import { formatProblem } from '../../core/problem.ts';
import { fail, type CliIo, type ExitCode } from './command.ts';
import { findRun } from './findRun.ts';
import { badUsage } from './problems.ts';

const longestName = 200;

export function renameRunCommand(args: readonly string[], io: CliIo): ExitCode {
  const [run, name = '', ...more] = args;
  if (run === undefined || name.trim() === '' || more.length > 0)
    return fail(io, badUsage('Say which run, and its new name in quotes.', 'runs'));
  const folder = findRun(run, path.resolve(io.cwd));
  if (!folder.ok) return fail(io, folder.problem);
  const opened = openRun(
    realPorts((problem) => io.err(`slimwise: ${formatProblem(problem)}\n`)),
    folder.value,
  );
  if (!opened.ok) return fail(io, opened.problem);
  const written = opened.value.updateRecord({ name: name.trim().slice(0, longestName) });
  opened.value.dispose();
  if (!written.ok) return fail(io, written.problem);
  io.out(`${written.value.id} is now called '${written.value.name}'.\n`);
  return 0;
}
