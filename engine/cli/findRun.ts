/**
 * Runs by what a user types: the path of a run's folder, its id, or the beginning or end of its id where only
 * one run of the folder has it. Reads nothing but run folders, and never writes.
 */
import path from 'node:path';
import { failure, success, type Result } from '../../core/result.ts';
import { realDisk } from '../runs/diskPort.ts';
import { listRuns, readRecord, type ListedRun } from '../runs/readRecord.ts';
import { realProcesses } from '../runs/runLock.ts';
import { runAmbiguous, runUnknown } from './problems.ts';

/** The folder of the run that `name` means; `folder` is that of the plan. */
export function findRun(name: string, folder: string): Result<string> {
  const asPath = path.resolve(folder, name);
  if (readRecord(realDisk, asPath).ok) return success(asPath);
  const runs = listRuns(realDisk, realProcesses, path.join(folder, '.slimwise', 'runs'));
  if (!runs.ok) return runs;
  const found = runs.value.filter(({ record }) => matches(record.id, name));
  const [only, ...more] = found;
  if (only === undefined) return failure(runUnknown(name, folder));
  return more.length === 0 ? success(only.folder) : failure(runAmbiguous(name, idsOf(found)));
}

function matches(id: string, name: string): boolean {
  return id === name || (name.length >= 4 && (id.startsWith(name) || id.endsWith(name)));
}

function idsOf(runs: readonly ListedRun[]): readonly string[] {
  return runs.map(({ record }) => record.id);
}
