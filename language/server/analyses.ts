/**
 * The analyses of the open documents. Each remembers what it read, so that a change re-analyses only the
 * documents that looked at the changed file (or listed its folder). An answer is always for the current
 * text: `describe` analyses first where the last analysis is out of date, and then only what the edit can have
 * changed. A defect in the analysis costs one document its hints, never the server.
 */
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { toReport, type FileDescription } from '../describeFile.ts';
import { describeAgain, type Described } from '../incremental/describeAgain.ts';
import type { LanguageSettings } from '../settings.ts';
import type { SourceHost } from '../sourceHost.ts';
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

const nothing: FileDescription = { models: [], problems: [] };

export class Analyses {
  readonly #options: AnalysesOptions;
  readonly #current = new Map<string, FileDescription>();
  /** What the next analysis of a document can be made from. */
  readonly #before = new Map<string, Described>();
  readonly #lastMs = new Map<string, number>();

  constructor(options: AnalysesOptions) {
    this.#options = options;
  }

  describe(document: OpenText): FileDescription {
    const known = this.#current.get(document.uri);
    if (known !== undefined) return known;
    const startedAt = this.#options.now();
    const description = this.#analyze(document);
    this.#current.set(document.uri, description);
    this.#lastMs.set(document.uri, this.#options.now() - startedAt);
    return description;
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
    this.#current.delete(uri);
    this.#before.delete(uri);
    this.#lastMs.delete(uri);
  }

  forgetAll(): void {
    this.#current.clear();
  }

  #analyze({ uri, place }: OpenText): FileDescription {
    const { hostOf, settings, onBug } = this.#options;
    const before = this.#before.get(uri);
    try {
      const isSame = before?.path === place.path;
      const described = describeAgain(hostOf(place.root), place.path, settings(), isSame ? before : null);
      this.#before.set(uri, described);
      return described.description;
    } catch (error) {
      this.#before.delete(uri);
      onBug(error);
      return nothing;
    }
  }
}
