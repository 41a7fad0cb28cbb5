/**
 * Inside a session an expected failure of any depth (a full disk in a checkpoint, a loss that is no
 * number) ends the whole session. It travels as a `ProblemError` to the one edge that catches it,
 * `runSession`, which turns it into a value again; nobody else throws or catches these.
 */
import { ProblemError } from '../../core/rpc/rpc.ts';
import type { Result } from '../../core/result.ts';

export function expectOk<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new ProblemError(result.problem);
}
