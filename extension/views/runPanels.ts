/**
 * The open run panels: one per run, found again after a window reload. The page keeps the run's id among
 * its own state, which is all that is needed to show the run again; a run that is gone says so.
 */
import { ViewColumn, window, type Disposable, type WebviewPanel } from 'vscode';
import { escapeHtml } from './runPanelHtml.ts';
import { panelViewType, RunPanel, type PanelContext } from './runPanel.ts';
import type { RunFolder } from '../sessions/runFolder.ts';

export class RunPanels implements Disposable {
  readonly #context: PanelContext;
  readonly #panels = new Map<string, RunPanel>();
  readonly #serializer: Disposable;

  constructor(context: PanelContext) {
    this.#context = context;
    this.#serializer = window.registerWebviewPanelSerializer(panelViewType, {
      deserializeWebviewPanel: (panel, state) => this.#revive(panel, state),
    });
  }

  /** The open panels, in the order they were opened. */
  all(): readonly RunPanel[] {
    return [...this.#panels.values()];
  }

  /** Shows the run beside the source that the user is editing, or where it already is. */
  open(run: RunFolder): RunPanel {
    const open = this.#panels.get(run.folder);
    if (open !== undefined) {
      open.reveal();
      return open;
    }
    const column = window.activeTextEditor === undefined ? ViewColumn.Active : ViewColumn.Beside;
    return this.#keep(RunPanel.create(this.#context, run, column));
  }

  has(run: RunFolder): boolean {
    return this.#panels.has(run.folder);
  }

  isVisible(run: RunFolder): boolean {
    return this.#panels.get(run.folder)?.visible ?? false;
  }

  close(run: RunFolder): void {
    this.#panels.get(run.folder)?.dispose();
  }

  dispose(): void {
    // Open panels stay: VS Code keeps them for the next window.
    this.#serializer.dispose();
  }

  async #revive(panel: WebviewPanel, state: unknown): Promise<void> {
    await this.#context.library.ready;
    const id = typeof state === 'object' && state !== null && 'run' in state ? state.run : null;
    const run = typeof id === 'string' ? this.#context.library.byId(id) : undefined;
    if (run === undefined) {
      panel.webview.options = { enableScripts: false, localResourceRoots: [] };
      panel.webview.html = goneHtml(panel.title);
      return;
    }
    this.#panels.get(run.folder)?.dispose();
    this.#keep(RunPanel.revive(this.#context, run, panel));
  }

  #keep(panel: RunPanel): RunPanel {
    this.#panels.set(panel.run.folder, panel);
    panel.onDispose(() => {
      if (this.#panels.get(panel.run.folder) !== panel) return;
      this.#panels.delete(panel.run.folder);
      // Nobody looks any more: a list needs the journal's end only.
      if (!this.#context.sessions.isLive(panel.run)) void panel.run.unload();
    });
    return panel;
  }
}

function goneHtml(title: string): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><title>${escapeHtml(title)}</title></head>
<body><p>The run <strong>${escapeHtml(title)}</strong> is not in this workspace any more.</p></body></html>`;
}
