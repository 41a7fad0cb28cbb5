/**
 * What can be done with a run from its row, its panel or the palette. Each takes the run that it is about,
 * a run's id, or nothing: then the user picks among the runs that it makes sense for.
 */
import { join } from 'node:path';
import { commands, Uri, window, workspace, type LogOutputChannel } from 'vscode';
import { failure, success, type Result } from '../../core/result.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import { runFileMissing } from '../problems.ts';
import type { RunFolder } from '../sessions/runFolder.ts';
import type { RunLibrary } from '../sessions/runLibrary.ts';
import type { RunSessions } from '../sessions/runSessions.ts';
import { canResume, isWorking, runDescription, shownStatus, type ShownStatus } from '../sessions/shownRun.ts';
import type { ExplorerPanels } from '../explorer/explorerPanels.ts';
import { openReport, openReportInBrowser } from '../views/reportView.ts';
import type { ComparePanels } from '../views/comparePanels.ts';
import { duplicateRun, renameRun, renameTo } from './manageRuns.ts';
import { exportModel } from '../explorer/exportModel.ts';
import { whileReading } from './whileReading.ts';
import type { RunPanels } from '../views/runPanels.ts';
import { isRunFolder } from '../views/runsTree.ts';

export interface RunActionsContext {
  readonly library: RunLibrary;
  readonly sessions: RunSessions;
  readonly panels: RunPanels;
  readonly explorers: ExplorerPanels;
  readonly comparisons: ComparePanels;
  /** The command line's entry. */
  readonly cli: string;
  readonly log: LogOutputChannel;
}

type RunAction = (context: RunActionsContext, run: RunFolder) => Promise<Result<unknown>>;

interface ActionRow {
  readonly title: string;
  readonly fits: (status: ShownStatus, run: RunFolder) => boolean;
  readonly act: RunAction;
}

const finished = (_status: ShownStatus, run: RunFolder): boolean => (run.state.summary ?? run.record.summary) !== null;

export const runActions = {
  open: {
    title: 'Open Run',
    fits: () => true,
    act: ({ panels }, run) => Promise.resolve(success(panels.open(run).visible)),
  },
  pause: {
    title: 'Pause Run',
    fits: (status) => status === 'running',
    act: ({ sessions }, run) => sessions.pause(run),
  },
  unpause: {
    title: 'Continue Paused Run',
    fits: (status) => status === 'paused',
    act: ({ sessions }, run) => sessions.unpause(run),
  },
  cancel: { title: 'Cancel Run', fits: isWorking, act: ({ sessions }, run) => sessions.cancel(run) },
  resume: { title: 'Resume Run', fits: canResume, act: resumeRun },
  delete: { title: 'Delete Run', fits: (status) => !isWorking(status) && status !== 'elsewhere', act: deleteRun },
  duplicate: { title: 'Duplicate Run', fits: () => true, act: duplicateRun },
  rename: {
    title: 'Rename Run',
    fits: (status) => !isWorking(status) && status !== 'elsewhere',
    act: renameRun,
  },
  browser: { title: 'Open Report in Browser', fits: finished, act: (_context, run) => openReportInBrowser(run) },
  report: { title: 'Open Report', fits: finished, act: (_context, run) => openReport(run) },
  explore: { title: 'Explore Latents', fits: finished, act: exploreRun },
  export: { title: 'Export Compressed Model', fits: finished, act: exportRun },
  model: { title: 'Reveal Compressed Model', fits: finished, act: (_context, run) => revealModel(run) },
} as const satisfies Readonly<Record<string, ActionRow>>;

export async function runAction(context: RunActionsContext, row: ActionRow, target: unknown): Promise<Result<unknown>> {
  const run = runOf(context, target) ?? (await pickRun(context, row));
  return run === null ? success(null) : row.act(context, run);
}

