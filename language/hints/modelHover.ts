/**
 * What a hover says about a whole model (on the line of its class or builder) and about a line that stands
 * for many layers: totals, and a table that is cut after a dozen rows so that a hover stays a hover.
 */
import { formatShape, type Shape } from '../../core/graph/shape.ts';
import { formatBytes, formatCount, formatSigned } from '../../core/format/numbers.ts';
import { boundText, lowerBounds } from '../../core/report/lowerBounds.ts';
import type { CostedModel, ModelRow } from '../report/modelRow.ts';
import type { Budget } from '../settings.ts';
import { codeSpan } from './markdown.ts';

const maxTableRows = 12;

export function modelHover({ report }: CostedModel, budget: Budget | null): string {
  const { params, nonTrainable, macs, bytes } = report.totals;
  const isBound = lowerBounds(report);
  const size = (count: number): string => boundText(count, isBound.weights, formatBytes);
  const lines = [
    `**Slimwise** ${codeSpan(report.instantiation ?? report.name)} · ` +
      `${report.inputs.map(shapeText).join(', ') || '?'} → ${report.outputs.map(shapeText).join(', ') || '?'}`,
    `${boundText(params, isBound.weights, formatCount)} parameters${nonTrainable > 0 ? ` (and ${formatCount(nonTrainable)} not trained)` : ''}` +
      ` · ${boundText(macs, isBound.macs, formatCount)} MACs · ${report.layers.length} layers`,
    `Memory: ${size(bytes.fp32)} fp32 · ${size(bytes.int8)} int8 · ${size(bytes.binary)} 1 bit`,
    budget === null ? null : budgetLine(bytes.fp32, budget),
    isBound.weights
      ? 'Some layers are not known, so the sums are lower bounds.'
      : isBound.macs
        ? 'MACs are not known where the size of an input is not; parameters and memory are exact.'
        : null,
  ];
  return lines.filter((line) => line !== null).join('\n\n');
}

export function rowsHover(rows: readonly ModelRow[]): string {
  const table = rows
    .slice(0, maxTableRows)
    .map(
      ({ row }) =>
        `| ${cell(row.name)} | ${cell(row.type)} | ${shapeText(row.outputShape)} | ` +
        `${row.params === null ? '?' : formatCount(row.params)} | ${row.macs === null ? '?' : formatCount(row.macs)} | ` +
        `${row.dor === null ? '' : formatSigned(row.dor.value)} |`,
    );
  const rest = rows.length - maxTableRows;
  return [
    `This line builds ${rows.length} layers: ${totalText(rows.map(({ row }) => row.params))} parameters, ` +
      `${totalText(rows.map(({ row }) => (row.unused ? 0 : row.macs)))} MACs together.`,
    ['| layer | type | output | parameters | MACs | DoR |', '|:--|:--|--:|--:|--:|--:|', ...table].join('\n'),
    ...(rest > 0 ? [`… and ${rest} more.`] : []),
  ].join('\n\n');
}

function totalText(counts: readonly (number | null)[]): string {
  const known = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return boundText(known, counts.includes(null), formatCount);
}

function budgetLine(fp32: number, { bytes, name }: Budget): string {
  return fp32 <= bytes
    ? `Within ${name} (${formatBytes(bytes)}).`
    : `Over ${name} (${formatBytes(bytes)}) by ${formatBytes(fp32 - bytes)}.`;
}

function cell(text: string): string {
  return codeSpan(text.replaceAll('|', '¦'));
}

function shapeText(shape: Shape | null): string {
  return shape === null ? '?' : formatShape(shape) || 'scalar';
}
