/**
 * The run store: the only writer of run folders. A run is one folder that any program can read: its
 * record, an append-only journal, checkpoints, samples and results. One process at a time holds a run for
 * writing; everything is committed by rename, so that a kill at any moment loses at most what was not yet
 * committed. Clock, chance, disk and processes come in as parameters.
 */
import path from 'node:path';
import type { Problem } from '../../core/problem.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { RunEvent, RunEventBody } from '../../core/session/runEvent.ts';
import { runFiles, type RunRecord } from '../../core/session/runRecord.ts';
import { readLatestCheckpoint, writeCheckpoint, type CheckpointContent, type LatestCheckpoint } from './checkpoints.ts';
import { errorCode, realDisk, type DiskPort } from './diskPort.ts';
import { appendToJournal, readJournal, repairJournal, type Journal } from './journal.ts';
import { readRecord } from './readRecord.ts';
import { runLockLost } from './problems.ts';
import { lockRefreshMs, realProcesses, refreshLock, releaseLock, takeLock, type ProcessPort } from './runLock.ts';
import {
  attempt,
  makeFolderDurably,
  removeQuietly,
  sweepTemporary,
  syncFolder,
  writeAtomically,
} from './writeAtomically.ts';

/** What the store needs from the machine. */
export interface RunStorePorts {
  readonly disk: DiskPort;
  readonly processes: ProcessPort;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A whole number in [0, 2³²), for the last part of run ids only. */
  readonly randomWord: () => number;
  /** Hears of what did not stop the run but should be known. */
  readonly onWarning: (problem: Problem) => void;
  /** Calls `action` again and again until what is returned is called; absent: locks are not refreshed. */
  readonly repeat?: (action: () => void, everyMs: number) => () => void;
}

