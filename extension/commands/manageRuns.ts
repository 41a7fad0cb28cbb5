/**
 * What is done with runs as a whole: compare several, make a plan of a run again, give one another name. Comparing
 * takes the rows that are selected in the tree, or asks. Nothing here writes into a run's folder: renaming is asked
 * of the command line, which holds the run while it writes.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Uri, window, workspace } from 'vscode';
import { failure, success, type Result } from '../../core/result.ts';
import { runCli } from '../platform/runCli.ts';
import { notOnDisk } from '../problems.ts';
import type { RunFolder } from '../sessions/runFolder.ts';
import type { RunLibrary } from '../sessions/runLibrary.ts';
import type { RunSessions } from '../sessions/runSessions.ts';
import { runDescription } from '../sessions/shownRun.ts';
import { formatStart } from '../views/runItem.ts';
import type { ComparePanels } from '../views/comparePanels.ts';
import type { RunPanels } from '../views/runPanels.ts';
import { isRunFolder } from '../views/runsTree.ts';
import { planNames } from './findPlans.ts';
import { copyName } from './planCopy.ts';
import { whileReading } from './whileReading.ts';

export interface ManageContext {
  readonly library: RunLibrary;
  readonly sessions: RunSessions;
  readonly panels: RunPanels;
  readonly comparisons: ComparePanels;
  readonly cli: string;
}

/** Runs side by side are read by eye: more do not fit. */
const mostCompared = 12;

/** `target` is the row of the menu, `selected` all selected rows; ids from elsewhere; nothing: asks. */
export async function compareChosen(context: ManageContext, target: unknown, selected: unknown): Promise<Result<null>> {
  const given = Array.isArray(selected) ? selected : Array.isArray(target) ? target : [];
  const named = given.flatMap((each: unknown) => runOf(context.library, each));
  const runs = named.length > 1 ? named : await askRuns(context, runOf(context.library, target));
  if (runs.length > 0) context.comparisons.open(runs.slice(0, mostCompared));
  return success(null);
}

async function askRuns(
  { library, sessions }: ManageContext,
  first: readonly RunFolder[],
): Promise<readonly RunFolder[]> {
  await library.ready;
  const items = library.all().map((run) => ({
    label: run.record.name,
    description: `${formatStart(run.record.createdAt)} · ${runDescription(sessions.factsOf(run))}`,
    detail: run.record.id,
    picked: first.includes(run),
    run,
  }));
  const picked = await window.showQuickPick(items, {
    title: 'Compare Runs',
    placeHolder: items.length === 0 ? 'There are no runs to compare' : 'Which runs? One alone compares its variants.',
    canPickMany: true,
    matchOnDescription: true,
  });
  return (picked ?? []).map(({ run }) => run);
}

/** A plan of its own from the run's, to be changed and started; the run and its plan stay as they are. */
export async function duplicateRun({ sessions, panels }: ManageContext, run: RunFolder): Promise<Result<unknown>> {
  const folder = dirname(run.record.planPath);
  const taken = await planNames(folder);
  const path = join(folder, copyName(basename(run.record.planPath), taken));
  const plan = typeof run.record.plan === 'object' && run.record.plan !== null ? run.record.plan : {};
  try {
    await writeFile(path, `${JSON.stringify({ ...plan, name: `${run.record.name}, again` }, null, 2)}\n`, {
      flag: 'wx',
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return failure(notOnDisk(path));
    throw error;
  }
  await window.showTextDocument(Uri.file(path));
  const changed = await changedSources(run);
  const start = 'Start It';
  const choice = await window.showInformationMessage(
    `${basename(path)} is the plan of '${run.record.name}' again. ${
      changed.length === 0 ? 'Its sources are as they were.' : `Changed since that run: ${changed.join(', ')}.`
    }`,
    start,
  );
  if (choice !== start) return success(null);
  await workspace.save(Uri.file(path));
  const started = await whileReading((reading) => sessions.start(path, { short: run.record.short }, reading));
  if (started.ok && started.value !== null) panels.open(started.value);
  return started;
}

/** Sources of the run that are not what they were then. */
async function changedSources({ record }: RunFolder): Promise<readonly string[]> {
  const folder = dirname(record.planPath);
  const changed = await Promise.all(
    Object.entries(record.sources).map(async ([file, sum]) => {
      const bytes = await readFile(resolve(folder, file)).catch(() => null);
      const now = bytes === null ? null : createHash('sha256').update(bytes).digest('hex');
      return now === sum ? [] : [file];
    }),
  );
  return changed.flat();
}

export async function renameRun(context: ManageContext, run: RunFolder): Promise<Result<unknown>> {
  const name = await window.showInputBox({
    title: 'Rename Run',
    value: run.record.name,
    validateInput: (text) => (text.trim() === '' ? 'A run needs a name.' : undefined),
  });
  return name === undefined ? success(null) : renameTo(context, run, name);
}

export async function renameTo(
  { cli, library }: ManageContext,
  run: RunFolder,
  name: string,
): Promise<Result<unknown>> {
  if (name.trim() === '' || name.trim() === run.record.name) return success(null);
  const done = await runCli(cli, ['runs', 'rename', run.folder, name.trim()]);
  await library.refresh(run.folder);
  return done;
}

function runOf(library: RunLibrary, value: unknown): readonly RunFolder[] {
  if (isRunFolder(value)) return [value];
  const found = typeof value === 'string' ? library.byId(value) : undefined;
  return found === undefined ? [] : [found];
}
