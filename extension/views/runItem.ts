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
  cancelling: ['loading~spin', null],
  elsewhere: ['vm-running', null],
  interrupted: ['debug-disconnect', 'charts.yellow'],
  cancelled: ['circle-slash', null],
  failed: ['error', 'charts.red'],
  finished: ['pass', 'charts.green'],
};

export function runItem(facts: RunFacts): RunItem {
  const { record, state } = facts;
  const status = shownStatus(facts);
  const [icon, color] = icons[status];
  const result = runDescription(facts);
  const name = record.short ? `${record.name}, short` : record.name;
  const problem = state.problems.at(-1);
  return {
    label: formatStart(record.createdAt),
    description: `${result} · ${name}`,
    icon,
    color,
    accessible: `${name}, started ${formatStart(record.createdAt)}, ${result}`,
    tooltip: [
      `${name}: ${statusWords[status]}`,
      `Started ${formatStart(record.createdAt)} on ${record.backend}`,
      ...(state.progress === null || status === 'finished' ? [] : [state.progress.doing]),
      ...(status === 'elsewhere' && facts.holder != null
        ? [`Process ${facts.holder.pid} on ${facts.holder.host} works on it; a run has one writer at a time.`]
        : []),
      ...(status === 'cancelling'
        ? ['It ends after this step. Cancel again to stop at once; the last checkpoint is kept.']
        : []),
      ...(problem === undefined || status === 'finished' ? [] : [`${problem.message} ${problem.hint}`]),
    ],
    contextValue: ['run', status, ...abilities(status, facts)].join(' '),
  };
}

/**
 * `22 Nov 04:15` in the user's time: most runs of a workspace share their plan's name, so the time comes
 * first. Text that is no date is shown as it is.
 */
export function formatStart(createdAt: string, timeZone?: string): string {
  const date = new Date(createdAt);
  if (Number.isNaN(date.getTime())) return createdAt;
  const parts = {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    timeZone,
  } as const;
  return date.toLocaleString('en-GB', parts).replace(',', '');
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
