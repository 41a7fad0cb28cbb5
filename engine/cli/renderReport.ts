/**
 * The report of `slimwise analyze` as text: per model a table of its layers, totals and memory, then what
 * the rules found. Shows the same numbers as the JSON, shortened; `?` is what cannot be known.
 */
import { formatShape, type Shape } from '../../core/graph/shape.ts';
import type { AnalyzeReport, Finding, LayerReport, ModelReport } from '../../core/report/analyzeReport.ts';
import { formatBytes, formatCount, formatSigned } from '../../core/format/numbers.ts';
import { lowerBounds } from '../../core/report/lowerBounds.ts';
import type { ModelFileSummary } from '../../core/report/modelFileReport.ts';
import { renderTable, type Column } from './renderTable.ts';
import { renderTensors } from './renderTensors.ts';

export interface RenderOptions {
  /** Bold titles and coloured severities. */
  readonly colour: boolean;
  readonly budget: { readonly bytes: number; readonly name: string } | null;
}

const columns: readonly Column[] = [
  { title: 'line', align: 'right' },
  { title: 'layer', align: 'left' },
  { title: 'type', align: 'left' },
  { title: 'output', align: 'right' },
  { title: 'parameters', align: 'right' },
  { title: 'MACs', align: 'right' },
  { title: 'DoR', align: 'right' },
  { title: 'fp32', align: 'right' },
  { title: '1 bit', align: 'right' },
  { title: 'sensitivity', align: 'left' },
];
/** Only where the source declares fewer bits. */
const declaredColumn: Column = { title: 'declared', align: 'right' };

export function renderReport(report: AnalyzeReport, options: RenderOptions): string {
  const { modelFiles = [] } = report;
  const parts = report.models.map((model) => renderModel(model, modelFiles, options));
  const isWhole = modelFiles.length === 1 && report.models.length <= 1;
  parts.push(...modelFiles.map((file) => renderTensors(file, isWhole)).filter((text) => text !== ''));
  const problems = report.problems.map(
    (problem) => `  ${problem.file}:${placeText(problem)}  ${problem.code}  ${problem.message}`,
  );
  if (problems.length > 0) parts.push(['Not analysed', ...problems].join('\n'));
  return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`;
}

function renderModel(
  model: ModelReport,
  modelFiles: readonly ModelFileSummary[],
  { colour, budget }: RenderOptions,
): string {
  // A model file has no lines: its rows are counted instead.
  const file = modelFiles.find((candidate) => candidate.file === model.file);
  const isNotebook = model.layers.some(({ cell }) => cell !== undefined);
  const bold = (text: string): string => (colour ? `\u001b[1m${text}\u001b[22m` : text);
  const { totals } = model;
  const hasDeclared = totals.declaredBytes !== undefined;
  const [titles = '', ...rows] = renderTable(
    [
      { title: file !== undefined ? '#' : isNotebook ? 'cell:line' : 'line', align: 'right' },
      ...columns.slice(1, -1),
      ...(hasDeclared ? [declaredColumn] : []),
      ...columns.slice(-1),
    ],
    model.layers.map((row, idx) => layerCells(row, file === undefined ? placeText(row) : String(idx + 1), hasDeclared)),
  );
  const isBound = lowerBounds(model);
  const atLeast = isBound.weights ? 'at least ' : '';
  const fixed = totals.nonTrainable > 0 ? ` (and ${formatCount(totals.nonTrainable)} not trained)` : '';
  return [
    `${bold(model.instantiation ?? model.name)}  ${model.framework}  ${model.file}${file === undefined ? `:${placeText(model)}` : ''}`,
    ...(file?.facts ?? []).map(({ label, value }) => `${label}: ${value}`),
    `${model.inputs.map(shapeText).join(', ') || '?'} → ${model.outputs.map(shapeText).join(', ') || '?'}`,
    '',
    ...[titles, ...rows].map((line) => `  ${line}`),
    '',
    `  ${atLeast}${formatCount(totals.params)} parameters${fixed}, ` +
      (isBound.macs && totals.macs === 0
        ? 'MACs not known'
        : `${isBound.macs ? 'at least ' : ''}${formatCount(totals.macs)} MACs`),
    `  memory: ${formatBytes(totals.bytes.fp32)} fp32, ${formatBytes(totals.bytes.int8)} int8, ` +
      `${formatBytes(totals.bytes.binary)} with 1-bit weights` +
      (totals.declaredBytes === undefined ? '' : `, ${formatBytes(totals.declaredBytes)} as declared`) +
      budgetText(totals.declaredBytes ?? totals.bytes.fp32, budget),
    ...(model.findings.length > 0
      ? ['', ...model.findings.map((finding) => findingLine(finding, colour, file === undefined))]
      : []),
  ].join('\n');
}

/** The line; in a notebook, of which cell. */
function placeText({ cell, line }: { readonly cell?: number; readonly line: number }): string {
  return cell === undefined ? String(line) : `${cell}:${line}`;
}

function layerCells(row: LayerReport, place: string, hasDeclared: boolean): readonly string[] {
  const runs = row.calls.length > 1 ? ` ×${row.calls.length}` : '';
  return [
    place,
    row.name,
    row.type,
    row.unused ? 'never run' : `${shapeText(row.outputShape)}${runs}`,
    row.params === null ? '?' : row.params === 0 ? '' : formatCount(row.params),
    row.macs === null ? '?' : row.macs === 0 ? '' : formatCount(row.macs),
    row.dor === null ? '' : formatSigned(row.dor.value),
    row.bytes === null ? '?' : row.bytes.fp32 === 0 ? '' : formatBytes(row.bytes.fp32),
    row.bytes === null ? '?' : row.bytes.fp32 === 0 ? '' : formatBytes(row.bytes.binary),
    ...(hasDeclared
      ? [row.declared === undefined ? '' : `${String(row.declared.bits)}: ${formatBytes(row.declared.bytes)}`]
      : []),
    row.sensitivity === null ? '' : `${row.sensitivity.level} (${row.sensitivity.basis})`,
  ];
}

const colours: Readonly<Record<Finding['severity'], number>> = { error: 31, warning: 33, information: 36, hint: 90 };

function findingLine(finding: Finding, colour: boolean, hasLines: boolean): string {
  const severity = colour ? `\u001b[${colours[finding.severity]}m${finding.severity}\u001b[39m` : finding.severity;
  return `  ${finding.file}${hasLines ? `:${placeText(finding)}` : ''}  ${severity} ${finding.code}  ${finding.message}`;
}

function budgetText(bytes: number, budget: RenderOptions['budget']): string {
  if (budget === null) return '';
  const limit = `${budget.name}, ${formatBytes(budget.bytes)}`;
  return bytes > budget.bytes
    ? `\n  over the limit (${limit}) by ${formatBytes(bytes - budget.bytes)}`
    : `\n  within the limit (${limit})`;
}

function shapeText(shape: Shape | null): string {
  return shape === null ? '?' : formatShape(shape) || 'scalar';
}
