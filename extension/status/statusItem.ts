/**
 * The one status bar item. While an engine of this window works it shows the run's progress and opens it;
 * otherwise it shows the active model's memory against the chosen budget and lets the user choose another.
 * Without either it is hidden.
 */
import { StatusBarAlignment, window, workspace, type Disposable, type StatusBarItem } from 'vscode';
import type { ActiveModel } from '../language/activeModel.ts';
import { budgetFor, flagSetting, section } from '../platform/settings.ts';
import type { RunSessions } from '../sessions/runSessions.ts';
import { budgetText } from './budgetText.ts';
import { hasEnded, runText } from './runText.ts';
import { shownStatus } from '../sessions/shownRun.ts';

export class StatusItem implements Disposable {
  readonly #active: ActiveModel;
  readonly #sessions: RunSessions;
  readonly #item: StatusBarItem;
  readonly #subscriptions: Disposable[];

  constructor(active: ActiveModel, sessions: RunSessions) {
    this.#active = active;
    this.#sessions = sessions;
    this.#item = window.createStatusBarItem('slimwise.memory', StatusBarAlignment.Left, 0);
    this.#item.name = 'Slimwise: Model Memory';
    const update = (): void => this.#update();
    this.#subscriptions = [
      this.#item,
      active.onDidChange(update),
      sessions.onDidChange(update),
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(section)) update();
      }),
    ];
    this.#update();
  }

  /** null while it is hidden. */
  get text(): string | null {
    return this.#shown ? this.#item.text : null;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #shown = false;

  #update(): void {
    const run = this.#sessions.liveRun;
    const { current } = this.#active;
    const facts = run === null ? null : this.#sessions.factsOf(run);
    // An engine needs a moment to leave after its run has ended; the run is no news any more.
    if (run !== null && facts !== null && !hasEnded(shownStatus(facts))) {
      this.#show(runText(facts), 'slimwise.openRun', [run]);
    } else if (current !== null && flagSetting('statusBar.enabled', true)) {
      this.#show(budgetText(current.shown, budgetFor(current.uri)), 'slimwise.setDevice', []);
    } else {
      this.#shown = false;
      this.#item.hide();
    }
  }

  #show(
    shown: { text: string; tooltip: readonly string[]; accessible: string },
    command: string,
    args: unknown[],
  ): void {
    this.#item.text = shown.text;
    this.#item.tooltip = shown.tooltip.join('\n');
    this.#item.accessibilityInformation = { label: shown.accessible, role: 'button' };
    this.#item.command = { command, title: 'Slimwise', arguments: args };
    this.#shown = true;
    this.#item.show();
  }
}