export async function resumeRun(
  { sessions, panels }: Pick<RunActionsContext, 'sessions' | 'panels'>,
  run: RunFolder,
): Promise<Result<RunFolder | null>> {
  const resumed = await whileReading((reading) => sessions.resume(run, reading));
  if (resumed.ok && resumed.value !== null) panels.open(resumed.value);
  return resumed;
}

export async function revealModel(run: RunFolder): Promise<Result<null>> {
  const file = join(run.folder, runFiles.model);
  try {
    await workspace.fs.stat(Uri.file(file));
  } catch {
    return failure(runFileMissing(run.folder, 'compressed model'));
  }
  await commands.executeCommand('revealInExplorer', Uri.file(file));
  return success(null);
}

/** A run, a packed file of the workspace, or nothing: then a finished run is picked, and without one the page says so. */
export async function exploreLatents(context: RunActionsContext, target: unknown): Promise<Result<unknown>> {
  if (target instanceof Uri) {
    const opened = await context.explorers.openFile(target);
    return opened.ok ? success(opened.value.visible) : opened;
  }
  await context.library.ready;
  const any = context.library
    .all()
    .some((run) => runActions.explore.fits(shownStatus(context.sessions.factsOf(run)), run));
  if (!any && runOf(context, target) === null) return success(context.explorers.openEmpty().visible);
  return runAction(context, runActions.explore, target);
}

export async function exportOf(context: RunActionsContext, target: unknown): Promise<Result<unknown>> {
  if (target instanceof Uri) return exportModel(context.cli, target.fsPath, context.log);
  return runAction(context, runActions.export, target);
}

/** With a name there is nothing to ask. */
export function renameOf(context: RunActionsContext, target: unknown, name: unknown): Promise<Result<unknown>> {
  const run = runOf(context, target);
  if (typeof name !== 'string' || run === null) return runAction(context, runActions.rename, target);
  return renameTo(context, run, name);
}

async function exploreRun({ explorers }: RunActionsContext, run: RunFolder): Promise<Result<unknown>> {
  const opened = await explorers.openRun(run);
  return opened.ok ? success(opened.value.visible) : opened;
}

async function exportRun({ cli, log }: RunActionsContext, run: RunFolder): Promise<Result<unknown>> {
  const file = join(run.folder, runFiles.model);
  try {
    await workspace.fs.stat(Uri.file(file));
  } catch {
    return failure(runFileMissing(run.folder, 'compressed model'));
  }
  return exportModel(cli, file, log);
}

async function deleteRun({ library, panels }: RunActionsContext, run: RunFolder): Promise<Result<null>> {
  const choice = await window.showWarningMessage(
    `Delete the run '${run.record.name}' of ${run.record.createdAt.slice(0, 16).replace('T', ' ')}?`,
    { modal: true, detail: `Its checkpoints, samples, report and model in ${run.folder} are deleted for good.` },
    'Delete',
  );
  if (choice !== 'Delete') return success(null);
  panels.close(run);
  await workspace.fs.delete(Uri.file(run.folder), { recursive: true });
  await library.refresh(run.folder);
  return success(null);
}

function runOf({ library }: RunActionsContext, target: unknown): RunFolder | null {
  if (isRunFolder(target)) return target;
  return typeof target === 'string' ? (library.byId(target) ?? null) : null;
}

async function pickRun({ library, sessions }: RunActionsContext, row: ActionRow): Promise<RunFolder | null> {
  await library.ready;
  const runs = library.all().filter((run) => row.fits(shownStatus(sessions.factsOf(run)), run));
  const [only, ...more] = runs;
  if (only !== undefined && more.length === 0 && row.title !== 'Delete Run') return only;
  const items = runs.map((run) => ({
    label: run.record.name,
    description: runDescription(sessions.factsOf(run)),
    detail: run.record.id,
    run,
  }));
  const placeHolder = runs.length === 0 ? 'There is no run that this fits' : 'Which run?';
  return (await window.showQuickPick(items, { title: row.title, placeHolder }))?.run ?? null;
}
