/**
 * What went wrong, to which file, what is safe and what to do next, in words for the user.
 * Each room builds its problems with named constructors in its own `problems.ts`; codes are stable
 * (`SWP_...`), appear in `docs/problems.md` and in a test.
 */
export interface Problem {
  /** Stable, upper case: `SWP_DATASET_EMPTY`. */
  readonly code: string;
  /** One sentence: what happened. */
  readonly message: string;
  /** One sentence: what to do next. */
  readonly hint: string;
  /** The file or folder it happened to, as the user knows it. */
  readonly path?: string;
  /** 1-based line in `path`, where there is one. */
  readonly line?: number;
}

/** The one way a problem is printed: message, place, and what to do. */
export function formatProblem(problem: Problem): string {
  const place =
    problem.path === undefined ? '' : ` (${problem.path}${problem.line === undefined ? '' : `:${problem.line}`})`;
  return `${problem.message}${place}\n  → ${problem.hint} [${problem.code}]`;
}
