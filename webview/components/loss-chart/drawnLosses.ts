/**
 * From columns of losses to the few points that the chart draws: the visible range, decimated to the
 * chart's width, smoothed series beside raw ones, gaps as null. Keeps what it computed between frames;
 * pure apart from that, and knows nothing of uPlot.
 */
import type { LossPoint } from '../../../core/session/runState.ts';
import { decimate } from './decimate.ts';
import { emptyColumns, extendColumns, lowerBound, type LossColumns } from './lossColumns.ts';
import { extendSmoothing, noSmoothing, smoothingFactor, type Smoothing } from './smooth.ts';

export interface DrawnLosses {
  readonly steps: readonly number[];
  readonly rawG: readonly (number | null)[];
  readonly rawD: readonly (number | null)[];
  /** Empty unless smoothing is on. */
  readonly smoothG: readonly (number | null)[];
  readonly smoothD: readonly (number | null)[];
}

export interface StepRange {
  readonly from: number;
  readonly to: number;
}

export interface LossDrawing {
  columns(): LossColumns;
  /** Takes the points so far; cheap when they go on from the last ones. */
  update(points: readonly LossPoint[]): void;
  draw(options: { readonly range: StepRange | null; readonly nColumns: number; readonly smooth: boolean }): DrawnLosses;
}

export function createLossDrawing(): LossDrawing {
  let points: readonly LossPoint[] = [];
  let columns = emptyColumns;
  let smoothG: Smoothing = noSmoothing;
  let smoothD: Smoothing = noSmoothing;
  let factor = 0;

  return {
    columns: () => columns,
    update(next) {
      if (next === points) return;
      const kept = points.length <= next.length && points[points.length - 1] === next[points.length - 1];
      columns = extendColumns(columns, points, next);
      points = next;
      const nextFactor = smoothingFactor(next.length);
      const keep = kept && nextFactor === factor;
      factor = nextFactor;
      smoothG = extendSmoothing(smoothG, columns.lossG, columns.length, factor, keep);
      smoothD = extendSmoothing(smoothD, columns.lossD, columns.length, factor, keep);
    },
    draw({ range, nColumns, smooth }) {
      // One point beyond each side of a zoomed range, so that the line runs to the edge.
      const from = range === null ? 0 : Math.max(0, lowerBound(columns, range.from) - 1);
      const to = range === null ? columns.length : Math.min(columns.length, lowerBound(columns, range.to) + 1);
      const positions = decimate([columns.lossG, columns.lossD], columns.steps, from, to, Math.max(1, nColumns));
      return {
        steps: pick(columns.steps, positions) as number[],
        rawG: pick(columns.lossG, positions),
        rawD: pick(columns.lossD, positions),
        smoothG: smooth ? pick(smoothG.values, positions) : [],
        smoothD: smooth ? pick(smoothD.values, positions) : [],
      };
    },
  };
}

/** Less than this share of a pixel cannot be seen. */
const seenPixels = 0.5;

/**
 * Whether a chart from step `from` to `drawnTo` looks different once it reaches to `to`: steps that are not half a
 * pixel wide can wait for more of them. Steps that a resumed run repeats always show.
 */
export function looksDifferent(
  chart: { readonly from: number; readonly drawnTo: number; readonly nColumns: number },
  to: number,
): boolean {
  const { from, drawnTo, nColumns } = chart;
  return to < drawnTo || seenPixels * (to - from) <= (to - drawnTo) * nColumns;
}

function pick(values: Float64Array, positions: Int32Array): (number | null)[] {
  return Array.from(positions, (position) => {
    const value = values[position];
    return value === undefined || Number.isNaN(value) ? null : value;
  });
}
