/**
 * What the reader chose in the model editor: sort, filter, device, table. Kept by VS Code while the page is hidden or
 * reloaded; what comes back is checked, since an older version may have written it.
 */
import type { ModelTable } from '../../core/report/modelFileProtocol.ts';
import { inOrder, type TableSort } from './modelRows.ts';

export interface ModelView {
  readonly layerSort: TableSort;
  readonly tensorSort: TableSort;
  readonly filter: string;
  /** null: what the settings name. */
  readonly device: string | null;
  /** null: layers where there are any. */
  readonly table: ModelTable | null;
}

export const initialModelView: ModelView = {
  layerSort: inOrder,
  tensorSort: inOrder,
  filter: '',
  device: null,
  table: null,
};

export function restoreModelView(saved: unknown): ModelView {
  if (typeof saved !== 'object' || saved === null) return initialModelView;
  const { layerSort, tensorSort, filter, device, table } = saved as Readonly<Record<string, unknown>>;
  return {
    layerSort: sortOf(layerSort),
    tensorSort: sortOf(tensorSort),
    filter: typeof filter === 'string' ? filter.slice(0, 200) : '',
    device: typeof device === 'string' ? device : null,
    table: table === 'layers' || table === 'tensors' ? table : null,
  };
}

function sortOf(saved: unknown): TableSort {
  if (typeof saved !== 'object' || saved === null) return inOrder;
  const { column, descending } = saved as Readonly<Record<string, unknown>>;
  return typeof column === 'string' && typeof descending === 'boolean' ? { column, descending } : inOrder;
}
