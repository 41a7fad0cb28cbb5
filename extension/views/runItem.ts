/**
 * How a run looks in the Runs tree: its icon, colour, words and what can be done with it. The icon's shape
 * says the same as its colour, and the accessible label says it in words. Pure.
 */
import {
  canResume,
  isWorking,
  runDescription,
  shownStatus,
  statusWords,
  type RunFacts,
  type ShownStatus,
} from '../sessions/shownRun.ts';

export interface RunItem {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  readonly color: string | null;
  readonly accessible: string;
  /** Lines of plain text. */
  readonly tooltip: readonly string[];
  /** Words that menus test with `=~ /\bword\b/`. */
  readonly contextValue: string;
}

const icons: Readonly<Record<ShownStatus, readonly [icon: string, color: string | null]>> = {
  starting: ['loading~spin', null],
  running: ['sync~spin', 'charts.blue'],
  notResponding: ['warning', 'charts.yellow'],
  paused: ['debug-pause', 'charts.yellow'],
  elsewhere: ['vm-running', null],
  interrupted: ['debug-disconnect', 'charts.orange'],
  cancelled: ['circle-slash', null],
  failed: ['error', 'charts.red'],
  finished: ['pass', 'charts.green'],
};

export function runItem(facts: RunFacts): RunItem {
  const { record, state } = facts;
  const status = shownStatus(facts);
  const [icon, color] = icons[status];
  const description = runDescription(facts);
  const name = record.short ? `${record.name} (short)` : record.name;
  const problem = state.problems.at(-1);
  return {
    label: name,
    description,
    icon,
    color,
    accessible: `${name}, ${statusWords[status]}, ${description}`,
    tooltip: [
      `${name}: ${statusWords[status]}`,
      `Started ${record.createdAt.replace('T', ' ').slice(0, 16)} UTC on ${record.backend}`,
      ...(state.progress === null || status === 'finished' ? [] : [state.progress.doing]),
      ...(problem === undefined || status === 'finished' ? [] : [`${problem.message} ${problem.hint}`]),
    ],
    contextValue: ['run', status, ...abilities(status, facts)].join(' '),
  };
}

function abilities(status: ShownStatus, { record, state }: RunFacts): readonly string[] {
  const files = state.summary !== null || record.summary !== null || record.status === 'finished';
  return [
    ...(canResume(status) ? ['resumable'] : []),
    ...(isWorking(status) ? ['cancellable'] : []),
    ...(status === 'running' ? ['pausable'] : []),
    ...(status === 'paused' ? ['paused'] : []),
    ...(files ? ['hasReport', 'hasModel'] : []),
    ...(isWorking(status) || status === 'elsewhere' ? [] : ['deletable']),
  ];
}
