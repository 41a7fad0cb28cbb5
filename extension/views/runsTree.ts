/** The Runs view: every run of the workspace, newest first, refreshed at most a few times a second. */
import { EventEmitter, ThemeColor, ThemeIcon, TreeItem, type Disposable, type TreeDataProvider } from 'vscode';
import type { RunFolder } from '../sessions/runFolder.ts';
import type { RunLibrary } from '../sessions/runLibrary.ts';
import type { RunSessions } from '../sessions/runSessions.ts';
import { runItem } from './runItem.ts';

const refreshMs = 250;

export class RunsTree implements TreeDataProvider<RunFolder>, Disposable {
  readonly #library: RunLibrary;
  readonly #sessions: RunSessions;
  readonly #changed = new EventEmitter<RunFolder | undefined>();
  readonly #subscriptions: Disposable[];
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(library: RunLibrary, sessions: RunSessions) {
    this.#library = library;
    this.#sessions = sessions;
    const refresh = (): void => this.#refreshSoon();
    this.#subscriptions = [
      this.#changed,
      library.onListChanged(refresh),
      library.onRunChanged(refresh),
      sessions.onDidChange(refresh),
    ];
  }

  async getChildren(element?: RunFolder): Promise<RunFolder[]> {
    if (element !== undefined) return [];
    await this.#library.ready;
    return [...this.#library.all()];
  }

  getTreeItem(run: RunFolder): TreeItem {
    const shown = runItem(this.#sessions.factsOf(run));
    const item = new TreeItem(shown.label);
    item.id = run.folder;
    item.description = shown.description;
    item.iconPath = new ThemeIcon(shown.icon, shown.color === null ? undefined : new ThemeColor(shown.color));
    item.tooltip = shown.tooltip.join('\n');
    item.accessibilityInformation = { label: shown.accessible };
    item.contextValue = shown.contextValue;
    item.command = { command: 'slimwise.openRun', title: 'Open Run', arguments: [run] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire(undefined);
    }, refreshMs);
  }
}

export function isRunFolder(value: unknown): value is RunFolder {
  return typeof value === 'object' && value !== null && 'record' in value && 'folder' in value;
}
