/**
 * The row of the Models tree that belongs to a place in the source: the layer that is built there, innermost
 * first; else the one that a call there builds; else the model whose class begins there. Pure.
 */
import type { LayerReport, ModelReport } from '../../core/report/analyzeReport.ts';
import { hasCost } from './layerItem.ts';

export interface Place {
  readonly file: string;
  readonly cell?: number;
  readonly line: number;
}

export interface TreeRow {
  readonly model: ModelReport;
  /** null: the model's own row. */
  readonly layer: LayerReport | null;
}

/** `first`: the model to look in before the others; `current`: a row that is kept where it fits as well. */
export function rowAt(
  models: readonly ModelReport[],
  place: Place,
  first: ModelReport | null,
  current: TreeRow | null = null,
): TreeRow | null {
  const ordered = first === null ? models : [first, ...models.filter((model) => model !== first)];
  const rows = ordered.flatMap((model) => model.layers.filter(hasCost).map((layer) => ({ model, layer })));
  const covering = rows.filter(
    ({ layer }) => isIn(layer, place) && layer.line <= place.line && place.line <= layer.endLine,
  );
  const height = ({ layer }: { readonly layer: LayerReport }): number => layer.endLine - layer.line;
  const lowest = Math.min(...covering.map(height));
  const innermost = covering.filter((row) => height(row) === lowest);
  const called = rows.filter(({ layer }) =>
    layer.stack.some((frame) => isIn(frame, place) && frame.line === place.line),
  );
  const candidates = innermost.length > 0 ? innermost : called;
  const kept = candidates.find(({ model, layer }) => isSame(current, model, layer));
  if (kept !== undefined) return kept;
  const [found] = candidates;
  if (found !== undefined) return found;
  const model = ordered.find((candidate) => isIn(candidate, place) && candidate.line === place.line);
  return model === undefined ? null : { model, layer: null };
}

/** By name: a new report has new objects for the same rows. */
function isSame(current: TreeRow | null, model: ModelReport, layer: LayerReport): boolean {
  return current !== null && current.model.name === model.name && current.layer?.name === layer.name;
}

function isIn({ file, cell }: Omit<Place, 'line'>, place: Place): boolean {
  return file === place.file && cell === place.cell;
}
