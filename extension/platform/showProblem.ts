/**
 * The one way a problem reaches the user as a notification: what happened and what to do, with at most
 * one action that does it. Details go to the log. Messages carry names from the workspace, so they are
 * shown as plain text.
 */
import { basename } from 'node:path';
import { commands, window, type LogOutputChannel } from 'vscode';
import { formatProblem, type Problem } from '../../core/problem.ts';

interface Remedy {
  readonly label: string;
  readonly command: string;
}

const remedies: Readonly<Record<string, Remedy>> = {
  SWP_NOT_TRUSTED: { label: 'Manage Workspace Trust', command: 'workbench.trust.manage' },
  SWP_ENGINE_BUSY: { label: 'Open Run', command: 'slimwise.openRun' },
};

const showLog: Remedy = { label: 'Show Log', command: 'slimwise.showLog' };

/** Failures of the program rather than of what it was asked to do: the log says more. */
const ours = /^SWP_(?:INTERNAL|ENGINE_|RUN_FAILED|CONNECTION)/;

export function showProblem(problem: Problem, log: LogOutputChannel): void {
  log.warn(formatProblem(problem));
  const remedy = remedies[problem.code] ?? (ours.test(problem.code) ? showLog : null);
  const show = ours.test(problem.code) ? window.showErrorMessage : window.showWarningMessage;
  const place = problem.path === undefined ? '' : ` (${basename(problem.path)}${lineOf(problem)})`;
  const actions = remedy === null ? [] : [remedy.label];
  void show(`${problem.message}${place} ${problem.hint}`, ...actions).then((choice) => {
    if (choice !== undefined && remedy !== null) void commands.executeCommand(remedy.command);
  });
}

function lineOf({ line }: Problem): string {
  return line === undefined ? '' : `, line ${line}`;
}
