/**
 * Rows of Algorithm 1's table: decisions in the order of the algorithm, the layers whose turn has not
 * come yet, and their sorting. Pure; the numbers are the engine's.
 */
import type { LayerDecision } from '../../../core/session/runEvent.ts';
import type { RunState } from '../../../core/session/runState.ts';
import type { DecisionSort } from '../../state/viewState.ts';

export type Outcome = 'accepted' | 'rejected' | 'notTried';

export interface DecisionRow {
  readonly decision: LayerDecision;
  /** 1, 2, 3… as the algorithm took them. */
  readonly order: number;
  readonly outcome: Outcome;
  /** Rise of SWD over full precision; null where the layer was not tried. */
  readonly delta: number | null;
}

export function decisionRows(decisions: readonly LayerDecision[], sort: DecisionSort): readonly DecisionRow[] {
  const rows = decisions.map((decision, i): DecisionRow => {
    const delta = decision.swdAfter === null ? null : decision.swdAfter - decision.swdBefore;
    return {
      decision,
      order: i + 1,
      outcome: decision.tried ? (decision.accepted ? 'accepted' : 'rejected') : 'notTried',
      delta: delta !== null && Number.isFinite(delta) ? delta : null,
    };
  });
  const sign = sort.descending ? -1 : 1;
  return rows.sort((a, b) => compare(a, b, sort.column, sign) || a.order - b.order);
}

const outcomeRank: Readonly<Record<Outcome, number>> = { accepted: 0, rejected: 1, notTried: 2 };

function compare(a: DecisionRow, b: DecisionRow, column: DecisionSort['column'], sign: number): number {
  switch (column) {
    case 'order':
      return sign * (a.order - b.order);
    case 'layer':
      return sign * a.decision.layer.localeCompare(b.decision.layer, 'en', { numeric: true });
    case 'dor':
      return sign * (a.decision.dor - b.decision.dor);
    case 'verdict':
      return sign * (outcomeRank[a.outcome] - outcomeRank[b.outcome]);
    case 'delta':
      // What is unknown stands last in either direction.
      if (a.delta === null || b.delta === null) return Number(a.delta === null) - Number(b.delta === null);
      return sign * (a.delta - b.delta);
  }
}

/** The sort after a click on a column's head: the other direction if it was sorted by it already. */
export function nextSort(sort: DecisionSort, column: DecisionSort['column']): DecisionSort {
  return { column, descending: sort.column === column ? !sort.descending : column === 'dor' };
}

/**
 * Rise and threshold as shares of one bar, 0 to 1, so that all rows share a scale. A fall of SWD is a
 * bar of length zero: it is better than asked.
 */
export function riseBar(
  row: DecisionRow,
  rows: readonly DecisionRow[],
): { readonly rise: number; readonly mark: number } {
  const longest = Math.max(
    ...rows.map(({ delta, decision }) => Math.max(delta ?? 0, finite(decision.threshold), 0)),
    Number.MIN_VALUE,
  );
  return { rise: Math.max(0, row.delta ?? 0) / longest, mark: Math.max(0, finite(row.decision.threshold)) / longest };
}

/** Why there is no row yet. */
export function emptyReason(run: RunState): string {
  if (run.status === 'starting') return 'The decisions of Algorithm 1 appear here, layer by layer.';
  if (run.noise === null) return 'Full precision and its repetitions come first: they set how much SWD may rise.';
  return 'The first layer is being tried.';
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
