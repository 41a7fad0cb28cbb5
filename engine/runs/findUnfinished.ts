/**
 * The run that an experiment goes on with when its command is given again: the newest of the same plan, word
 * for word, that has not finished and that no process works on. It reads records only and takes no lock.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Result } from '../../core/result.ts';
import { success } from '../../core/result.ts';
import { listRuns, type ListedRun } from './readRecord.ts';
import type { DiskPort } from './diskPort.ts';
import type { ProcessPort } from './runLock.ts';

/** null: there is none, a new run is due. */
export function findUnfinished(
  disk: DiskPort,
  processes: ProcessPort,
  runsFolder: string,
  wanted: { readonly plan: unknown; readonly short: boolean },
): Result<ListedRun | null> {
  const runs = listRuns(disk, processes, runsFolder);
  if (!runs.ok) return runs;
  const plan: unknown = JSON.parse(JSON.stringify(wanted.plan));
  const found = runs.value.find(
    ({ record, holder }) =>
      holder === null &&
      record.status !== 'finished' &&
      record.short === wanted.short &&
      isDeepStrictEqual(record.plan, plan),
  );
  return success(found ?? null);
}
