/**
 * Choices of the user on the page that compares runs: which rows, which step, what is hidden. They outlive the
 * page with the webview's own state; what comes back may be of an older version, so each field is checked.
 * Pure, with the arithmetic of the one slider over grids of several runs.
 */
import type { RowChoice } from '../../core/compare/compareRuns.ts';

export interface CompareView {
  readonly choice: RowChoice;
  /** Keys of rows that are not drawn. */
  readonly hidden: readonly string[];
  /** Chosen sample step; null follows the newest. */
  readonly step: number | null;
  /** Titles of charts that are shown as tables. */
  readonly asTable: readonly string[];
}

export const initialCompareView: CompareView = { choice: 'results', hidden: [], step: null, asTable: [] };

export function restoreCompareView(saved: unknown): CompareView {
  if (typeof saved !== 'object' || saved === null) return initialCompareView;
  const { choice, hidden, step, asTable } = saved as Record<string, unknown>;
  return {
    choice: choice === 'all' ? 'all' : 'results',
    hidden: texts(hidden),
    step: typeof step === 'number' && Number.isFinite(step) ? step : null,
    asTable: texts(asTable),
  };
}

/** With `value` in the list if it was not, without it if it was. */
export function toggled(list: readonly string[], value: string): readonly string[] {
  return list.includes(value) ? list.filter((each) => each !== value) : [...list, value];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
