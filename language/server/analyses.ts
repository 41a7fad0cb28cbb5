/**
 * The analyses of the open documents. Each remembers what it read, so that a change re-analyses only the
 * documents that looked at the changed file (or listed its folder). An answer is always for the current
 * text: `describe` analyses first where the last analysis is out of date, and then only what the edit can have
 * changed. A defect in the analysis costs one document its hints, never the server.
 */
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { toReport, type FileDescription } from '../describeFile.ts';
import { describeInSteps, type Described } from '../incremental/describeAgain.ts';
import type { LanguageSettings } from '../settings.ts';
import type { SourceHost } from '../sourceHost.ts';
import { runSteps, type Steps } from '../steps.ts';
import type { DocumentPlace } from './documentPaths.ts';

export interface OpenText {
  readonly uri: string;
  readonly place: DocumentPlace;
}

export interface AnalysesOptions {
  /** Files of a root as the editor has them now. */
  hostOf(root: string): SourceHost;
  settings(): LanguageSettings;
  now(): number;
  onBug(error: unknown): void;
}

/** What is asked for meanwhile waits no longer than this, and one step of the analysis. */
const sliceMs = 15;

const nothing: FileDescription = { models: [], problems: [] };

export class Analyses {
  readonly #options: AnalysesOptions;
  readonly #current = new Map<string, FileDescription>();
  /** What the next analysis of a document can be made from. */
  readonly #before = new Map<string, Described>();
  readonly #lastMs = new Map<string, number>();
  readonly #running = new Map<string, Promise<boolean>>();
  /** Goes up with every change of a text or setting: what is being analysed is then out of date. */
  #generation = 0;

  constructor(options: AnalysesOptions) {
    this.#options = options;
  }

  /** The answer for the text as it is now. After `prepare` it costs nothing. */
  describe(document: OpenText): FileDescription {
    const known = this.#current.get(document.uri);
    if (known !== undefined) return known;
    return this.#finish(document, this.#options.now(), () => runSteps(this.#steps(document)));
  }

  /**
   * Analyses in slices, between which others have their turn; true when the answer is there, false when a
   * text changed meanwhile and the work was dropped.
   */
  async prepare(document: OpenText): Promise<boolean> {
    if (this.#current.has(document.uri)) return true;
    const running = this.#running.get(document.uri) ?? this.#prepare(document);
    this.#running.set(document.uri, running);
    try {
      return await running;
    } finally {
      if (this.#running.get(document.uri) === running) this.#running.delete(document.uri);
    }
  }

  async #prepare(document: OpenText): Promise<boolean> {
    const { now } = this.#options;
    const generation = this.#generation;
    const startedAt = now();
    const steps = this.#steps(document);
    let sliceStartedAt = startedAt;
    for (;;) {
      let step;
      try {
        step = steps.next();
      } catch (error) {
        this.#finish(document, startedAt, () => {
          throw error;
        });
        return true;
      }
      if (step.done === true) {
        const described = step.value;
        this.#finish(document, startedAt, () => described);
        return true;
      }
      if (now() - sliceStartedAt < sliceMs) continue;
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#generation !== generation) return false;
      sliceStartedAt = now();
    }
  }

  report(document: OpenText): AnalyzeReport {
    return toReport(this.describe(document));
  }

  /** How long the document's last analysis took; 0 before the first. */
  lastMs(uri: string): number {
    return this.#lastMs.get(uri) ?? 0;
  }

  /** Forgets the analyses that looked at `path` below `root`; answers their URIs. */
  invalidate(changed: DocumentPlace, open: readonly OpenText[]): readonly string[] {
    this.#outdate();
    const folder = changed.path.includes('/') ? changed.path.slice(0, changed.path.lastIndexOf('/')) : '';
    const stale = open.filter(({ uri, place }) => {
      if (place.root !== changed.root || !this.#current.has(uri)) return false;
      const looked = this.#before.get(uri)?.looked;
      return place.path === changed.path || looked?.texts.has(changed.path) || looked?.folders.has(folder);
    });
    for (const { uri } of stale) this.#current.delete(uri);
    return stale.map(({ uri }) => uri);
  }

  forget(uri: string): void {
    this.#outdate();
    this.#current.delete(uri);
    this.#before.delete(uri);
    this.#lastMs.delete(uri);
  }

  forgetAll(): void {
    this.#outdate();
    this.#current.clear();
  }

  #outdate(): void {
    this.#generation++;
    this.#running.clear();
  }

  #steps({ uri, place }: OpenText): Steps<Described> {
    const { hostOf, settings } = this.#options;
    const before = this.#before.get(uri);
    return describeInSteps(hostOf(place.root), place.path, settings(), before?.path === place.path ? before : null);
  }

  #finish({ uri }: OpenText, startedAt: number, work: () => Described): FileDescription {
    let description = nothing;
    try {
      const described = work();
      this.#before.set(uri, described);
      description = described.description;
    } catch (error) {
      this.#before.delete(uri);
      this.#options.onBug(error);
    }
    this.#current.set(uri, description);
    this.#lastMs.set(uri, this.#options.now() - startedAt);
    return description;
  }
}
