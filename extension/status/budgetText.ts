/**
 * What the status bar says about a model's memory: bytes at full precision, bytes after wise binarization
 * (layers with a DoR of at least 0 at 1 bit, the rest at fp32), and whether that fits the chosen budget.
 * The verdict is in words as well as in the icon; a sum over unknown layers is a lower bound and says so.
 */
import type { LayerReport, ModelReport } from '../../core/report/analyzeReport.ts';
import { formatBytes } from '../../core/format/numbers.ts';
import { lowerBounds } from '../../core/report/lowerBounds.ts';
import { shortName } from '../language/pickModel.ts';
import type { Budget } from '../platform/budget.ts';

export interface BudgetText {
  readonly text: string;
  /** Lines of plain text. */
  readonly tooltip: readonly string[];
  readonly accessible: string;
}

export type Verdict = 'fits' | 'fitsWise' | 'exceeds';

export function budgetText(model: ModelReport, budget: Budget): BudgetText {
  const { declaredBytes } = model.totals;
  const full = declaredBytes ?? model.totals.bytes.fp32;
  const as = declaredBytes === undefined ? 'fp32' : 'declared';
  const wise = wiseBytes(model);
  const verdict = verdictOf(full, wise, budget.bytes);
  const isBound = lowerBounds(model).weights;
  const atLeast = isBound ? '≥ ' : '';
  const text = `${icons[verdict]} ${shortName(model)} ${atLeast}${formatBytes(full)} ${as} · ${atLeast}${formatBytes(wise)} wise / ${budget.label}`;
  const nWise = model.layers.filter(isWise).length;
  const tooltip = [
    `${model.name}: ${atLeast}${formatBytes(full)} ${declaredBytes === undefined ? 'at fp32' : 'with the bits that the source declares'}`,
    `${atLeast}${formatBytes(wise)} with ${nWise === 1 ? '1 layer' : `${nWise} layers`} of DoR ≥ 0 at 1 bit, the rest at fp32`,
    `${capitalized(budget.label)}: ${formatBytes(budget.bytes)}. ${verdictWords[verdict]}`,
    ...(isBound ? ['Some layers are unknown: the sums are lower bounds.'] : []),
    'Select to choose another device.',
  ];
  return { text, tooltip, accessible: `Slimwise: ${tooltip.slice(0, 3).join('. ')}` };
}

export function wiseBytes(model: ModelReport): number {
  const saved = model.layers
    .filter(isWise)
    .reduce((sum, { bytes, declared }) => sum + (bytes ? (declared?.bytes ?? bytes.fp32) - bytes.binary : 0), 0);
  return (model.totals.declaredBytes ?? model.totals.bytes.fp32) - saved;
}

export function verdictOf(fullBytes: number, wiseBytes: number, budgetBytes: number): Verdict {
  if (fullBytes <= budgetBytes) return 'fits';
  return wiseBytes <= budgetBytes ? 'fitsWise' : 'exceeds';
}

const icons: Readonly<Record<Verdict, string>> = {
  fits: '$(check)',
  fitsWise: '$(fold-down)',
  exceeds: '$(warning)',
};

const verdictWords: Readonly<Record<Verdict, string>> = {
  fits: 'It fits as it is.',
  fitsWise: 'It fits once it is binarized wisely.',
  exceeds: 'It does not fit, binarized or not.',
};

function isWise(layer: LayerReport): boolean {
  return layer.dor !== null && layer.dor.value >= 0 && layer.bytes !== null && !layer.unused;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
