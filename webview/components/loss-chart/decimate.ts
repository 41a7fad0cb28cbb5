/**
 * Which points a chart of limited width has to draw: per pixel column the first and last and the
 * extremes of each series, all of them points that were really measured. What is drawn is pixel for
 * pixel what drawing everything would give, at a cost that no longer grows with the run.
 */

/**
 * Positions in `[from, to)` to draw in `nColumns` columns, ascending, each once; everything where
 * that is no more than the columns could show.
 */
export function decimate(
  series: readonly Float64Array[],
  steps: Float64Array,
  from: number,
  to: number,
  nColumns: number,
): Int32Array {
  const perColumn = 2 + 2 * series.length;
  if (to - from <= perColumn * nColumns) return Int32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  const kept = new Int32Array(perColumn * nColumns);
  let nKept = 0;
  const first = steps[from] ?? 0;
  const width = ((steps[to - 1] ?? 0) - first) / nColumns;
  let begin = from;
  for (let column = 0; column < nColumns && begin < to; column++) {
    const limit = column === nColumns - 1 ? Number.POSITIVE_INFINITY : first + (column + 1) * width;
    let end = begin;
    while (end < to && (steps[end] ?? 0) < limit) end++;
    if (end === begin) continue;
    const chosen = [begin, end - 1];
    for (const values of series) chosen.push(...extremes(values, begin, end));
    chosen.sort((a, b) => a - b);
    let last = -1;
    for (const position of chosen) {
      if (position === last) continue;
      kept[nKept++] = position;
      last = position;
    }
    begin = end;
  }
  return kept.subarray(0, nKept);
}

/** Positions of the smallest and largest finite value. */
function extremes(values: Float64Array, begin: number, end: number): number[] {
  let low = -1;
  let high = -1;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = begin; i < end; i++) {
    const value = values[i] ?? Number.NaN;
    if (value < lowest) {
      lowest = value;
      low = i;
    }
    if (highest < value) {
      highest = value;
      high = i;
    }
  }
  return low < 0 ? [] : [low, high];
}
