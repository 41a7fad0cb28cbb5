/**
 * The open explorers: one per model, found again after a window reload by the run's id, or by a path of this
 * workspace. Without a finished run an explorer is opened all the same: its page says what to do.
 */
import { ViewColumn, Uri, window, workspace, type Disposable } from 'vscode';
import { success, type Result } from '../../core/result.ts';
import type { RunFolder } from '../sessions/runFolder.ts';
import type { RunLibrary } from '../sessions/runLibrary.ts';
import { modelOfFile, modelOfRun, type ExploredModel } from './exploredModel.ts';
import { ExplorerPanel, explorerViewType, type ExplorerContext } from './explorerPanel.ts';

export class ExplorerPanels implements Disposable {
  readonly #context: ExplorerContext;
  readonly #library: RunLibrary;
  readonly #panels = new Map<string, ExplorerPanel>();
  readonly #serializer: Disposable;

  constructor(context: ExplorerContext, library: RunLibrary) {
    this.#context = context;
    this.#library = library;
    this.#serializer = window.registerWebviewPanelSerializer(explorerViewType, {
      deserializeWebviewPanel: async (panel, state) => {
        const model = await this.#restored(state);
        this.#keep(ExplorerPanel.revive(this.#context, model, panel));
      },
    });
  }

  all(): readonly ExplorerPanel[] {
    return [...this.#panels.values()];
  }

  async openRun(run: RunFolder): Promise<Result<ExplorerPanel>> {
    const model = await modelOfRun(run);
    return model.ok ? success(this.#open(model.value)) : model;
  }

  async openFile(file: Uri): Promise<Result<ExplorerPanel>> {
    const model = await modelOfFile(file.fsPath);
    return model.ok ? success(this.#open(model.value)) : model;
  }

  /** For when there is nothing to explore yet. */
  openEmpty(): ExplorerPanel {
    return this.#open(null);
  }

  dispose(): void {
    // Open panels stay: VS Code keeps them for the next window.
    this.#serializer.dispose();
  }

  #open(model: ExploredModel | null): ExplorerPanel {
    const open = this.#panels.get(model?.key ?? '');
    if (open !== undefined) {
      open.reveal();
      return open;
    }
    if (model !== null) this.#panels.get('')?.dispose();
    return this.#keep(ExplorerPanel.create(this.#context, model, ViewColumn.Active));
  }

  async #restored(state: unknown): Promise<ExploredModel | null> {
    await this.#library.ready;
    const key = typeof state === 'object' && state !== null && 'model' in state ? state.model : null;
    if (typeof key !== 'string') return null;
    const run = this.#library.byId(key);
    // A path comes from the page's own memory: only those of this workspace are taken.
    const inWorkspace = run === undefined && workspace.getWorkspaceFolder(Uri.file(key)) !== undefined;
    const model = run !== undefined ? await modelOfRun(run) : inWorkspace ? await modelOfFile(key) : null;
    return model?.ok ? model.value : null;
  }

  #keep(panel: ExplorerPanel): ExplorerPanel {
    const key = panel.model?.key ?? '';
    this.#panels.get(key)?.dispose();
    this.#panels.set(key, panel);
    panel.onDispose(() => {
      if (this.#panels.get(key) === panel) this.#panels.delete(key);
    });
    return panel;
  }
}
