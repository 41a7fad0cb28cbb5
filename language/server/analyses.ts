/**
 * The analyses of the open documents. Each remembers what it read, so that a change re-analyses only the
 * documents that looked at the changed file (or listed its folder). An answer is always for the current
 * text: `describe` analyses first where the last analysis is out of date. A defect in the analysis costs
 * one document its hints, never the server.
 */
import type { AnalyzeReport } from '../../core/report/analyzeReport.ts';
import { describeFile, toReport, type FileDescription } from '../describeFile.ts';
import type { LanguageSettings } from '../settings.ts';
import type { SourceHost } from '../sourceHost.ts';
import { watchedHost } from './diskHost.ts';
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

interface Analysis {
  readonly description: FileDescription;
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  readonly ms: number;
}

const nothing: FileDescription = { models: [], problems: [] };

export class Analyses {
  readonly #options: AnalysesOptions;
  readonly #current = new Map<string, Analysis>();
  readonly #lastMs = new Map<string, number>();

  constructor(options: AnalysesOptions) {
    this.#options = options;
  }

  describe(document: OpenText): FileDescription {
    const known = this.#current.get(document.uri);
    if (known !== undefined) return known.description;
    const analysis = this.#analyze(document);
    this.#current.set(document.uri, analysis);
    this.#lastMs.set(document.uri, analysis.ms);
    return analysis.description;
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
      const analysis = this.#current.get(uri);
      if (analysis === undefined) return false;
      if (place.root === changed.root) return analysis.files.has(changed.path) || analysis.folders.has(folder);
      return false;
    });
    for (const { uri } of stale) this.#current.delete(uri);
    return stale.map(({ uri }) => uri);
  }

  forget(uri: string): void {
    this.#current.delete(uri);
    this.#lastMs.delete(uri);
  }

  forgetAll(): void {
    this.#current.clear();
  }

  #analyze({ place }: OpenText): Analysis {
    const seen = { files: new Set<string>([place.path]), folders: new Set<string>() };
    const host = watchedHost(this.#options.hostOf(place.root), seen);
    const startedAt = this.#options.now();
    let description = nothing;
    try {
      description = describeFile(host, place.path, this.#options.settings());
    } catch (error) {
      this.#options.onBug(error);
    }
    return { description, ...seen, ms: this.#options.now() - startedAt };
  }
}
