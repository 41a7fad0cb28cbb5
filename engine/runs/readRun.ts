/**
 * A whole run for reading: record, reduced journal and pictures, without holding it. An engine may be writing at
 * the same time; what it has committed so far is what is read. Names in a journal are data, so a picture is read
 * only where its name stays inside the run's folder.
 */
import path from 'node:path';
import { failure, success, type Result } from '../../core/result.ts';
import { runFiles, type RunRecord } from '../../core/session/runRecord.ts';
import { initialRunState, reduceRunAll, type RunState } from '../../core/session/runState.ts';
import type { DiskPort } from './diskPort.ts';
import { readJournal } from './journal.ts';
import { readRecord } from './readRecord.ts';
import { isImageName, isPlainName } from './runStore.ts';
import { attempt } from './writeAtomically.ts';

export interface ReadRun {
  readonly folder: string;
  readonly record: RunRecord;
  readonly state: RunState;
  /** A PNG of the run by its path inside the folder; null where there is none. */
  image(name: string): Uint8Array | null;
  /** A file of the run by its plain name; null where there is none. */
  file(name: string): Uint8Array | null;
}

export function readRun(disk: DiskPort, folder: string): Result<ReadRun> {
  const record = readRecord(disk, folder);
  if (!record.ok) return record;
  const journal = readJournal(disk, path.join(folder, runFiles.journal));
  if (!journal.ok) return failure(journal.problem);
  const read = (name: string): Uint8Array | null => {
    const file = path.join(folder, name);
    const bytes = attempt(file, 0, 'reading', () => (disk.stat(file) === null ? null : disk.read(file)));
    return bytes.ok ? bytes.value : null;
  };
  return success({
    folder,
    record: record.value,
    state: reduceRunAll(initialRunState, journal.value.events),
    image: (name) => (isImageName(name) ? read(name) : null),
    file: (name) => (isPlainName(name) ? read(name) : null),
  });
}
