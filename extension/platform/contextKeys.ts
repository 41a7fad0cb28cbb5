/**
 * What menus and the palette need to know to hide commands that have nothing to act on. Keys are set only
 * when they change; before the extension has started none is set, and those commands are hidden.
 */
import { commands, type Disposable } from 'vscode';
import type { ActiveModel } from '../language/activeModel.ts';
import type { RunLibrary } from '../sessions/runLibrary.ts';
import type { RunSessions } from '../sessions/runSessions.ts';
import { canResume, shownStatus } from '../sessions/shownRun.ts';

export function keepContextKeys(
  active: ActiveModel,
  library: RunLibrary,
  sessions: RunSessions,
): readonly Disposable[] {
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean): void => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void commands.executeCommand('setContext', `slimwise.${key}`, value);
  };
  const runs = (): void => {
    const all = library.all().map((run) => ({ run, status: shownStatus(sessions.factsOf(run)) }));
    set('hasRuns', all.length > 0);
    set('hasLiveRun', sessions.liveRun !== null);
    set(
      'hasResumableRun',
      all.some(({ status }) => canResume(status)),
    );
    set(
      'hasFinishedRun',
      all.some(({ status }) => status === 'finished'),
    );
  };
  return [
    active.onDidChange(() => set('hasModel', active.current !== null)),
    library.onListChanged(runs),
    library.onRunChanged(({ events, reset }) => {
      if (reset || events.length === 0 || events.some(({ type }) => type === 'finished')) runs();
    }),
    sessions.onDidChange(runs),
  ];
}
