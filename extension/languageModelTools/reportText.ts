/**
 * Reports as a language model reads them: Markdown with exact numbers, cut to a bounded length. What was cut is said
 * with its count; an unknown value is a question mark, never zero.
 */
import type { Shape } from '../../core/graph/shape.ts';
import type { LayerReport, ModelReport } from '../../core/report/analyzeReport.ts';
import type { WhatIfReport, WhatIfTotals } from '../../core/report/whatIfReport.ts';

/** Characters of one answer: a few thousand tokens. */
export const maxAnswerLength = 16_000;

interface Reported {
  readonly models: readonly ModelReport[];
  readonly problems: readonly { readonly message: string; readonly line: number }[];
}

export function reportText({ models, problems }: Reported): string {
  const lines: string[] = [];
  if (models.length === 0) lines.push('No model was found.');
  for (const model of models) lines.push(...modelLines(model), '');
  for (const { message, line } of problems) lines.push(`Line ${line}: ${message}`);
  return bounded(lines, 'Ask for one model with "entry".');
}

function modelLines({ name, framework, file, line, inputs, outputs, layers, totals, findings }: ModelReport): string[] {
  const { params, macs, bytes, declaredBytes, partial } = totals;
  return [
    `## ${name} (${framework}, ${file}:${line})`,
    `Input ${inputs.map(shapeText).join(', ')}; output ${outputs.map(shapeText).join(', ')}.`,
    `${params} trainable parameters, ${macs} MACs, weights ${bytes.fp32} bytes as fp32, ${bytes.int8} as int8, ${bytes.binary} with 1-bit weights${declaredBytes === undefined ? '' : `, ${declaredBytes} as the source declares its bits`}.${partial ? ' Some layers are not known, so these are lower bounds.' : ''}`,
    '',
    '| layer | line | type | output | params | MACs | fp32 bytes | 1-bit bytes | DoR | sensitivity |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...layers.map(layerRow),
    ...findings.map(({ code, severity, message, line: at }) => `- ${severity} ${code}, line ${at}: ${message}`),
  ];
}

function layerRow(layer: LayerReport): string {
  const { name, line, type, outputShape, params, macs, bytes, dor, sensitivity, unknown } = layer;
  const felt = sensitivity === null ? '' : `${sensitivity.level} (${sensitivity.basis})`;
  const cells = [
    name,
    line,
    unknown === null ? type : `${type} (unknown: ${unknown})`,
    shapeText(outputShape),
    params ?? '?',
    macs ?? '?',
    bytes?.fp32 ?? '?',
    bytes?.binary ?? '?',
    dor?.value ?? '',
    felt,
  ];
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** `edit`: whether the source can be edited to it; null where that was not asked. */
export function simulationText(report: WhatIfReport, edit: { readonly refused: string } | object | null): string {
  const { model, before, after, verdict, rows, choices, refusals, fit } = report;
  const lines = [
    `## ${model}: simulated, nothing was changed or run`,
    `Before: ${totalsText(before)}.`,
    `After: ${totalsText(after)}.`,
  ];
  if (verdict !== null) {
    const { fits, leftBytes, budgetBytes } = verdict;
    const words = fits === null ? 'cannot be told' : fits ? `kept, ${leftBytes} left` : `exceeded by ${-leftBytes}`;
    lines.push(`Budget of ${budgetBytes} bytes: ${words}.`);
  }
  if (fit !== null && 'refused' in fit) lines.push(`No choice of bits fits: ${fit.refused}.`);
  else if (fit !== null) {
    lines.push(`Bits chosen for the least summed sensitivity (${fit.basis}), ${fit.sensitivity.toPrecision(3)}:`);
    for (const { name, bits, why } of fit.layers) lines.push(`- ${name}: ${bits}; ${why}`);
  }
  for (const { layer, kind, reason } of refusals) lines.push(`- refused: ${kind} of ${layer}: ${reason}`);
  if (edit !== null && 'refused' in edit) lines.push(`The source cannot be edited so: ${edit.refused}.`);
  else if (edit !== null)
    lines.push('The source can be edited so; the user applies it from the light bulb or the what-if table.');
  lines.push('', '| layer | bits | bytes | MACs | DoR |', '| --- | --- | --- | --- | --- |');
  for (const row of rows) {
    const { name, bits, bitsAfter, bytes, bytesAfter, macs, macsAfter, dor, dorAfter } = row;
    const cells = [change(bits, bitsAfter), change(bytes, bytesAfter), change(macs, macsAfter), change(dor, dorAfter)];
    lines.push(`| ${[name, ...cells].join(' | ')} |`);
  }
  if (choices.length > 0) lines.push('', `Carried out: ${JSON.stringify(choices)}`);
  return bounded(lines, 'Ask about fewer layers.');
}

function totalsText({ bytes, macs, params, peakBytes, bounds }: WhatIfTotals): string {
  const least = (isBound: boolean): string => (isBound ? 'at least ' : '');
  return [
    `weights ${least(bounds.weights)}${bytes} bytes`,
    `${least(bounds.macs)}${macs} MACs`,
    `${least(bounds.weights)}${params} parameters`,
    `activation peak ${least(bounds.peak)}${peakBytes} bytes`,
  ].join(', ');
}

function change(from: string | number | null, to: string | number | null): string {
  return from === to ? String(from ?? '?') : `${from ?? '?'} → ${to ?? '?'}`;
}

function shapeText(shape: Shape | null): string {
  return shape === null ? '?' : `[${shape.join(', ')}]`;
}

function bounded(lines: readonly string[], advice: string): string {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > maxAnswerLength) {
      kept.push(`… ${lines.length - kept.length} more lines are left out. ${advice}`);
      break;
    }
    kept.push(line);
  }
  return kept.join('\n').trimEnd();
}
