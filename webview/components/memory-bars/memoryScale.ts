/**
 * Lengths of the memory bars. One linear scale for all layers, from zero: a bar half as long is half the
 * bytes, and a layer too small to see is told by its number. The total has its own scale, which reaches
 * to the larger of the model and the budget. Pure.
 */
import type { RunState } from '../../../core/session/runState.ts';

export interface MemoryRow {
  readonly name: string;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Shares of the longest bar, 0 to 1. */
  readonly before: number;
  readonly after: number;
}

export interface MemoryBudget {
  readonly device: string;
  readonly budgetBytes: number;
  readonly before: number;
  readonly after: number;
  /** Position of the budget's mark, 0 to 1. */
  readonly mark: number;
  readonly fitsBefore: boolean;
  readonly fitsAfter: boolean;
}

type Memory = NonNullable<RunState['memory']>;

export function memoryRows(memory: Memory): readonly MemoryRow[] {
  const longest = Math.max(1, ...memory.layers.map((layer) => Math.max(layer.bytesBefore, layer.bytesAfter)));
  return memory.layers.map((layer) => ({
    ...layer,
    before: layer.bytesBefore / longest,
    after: layer.bytesAfter / longest,
  }));
}

/** Null where no budget was chosen. */
export function memoryBudget(memory: Memory): MemoryBudget | null {
  const { budgetBytes, totalBefore, totalAfter } = memory;
  if (budgetBytes <= 0) return null;
  const longest = Math.max(budgetBytes, totalBefore, totalAfter);
  return {
    device: memory.device,
    budgetBytes,
    before: totalBefore / longest,
    after: totalAfter / longest,
    mark: budgetBytes / longest,
    fitsBefore: totalBefore <= budgetBytes,
    fitsAfter: totalAfter <= budgetBytes,
  };
}
