/**
 * A model's memory against one budget, in words and on one scale: at fp32, with int8 kernels, with 1-bit kernels.
 * Says which is the first that fits. Sums of a model that is not wholly known are lower bounds, and a lower bound
 * never fits for sure. Of tensors that no source explains, no kernels are known: there is one size, as stored. Pure.
 */
import { formatBytes } from '../../core/format/numbers.ts';

export interface MemoryBytes {
  readonly fp32: number;
  readonly int8: number;
  readonly binary: number;
}

export interface BudgetBar {
  readonly label: string;
  readonly bytes: number;
  /** Of the scale's length, 0 to 1. */
  readonly share: number;
  readonly fits: boolean;
}

export interface BudgetVerdict {
  readonly bars: readonly BudgetBar[];
  /** Where the budget stands on the scale, 0 to 1. */
  readonly mark: number;
  readonly tone: 'good' | 'warn' | 'bad';
  readonly text: string;
}

const kinds = [
  { key: 'fp32', label: 'fp32', words: 'at fp32, as it is' },
  { key: 'int8', label: 'int8', words: 'with int8 kernels' },
  { key: 'binary', label: '1 bit', words: 'with 1-bit kernels' },
] as const;

const stored = [{ key: 'fp32', label: 'stored', words: 'as it is' }] as const;

export function judgeBudget(
  bytes: MemoryBytes,
  budget: { readonly bytes: number; readonly name: string },
  partial: boolean,
): BudgetVerdict {
  const longest = Math.max(bytes.fp32, budget.bytes, 1) * 1.04;
  const isOneSize = bytes.int8 === bytes.fp32 && bytes.binary === bytes.fp32;
  const shown = isOneSize ? stored : kinds;
  const bars = shown.map(({ key, label }): BudgetBar => {
    const size = bytes[key];
    return { label, bytes: size, share: size / longest, fits: size <= budget.bytes };
  });
  const mark = budget.bytes / longest;
  const firstIdx = bars.findIndex(({ fits }) => fits);
  const [kind, bar] = [shown[firstIdx], bars[firstIdx]];
  const limit = `${budget.name} (${formatBytes(budget.bytes)})`;
  if (kind === undefined || bar === undefined) {
    const over = formatBytes(bytes.binary - budget.bytes);
    return {
      bars,
      mark,
      tone: 'bad',
      text: `Does not fit ${limit}: ${over} too much${isOneSize ? '' : ' even with 1-bit kernels'}`,
    };
  }
  if (partial) {
    return {
      bars,
      mark,
      tone: 'warn',
      text: `May fit ${limit} ${kind.words}: some layers are not known, so the sums are lower bounds`,
    };
  }
  const left = formatBytes(budget.bytes - bar.bytes);
  const tone = firstIdx === 0 ? 'good' : 'warn';
  return { bars, mark, tone, text: `Fits ${limit} ${kind.words}; ${left} are left` };
}
