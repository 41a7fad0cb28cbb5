/** The numbers behind the loss chart: columns that grow, decimation that loses no extreme, smoothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import type { LossPoint } from '../../../core/session/runState.ts';
import { decimate } from './decimate.ts';
import { createLossDrawing, looksDifferent } from './drawnLosses.ts';
import { emptyColumns, extendColumns, lowerBound, nearest } from './lossColumns.ts';
import { extendSmoothing, noSmoothing } from './smooth.ts';

describe('a chart that a run streams into', () => {
  const chart = { from: 0, drawnTo: 100_000, nColumns: 500 };
  it('looks different once what is new is half a pixel wide', () => {
    assert.equal(looksDifferent(chart, 100_016), false);
    assert.equal(looksDifferent(chart, 100_101), true);
    assert.equal(looksDifferent({ ...chart, drawnTo: 10 }, 11), true, 'every step of a short run shows');
  });
  it('looks the same while nothing new is in its range, and different where steps are repeated', () => {
    assert.equal(looksDifferent({ from: 10, drawnTo: 400, nColumns: 500 }, 400), false);
    assert.equal(looksDifferent(chart, 99_000), true);
  });
});

describe('columns of losses', () => {
  it('grow with their list and equal columns made at once', () => {
    const all = points(3000);
    let columns = emptyColumns;
    let previous: readonly LossPoint[] = [];
    for (const length of [0, 1, 5, 1024, 1025, 3000]) {
      const next = all.slice(0, length);
      columns = extendColumns(columns, previous, next);
      previous = next;
    }
    const fresh = extendColumns(emptyColumns, [], all);
    assert.equal(columns.length, 3000);
    assert.deepEqual(columns.lossG.subarray(0, 3000), fresh.lossG.subarray(0, 3000));
    assert.deepEqual(columns.steps.subarray(0, 3000), fresh.steps.subarray(0, 3000));
  });

  it('are read anew when a resume replaced points', () => {
    const before = points(10);
    const columns = extendColumns(emptyColumns, [], before);
    const after = [...before.slice(0, 4), { step: 5, lossG: 99, lossD: 98 }];
    const next = extendColumns(columns, before, after);
    assert.equal(next.length, 5);
    assert.equal(next.lossG[4], 99);
    const longer = [...before.slice(0, 4), ...points(20, 7).slice(4)];
    assert.deepEqual(
      [...extendColumns(columns, before, longer).lossG.subarray(0, 20)],
      longer.map((point) => point.lossG),
    );
  });

  it('show losses that are not finite as gaps', () => {
    const odd = [
      { step: 1, lossG: Number.POSITIVE_INFINITY, lossD: null as unknown as number },
      { step: 2, lossG: 1, lossD: 2 },
    ];
    const columns = extendColumns(emptyColumns, [], odd);
    assert.deepEqual([...columns.lossG.subarray(0, 2)], [Number.NaN, 1]);
    assert.deepEqual([...columns.lossD.subarray(0, 2)], [Number.NaN, 2]);
  });

  it('find steps', () => {
    const columns = extendColumns(
      emptyColumns,
      [],
      [10, 20, 30].map((step) => ({ step, lossG: 0, lossD: 0 })),
    );
    assert.deepEqual(
      [5, 10, 11, 30, 31].map((step) => lowerBound(columns, step)),
      [0, 0, 1, 2, 3],
    );
    assert.deepEqual(
      [0, 14, 16, 99].map((step) => nearest(columns, step)),
      [0, 0, 1, 2],
    );
    assert.equal(nearest(emptyColumns, 1), -1);
  });
});

describe('decimation', () => {
  it('keeps everything that fits', () => {
    const columns = extendColumns(emptyColumns, [], points(50));
    assert.deepEqual([...decimate([columns.lossG], columns.steps, 10, 40, 100)], range(10, 40));
  });

  it('keeps ends and extremes, in order, each once, whatever the series', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constant(Number.NaN)), {
          minLength: 1,
          maxLength: 400,
        }),
        fc.integer({ min: 1, max: 20 }),
        (values, nColumns) => {
          const series = Float64Array.from(values);
          const steps = Float64Array.from(values, (_, i) => 3 * i);
          const kept = [...decimate([series], steps, 0, values.length, nColumns)];
          assert.ok(kept.every((position, i) => i === 0 || (kept[i - 1] ?? 0) < position));
          assert.equal(kept[0], 0);
          assert.equal(kept[kept.length - 1], values.length - 1);
          assert.ok(kept.length <= Math.max(4 * nColumns, 4));
          const finite = values.filter((value) => !Number.isNaN(value));
          if (finite.length === 0) return;
          const shown = kept.map((position) => series[position]).filter((value) => !Number.isNaN(value));
          assert.equal(Math.max(...(shown as number[])), Math.max(...finite));
          assert.equal(Math.min(...(shown as number[])), Math.min(...finite));
        },
      ),
    );
  });

  it('draws 100,000 points as no more than six per pixel column', () => {
    const drawing = createLossDrawing();
    drawing.update(points(100_000));
    const drawn = drawing.draw({ range: null, nColumns: 400, smooth: true });
    assert.ok(drawn.steps.length <= 2400);
    assert.equal(drawn.smoothG.length, drawn.steps.length);
  });
});

describe('a drawing of losses', () => {
  it('shows a zoomed range with one point beyond each side', () => {
    const drawing = createLossDrawing();
    drawing.update(points(100));
    const { steps } = drawing.draw({ range: { from: 40, to: 42 }, nColumns: 100, smooth: false });
    assert.deepEqual(steps, [39, 40, 41, 42]);
  });

  it('is the same when its points came one by one', () => {
    const all = points(1500);
    const [slow, fast] = [createLossDrawing(), createLossDrawing()];
    const grown: LossPoint[] = [];
    for (const point of all) {
      grown.push(point);
      slow.update(grown.slice());
    }
    fast.update(all);
    const options = { range: null, nColumns: 2000, smooth: true } as const;
    assert.deepEqual(slow.draw(options), fast.draw(options));
  });
});

describe('smoothing', () => {
  it('leaves a constant as it is from its first value on, and gaps as gaps', () => {
    const { values } = extendSmoothing(noSmoothing, Float64Array.of(2, 2, Number.NaN, 2), 4, 0.9, false);
    assert.deepEqual(
      [...values.subarray(0, 4)].map((value) => Number(value.toFixed(12))),
      [2, 2, Number.NaN, 2],
    );
  });

  it('goes on where it stopped', () => {
    const source = Float64Array.from({ length: 100 }, (_, i) => Math.sin(i));
    const half = extendSmoothing(noSmoothing, source, 50, 0.95, false);
    const whole = extendSmoothing(half, source, 100, 0.95, true);
    const once = extendSmoothing(noSmoothing, source, 100, 0.95, false);
    assert.deepEqual(whole.values.subarray(0, 100), once.values.subarray(0, 100));
  });
});

function points(count: number, seed = 1): LossPoint[] {
  return range(0, count).map((i) => ({ step: i + 1, lossG: Math.sin(i * seed) + 1, lossD: Math.cos(i * seed) + 1 }));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
