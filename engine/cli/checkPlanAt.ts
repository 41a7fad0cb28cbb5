/**
 * A plan for `slimwise check`: what the editor shows on the lines of `slimwise.json`, as things that fail a build. What
 * keeps the plan from running is an error, what it runs in spite of is a warning. Sources are read, never run.
 */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Problem } from '../../core/problem.ts';
import type { Severity } from '../../core/report/analyzeReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { checkPlanFile } from '../../language/plan/checkPlanFile.ts';
import { diskHost } from '../../language/server/diskHost.ts';
import { pathNotFound } from './problems.ts';
import { posixPath, projectRoot, shownPath } from './sourceFiles.ts';

/** What fails, in one shape for findings, budgets and plans. */
export interface Failing {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly layer: string | null;
}

export function checkPlanAt(path: string, cwd: string): Result<readonly Failing[]> {
  const absolute = resolve(cwd, path);
  const text = readText(absolute);
  if (text === null) return failure(pathNotFound(path));
  const root = projectRoot(absolute, cwd);
  const { problems, warnings } = checkPlanFile(text, posixPath(relative(root, absolute)), diskHost(root));
  const toFailing =
    (severity: Severity) =>
    ({ code, message, hint, line = 1 }: Problem): Failing => {
      const file = shownPath(absolute, cwd);
      return { code, severity, message: `${message} ${hint}`, file, line, column: 0, layer: null };
    };
  return success([...problems.map(toFailing('error')), ...warnings.map(toFailing('warning'))]);
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
