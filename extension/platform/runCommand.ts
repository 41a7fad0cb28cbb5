/**
 * The edge that every command goes through: an expected failure is shown with its remedy, a bug is
 * logged with its stack and shown once. Nothing escapes into VS Code's own error dialog.
 */
import type { LogOutputChannel } from 'vscode';
import { ProblemError } from '../../core/rpc/rpc.ts';
import type { Result } from '../../core/result.ts';
import { showProblem } from './showProblem.ts';

/** A handler answers nothing, or a result whose problem is to be shown. */
export type CommandHandler = (...args: readonly unknown[]) => unknown;

export async function runCommand(
  log: LogOutputChannel,
  handler: CommandHandler,
  args: readonly unknown[],
): Promise<unknown> {
  try {
    const answer = await handler(...args);
    if (isFailure(answer)) showProblem(answer.problem, log);
    return answer;
  } catch (error) {
    if (error instanceof ProblemError) {
      showProblem(error.problem, log);
      return { ok: false, problem: error.problem };
    }
    log.error(error instanceof Error ? error : String(error));
    showProblem(
      {
        code: 'SWP_INTERNAL',
        message: `Slimwise failed: ${error instanceof Error ? error.message : String(error)}.`,
        hint: 'This is a defect; the log has the details.',
      },
      log,
    );
    return undefined;
  }
}

function isFailure(answer: unknown): answer is Extract<Result<never>, { ok: false }> {
  return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === false && 'problem' in answer;
}
