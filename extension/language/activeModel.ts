/**
 * The models of the text editor that the user is in, and the one among them that the status bar and the
 * Models tree show. It asks the server when the editor, its text's analysis or the cursor's model changes,
 * and drops an answer that came for an editor that is no longer active. While a diff about a source is in front,
 * that source's models are shown.
 */
import { EventEmitter, window, type Disposable, type TextDocument, type TextEditor, type Uri } from 'vscode';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import type { LanguageService } from './languageService.ts';
import { pickModel } from './pickModel.ts';
import { inDiff, sourceOf } from './shownSource.ts';
import { cursorPlace } from './sourcePlace.ts';

export interface ActiveModels {
  readonly uri: Uri;
  readonly models: readonly ModelReport[];
  readonly shown: ModelReport;
}

export class ActiveModel implements Disposable {
  readonly #language: LanguageService;
  readonly #changed = new EventEmitter<void>();
  readonly #subscriptions: Disposable[];
  #current: ActiveModels | null = null;
  #request = 0;

  readonly onDidChange = this.#changed.event;

  constructor(language: LanguageService) {
    this.#language = language;
    this.#subscriptions = [
      this.#changed,
      window.onDidChangeActiveTextEditor((editor) => void this.#load(editor)),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.#followCursor(textEditor)),
      language.onModelsChanged((uri) => {
        const editor = window.activeTextEditor;
        if (this.#sourcesOf(editor).some((source) => source.uri.toString() === uri)) void this.#load(editor);
      }),
      // Tabs, and which editors are to be seen, are often known only after the change of editors that they bring.
      window.tabGroups.onDidChangeTabs(() => this.#lookAgain()),
      window.onDidChangeVisibleTextEditors(() => this.#lookAgain()),
    ];
    // After a reload a panel may have the focus; the source beside it is what it is about.
    void this.#load(window.activeTextEditor ?? window.visibleTextEditors[0]);
  }

  /** null where the active editor has no model. */
  get current(): ActiveModels | null {
    return this.#current;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #load(editor: TextEditor | undefined): Promise<void> {
    const request = ++this.#request;
    const sources = this.#sourcesOf(editor);
    if (sources.length === 0) {
      // A panel or a tree has the focus: what it is about stays. The tab that comes next may be a diff.
      if (window.visibleTextEditors.length > 0) return;
      await passing(tabComesWithin);
      if (request === this.#request) this.#set(null);
      return;
    }
    const next = await this.#firstWithModels(sources, editor);
    if (request === this.#request) this.#set(next);
  }

  async #firstWithModels(
    sources: readonly TextDocument[],
    editor: TextEditor | undefined,
  ): Promise<ActiveModels | null> {
    for (const source of sources) {
      const models = await this.#language.models(source);
      // A diff has a cursor of its own, in other lines.
      const shown = pickModel(models, source === editor?.document ? cursorPlace(editor) : null);
      if (shown !== null) return { uri: source.uri, models, shown };
    }
    return null;
  }

  #lookAgain(): void {
    if (window.activeTextEditor === undefined) void this.#load(undefined);
  }

  /** The editor's own source first; then those of the diff in front, which may be of several files. */
  #sourcesOf(editor: TextEditor | undefined): readonly TextDocument[] {
    const isShown = ({ uri }: TextDocument): number => Number(uri.toString() === this.#current?.uri.toString());
    const inFront = [...inDiff(window.tabGroups.activeTabGroup.activeTab)].sort((a, b) => isShown(b) - isShown(a));
    return editor === undefined ? inFront : [...new Set([sourceOf(editor.document), ...inFront])];
  }

  #followCursor(editor: TextEditor): void {
    const current = this.#current;
    if (current === null || editor.document.uri.toString() !== current.uri.toString()) return;
    const shown = pickModel(current.models, cursorPlace(editor));
    if (shown !== null && shown !== current.shown) this.#set({ ...current, shown });
  }

  #set(next: ActiveModels | null): void {
    if (next === null && this.#current === null) return;
    this.#current = next;
    this.#changed.fire();
  }
}

/** Milliseconds for which nothing is in front while one tab takes another's place. */
const tabComesWithin = 150;

function passing(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
