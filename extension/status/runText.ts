/** What the status bar says while a run is worked on: how far it is and how long it will take. Pure. */
import { progressText, shownStatus, statusWords, type RunFacts } from '../sessions/shownRun.ts';
import type { BudgetText } from './budgetText.ts';

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
