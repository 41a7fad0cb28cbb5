/**
 * One run as it stands on disk: its record, and its journal followed as it grows. The journal is the
 * truth; events that the engine sends directly only bring the next line earlier, and one that would
 * leave a gap is left to the journal. It never writes, and it needs no engine to be alive.
 */
import { readFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { failure, success, type Result } from '../../core/result.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { runFiles, type RunRecord, type RunStatus } from '../../core/session/runRecord.ts';
import { initialRunState, reduceRun, reduceRunAll, type RunState } from '../../core/session/runState.ts';
import { runUnreadable } from '../problems.ts';
import { JournalTail } from './journalTail.ts';
import { isRunHeld } from './lockHolder.ts';

const statuses: readonly RunStatus[] = ['running', 'paused', 'interrupted', 'cancelled', 'failed', 'finished'];

export class RunFolder {
  readonly folder: string;
  readonly #tail: JournalTail;
  #record: RunRecord;
  #events: RunEvent[] = [];
  #state: RunState = initialRunState;
  #held = false;

  static async open(folder: string): Promise<Result<RunFolder>> {
    const record = await readRecord(folder);
    if (!record.ok) return record;
    const run = new RunFolder(folder, record.value);
    await run.refresh();
    return success(run);
  }

  private constructor(folder: string, record: RunRecord) {
    this.folder = folder;
    this.#record = record;
    this.#tail = new JournalTail(join(folder, runFiles.journal));
  }

  get record(): RunRecord {
    return this.#record;
  }

  get state(): RunState {
    return this.#state;
  }

  get events(): readonly RunEvent[] {
    return this.#events;
  }

  /** A living process holds it, in this window or elsewhere. */
  get held(): boolean {
    return this.#held;
  }

  /** Reads what is new on disk. Answers the new events, and whether anything else changed. */
  async refresh(): Promise<{
    readonly events: readonly RunEvent[];
    readonly changed: boolean;
    readonly reset: boolean;
  }> {
    const [record, chunk] = await Promise.all([readRecord(this.folder), this.#tail.read()]);
    const held = isRunHeld(join(this.folder, runFiles.lock));
    const recordChanged = record.ok && JSON.stringify(record.value) !== JSON.stringify(this.#record);
    const changed = recordChanged || held !== this.#held;
    // The same object while nothing changed, so that listeners can compare by identity.
    if (record.ok && recordChanged) this.#record = record.value;
    this.#held = held;
    if (chunk.replaced) {
      this.#events = [];
      this.#state = initialRunState;
    }
    return { events: this.#accept(chunk.events), changed, reset: chunk.replaced };
  }

  /** Takes an event that came directly from the engine, if it is the next one. */
  receive(event: RunEvent): boolean {
    if (event.seq !== this.#state.lastSeq + 1) return false;
    this.#events.push(event);
    this.#state = reduceRun(this.#state, event);
    return true;
  }

  /** A file of this run by the name that an event gave it; null where the name would leave the folder. */
  fileInside(name: string): string | null {
    const file = resolve(this.folder, name);
    const inside = relative(this.folder, file);
    return inside === '' || inside.startsWith('..') || resolve(inside) === inside || name.includes('\0') ? null : file;
  }

  #accept(events: readonly RunEvent[]): readonly RunEvent[] {
    let { lastSeq } = this.#state;
    const fresh = events.filter((event) => {
      if (event.seq <= lastSeq) return false;
      lastSeq = event.seq;
      return true;
    });
    if (fresh.length === 0) return fresh;
    for (const event of fresh) this.#events.push(event);
    this.#state = reduceRunAll(this.#state, fresh);
    return fresh;
  }
}

async function readRecord(folder: string): Promise<Result<RunRecord>> {
  const file = join(folder, runFiles.record);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'run.json is not JSON' : String((error as Error).message);
    return failure(runUnreadable(folder, reason));
  }
  const record = value as Partial<RunRecord> | null;
  if (typeof record !== 'object' || record === null) return failure(runUnreadable(folder, 'run.json is not an object'));
  if (record.format !== 1) return failure(runUnreadable(folder, `its format is ${String(record.format)}, not 1`));
  if (typeof record.id !== 'string' || record.id !== basename(folder)) {
    return failure(runUnreadable(folder, 'run.json belongs to another folder'));
  }
  const complete =
    typeof record.name === 'string' &&
    typeof record.createdAt === 'string' &&
    typeof record.planPath === 'string' &&
    statuses.some((status) => status === record.status);
  return complete ? success(record as RunRecord) : failure(runUnreadable(folder, 'run.json lacks a field'));
}

/** The folder of a run that `file` (its record, journal, …) stands in. */
export function runFolderOf(file: string): string {
  const parts = file.split(sep);
  const at = parts.lastIndexOf('runs');
  return parts.slice(0, at + 2).join(sep);
}
