/**
 * The text after a layer, at most 40 characters: `→ 256×8×8 · 2.10M · 33.6M MAC · DoR +496`. Where it would
 * be longer it loses digits first, then the space behind the arrow, then MACs (one digit of them would mislead); bits
 * that the source declares come first; shape and redundancy stay to the end. Unknown is `?`. The 40 is VS Code's own limit of 43 less a margin (research: editor-tools §5).
 */
import { formatShape } from '../../core/graph/shape.ts';
import { formatCount, formatSigned } from '../../core/format/numbers.ts';
import { isMatrixLayer } from '../report/layerKind.ts';
import type { ModelRow } from '../report/modelRow.ts';

export const maxLabelLength = 40;

/**
 * Null where a hint would say nothing new: a layer without weights that keeps its shape. `nAlike`: the text
 * stands for so many layers that are alike.
 */
export function layerLabel({ layer, row }: ModelRow, nAlike: number | null = null): string | null {
  const head = (text: string): string => (nAlike === null ? text : `×${nAlike} each: ${text}`);
  if (row.unused)
    return row.params === null || row.params === 0 ? null : fit([[head('never run'), countPart(row.params, 3)]]);
  const shape = row.outputShape === null ? '?' : formatShape(row.outputShape) || 'scalar';
  const runs = row.calls.length > 1 ? [`×${row.calls.length}`] : [];
  if (!isMatrixLayer(layer) && row.params === 0) {
    const isUnknown = row.unknown !== null && row.outputShape === null;
    return keepsShape(row) && !isUnknown ? null : fit([[`→ ${shape}`, ...runs]]);
  }
  const dor = isMatrixLayer(layer) ? (row.dor === null ? ['DoR ?'] : [`DoR ${formatSigned(row.dor.value)}`]) : [];
  const macs = (digits: 2 | 3): string[] => (row.macs === 0 ? [] : [`${countPart(row.macs, digits)} MAC`]);
  const params = (digits: 1 | 2 | 3): string => countPart(row.params, digits);
  const wide = nAlike === null ? `→ ${shape}` : head(shape);
  const narrow = nAlike === null ? `→${shape}` : head(shape);
  const bits =
    row.declared === undefined ? [] : [row.declared.bits === 'ternary' ? 'ternary' : `${row.declared.bits} bit`];
  const choices: readonly (() => readonly string[])[] = [
    () => [wide, ...bits, params(3), ...macs(3), ...runs, ...dor],
    () => [wide, ...bits, params(3), ...macs(2), ...runs, ...dor],
    () => [wide, ...bits, params(2), ...macs(2), ...runs, ...dor],
    () => [narrow, ...bits, params(3), ...macs(2), ...runs, ...dor],
    () => [narrow, ...bits, params(2), ...macs(2), ...runs, ...dor],
    () => [wide, ...bits, params(3), ...runs, ...dor],
    () => [wide, ...bits, params(2), ...runs, ...dor],
    () => [wide, ...bits, params(1), ...dor],
    () => [wide, ...bits, ...dor],
    () => [wide, ...dor],
  ];
  for (const choice of choices) {
    const text = choice().join(separator);
    if (text.length <= maxLabelLength) return text;
  }
  return fit([[wide]]);
}

const separator = ' · ';

/** The first choice that fits; the last one is cut. */
export function fit(choices: readonly (readonly string[])[]): string {
  const texts = choices.map((parts) => parts.join(separator));
  const text = texts.find((candidate) => candidate.length <= maxLabelLength) ?? texts[texts.length - 1] ?? '';
  return text.length <= maxLabelLength ? text : `${text.slice(0, maxLabelLength - 1)}…`;
}

function countPart(count: number | null, digits: 1 | 2 | 3): string {
  return count === null ? '?' : formatCount(count, digits);
}

function keepsShape({ inputShapes, outputShape }: ModelRow['row']): boolean {
  const input = inputShapes?.[0] ?? null;
  if (input === null || outputShape === null) return input === outputShape;
  return input.length === outputShape.length && input.every((dim, axis) => dim === outputShape[axis]);
}
