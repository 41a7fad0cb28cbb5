/**
 * All runs of the workspace: found on disk, followed as their journals grow, forgotten when deleted.
 * It only reads, so it shows runs of other windows and terminals as well as those of this one; what an
 * engine of this window reports directly is handed in by `receive`. Listeners hear of a run's new events
 * in order, and of every other change without them.
 */
import { join } from 'node:path';
import { EventEmitter, RelativePattern, Uri, workspace, type Disposable, type LogOutputChannel } from 'vscode';
import { formatProblem } from '../../core/problem.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { RunFolder, runFolderOf } from './runFolder.ts';
import { newestFirst } from './shownRun.ts';

export interface RunChange {
  readonly run: RunFolder;
  readonly events: readonly RunEvent[];
  /** The journal was replaced: forget what was known. */
  readonly reset: boolean;
}

/** Runs that somebody works on are read again at least this often: watchers of remote disks can be deaf. */
const pollMs = 1_000;
const settleMs = 100;
/** Runs listed at most; a workspace with more keeps the others on disk. */
const nRunsListed = 1_000;
/** Folders read at the same time. */
const nReaders = 8;
const recordGlob = '**/.slimwise/runs/*/run.json';
const watchedGlob = '**/.slimwise/runs/*/{run.json,journal.jsonl,lock}';

export class RunLibrary implements Disposable {
  readonly #log: LogOutputChannel;
  readonly #runs = new Map<string, RunFolder>();
  readonly #changed = new EventEmitter<RunChange>();
  readonly #listed = new EventEmitter<void>();
  readonly #subscriptions: Disposable[] = [];
  readonly #waiting = new Set<string>();
  readonly #reading = new Map<string, Promise<void>>();
  readonly #poll: NodeJS.Timeout;
  #timer: NodeJS.Timeout | undefined;
  #ready: Promise<void>;

  readonly onRunChanged = this.#changed.event;
  /** A run was added or removed. */
  readonly onListChanged = this.#listed.event;

  constructor(log: LogOutputChannel) {
    this.#log = log;
    this.#watchFolders();
    this.#subscriptions.push(
      this.#changed,
      this.#listed,
      workspace.onDidChangeWorkspaceFolders(() => {
        this.#watchFolders();
        void this.reload();
      }),
    );
    this.#poll = setInterval(() => this.#pollWorking(), pollMs);
    this.#ready = this.reload();
  }

  /** Newest first. */
  all(): readonly RunFolder[] {
    return [...this.#runs.values()].sort(newestFirst);
  }

  /** The first complete listing. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  byFolder(folder: string): RunFolder | undefined {
    return this.#runs.get(folder);
  }

  byId(id: string): RunFolder | undefined {
    return this.all().find((run) => run.record.id === id);
  }

  /** Makes sure that a run is known, for instance one that an engine just made. */
  async add(folder: string): Promise<RunFolder | null> {
    await this.#read(folder);
    const run = this.#runs.get(folder) ?? null;
    await run?.load();
    return run;
  }

  receive(folder: string, event: RunEvent): void {
    const run = this.#runs.get(folder);
    if (run?.receive(event) === true) this.#changed.fire({ run, events: [event], reset: false });
    else this.#schedule(folder);
  }

  /** Looks for runs on disk again. */
  async reload(): Promise<void> {
    const found = new Set<string>();
    for (const folder of workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== 'file') continue;
      const pattern = new RelativePattern(folder, recordGlob);
      const records = await workspace.findFiles(pattern, '**/node_modules/**', nRunsListed);
      for (const record of records) found.add(runFolderOf(record.fsPath));
    }
    for (const folder of [...this.#runs.keys()]) if (!found.has(folder)) await this.#read(folder);
    const waiting = [...found];
    const readOneByOne = async (): Promise<void> => {
      for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) await this.#read(folder);
    };
    await Promise.all(Array.from({ length: nReaders }, readOneByOne));
    this.#listed.fire();
  }

  refresh(folder: string): Promise<void> {
    return this.#read(folder);
  }

  dispose(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #watchFolders(): void {
    for (const folder of workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== 'file') continue;
      const watcher = workspace.createFileSystemWatcher(new RelativePattern(folder, watchedGlob));
      const onFile = (uri: Uri): void => this.#schedule(runFolderOf(uri.fsPath));
      this.#subscriptions.push(
        watcher,
        watcher.onDidCreate(onFile),
        watcher.onDidChange(onFile),
        watcher.onDidDelete(onFile),
      );
    }
  }

  #schedule(folder: string): void {
    this.#waiting.add(folder);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const folders = [...this.#waiting];
      this.#waiting.clear();
      for (const waiting of folders) void this.#read(waiting);
    }, settleMs);
  }

  #pollWorking(): void {
    for (const run of this.#runs.values()) if (run.held) void this.#read(run.folder);
  }

  /** One reading of a folder at a time; a second caller waits for the first and then reads what came since. */
  async #read(folder: string): Promise<void> {
    const before = this.#reading.get(folder) ?? Promise.resolve();
    const reading = before.then(() => this.#readNow(folder));
    this.#reading.set(folder, reading);
    await reading;
    if (this.#reading.get(folder) === reading) this.#reading.delete(folder);
  }

  async #readNow(folder: string): Promise<void> {
    try {
      const known = this.#runs.get(folder);
      if (known !== undefined && !(await exists(join(folder, 'run.json')))) {
        this.#runs.delete(folder);
        this.#listed.fire();
        return;
      }
      if (known !== undefined) {
        const { events, changed, reset } = await known.refresh();
        if (events.length > 0 || changed || reset) this.#changed.fire({ run: known, events, reset });
        return;
      }
      const opened = await RunFolder.open(folder);
      if (!opened.ok) {
        this.#log.debug(formatProblem(opened.problem));
        return;
      }
      this.#runs.set(folder, opened.value);
      this.#listed.fire();
    } catch (error) {
      this.#log.error(`Reading the run in ${folder} failed: ${String(error)}`);
    }
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await workspace.fs.stat(Uri.file(file));
    return true;
  } catch {
    return false;
  }
}
