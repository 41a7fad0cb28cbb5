/**
 * Plans (`slimwise.json`, `slimwise.*.json`) that the editor has open: their faults and warnings as diagnostics on
 * their lines, checked again after a pause in typing, and when a source changed that a plan may be about. A plan is
 * read against its sources as the editor has them; nothing is run.
 */
import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Problem } from '../../core/problem.ts';
import { checkPlanFile } from '../plan/checkPlanFile.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { diagnosticSource, lineRange } from './toProtocol.ts';

export interface PlanDiagnosticsOptions {
  readonly documents: OpenDocuments;
  readonly debounceMs: () => number;
  readonly isShown: () => boolean;
  /** Address of `docs/problems.md`; null where there is none. */
  readonly docs: () => string | null;
  readonly send: (params: { uri: string; version?: number; diagnostics: Diagnostic[] }) => void;
  readonly onBug: (error: unknown) => void;
}

export function isPlan({ uri, languageId }: { readonly uri: string; readonly languageId: string }): boolean {
  return /^jsonc?$/.test(languageId) && /\/slimwise(\.[^/]+)?\.json$/.test(uri);
}

export class PlanDiagnostics {
  readonly #options: PlanDiagnosticsOptions;
  readonly #open = new Map<string, TextDocument>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(options: PlanDiagnosticsOptions) {
    this.#options = options;
  }

  /** The document is new or has another text. */
  look(document: TextDocument): void {
    if (!isPlan(document)) return;
    this.#open.set(document.uri, document);
    this.#schedule(document.uri);
  }

  close(uri: string): void {
    if (!this.#open.delete(uri)) return;
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    this.#options.send({ uri, diagnostics: [] });
  }

  /** A source or a setting changed. */
  again(): void {
    for (const uri of this.#open.keys()) this.#schedule(uri);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #schedule(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    const timer = setTimeout(() => this.#publish(uri), this.#options.debounceMs());
    this.#timers.set(uri, timer);
  }

  #publish(uri: string): void {
    this.#timers.delete(uri);
    const document = this.#open.get(uri);
    if (document === undefined) return;
    const { documents, isShown, send, onBug } = this.#options;
    try {
      const place = documents.placeOf(uri);
      const text = document.getText();
      const checked = checkPlanFile(text, place.path, documents.hostOf(place.root));
      const lines = text.split(/\r\n|\r|\n/);
      const shown = (problem: Problem, severity: DiagnosticSeverity): Diagnostic =>
        toDiagnostic(problem, severity, lines, this.#options.docs());
      const diagnostics = [
        ...checked.problems.map((problem) => shown(problem, DiagnosticSeverity.Error)),
        ...checked.warnings.map((problem) => shown(problem, DiagnosticSeverity.Warning)),
      ];
      send({ uri, version: document.version, diagnostics: isShown() ? diagnostics : [] });
    } catch (error) {
      // A defect must not end the server.
      onBug(error);
    }
  }
}

function toDiagnostic(
  { code, message, hint, line = 1 }: Problem,
  severity: DiagnosticSeverity,
  lines: readonly string[],
  docs: string | null,
): Diagnostic {
  return {
    range: lineRange(line, lines),
    severity,
    code,
    source: diagnosticSource,
    message: `${message} ${hint}`,
    ...(docs === null ? {} : { codeDescription: { href: docs } }),
  };
}
