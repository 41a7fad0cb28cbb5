/**
 * The text of a line that builds several layers (a helper, a loop): `×4: 1→16 … 64→128`, the channels of
 * the first and the last one, with their parameters where there is room. The single values stand at the
 * lines that call the helper, where those differ.
 */
import { channelsOf } from '../../core/shape/layoutAxes.ts';
import type { Layout } from '../../core/graph/shape.ts';
import { formatCount } from '../../core/format/numbers.ts';
import { isMatrixLayer } from '../report/layerKind.ts';
import type { ModelRow } from '../report/modelRow.ts';
import { fit } from './layerLabel.ts';

export interface PlacedRow extends ModelRow {
  readonly layout: Layout;
  /** What it says alone; null: nothing. */
  readonly label: string | null;
}

/** Null where none of the rows has anything to say. One row, or equal rows, give the label of one. */
export function rowsLabel(rows: readonly PlacedRow[]): string | null {
  const labels = new Set<string>();
  for (const { label } of rows) if (label !== null) labels.add(label);
  const [only] = labels;
  if (only === undefined) return null;
  if (labels.size === 1) return only;
  return aggregateLabel(rows);
}

function aggregateLabel(rows: readonly PlacedRow[]): string {
  const matrixRows = rows.filter(({ layer }) => isMatrixLayer(layer));
  const counted = matrixRows.length > 0 ? matrixRows : rows.filter(({ row }) => (row.params ?? 0) > 0);
  const shown = distinct(counted.length > 0 ? counted : rows);
  const first = shown[0];
  const last = shown[shown.length - 1];
  if (first === undefined || last === undefined) return '';
  if (shown.length === 1) return first.label ?? channelsLabel(first);
  const params = sumParams(shown);
  const total = params === 0 ? [] : [params === null ? '?' : formatCount(params)];
  const range = `×${shown.length}: ${channelsLabel(first)} … ${channelsLabel(last)}`;
  return fit([[range, ...total], [range], [`×${shown.length}`, ...total]]);
}

/** `64→128`: channels in and out. */
function channelsLabel({ layer, row, layout }: PlacedRow): string {
  if (layer.op === 'dense') return `${layer.attributes.inFeatures}→${layer.attributes.outFeatures}`;
  if (isMatrixLayer(layer)) return `${layer.attributes.inChannels}→${layer.attributes.outChannels}`;
  return row.outputShape === null ? '?' : String(channelsOf(row.outputShape, layout));
}

function sumParams(rows: readonly ModelRow[]): number | null {
  let total = 0;
  for (const { row } of rows) {
    if (row.params === null) return null;
    total += row.params;
  }
  return total;
}

/** The same layer of two models (or of two ways to build one) counts once. */
function distinct(rows: readonly PlacedRow[]): readonly PlacedRow[] {
  const seen = new Set<string>();
  return rows.filter(({ row }) => {
    const key = `${row.name} ${row.type} ${String(row.params)} ${String(row.outputShape)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