export function realPorts(onWarning: (problem: Problem) => void): RunStorePorts {
  return {
    disk: realDisk,
    processes: realProcesses,
    now: Date.now,
    randomWord: () => Math.floor(Math.random() * 2 ** 32),
    onWarning,
    repeat(action, everyMs) {
      const timer = setInterval(action, everyMs);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

export type NewRunRecord = Omit<RunRecord, 'format' | 'id' | 'createdAt'>;

/** A run that this process holds for writing. */
export interface Run {
  readonly id: string;
  readonly folder: string;
  /** The record as it is on disk. */
  record(): RunRecord;
  updateRecord(change: Partial<NewRunRecord>): Result<RunRecord>;
  /** Numbers and dates the event, appends it, and answers it as written. */
  appendEvent(body: RunEventBody): Result<RunEvent>;
  readJournal(): Result<Journal>;
  /** Answers the folder's name inside `checkpoints/`, and its bytes. */
  writeCheckpoint(content: CheckpointContent): Result<{ readonly folder: string; readonly bytes: number }>;
  readLatestCheckpoint(): Result<LatestCheckpoint>;
  /** Checkpoints of one of several variants that train at once, apart from the run's own. */
  writePart(variant: string, content: CheckpointContent): Result<{ readonly folder: string; readonly bytes: number }>;
  readPart(variant: string): Result<LatestCheckpoint>;
  removePart(variant: string): void;
  /** Answers the file's path relative to the run folder: `samples/full-000100.png`. */
  writeSample(variant: string, step: number, png: Uint8Array): Result<string>;
  /** The same for the way between the fixed latents at that step. */
  writeWalk(variant: string, step: number, png: Uint8Array): Result<string>;
  /** Writes a file of the run by name (`report.html`); answers its absolute path. */
  writeArtifact(name: string, bytes: Uint8Array | string): Result<string>;
  /** null where there is no such file. */
  readArtifact(name: string): Result<Uint8Array | null>;
  /** A PNG of the run by the path that `writeSample` or an event names; null where there is none. */
  readImage(name: string): Result<Uint8Array | null>;
  /** Gives the run back. Safe to call twice. */
  dispose(): void;
}

const checkpointsKept = 2;

export function createRun(ports: RunStorePorts, runsFolder: string, record: NewRunRecord): Result<Run> {
  const { disk } = ports;
  const made = attempt(runsFolder, 0, 'making the run folder', () => {
    makeFolderDurably(disk, runsFolder, ports.onWarning);
    keepOutOfGit(disk, runsFolder);
    for (;;) {
      const id = newRunId(ports.now(), ports.randomWord());
      try {
        disk.makeNewFolder(path.join(runsFolder, id));
        return id;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
    }
  });
  if (!made.ok) return made;
  const id = made.value;
  const folder = path.join(runsFolder, id);
  const locked = takeLock(disk, path.join(folder, runFiles.lock), ports.processes, ports.now());
  if (!locked.ok) {
    removeQuietly(disk, folder);
    return locked;
  }
  const full: RunRecord = { ...record, format: 1, id, createdAt: new Date(ports.now()).toISOString() };
  const written = writeRecord(ports, folder, full);
  if (!written.ok) {
    removeQuietly(disk, folder);
    return written;
  }
  syncFolder(disk, runsFolder, ports.onWarning);
  return success(holdRun(ports, folder, full, { lastSeq: 0, soundBytes: 0 }));
}

/** Opens an existing run for writing: takes the lock, repairs the journal, sweeps temporary files. */
export function openRun(ports: RunStorePorts, folder: string): Result<Run> {
  const { disk } = ports;
  const record = readRecord(disk, folder);
  if (!record.ok) return record;
  const lockFile = path.join(folder, runFiles.lock);
  const locked = takeLock(disk, lockFile, ports.processes, ports.now());
  if (!locked.ok) return locked;
  const giveBack = (problem: Problem) => {
    releaseLock(disk, lockFile, ports.processes);
    return failure(problem);
  };
  for (const inside of ['', runFiles.checkpoints, runFiles.samples, ...partFolders(disk, folder)]) {
    sweepTemporary(disk, path.join(folder, inside));
  }
  const journalFile = path.join(folder, runFiles.journal);
  const journal = readJournal(disk, journalFile);
  if (!journal.ok) return giveBack(journal.problem);
  for (const problem of journal.value.problems) ports.onWarning(problem);
  const repaired = repairJournal(disk, journalFile, journal.value);
  if (!repaired.ok) return giveBack(repaired.problem);
  const lastSeq = journal.value.events.reduce((last, event) => Math.max(last, event.seq), 0);
  return success(holdRun(ports, folder, record.value, { lastSeq, soundBytes: journal.value.soundBytes }));
}

/** Relative to the run folder. */
function partFolders(disk: DiskPort, folder: string): readonly string[] {
  const parts = path.join(folder, runFiles.parts);
  const found = attempt(parts, 0, 'reading', () => (disk.stat(parts) === null ? [] : disk.list(parts)));
  return found.ok ? found.value.map(({ name }) => path.join(runFiles.parts, name)) : [];
}

function holdRun(
  ports: RunStorePorts,
  folder: string,
  record: RunRecord,
  journal: { lastSeq: number; soundBytes: number },
): Run {
  const { disk, onWarning } = ports;
  const journalFile = path.join(folder, runFiles.journal);
  const checkpointsFolder = path.join(folder, runFiles.checkpoints);
  const partsFolder = path.join(folder, runFiles.parts);
  let current = record;
  let { lastSeq, soundBytes } = journal;
  let held = true;
  const lockFile = path.join(folder, runFiles.lock);
  let lost = false;
  let refreshedMs = ports.now();
  const refresh = (): void => {
    lost ||= !refreshLock(disk, lockFile, ports.processes);
    refreshedMs = ports.now();
  };
  const endRefreshing = ports.repeat?.(refresh, lockRefreshMs) ?? (() => undefined);

  const writeInside = (name: string, bytes: Uint8Array): Result<string> => {
    const file = path.join(folder, name);
    const made = attempt(file, bytes.length, 'making a folder', () =>
      makeFolderDurably(disk, path.dirname(file), onWarning),
    );
    if (!made.ok) return made;
    const written = writeAtomically(disk, file, bytes, onWarning);
    return written.ok ? success(file) : written;
  };
  const readInside = (name: string): Result<Uint8Array | null> => {
    const file = path.join(folder, name);
    return attempt(file, 0, 'reading', () => (disk.stat(file) === null ? null : disk.read(file)));
  };
  const writePicture = (picture: string, png: Uint8Array): Result<string> =>
    whileHeld(() => {
      const name = `${runFiles.samples}/${picture}`;
      const written = writeInside(name, png);
      return written.ok ? success(name) : written;
    });
  const whileHeld = <T>(action: () => Result<T>): Result<T> => {
    if (!held) throw new Error(`run ${record.id} was given back`);
    // After a machine slept, another may have taken the run over before this one could say anything.
    if (ports.repeat !== undefined && ports.now() - refreshedMs > 2 * lockRefreshMs) refresh();
    return lost ? failure(runLockLost(folder)) : action();
  };

  return {
    id: record.id,
    folder,
    record: () => current,
    updateRecord: (change) =>
      whileHeld(() => {
        const next: RunRecord = { ...current, ...change };
        const written = writeRecord(ports, folder, next);
        if (!written.ok) return written;
        current = next;
        return success(next);
      }),
    appendEvent: (body) =>
      whileHeld(() => {
        const event: RunEvent = { ...body, at: ports.now(), seq: lastSeq + 1 };
        // Losses come often and are cheap to lose in a power cut; decisions are neither.
        const durable = body.type !== 'step' && body.type !== 'progress';
        const appended = appendToJournal(disk, journalFile, event, { soundBytes, durable });
        if (!appended.ok) return appended;
        lastSeq = event.seq;
        soundBytes = appended.value;
        return success(event);
      }),
    readJournal: () => readJournal(disk, journalFile),
    writeCheckpoint: (content) =>
      whileHeld(() => writeCheckpoint(disk, checkpointsFolder, content, { keepLast: checkpointsKept, onWarning })),
    readLatestCheckpoint: () => readLatestCheckpoint(disk, checkpointsFolder),
    writePart: (variant, content) =>
      whileHeld(() => {
        const part = fileNameOf(variant);
        const written = writeCheckpoint(disk, path.join(partsFolder, part), content, {
          keepLast: checkpointsKept,
          onWarning,
        });
        if (!written.ok) return written;
        return success({ ...written.value, folder: `${runFiles.parts}/${part}/${written.value.folder}` });
      }),
    readPart: (variant) => readLatestCheckpoint(disk, path.join(partsFolder, fileNameOf(variant))),
    removePart(variant) {
      whileHeld(() => success(removeQuietly(disk, path.join(partsFolder, fileNameOf(variant)))));
    },
    writeSample: (variant, step, png) => writePicture(`${fileNameOf(variant)}-${stepText(step)}.png`, png),
    writeWalk: (variant, step, png) => writePicture(`${fileNameOf(variant)}-${stepText(step)}~walk.png`, png),
    writeArtifact: (name, bytes) =>
      whileHeld(() => {
        assertPlainName(name);
        return writeInside(name, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
      }),
    readArtifact(name) {
      assertPlainName(name);
      return readInside(name);
    },
    readImage: (name) => (isImageName(name) ? readInside(name) : success(null)),
    dispose() {
      if (!held) return;
      held = false;
      endRefreshing();
      releaseLock(disk, lockFile, ports.processes);
    },
  };
}

function writeRecord({ disk, onWarning }: RunStorePorts, folder: string, record: RunRecord): Result<null> {
  const text = `${JSON.stringify(record, null, 2)}\n`;
  return writeAtomically(disk, path.join(folder, runFiles.record), new TextEncoder().encode(text), onWarning);
}

/** `20261122-041530-ab12`: sorts by time, in UTC. */
function newRunId(nowMs: number, randomWord: number): string {
  const [date = '', time = ''] = new Date(nowMs).toISOString().split('T');
  const chance = (randomWord >>> 16).toString(16).padStart(4, '0');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${chance}`;
}

/** Runs are large and the user's own: `.slimwise/` is ignored unless the user decides otherwise. */
function keepOutOfGit(disk: DiskPort, runsFolder: string): void {
  const parent = path.dirname(runsFolder);
  const file = path.join(parent, '.gitignore');
  if (path.basename(parent) !== '.slimwise' || disk.stat(file) !== null) return;
  const handle = disk.open(file, 'replace');
  try {
    disk.write(handle, new TextEncoder().encode('*\n'));
  } finally {
    disk.close(handle);
  }
}

/** Variant ids carry layer names, which come from the user's source: only plain characters reach the disk. */
function fileNameOf(variant: string): string {
  return variant
    .replace(/[^A-Za-z0-9._-]/g, (character) => `~${character.codePointAt(0)?.toString(16) ?? ''}`)
    .slice(0, 120);
}

function stepText(step: number): string {
  return String(step).padStart(6, '0');
}

/** Names in a journal are data: only these are ever joined to the folder. */
export function isImageName(name: string): boolean {
  return imageName.test(name);
}

const imageName = /^(?:samples\/)?[A-Za-z0-9~][A-Za-z0-9._~-]*\.png$/;

export function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name);
}

function assertPlainName(name: string): void {
  if (!isPlainName(name)) throw new Error(`'${name}' is not a plain file name`);
}
