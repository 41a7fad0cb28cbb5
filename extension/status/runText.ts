/** What the status bar says while a run is worked on: how far it is and how long it will take. Pure. */
import { progressText, shownStatus, statusWords, type RunFacts, type ShownStatus } from '../sessions/shownRun.ts';
import type { BudgetText } from './budgetText.ts';

/** Nothing more will happen in a run of this status by itself. */
export function hasEnded(status: ShownStatus): boolean {
  return status === 'finished' || status === 'cancelled' || status === 'failed' || status === 'interrupted';
}

export function runText(facts: RunFacts): BudgetText {
  const status = shownStatus(facts);
  const progress = progressText(facts.state);
  const words = status === 'running' ? 'Compressing' : `Compressing: ${statusWords[status]}`;
  const icon =
    status === 'running' || status === 'starting' || status === 'cancelling'
      ? '$(sync~spin)'
      : status === 'paused'
        ? '$(debug-pause)'
        : '$(warning)';
  const said = [words, progress].filter((part) => part !== '').join(' ');
  const doing = facts.state.progress?.doing;
  return {
    text: `${icon} ${said}`,
    tooltip: [facts.record.name, ...(doing === undefined ? [] : [doing]), 'Select to open the run.'],
    accessible: `Slimwise: ${facts.record.name}, ${said}`,
  };
}
