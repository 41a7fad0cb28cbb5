/**
 * The engines of this window: starts one for a plan or to go on with a run, passes on what it reports,
 * and knows which run is live. One at a time, because two would share the same cores. Running is refused
 * in Restricted Mode here, at the only door, whatever command or panel asked for it.
 */
import { dirname } from 'node:path';
import { EventEmitter, Uri, workspace, type Disposable, type LogOutputChannel } from 'vscode';
import { formatProblem, type Problem } from '../../core/problem.ts';
import { failure, success, type Result } from '../../core/result.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import type { ApiRun } from '../api.ts';
import { engineSettings } from '../platform/settings.ts';
import { engineBusy, engineEnded, notOnDisk, notTrusted, runNotLive } from '../problems.ts';
import { describeExit, EngineProcess, type EngineExit, type EngineHealth } from './engineProcess.ts';
import { Batcher } from './batcher.ts';
import type { RunFolder } from './runFolder.ts';
import type { RunLibrary } from './runLibrary.ts';
import { shownStatus, type RunFacts } from './shownRun.ts';

interface LiveRun {
  readonly engine: EngineProcess;
  name: string;
  folder: string | null;
  cancelling: boolean;
}

/** Before there is a run, its images are read: how far that is, and a way to stop it. */
export interface Reading {
  readonly onImages?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface EngineReport {
  readonly folder: string;
  readonly health: EngineHealth;
}

const progressMs = 200;

export class RunSessions implements Disposable {
  readonly #engineModule: string;
  readonly #library: RunLibrary;
  readonly #log: LogOutputChannel;
  readonly #changed = new EventEmitter<void>();
  readonly #health = new EventEmitter<EngineReport>();
  readonly #ended = new EventEmitter<{ readonly run: RunFolder; readonly problem: Problem | null }>();
  /** Steps can be faster than a status bar is read. */
  readonly #soon = new Batcher<RunEvent>(progressMs, () => this.#changed.fire());
  #live: LiveRun | null = null;
  /** Done when what follows an engine's exit is done: its run read again, and the place free for the next. */
  #exitHandled: Promise<void> = Promise.resolve();
  #starting = false;
  #disposed = false;

  /** Which run is live, or how, has changed. */
  readonly onDidChange = this.#changed.event;
  readonly onHealth = this.#health.event;
  /** An engine is done with a run; `problem` where it died. */
  readonly onEnded = this.#ended.event;

  constructor(engineModule: string, library: RunLibrary, log: LogOutputChannel) {
    this.#engineModule = engineModule;
    this.#library = library;
    this.#log = log;
  }

  /** Starts the plan as a new run. Answers when the run is on disk. */
  start(planPath: string, options: { readonly short: boolean }, reading: Reading = {}): Promise<Result<RunFolder>> {
    return this.#begin(planPath, null, options.short, reading);
  }

  /** Goes on with a run from its last checkpoint. */
  resume(run: RunFolder, reading: Reading = {}): Promise<Result<RunFolder>> {
    return this.#begin(run.record.planPath, run, run.record.short, reading);
  }

