/**
 * `slimwise sensitivity <plan or run folder>`: measures each layer of a trained generator at 1, 2, 4 and 8 bits,
 * prints the table, and keeps it in `.slimwise/sensitivity.json` beside the plan, where the editor finds it. For
 * a plan its newest finished run is measured.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { formatSigned } from '../../core/format/numbers.ts';
import { failure, success, type Result } from '../../core/result.ts';
import {
  parseSensitivity,
  withNetwork,
  type MeasuredLayer,
  type NetworkSensitivity,
} from '../../core/sensitivity/sensitivityFile.ts';
import { realDisk } from '../runs/diskPort.ts';
import { listRuns, readRecord, type ListedRun } from '../runs/readRecord.ts';
import { realProcesses } from '../runs/runLock.ts';
import { writeAtomically } from '../runs/writeAtomically.ts';
import { measuredBits, measureSensitivity } from '../session/measureSensitivity.ts';
import { selectBackend } from '../tensors/selectBackend.ts';
import { createCountProgress } from './countProgress.ts';
import { fail, type CliCommand, type CliIo, type ExitCode } from './command.ts';
import { badUsage, noFinishedRun } from './problems.ts';
import { renderTable } from './renderTable.ts';

const usage = `Usage: slimwise sensitivity <slimwise.json | run folder> [--threads N]

Measures what 1, 2, 4 and 8 bits do to each layer of a trained generator, one layer at a time, on the run's own
images and latents, without training on. Writes .slimwise/sensitivity.json beside the plan.`;

export const sensitivityCommand: CliCommand = {
  summary: 'Measures what fewer bits do to each layer of a trained generator.',
  usage,
  async run(args, io) {
    try {
      const { values, positionals } = parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { threads: { type: 'string' }, backend: { type: 'string' } },
      });
      const [target, ...more] = positionals;
      if (target === undefined || more.length > 0) {
        return fail(io, badUsage('Name one plan or one run folder.', 'sensitivity'));
      }
      const threads = values.threads === undefined ? null : Number(values.threads);
      const found = findRun(path.resolve(io.cwd, target));
      return found.ok
        ? await measure(found.value, threads, values.backend === 'cpu' ? 'cpu' : 'auto', io)
        : fail(io, found.problem);
    } catch (error) {
      return fail(io, badUsage(error instanceof Error ? error.message : String(error), 'sensitivity'));
    }
  },
};

type FoundRun = Pick<ListedRun, 'folder' | 'record'>;

/** A run folder itself, or the newest finished run of a plan. */
function findRun(target: string): Result<FoundRun> {
  if (!target.endsWith('.json')) {
    const record = readRecord(realDisk, target);
    return record.ok ? success({ folder: target, record: record.value }) : record;
  }
  const runs = listRuns(realDisk, realProcesses, path.join(path.dirname(target), '.slimwise', 'runs'));
  if (!runs.ok) return runs;
  const run = runs.value.find(({ record }) => record.planPath === target && record.status === 'finished');
  return run === undefined ? failure(noFinishedRun(target)) : success(run);
}

async function measure(
  { folder, record }: FoundRun,
  threads: number | null,
  backend: 'auto' | 'cpu',
  io: CliIo,
): Promise<ExitCode> {
  const selected = await selectBackend({ backend, threads });
  if (!selected.ok) return fail(io, selected.problem);
  const reading = createCountProgress(io, 'Reading images');
  const measuring = createCountProgress(io, 'Measuring');
  const measured = await measureSensitivity({
    disk: realDisk,
    folder,
    record,
    onImages: reading.show,
    onProgress: measuring.show,
    onLayer({ name, bits }) {
      measuring.end();
      io.err(`  ${name}: ${bits.map((row) => `${row.bits} bit ${formatSigned(Math.round(row.rise))}`).join(', ')}\n`);
    },
  });
  measuring.end();
  if (!measured.ok) return fail(io, measured.problem);
  const file = path.join(path.dirname(record.planPath), '.slimwise', 'sensitivity.json');
  const before = await readFile(file, 'utf8').catch(() => null);
  const next = withNetwork(before === null ? null : parseSensitivity(before), measured.value);
  const bytes = new TextEncoder().encode(`${JSON.stringify(next, null, 2)}\n`);
  const written = writeAtomically(realDisk, file, bytes, () => undefined);
  if (!written.ok) return fail(io, written.problem);
  io.out(`${renderSensitivity(measured.value)}\nWritten ${path.relative(io.cwd, file)}\n`);
  return 0;
}

function renderSensitivity({ model, swd, nImages, layers }: NetworkSensitivity): string {
  const table = renderTable(
    [
      { title: 'Layer', align: 'left' },
      ...measuredBits.flatMap((bits) => [
        { title: `${bits} bit: SWD`, align: 'right' as const },
        { title: 'PSNR', align: 'right' as const },
      ]),
    ],
    layers.map(rowOf),
  );
  return `\n${model}: SWD ×10³ ${swd.toFixed(1)} at full precision, over ${nImages} images. One layer at a time, without training on.\n\n${table.join('\n')}\n`;
}

function rowOf({ name, bits }: MeasuredLayer): readonly string[] {
  return [name, ...bits.flatMap((row) => [row.swd.toFixed(1), `${row.psnr.toFixed(1)} dB`])];
}
