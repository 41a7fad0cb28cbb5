/**
 * The notification at the end of a run, one and no more: what came of it and the report, or what went
 * wrong and how to go on. The user can switch the good news off; the panel and the tree say it anyway.
 */
import { ConfigurationTarget, window, workspace, type Disposable, type LogOutputChannel } from 'vscode';
import type { Problem } from '../../core/problem.ts';
import { formatSwd } from '../../core/format/numbers.ts';
import type { RunFolder } from '../sessions/runFolder.ts';
import type { RunSessions } from '../sessions/runSessions.ts';
import { flagSetting, section } from './settings.ts';
import { showProblem } from './showProblem.ts';

export interface Announcements {
  openReport(run: RunFolder): void;
  resumeRun(run: RunFolder): void;
}

export function announceRuns(sessions: RunSessions, actions: Announcements, log: LogOutputChannel): Disposable {
  return sessions.onEnded(({ run, problem }) => {
    if (problem !== null) void offerResume(run, problem, actions);
    else if (run.state.status === 'failed') showProblem(run.state.problems.at(-1) ?? unexplained(run), log);
    else if (run.state.status === 'finished') void announceFinished(run, actions);
  });
}

async function announceFinished(run: RunFolder, actions: Announcements): Promise<void> {
  const { summary } = run.state;
  if (summary === null || !flagSetting('run.notifyWhenFinished', true)) return;
  const swd = `SWD ${formatSwd(summary.swdFull)} → ${formatSwd(summary.swdFinal)}`;
  const verdict = summary.withinThreshold ? 'within the threshold' : 'beyond the threshold';
  const never = "Don't Show Again";
  const message = `'${run.record.name}' is ${summary.ratio.toFixed(1)} times smaller; ${swd}, ${verdict}.`;
  const choice = await window.showInformationMessage(message, 'Open Report', never);
  if (choice === 'Open Report') actions.openReport(run);
  if (choice === never) {
    await workspace.getConfiguration(section).update('run.notifyWhenFinished', false, ConfigurationTarget.Global);
  }
}

async function offerResume(run: RunFolder, problem: Problem, actions: Announcements): Promise<void> {
  const choice = await window.showWarningMessage(`${run.record.name}: ${problem.message} ${problem.hint}`, 'Resume');
  if (choice === 'Resume') actions.resumeRun(run);
}

function unexplained(run: RunFolder): Problem {
  return { code: 'SWP_RUN_FAILED', message: `The run '${run.record.name}' failed.`, hint: 'The log has the details.' };
}
