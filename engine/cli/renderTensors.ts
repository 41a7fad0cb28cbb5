/** The tensors of a safetensors file as text: each with its bytes and, beside a source, the weight that it is. */
import type { ModelFileSummary, TensorFileReport, TensorRow } from '../../core/report/modelFileReport.ts';
import { formatBytes, formatExact } from '../../core/format/numbers.ts';
import { renderTable, type Column } from './renderTable.ts';

const columns: readonly Column[] = [
  { title: 'tensor', align: 'left' },
  { title: 'type', align: 'left' },
  { title: 'shape', align: 'right' },
  { title: 'values', align: 'right' },
  { title: 'bytes', align: 'right' },
  { title: 'in the source', align: 'left' },
];

/** In a folder, only what the file is; its tensors where it is looked at alone. */
export function renderTensors({ file, tensors }: ModelFileSummary, isWhole: boolean): string {
  if (tensors === null) return '';
  const { totals, rows } = tensors;
  const summary = `${file}: ${formatExact(totals.tensors)} ${totals.tensors === 1 ? 'tensor' : 'tensors'}, ${formatExact(totals.values)} values, ${formatBytes(totals.bytes)}`;
  const lines = [summary, ...sourceLines(tensors).map((line) => `  ${line}`)];
  if (!isWhole) return lines.join('\n');
  const shown = tensors.source === null ? columns.slice(0, -1) : columns;
  const table = renderTable(shown, rows.map(tensorCells));
  return [...lines, '', ...table.map((line) => `  ${line}`)].join('\n');
}

function tensorCells(row: TensorRow): readonly string[] {
  return [
    row.name,
    row.dtype,
    row.shape.join('×') || 'scalar',
    formatExact(row.values),
    formatBytes(row.bytes),
    fitText(row),
  ];
}

function fitText({ fit }: TensorRow): string {
  if (fit === null) return '';
  const weight = `${fit.layer ?? ''}.${fit.weight ?? ''}`;
  switch (fit.kind) {
    case 'fits':
      return weight;
    case 'byShape':
      return `${weight} (by its shape)`;
    case 'misfits':
      return `${weight} is ${fit.expected?.join('×') ?? '?'}`;
    case 'extra':
      return 'not in the model';
  }
}

function sourceLines({ source, missing }: TensorFileReport): readonly string[] {
  if (source === null) return ['no source beside it has a model with these weights'];
  const name = source.instantiation ?? source.model;
  const counts = `${source.fits} fit, ${source.misfits} have another shape, ${source.extra} are not in the model`;
  const names = missing.slice(0, 5).map(({ layer, weight }) => `${layer}.${weight}`);
  return [
    `${name} (${source.file}:${source.line}): ${counts}, ${missing.length} weights are missing`,
    ...(names.length === 0 ? [] : [`missing: ${names.join(', ')}${missing.length > names.length ? ', …' : ''}`]),
  ];
}
