/**
 * The models of the text editor that the user is in, and the one among them that the status bar and the
 * Models tree show. It asks the server when the editor, its text's analysis or the cursor's model changes,
 * and drops an answer that came for an editor that is no longer active. While a diff about a source is in front,
 * that source's models stay.
 */
import { EventEmitter, window, type Disposable, type TextEditor, type Uri } from 'vscode';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import type { LanguageService } from './languageService.ts';
import { pickModel } from './pickModel.ts';
import { shows, sourceOf } from './shownSource.ts';
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
        if (editor !== undefined && sourceOf(editor.document).uri.toString() === uri) void this.#load(editor);
      }),
      // A tab may be known only after the change of editors that it brings.
      window.tabGroups.onDidChangeTabs(() => {
        if (window.activeTextEditor === undefined) void this.#load(undefined);
      }),
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
    if (editor === undefined) {
      if (!this.#staysShown()) this.#set(null);
      return;
    }
    const source = sourceOf(editor.document);
    const models = await this.#language.models(source);
    if (request !== this.#request) return;
    // A diff has a cursor of its own, in other lines.
    const shown = pickModel(models, source === editor.document ? cursorPlace(editor) : null);
    this.#set(shown === null ? null : { uri: source.uri, models, shown });
  }

  /** A panel or a tree has the focus, or a diff of several files. */
  #staysShown(): boolean {
    const { current } = this;
    const { activeTab } = window.tabGroups.activeTabGroup;
    return window.visibleTextEditors.length > 0 || (current !== null && shows(activeTab, current.uri));
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