  /** The run that an engine of this window works on. */
  get liveRun(): RunFolder | null {
    const folder = this.#live?.folder ?? null;
    return folder === null ? null : (this.#library.byFolder(folder) ?? null);
  }

  isLive(run: RunFolder): boolean {
    return this.#live?.folder === run.folder && !this.#live.engine.exited;
  }

  factsOf(run: RunFolder): RunFacts {
    const live = this.isLive(run);
    const responding = !live || (this.#live?.engine.health.responding ?? true);
    const cancelling = live && (this.#live?.cancelling ?? false);
    return { record: run.record, state: run.state, held: run.held, holder: run.holder, live, responding, cancelling };
  }

  /** The run as plain data, for the extension's API. */
  describe(run: RunFolder): ApiRun {
    const facts = this.factsOf(run);
    return {
      id: run.record.id,
      name: run.record.name,
      folder: run.folder,
      status: shownStatus(facts),
      live: facts.live,
      nEvents: run.events.length,
      stepsDone: run.state.progress?.stepsDone ?? 0,
      enginePid: facts.live ? (this.#live?.engine.pid ?? null) : null,
      summary: run.state.summary,
    };
  }

  async pause(run: RunFolder): Promise<Result<null>> {
    return this.#ask(run, 'pause');
  }

  async unpause(run: RunFolder): Promise<Result<null>> {
    return this.#ask(run, 'resume');
  }

  /**
   * Asks for a checkpoint and an end, which comes after the step that is being computed. An engine that does
   * not respond, or is asked a second time, is stopped; its last checkpoint is kept.
   */
  async cancel(run: RunFolder): Promise<Result<null>> {
    const live = this.#live;
    if (live === null || live.folder !== run.folder) return failure(runNotLive(run.record.name));
    if (live.cancelling || !live.engine.health.responding) {
      this.#log.info(`Stopping the engine of '${run.record.name}'.`);
      await live.engine.stop();
      return success(null);
    }
    live.cancelling = true;
    this.#changed.fire();
    const answer = await live.engine.request('cancel', {});
    // An engine that ended instead of answering is what was wanted.
    return answer.ok || live.engine.exited ? success(null) : answer;
  }

  dispose(): void {
    this.#disposed = true;
    this.#soon.clear();
    // Hanging up is enough: an engine without its parent writes a checkpoint and ends.
    void this.#live?.engine.release();
    for (const emitter of [this.#changed, this.#health, this.#ended]) emitter.dispose();
  }

  async #begin(planPath: string, run: RunFolder | null, short: boolean, reading: Reading): Promise<Result<RunFolder>> {
    if (!workspace.isTrusted) return failure(notTrusted());
    if (planPath === '') return failure(notOnDisk(planPath));
    await this.#untilEndedEngineLeft();
    if (this.#live !== null || this.#starting) return failure(engineBusy(this.#live?.name ?? 'another plan'));
    this.#starting = true;
    try {
      return await this.#startEngine(planPath, run, short, reading);
    } finally {
      this.#starting = false;
      this.#changed.fire();
    }
  }

  /** An engine that died, or whose run has ended, is on its way out: the next run waits for it instead of being refused. */
  async #untilEndedEngineLeft(): Promise<void> {
    const live = this.#live;
    if (live === null) return;
    const run = this.liveRun;
    const ended = run !== null && ['finished', 'failed', 'cancelled'].includes(run.state.status);
    if (!live.engine.exited && !ended) return;
    await live.engine.release();
    await this.#exitHandled;
  }

  async #startEngine(
    planPath: string,
    run: RunFolder | null,
    short: boolean,
    { onImages, signal }: Reading,
  ): Promise<Result<RunFolder>> {
    const early: RunEvent[] = [];
    let live: LiveRun | null = null;
    const started = await EngineProcess.start(this.#engineModule, dirname(planPath), {
      event: (event) => {
        if (live?.folder == null) early.push(event);
        else this.#onEvent(live, live.folder, event);
      },
      images: (done, total) => onImages?.(done, total),
      health: (health) => this.#onHealth(live, health),
      problem: (problem) => this.#log.warn(formatProblem(problem)),
      exit: (exit) => {
        if (live !== null) this.#exitHandled = this.#onExit(live, exit);
      },
      log: (line) => this.#log.info(`[engine] ${line}`),
    });
    if (!started.ok) return started;
    const engine = started.value;
    if (this.#disposed) {
      await engine.release();
      return failure(engineEnded('the extension was stopped'));
    }
    live = { engine, name: run?.record.name ?? planPath, folder: null, cancelling: false };
    this.#live = live;
    const stop = (): void => void engine.request('cancel', {});
    signal?.addEventListener('abort', stop);
    const settings = engineSettings(Uri.file(planPath));
    const answer = await engine.request('start', { planPath, runFolder: run?.folder ?? null, ...settings, short });
    signal?.removeEventListener('abort', stop);
    const folder = answer.ok ? await this.#library.add(answer.value.runFolder) : null;
    if (!answer.ok || folder === null) {
      this.#live = null;
      await engine.release();
      return answer.ok ? failure(engineEnded('its run folder cannot be read')) : answer;
    }
    live.folder = folder.folder;
    live.name = folder.record.name;
    for (const event of early) this.#onEvent(live, folder.folder, event);
    return success(folder);
  }

  #onEvent(live: LiveRun, folder: string, event: RunEvent): void {
    this.#library.receive(folder, event);
    if (event.type === 'finished' || event.type === 'failed' || event.type === 'cancelled') void live.engine.release();
    if (event.type === 'progress') this.#soon.add([event]);
    else if (event.type !== 'step' && event.type !== 'sample') this.#changed.fire();
  }

  #onHealth(live: LiveRun | null, health: EngineHealth): void {
    if (live?.folder == null) return;
    this.#health.fire({ folder: live.folder, health });
    if (!health.responding) this.#log.warn('The engine does not respond; Cancel stops it.');
    this.#changed.fire();
  }

  async #onExit(live: LiveRun, exit: EngineExit): Promise<void> {
    if (this.#live !== live) return;
    const { folder } = live;
    if (folder !== null) await this.#library.refresh(folder);
    this.#live = null;
    const run = folder === null ? undefined : this.#library.byFolder(folder);
    this.#changed.fire();
    if (run === undefined) return;
    const { status } = run.state;
    const complete = status === 'finished' || status === 'failed' || status === 'cancelled' || live.cancelling;
    if (!complete) this.#log.warn(`The engine of '${run.record.name}' ended: ${describeExit(exit)}.`);
    this.#ended.fire({ run, problem: complete ? null : engineEnded(describeExit(exit)) });
  }

  async #ask(run: RunFolder, method: 'pause' | 'resume'): Promise<Result<null>> {
    const live = this.#live;
    if (live === null || live.folder !== run.folder) return failure(runNotLive(run.record.name));
    return live.engine.request(method, {});
  }
}
