/**
 * Choices of the user that outlive the panel: which variant, which step, how charts and tables are
 * shown. Kept with the webview's `setState`; nothing about the run itself is in here. What comes back
 * may be of an older version, so each field is checked and falls back to its default.
 */
import type { VariantId } from '../../core/session/runEvent.ts';

export interface ViewState {
  /** Chosen variant; null follows the one that trains. */
  readonly variant: VariantId | null;
  /** Chosen sample step; null follows the newest. */
  readonly step: number | null;
  /** A frame of the way between the fixed latents. */
  readonly walk: number;
  readonly smooth: boolean;
  readonly lossTable: boolean;
  readonly sort: DecisionSort;
}

export interface DecisionSort {
  readonly column: 'order' | 'layer' | 'dor' | 'delta' | 'verdict';
  readonly descending: boolean;
}

export const initialViewState: ViewState = {
  variant: null,
  step: null,
  walk: 0,
  smooth: true,
  lossTable: false,
  sort: { column: 'order', descending: false },
};

const columns: ReadonlySet<unknown> = new Set<DecisionSort['column']>(['order', 'layer', 'dor', 'delta', 'verdict']);

export function restoreViewState(saved: unknown): ViewState {
  if (!isRecord(saved)) return initialViewState;
  const { variant, step, walk, smooth, lossTable, sort } = saved;
  return {
    variant: typeof variant === 'string' ? variant : null,
    step: typeof step === 'number' && Number.isFinite(step) ? step : null,
    walk: typeof walk === 'number' && Number.isFinite(walk) ? walk : initialViewState.walk,
    smooth: typeof smooth === 'boolean' ? smooth : initialViewState.smooth,
    lossTable: typeof lossTable === 'boolean' ? lossTable : initialViewState.lossTable,
    sort: isSort(sort) ? { column: sort.column, descending: sort.descending } : initialViewState.sort,
  };
}

function isSort(value: unknown): value is DecisionSort {
  return isRecord(value) && columns.has(value['column']) && typeof value['descending'] === 'boolean';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
