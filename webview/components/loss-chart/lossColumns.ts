/**
 * Losses as growable columns of numbers. A run's points come as a list that only grows at its end
 * (until a resume repeats steps), so each update reads just what is new; 100,000 points cost nothing
 * per frame. Values that are not finite become NaN: a gap in the line.
 */
import type { LossPoint } from '../../../core/session/runState.ts';

export interface LossColumns {
  readonly length: number;
  readonly steps: Float64Array;
  readonly lossG: Float64Array;
  readonly lossD: Float64Array;
}

export const emptyColumns: LossColumns = {
  length: 0,
  steps: new Float64Array(0),
  lossG: new Float64Array(0),
  lossD: new Float64Array(0),
};

/** The columns of `points`, reusing `columns` (made from `previous`) where `points` goes on from it. */
export function extendColumns(
  columns: LossColumns,
  previous: readonly LossPoint[],
  points: readonly LossPoint[],
): LossColumns {
  const nKept = continues(previous, points) && columns.length === previous.length ? columns.length : 0;
  const capacity = columns.steps.length;
  const room = points.length <= capacity ? capacity : Math.max(1024, points.length, 2 * capacity);
  const grow = (column: Float64Array): Float64Array => {
    if (room === capacity) return column;
    const grown = new Float64Array(room);
    grown.set(column.subarray(0, nKept));
    return grown;
  };
  const next = { steps: grow(columns.steps), lossG: grow(columns.lossG), lossD: grow(columns.lossD) };
  for (let i = nKept; i < points.length; i++) {
    const point = points[i];
    if (point === undefined) break;
    next.steps[i] = point.step;
    next.lossG[i] = finite(point.lossG);
    next.lossD[i] = finite(point.lossD);
  }
  return { ...next, length: points.length };
}

/** Points are never changed in place, so the same object at the old end means the same beginning. */
function continues(previous: readonly LossPoint[], points: readonly LossPoint[]): boolean {
  const end = previous.length - 1;
  return previous.length <= points.length && (end < 0 || previous[end] === points[end]);
}

/** JSON writes NaN and Infinity as null. */
function finite(value: number | null): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
}

/** First position whose step is at least `step`. */
export function lowerBound(columns: LossColumns, step: number): number {
  let from = 0;
  let to = columns.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((columns.steps[middle] ?? Number.POSITIVE_INFINITY) < step) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Position of the step nearest to `step`; −1 where there is none. */
export function nearest(columns: LossColumns, step: number): number {
  if (columns.length === 0) return -1;
  const after = Math.min(lowerBound(columns, step), columns.length - 1);
  const before = Math.max(after - 1, 0);
  const distance = (i: number): number => Math.abs((columns.steps[i] ?? 0) - step);
  return distance(before) <= distance(after) ? before : after;
}
