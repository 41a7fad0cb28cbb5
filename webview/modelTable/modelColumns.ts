/**
 * The columns of the model editor's two tables: what each shows, what it sorts by, and how wide it is. Sorting puts
 * what is not known last in either direction. Pure but for the templates of cells; numbers are the report's.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { formatBytes, formatCount, formatDor, formatWhole } from '../../core/format/numbers.ts';
import type { Shape } from '../../core/graph/shape.ts';
import type { LayerReport } from '../../core/report/analyzeReport.ts';
import type { TensorRow } from '../../core/report/modelFileReport.ts';
import type { Indexed } from './modelRows.ts';

export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  /** Said where the label is short. */
  readonly title?: string;
  readonly align: 'start' | 'end';
  /** In pixels; 0 takes what is left. */
  readonly width: number;
  /** Hidden first where there is little room: 4, then 3, 2, 1; 0 always stays. */
  readonly rank: 0 | 1 | 2 | 3 | 4;
  /** The first click on its head sorts from the largest. */
  readonly largestFirst?: boolean;
  sortBy(row: Indexed<Row>): number | string | null;
  cell(row: Indexed<Row>): TemplateResult | string | typeof nothing;
}

export interface LayerActions {
  /** Where rows come from a source: goes there. */
  readonly openLayer: ((layer: string) => void) | null;
}

export function layerColumns({ openLayer }: LayerActions): readonly Column<LayerReport>[] {
  return [
    {
      id: 'number',
      label: '#',
      align: 'end',
      width: 48,
      rank: 1,
      sortBy: ({ idx }) => idx,
      cell: ({ idx }) => muted(String(idx + 1)),
    },
    {
      id: 'name',
      label: 'Layer',
      align: 'start',
      width: 0,
      rank: 0,
      sortBy: ({ row }) => row.name,
      cell: ({ row }) => layerName(row, openLayer),
    },
    {
      id: 'type',
      label: 'Type',
      align: 'start',
      width: 148,
      rank: 2,
      sortBy: ({ row }) => row.type,
      cell: ({ row }) => html`<span title=${row.type}>${row.type}</span>`,
    },
    shapeColumn('input', 'Input', 4, (row) => row.inputShapes?.[0] ?? null),
    shapeColumn('output', 'Output', 2, (row) => row.outputShape),
    countColumn('params', 'Parameters', 0, (row) => row.params),
    countColumn('macs', 'MACs', 1, (row) => row.macs),
    {
      id: 'dor',
      label: 'DoR',
      title: 'Degree of redundancy',
      align: 'end',
      width: 84,
      rank: 0,
      largestFirst: true,
      sortBy: ({ row }) => row.dor?.value ?? null,
      cell: ({ row }) => dorCell(row),
    },
    bytesColumn('fp32', 'fp32', 0, (row) => row.bytes?.fp32 ?? null),
    bytesColumn('int8', 'int8', 3, (row) => row.bytes?.int8 ?? null),
    bytesColumn('binary', '1 bit', 2, (row) => row.bytes?.binary ?? null),
    {
      id: 'sensitivity',
      label: 'Sensitivity',
      title: 'To low precision, predicted',
      align: 'start',
      width: 92,
      rank: 4,
      largestFirst: true,
      sortBy: ({ row }) => (row.sensitivity === null ? null : levels[row.sensitivity.level]),
      cell: ({ row }) =>
        row.sensitivity === null ? nothing : html`<span title=${row.sensitivity.why}>${row.sensitivity.level}</span>`,
    },
  ];
}

const levels = { low: 0, medium: 1, high: 2 } as const;

export function tensorColumns(hasSource: boolean): readonly Column<TensorRow>[] {
  const fit: readonly Column<TensorRow>[] = [
    {
      id: 'fit',
      label: 'In the source',
      align: 'start',
      width: 132,
      rank: 0,
      sortBy: ({ row }) => fitOrder(row),
      cell: ({ row }) => fitCell(row),
    },
    {
      id: 'weight',
      label: 'Weight',
      align: 'start',
      width: 220,
      rank: 3,
      sortBy: ({ row }) => weightName(row),
      cell: ({ row }) => weightName(row) ?? nothing,
    },
  ];
  return [
    {
      id: 'number',
      label: '#',
      align: 'end',
      width: 48,
      rank: 1,
      sortBy: ({ idx }) => idx,
      cell: ({ idx }) => muted(String(idx + 1)),
    },
    {
      id: 'name',
      label: 'Tensor',
      align: 'start',
      width: 0,
      rank: 0,
      sortBy: ({ row }) => row.name,
      cell: ({ row }) => html`<span title=${row.name}>${mono(row.name)}</span>`,
    },
    {
      id: 'dtype',
      label: 'Type',
      align: 'start',
      width: 84,
      rank: 2,
      sortBy: ({ row }) => row.dtype,
      cell: ({ row }) => row.dtype,
    },
    {
      id: 'shape',
      label: 'Shape',
      align: 'end',
      width: 132,
      rank: 0,
      sortBy: ({ row }) => row.values,
      cell: ({ row }) => row.shape.join('×') || 'scalar',
    },
    {
      id: 'values',
      label: 'Values',
      align: 'end',
      width: 108,
      rank: 2,
      largestFirst: true,
      sortBy: ({ row }) => row.values,
      cell: ({ row }) => formatWhole(row.values),
    },
    {
      id: 'bytes',
      label: 'Bytes',
      align: 'end',
      width: 92,
      rank: 0,
      largestFirst: true,
      sortBy: ({ row }) => row.bytes,
      cell: ({ row }) => formatBytes(row.bytes),
    },
    ...(hasSource ? fit : []),
  ];
}

