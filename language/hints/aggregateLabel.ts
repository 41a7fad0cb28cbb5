/**
 * The text of a line that builds several layers (a helper, a loop): `×4: 1→16 … 64→128 · 98K · 21M MAC`, the
 * channels of the first and the last one, with what they come to together where there is room. Layers that are
 * all alike have the label of one, marked as such: `×9 each: 256×64×64 · 590K · DoR +2048`. The single values
 * stand at the lines that call the helper, where those differ.
 */
import { channelsOf } from '../../core/shape/layoutAxes.ts';
import { formatShape } from '../../core/graph/shape.ts';
import { formatCount } from '../../core/format/numbers.ts';
import { isMatrixLayer } from '../report/layerKind.ts';
import { distinctRows, type OwnedRow } from './distinctRows.ts';
import { fit, layerLabel } from './layerLabel.ts';

export interface PlacedRow extends OwnedRow {
  /** What it says alone; null: nothing. */
  readonly label: string | null;
}

/** Null where none of the rows has anything to say. */
export function rowsLabel(rows: readonly PlacedRow[]): string | null {
  const speaking = rows.length > 1 ? distinctRows(rows.filter(({ label }) => label !== null)) : rows;
  const [first] = speaking;
  if (first === undefined) return null;
  if (speaking.some(({ label }) => label !== first.label)) return aggregateLabel(speaking);
  const isCounted = speaking.length > 1 && (isMatrixLayer(first.layer) || (first.row.params ?? 0) > 0);
  return isCounted ? layerLabel(first, speaking.length) : first.label;
}

function aggregateLabel(rows: readonly PlacedRow[]): string {
  const matrixRows = rows.filter(({ layer }) => isMatrixLayer(layer));
  const weighted = matrixRows.length > 0 ? matrixRows : rows.filter(({ row }) => (row.params ?? 0) > 0);
  const [only, ...others] = weighted;
  if (only !== undefined && others.length === 0) return only.label ?? '';
  if (only === undefined) return fit([[rangeOf(rows, shapeText)], [rangeOf(rows, channelsText)]]);
  const range = rangeOf(weighted, channelsText);
  const params = sum(weighted.map(({ row }) => row.params));
  const macs = sum(weighted.map(({ row }) => (row.unused ? 0 : row.macs)));
  const total = params === 0 ? [] : [countText(params, 3)];
  const work = (digits: 2 | 3): string[] => (macs === 0 ? [] : [`${countText(macs, digits)} MAC`]);
  return fit([
    [range, ...total, ...work(3)],
    [range, ...total, ...work(2)],
    [range, ...total],
    [range],
    [`×${weighted.length}`, ...total],
  ]);
}

/** `×4: 1→16 … 64→128`, or `×18: 256→256` where all say the same. */
function rangeOf(rows: readonly PlacedRow[], textOf: (row: PlacedRow) => string): string {
  const texts = rows.map(textOf);
  const [first = ''] = texts;
  const last = texts[texts.length - 1] ?? '';
  return `×${rows.length}: ${texts.every((text) => text === first) ? first : `${first} … ${last}`}`;
}

/** `64→128`: channels in and out. */
function channelsText({ layer, row, graph }: PlacedRow): string {
  if (layer.op === 'dense') return `${layer.attributes.inFeatures}→${layer.attributes.outFeatures}`;
  if (isMatrixLayer(layer)) return `${layer.attributes.inChannels}→${layer.attributes.outChannels}`;
  return row.outputShape === null ? '?' : String(channelsOf(row.outputShape, graph.layout));
}

function shapeText({ row }: PlacedRow): string {
  return row.outputShape === null ? '?' : formatShape(row.outputShape) || 'scalar';
}

function countText(count: number | null, digits: 2 | 3): string {
  return count === null ? '?' : formatCount(count, digits);
}

/** Null where one of them is not known. */
function sum(counts: readonly (number | null)[]): number | null {
  let total = 0;
  for (const count of counts) {
    if (count === null) return null;
    total += count;
  }
  return total;
}
