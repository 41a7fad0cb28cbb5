/**
 * `slimwise runs compare <run> <run> …`: the comparison that the editor shows, as a table here, and as a page or
 * CSV where asked. It only reads run folders; runs that somebody works on are compared as far as they are.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { tableCsv } from '../../core/chart/chartTable.ts';
import { compareRuns, comparisonData, comparisonTable, type Comparison } from '../../core/compare/compareRuns.ts';
import { digestRun } from '../../core/compare/runDigest.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { realDisk } from '../runs/diskPort.ts';
import { readRun, type ReadRun } from '../runs/readRun.ts';
import { figureRun } from '../runs/report/figures/figureRun.ts';
import { renderFigures } from '../runs/report/figures/renderFigures.ts';
import { chosenSteps, renderComparison, type RowGrids } from '../runs/report/renderComparison.ts';
import { fail, type CliIo, type ExitCode } from './command.ts';
import { findRun } from './findRun.ts';
import { badUsage } from './problems.ts';
import { renderTable } from './renderTable.ts';

export const compareUsage = `Usage: slimwise runs compare <run> <run> … [options]

A run is its folder, its id, or the beginning or end of its id. One run with --all compares its variants.

  --in FOLDER     where the plan is (default: this folder)
  --all           every variant that the runs trained, not only what each came to
  --html FILE     write a page with the grids and curves; nothing in it is loaded from elsewhere
  --csv FILE      write the table's raw numbers
  --json          print the table's raw numbers as JSON

       slimwise runs figures <run> <run> … --html FILE

The figures and tables of the PBGen document, redrawn from the runs.`;

export async function compareRunsCommand(args: readonly string[], io: CliIo): Promise<ExitCode> {
  let options: ReturnType<typeof parse>;
  try {
    options = parse(args);
  } catch (error) {
    return fail(io, badUsage(error instanceof Error ? error.message : String(error), 'runs'));
  }
  const { values, positionals } = options;
  if (positionals.length === 0) return fail(io, badUsage('Say which runs to compare.', 'runs'));
  const read = readRuns(positionals, path.resolve(io.cwd, values.in));
  if (!read.ok) return fail(io, read.problem);
  const runs = read.value;
  const comparison = compareRuns(
    runs.map(({ record, state }) => digestRun(record, state)),
    values.all ? 'all' : 'results',
  );
  if (values.json) io.out(`${JSON.stringify(comparisonData(comparison), null, 2)}\n`);
  else io.out(`${renderText(comparison).join('\n')}\n`);
  if (values.csv !== undefined) await write(io, values.csv, tableCsv(comparisonData(comparison)), values.json);
  if (values.html !== undefined) {
    await write(io, values.html, renderComparison(comparison, gridsOf(comparison, runs)), values.json);
  }
  return 0;
}

/** `slimwise runs figures`: the document's figures from one or several runs, as a page. */
export async function runFiguresCommand(args: readonly string[], io: CliIo): Promise<ExitCode> {
  let options: ReturnType<typeof parse>;
  try {
    options = parse(args);
  } catch (error) {
    return fail(io, badUsage(error instanceof Error ? error.message : String(error), 'runs'));
  }
  const { values, positionals } = options;
  if (positionals.length === 0) return fail(io, badUsage('Say which runs to draw figures of.', 'runs'));
  if (values.html === undefined) return fail(io, badUsage('Say where to write the page: --html figures.html.', 'runs'));
  const read = readRuns(positionals, path.resolve(io.cwd, values.in));
  if (!read.ok) return fail(io, read.problem);
  await write(io, values.html, renderFigures(read.value.map(figureRun)), false);
  return 0;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      in: { type: 'string', default: '.' },
      all: { type: 'boolean', default: false },
      html: { type: 'string' },
      csv: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
}

/** Each run once, in the order asked for. */
export function readRuns(names: readonly string[], folder: string): Result<readonly ReadRun[]> {
  const runs: ReadRun[] = [];
  for (const name of names) {
    const found = findRun(name, folder);
    if (!found.ok) return found;
    if (runs.some((run) => run.folder === found.value)) continue;
    const run = readRun(realDisk, found.value);
    if (!run.ok) return failure(run.problem);
    runs.push(run.value);
  }
  return success(runs);
}

export function gridsOf({ rows }: Comparison, runs: readonly ReadRun[]): readonly RowGrids[] {
  return rows.map(({ key, run, variant, sampleSteps }) => {
    const source = runs.find(({ record }) => record.id === run);
    const samples = source?.state.variants.find(({ info }) => info.id === variant)?.samples ?? [];
    return {
      key,
      grids: chosenSteps(sampleSteps).flatMap((step) => {
        const file = samples.find((sample) => sample.step === step)?.file;
        const png = file === undefined ? null : (source?.image(file) ?? null);
        return png === null ? [] : [{ step, png }];
      }),
    };
  });
}

async function write(io: CliIo, name: string, content: string, quiet: boolean): Promise<void> {
  const file = path.resolve(io.cwd, name);
  await writeFile(file, content);
  if (!quiet) io.out(`\nWrote ${path.relative(io.cwd, file)}\n`);
}

function renderText(comparison: Comparison): readonly string[] {
  const { columns, rows } = comparisonTable(comparison);
  const words: ReadonlySet<string> = new Set(['Run', 'Setting', 'Layers of G', 'D', 'Seed']);
  const lines = renderTable(
    columns.map((title) => ({ title, align: words.has(title) ? 'left' : 'right' })),
    rows.map((row) => row.map(String)),
  );
  const { differences, caveats, runs } = comparison;
  const differing =
    runs.length < 2
      ? []
      : differences.length === 0
        ? ['', 'The plans are the same.']
        : [
            '',
            ...renderTable(
              [
                { title: 'Plans differ in', align: 'left' },
                ...runs.map(({ id }) => ({ title: id, align: 'left' as const })),
              ],
              differences.map(({ field, values }) => [field, ...values]),
            ),
          ];
  return [...lines, ...differing, ...(caveats.length === 0 ? [] : ['']), ...caveats.map((text) => `! ${text}`)];
}
