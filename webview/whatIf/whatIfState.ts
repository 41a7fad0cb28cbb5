/**
 * The choices of the what-if page as a list that is changed one layer at a time, the order of its rows, and its words
 * for them. Pure: the page draws it, and the host is asked what it comes to.
 */
import { formatBytes, formatCount } from '../../core/format/numbers.ts';
import type { WhatIfBasis, WhatIfChoice, WhatIfRow } from '../../core/report/whatIfReport.ts';

export type WhatIfSort = 'order' | 'bytes' | 'saving' | 'macs' | 'dor';

export interface WhatIfView {
  readonly model: string | null;
  readonly choices: readonly WhatIfChoice[];
  readonly device: string | null;
  /** A budget typed by hand; null: the device's. */
  readonly budgetBytes: number | null;
  readonly sort: WhatIfSort;
  /** What the fit goes by; null: measured, where the model was measured. */
  readonly basis: WhatIfBasis | null;
}

export const initialView: WhatIfView = {
  model: null,
  choices: [],
  device: null,
  budgetBytes: null,
  sort: 'order',
  basis: null,
};

/** Another choice of its kind for a layer; null takes it back. A replaced layer keeps its bits. */
export function withChoice(
  choices: readonly WhatIfChoice[],
  layer: string,
  kind: WhatIfChoice['action']['kind'],
  action: WhatIfChoice['action'] | null,
): readonly WhatIfChoice[] {
  const others = choices.filter((choice) => choice.layer !== layer || choice.action.kind !== kind);
  return inOrder(action === null ? others : [...others, { layer, action }]);
}

/** All of several choices, each in the place of another of its kind. */
export function withChoices(choices: readonly WhatIfChoice[], added: readonly WhatIfChoice[]): readonly WhatIfChoice[] {
  return added.reduce((all, { layer, action }) => withChoice(all, layer, action.kind, action), choices);
}

export function choiceOf<K extends WhatIfChoice['action']['kind']>(
  choices: readonly WhatIfChoice[],
  layer: string,
  kind: K,
): Extract<WhatIfChoice['action'], { kind: K }> | null {
  const found = choices.find((choice) => choice.layer === layer && choice.action.kind === kind);
  return (found?.action as Extract<WhatIfChoice['action'], { kind: K }> | undefined) ?? null;
}

/** Widths and pruning first, then what is put in a layer's place, then bits: so each is carried out on what came before. */
function inOrder(choices: readonly WhatIfChoice[]): readonly WhatIfChoice[] {
  const kinds = ['channels', 'prune', 'rewrite', 'bits'];
  return [...choices].sort((one, two) => kinds.indexOf(one.action.kind) - kinds.indexOf(two.action.kind));
}

/** Largest first; rows of the model's order where nothing is sorted by. What is not known comes last. */
export function sortedRows(rows: readonly WhatIfRow[], sort: WhatIfSort): readonly WhatIfRow[] {
  if (sort === 'order') return rows;
  const value = (row: WhatIfRow): number => {
    const known = sort === 'saving' ? savingOf(row) : sort === 'dor' ? negative(row.dor) : row[sort];
    return known ?? -Infinity;
  };
  return [...rows].sort((one, two) => value(two) - value(one));
}

/** Bytes that a row's choices take away; null where its weights are not known. */
export function savingOf({ bytes, bytesAfter }: WhatIfRow): number | null {
  return bytes === null || bytesAfter === null ? null : bytes - bytesAfter;
}

export function bitsText(bits: WhatIfRow['bits']): string {
  return bits === 1 ? '1 bit' : bits === 'ternary' ? 'ternary' : `${bits} bits`;
}

/** `−404 KiB`, `+8 KiB`, `±0`. */
export function changeText(change: number, unit: 'bytes' | 'count' = 'bytes'): string {
  if (change === 0) return '±0';
  const size = Math.abs(change);
  return `${change < 0 ? '−' : '+'}${unit === 'bytes' ? formatBytes(size) : formatCount(size)}`;
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}

/** What the page kept before it was hidden; anything else is left out. */
export function restoreView(
  state: unknown,
  readChoices: (value: unknown) => readonly WhatIfChoice[],
): { readonly source: string | null; readonly view: WhatIfView } {
  if (typeof state !== 'object' || state === null) return { source: null, view: initialView };
  const { source, model, choices, device, budgetBytes, sort, basis } = state as Readonly<Record<string, unknown>>;
  const sorts: readonly WhatIfSort[] = ['order', 'bytes', 'saving', 'macs', 'dor'];
  return {
    source: typeof source === 'string' ? source : null,
    view: {
      model: typeof model === 'string' ? model : null,
      choices: readChoices(choices),
      device: typeof device === 'string' ? device : null,
      budgetBytes: typeof budgetBytes === 'number' && budgetBytes > 0 ? budgetBytes : null,
      sort: sorts.find((known) => known === sort) ?? 'order',
      basis: basis === 'predicted' || basis === 'measured' ? basis : null,
    },
  };
}
