/**
 * How a reader of model files gives up on a file: thrown deep inside of a parser, caught once at its entry,
 * where it becomes a Problem. It never leaves this folder; anything else that is thrown is a bug.
 */
import type { Problem } from '../../core/problem.ts';
import { failure, type Result } from '../../core/result.ts';
import { modelFileTooLarge } from './problems.ts';

export class ModelFault extends Error {}

/** The file is sound as far as it was read, and more than we are ready to read. */
export class TooLarge extends Error {}

export function fault(reason: string): never {
  throw new ModelFault(reason);
}

export function tooLarge(what: string): never {
  throw new TooLarge(what);
}

/** Runs a reader; what it gives up on is worded by `describe`. */
export function readGuarded<T>(describe: (reason: string) => Problem, read: () => Result<T>): Result<T> {
  try {
    return read();
  } catch (error) {
    if (error instanceof ModelFault) return failure(describe(error.message));
    if (error instanceof TooLarge) return failure(modelFileTooLarge(error.message));
    throw error;
  }
}

/** A name from the file, short and with control characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
