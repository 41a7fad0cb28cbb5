/**
 * What an explorer shows: the packed model of a finished run with its full-precision twin, or a packed file by
 * itself, with the twin where it lies beside it. Files are looked for, not opened: the page says what is wrong
 * inside them.
 */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { failure, success, type Result } from '../../core/result.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import { runFileMissing } from '../problems.ts';
import type { RunFolder } from '../sessions/runFolder.ts';

export interface ExploredModel {
  /** The run's id, or the path of the file: the same model has the same key. */
  readonly key: string;
  readonly title: string;
  readonly compressed: FoundFile;
  readonly original: FoundFile | null;
}

export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

export async function modelOfRun(run: RunFolder): Promise<Result<ExploredModel>> {
  const found = await modelOfFile(join(run.folder, runFiles.model));
  if (!found.ok) return failure(runFileMissing(run.folder, 'compressed model'));
  return success({ ...found.value, key: run.record.id, title: run.record.name });
}

export async function modelOfFile(path: string): Promise<Result<ExploredModel>> {
  const compressed = await foundFile(path);
  if (compressed === null) return failure(runFileMissing(dirname(path), `file ${basename(path)}`));
  const twin = join(dirname(path), runFiles.fullModel);
  const original = basename(path) === runFiles.model ? await foundFile(twin) : null;
  return success({ key: path, title: basename(path), compressed, original });
}

async function foundFile(path: string): Promise<FoundFile | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? { path, bytes: found.size } : null;
  } catch {
    return null;
  }
}
