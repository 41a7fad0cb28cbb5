/**
 * One run as it stands on disk: its record, and its journal. Until somebody looks at it only the journal's end is
 * read, so that many runs cost little; `load` reads all of it and follows it as it grows. The journal is the
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
import { glanceAtJournal, type JournalGlance } from './journalGlance.ts';
import { JournalTail } from './journalTail.ts';
import { livingHolder, type Holder } from './lockHolder.ts';

const statuses: readonly RunStatus[] = ['running', 'paused', 'interrupted', 'cancelled', 'failed', 'finished'];

export class RunFolder {
  readonly folder: string;
  #record: RunRecord;
  /** null while only the journal's end is known. */
  #tail: JournalTail | null = null;
  #glance: JournalGlance | null = null;
  #events: RunEvent[] = [];
  #state: RunState = initialRunState;
  #holder: Holder | null = null;

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
  }

  get record(): RunRecord {
    return this.#record;
  }

  /** Of the whole journal once it is loaded, of its end before. */
  get state(): RunState {
    return this.#state;
  }

  get loaded(): boolean {
    return this.#tail !== null;
  }

  /** Reads the whole journal, and follows it from now on. */
  async load(): Promise<void> {
    if (this.#tail !== null) return;
    this.#tail = new JournalTail(this.#journal);
    this.#events = [];
    this.#state = initialRunState;
    await this.refresh();
  }

  /** Lets go of the events; the journal's end is enough for a list. */
  async unload(): Promise<void> {
    this.#tail = null;
    this.#events = [];
    this.#glance = null;
    await this.refresh();
  }

  get #journal(): string {
    return join(this.folder, runFiles.journal);
  }

  get events(): readonly RunEvent[] {
    return this.#events;
  }

  /** A living process holds it, in this window or elsewhere. */
  get held(): boolean {
    return this.#holder !== null;
  }

  /** Which process that is. */
  get holder(): Holder | null {
    return this.#holder;
  }

  /** Reads what is new on disk. Answers the new events, and whether anything else changed. */
  async refresh(): Promise<{
    readonly events: readonly RunEvent[];
    readonly changed: boolean;
    readonly reset: boolean;
  }> {
    const tail = this.#tail;
    const [record, chunk] = await Promise.all([readRecord(this.folder), tail === null ? this.#look() : tail.read()]);
    const holder = livingHolder(join(this.folder, runFiles.lock));
    const recordChanged = record.ok && JSON.stringify(record.value) !== JSON.stringify(this.#record);
    const changed = recordChanged || holder?.pid !== this.#holder?.pid || chunk === 'moved';
    // The same object while nothing changed, so that listeners can compare by identity.
    if (record.ok && recordChanged) this.#record = record.value;
    this.#holder = holder;
    // Loaded or let go while the disk was read: what was read belongs to the other form.
    if (typeof chunk === 'string' || tail !== this.#tail) return { events: [], changed, reset: false };
    if (chunk.replaced) {
      this.#events = [];
      this.#state = initialRunState;
    }
    return { events: this.#accept(chunk.events), changed, reset: chunk.replaced };
  }

  /** Takes an event that came directly from the engine, if it is the next one. */
  receive(event: RunEvent): boolean {
    if (this.#tail === null) return false;
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

  async #look(): Promise<'moved' | 'same'> {
    const before = this.#glance;
    const glance = await glanceAtJournal(this.#journal, before);
    if (this.#tail !== null || glance === before) return 'same';
    this.#glance = glance;
    this.#state = glance.state;
    return 'moved';
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
