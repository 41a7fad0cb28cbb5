/**
 * Reading runs without holding them: the record of one, and the list of all below a folder. Nothing here
 * writes or locks, so a panel can look while an engine trains. A folder that is no run is passed over.
 */
import path from 'node:path';
import { failure, success, type Result } from '../../core/result.ts';
import { runFiles, type RunRecord } from '../../core/session/runRecord.ts';
import type { DiskPort } from './diskPort.ts';
import { runNotFound, runRecordUnreadable, runTooNew } from './problems.ts';
import { lockHolder, type LockHolder, type ProcessPort } from './runLock.ts';
import { attempt } from './writeAtomically.ts';

export interface ListedRun {
  readonly folder: string;
  readonly record: RunRecord;
  /** The process that works on it now; null where none does. */
  readonly holder: LockHolder | null;
}

const knownFormat = 1;

export function readRecord(disk: DiskPort, folder: string): Result<RunRecord> {
  const file = path.join(folder, runFiles.record);
  const bytes = attempt(file, 0, 'reading', () => (disk.stat(file) === null ? null : disk.read(file)));
  if (!bytes.ok) return bytes;
  if (bytes.value === null) return failure(runNotFound(folder));
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.value));
  } catch (error) {
    return failure(runRecordUnreadable(file, error instanceof Error ? error.message : 'it is not JSON'));
  }
  if (!isRecord(value)) return failure(runRecordUnreadable(file, 'it is not a JSON object'));
  const format = value['format'];
  if (typeof format === 'number' && format > knownFormat) return failure(runTooNew(file, format, knownFormat));
  const fault = faultOf(value);
  if (fault !== null) return failure(runRecordUnreadable(file, fault));
  return success(value as unknown as RunRecord);
}

/** All runs below `runsFolder`, newest first; what is no run is left out. */
export function listRuns(disk: DiskPort, processes: ProcessPort, runsFolder: string): Result<readonly ListedRun[]> {
  return attempt(runsFolder, 0, 'reading', () => {
    if (disk.stat(runsFolder) === null) return [];
    return disk
      .list(runsFolder)
      .filter(({ kind }) => kind === 'folder')
      .flatMap(({ name }) => {
        const folder = path.join(runsFolder, name);
        const record = readRecord(disk, folder);
        if (!record.ok) return [];
        return [
          { folder, record: record.value, holder: lockHolder(disk, path.join(folder, runFiles.lock), processes) },
        ];
      })
      .sort((a, b) => (a.record.id < b.record.id ? 1 : -1));
  });
}

const statuses: ReadonlySet<unknown> = new Set(['running', 'paused', 'interrupted', 'cancelled', 'failed', 'finished']);

function faultOf(value: Record<string, unknown>): string | null {
  if (value['format'] !== knownFormat) return 'its format is not stated';
  for (const key of ['id', 'name', 'createdAt', 'planPath', 'backend']) {
    if (typeof value[key] !== 'string') return `'${key}' is not a text`;
  }
  if (!statuses.has(value['status'])) return "'status' is none of the known ones";
  for (const key of ['seed', 'threads']) {
    if (typeof value[key] !== 'number') return `'${key}' is not a number`;
  }
  for (const key of ['data', 'sources', 'versions']) {
    if (!isRecord(value[key])) return `'${key}' is not an object`;
  }
  return null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
