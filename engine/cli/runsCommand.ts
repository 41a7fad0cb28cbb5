/**
 * `slimwise runs [folder]`: the runs of a plan's folder, newest first, and how each can go on. `runs compare` and
 * `runs figures` read several of them at once.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { realDisk } from '../runs/diskPort.ts';
import { listRuns, type ListedRun } from '../runs/readRecord.ts';
import { realProcesses } from '../runs/runLock.ts';
import { compareRunsCommand, compareUsage, runFiguresCommand } from './compareRunsCommand.ts';
import { fail, type CliCommand } from './command.ts';
import { renameRunCommand } from './renameRunCommand.ts';
import { badUsage } from './problems.ts';
import { renderTable } from './renderTable.ts';
import { formatBytes } from '../../core/format/numbers.ts';

const usage = `Usage: slimwise runs [folder]

Lists the runs in <folder>/.slimwise/runs; the folder is that of the plan (default: this one).

${compareUsage}

       slimwise runs rename <run> <name>`;

export const runsCommand: CliCommand = {
  summary: 'Lists the runs below a folder, and compares them.',
  usage,
  run(args, io) {
    if (args[0] === 'compare') return compareRunsCommand(args.slice(1), io);
    if (args[0] === 'rename') return Promise.resolve(renameRunCommand(args.slice(1), io));
    if (args[0] === 'figures') return runFiguresCommand(args.slice(1), io);
    let folder: string;
    try {
      const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} });
      folder = path.resolve(io.cwd, positionals[0] ?? '.');
    } catch (error) {
      return Promise.resolve(fail(io, badUsage(error instanceof Error ? error.message : String(error), 'runs')));
    }
    const runs = listRuns(realDisk, realProcesses, path.join(folder, '.slimwise', 'runs'));
    if (!runs.ok) return Promise.resolve(fail(io, runs.problem));
    if (runs.value.length === 0) io.out(`No runs in ${path.relative(io.cwd, folder) || '.'}.\n`);
    else io.out(`${renderRuns(runs.value, io.cwd).join('\n')}\n`);
    return Promise.resolve(0);
  },
};

function renderRuns(runs: readonly ListedRun[], cwd: string): readonly string[] {
  return renderTable(
    [
      { title: 'Run', align: 'left' },
      { title: 'Status', align: 'left' },
      { title: 'Backend', align: 'left' },
      { title: 'Smaller', align: 'right' },
      { title: 'Packed', align: 'right' },
      { title: 'SWD', align: 'right' },
      { title: 'Plan', align: 'left' },
    ],
    runs.map(({ folder, record, holder }) => [
      path.relative(cwd, folder),
      statusOf(record.status, holder !== null),
      record.backend,
      record.summary ? `${record.summary.ratio.toFixed(1)}×` : '–',
      record.summary ? formatBytes(record.summary.fileBytesAfter) : '–',
      record.summary ? record.summary.swdFinal.toFixed(1) : '–',
      `${record.name}${record.short ? ' (short)' : ''}`,
    ]),
  );
}

/** A run that says it is running and that no process holds was cut off. */
function statusOf(status: string, held: boolean): string {
  return (status === 'running' || status === 'paused') && !held ? 'interrupted' : status;
}
