/**
 * Which points of a long series a chart of limited width has to draw: both ends and both extremes of every
 * pixel column, all of them points that were measured, in their order. Short series stay whole; no spike is
 * lost and none is invented.
 */
import type { ChartPoint } from './chartSpec.ts';

export function thinPoints<T extends Pick<ChartPoint, 'y'>>(points: readonly T[], nColumns: number): readonly T[] {
  if (points.length <= 4 * nColumns) return points;
  const kept: T[] = [];
  for (let column = 0; column < nColumns; column++) {
    const begin = Math.floor((column * points.length) / nColumns);
    const end = Math.floor(((column + 1) * points.length) / nColumns);
    const positions = new Set([begin, ...extremes(points, begin, end), end - 1]);
    for (const position of [...positions].sort((a, b) => a - b)) {
      const point = points[position];
      if (point !== undefined) kept.push(point);
    }
  }
  return kept;
}

function extremes(points: readonly Pick<ChartPoint, 'y'>[], begin: number, end: number): readonly number[] {
  let low = begin;
  let high = begin;
  for (let i = begin; i < end; i++) {
    const y = points[i]?.y ?? Number.NaN;
    if (y < (points[low]?.y ?? Number.NaN)) low = i;
    if (y > (points[high]?.y ?? Number.NaN)) high = i;
  }
  return [low, high];
}