function layerName(row: LayerReport, openLayer: LayerActions['openLayer']): TemplateResult {
  const runs = row.calls.length > 1 ? html` <span class="muted">×${row.calls.length}</span>` : nothing;
  const unused = row.unused ? html` <span class="muted">never run</span>` : nothing;
  const name =
    openLayer === null
      ? mono(row.name)
      : html`<button class="plain link" title="Go to the source of ${row.name}" @click=${() => openLayer(row.name)}>
          ${row.name}
        </button>`;
  const title = row.unknown === null ? row.name : `${row.name}: ${row.unknown}`;
  return html`<span title=${title}>${name}${runs}${unused}</span>`;
}

/** Without the batch where it is 1 or open; a first axis of another size says something. */
export function shapeText(shape: Shape): string {
  const isBatch = shape[0] === 1 || shape[0] === '?';
  return (isBatch ? shape.slice(1) : shape).join('×') || 'scalar';
}

function shapeColumn(
  id: string,
  label: string,
  rank: Column<LayerReport>['rank'],
  shapeOf: (row: LayerReport) => Shape | null,
): Column<LayerReport> {
  return {
    id,
    label,
    align: 'end',
    width: 116,
    rank,
    sortBy: ({ row }) => volume(shapeOf(row)),
    cell: ({ row }) => {
      const shape = shapeOf(row);
      if (shape === null) return unknown(row.unknown);
      const text = shapeText(shape);
      return shape.includes('?') ? html`<span title=${row.unknown ?? nothing}>${text}</span>` : text;
    },
  };
}

function countColumn(
  id: string,
  label: string,
  rank: Column<LayerReport>['rank'],
  countOf: (row: LayerReport) => number | null,
): Column<LayerReport> {
  return {
    id,
    label,
    align: 'end',
    width: label.length > 6 ? 104 : 88,
    rank,
    largestFirst: true,
    sortBy: ({ row }) => countOf(row),
    cell: ({ row }) => {
      const count = countOf(row);
      if (count === null) return unknown(row.unknown);
      return count === 0 ? muted('–') : html`<span title=${formatWhole(count)}>${formatCount(count)}</span>`;
    },
  };
}

function bytesColumn(
  id: string,
  label: string,
  rank: Column<LayerReport>['rank'],
  bytesOf: (row: LayerReport) => number | null,
): Column<LayerReport> {
  return {
    id,
    label,
    align: 'end',
    width: 88,
    rank,
    largestFirst: true,
    sortBy: ({ row }) => bytesOf(row),
    cell: ({ row }) => {
      const bytes = bytesOf(row);
      if (bytes === null) return unknown(row.unknown);
      return bytes === 0 ? muted('–') : html`<span title="${formatWhole(bytes)} bytes">${formatBytes(bytes)}</span>`;
    },
  };
}

/** The sign is written, so that the colour says nothing alone. */
function dorCell({ dor }: LayerReport): TemplateResult | typeof nothing {
  if (dor === null) return nothing;
  return html`<span class=${dor.value < 0 ? 'bad' : 'good'}>${formatDor(dor.value)}</span>`;
}

const fitWords = { fits: 'fits', byShape: 'fits by shape', misfits: 'other shape', extra: 'not in the model' } as const;
const fitTones = { fits: 'good', byShape: 'good', misfits: 'bad', extra: 'warn' } as const;

function fitCell({ fit }: TensorRow): TemplateResult | typeof nothing {
  if (fit === null) return muted('a counter');
  const expected = fit.kind === 'misfits' ? `The model has ${fit.expected?.join('×') ?? '?'}` : nothing;
  return html`<span class=${fitTones[fit.kind]} title=${expected}>${fitWords[fit.kind]}</span>`;
}

function fitOrder({ fit }: TensorRow): number {
  return fit === null ? 4 : ['misfits', 'extra', 'byShape', 'fits'].indexOf(fit.kind);
}

function weightName({ fit }: TensorRow): string | null {
  if (fit?.layer === null || fit === null) return null;
  const expected = fit.kind === 'misfits' ? ` (${fit.expected?.join('×') ?? '?'})` : '';
  return `${fit.layer}.${fit.weight ?? ''}${expected}`;
}

function volume(shape: Shape | null): number | null {
  if (shape === null || shape.includes('?')) return null;
  return shape.reduce<number>((total, dim) => total * (dim === '?' ? 1 : dim), 1);
}

function unknown(reason: string | null): TemplateResult {
  return html`<span class="warn" title=${reason ?? 'not known'}>?</span>`;
}

function muted(text: string): TemplateResult {
  return html`<span class="muted">${text}</span>`;
}

function mono(text: string): TemplateResult {
  return html`<span class="mono">${text}</span>`;
}
