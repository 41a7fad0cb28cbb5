/** Charts: what is drawn is what was measured, nothing hostile gets out of a text, and the table says the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { axisTicks } from './axisTicks.ts';
import { chartSvg } from './chartSvg.ts';
import { darkPalette, lightPalette, paletteSize, standaloneSvg } from './chartStyles.ts';
import { tableSvg } from './tableSvg.ts';
import { chartTable, tableCsv } from './chartTable.ts';
import type { ChartSpec } from './chartSpec.ts';
import { thinPoints } from './thinPoints.ts';

const spec: ChartSpec = {
  title: 'SWD & "resolution"',
  x: { label: 'resolution', categories: ['16', '32', '<b>64</b>'] },
  y: { label: 'SWD' },
  series: [
    { name: 'A', kind: 'line', points: [0, 1, 2].map((x) => ({ x, y: 40 + x, low: 38 + x, high: 42 + x })) },
    { name: '=B', kind: 'points', points: [{ x: 1, y: 37 }] },
  ],
};

describe('a chart', () => {
  it('draws a band for intervals, a marker per point, and escapes every text', () => {
    const svg = chartSvg(spec);
    assert.equal([...svg.matchAll(/class="band"/g)].length, 1);
    assert.equal([...svg.matchAll(/class="marker/g)].length, 3 + 1 + 2, 'points and legend');
    assert.ok(!svg.includes('<b>') && svg.includes('&#60;b&#62;64'));
    assert.ok(svg.includes('aria-label="SWD &#38; &#34;resolution&#34;"'));
  });

  it('has no coordinate that is no number, whatever was measured', () => {
    const value = fc.oneof(fc.double(), fc.constant(Number.NaN), fc.constant(Infinity), fc.constant(0));
    fc.assert(
      fc.property(fc.array(fc.record({ x: fc.integer(), y: value }), { maxLength: 60 }), (points) => {
        for (const kind of ['line', 'points', 'bars'] as const) {
          const svg = chartSvg({ ...spec, x: { label: 'x' }, series: [{ name: 's', kind, points }] });
          assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
        }
      }),
    );
  });

  it('puts larger values higher, and a value beyond the highest at the edge', () => {
    const ys = (highest?: number): readonly number[] => {
      const svg = chartSvg({
        title: '',
        x: { label: '' },
        y: { label: '', ...(highest === undefined ? {} : { highest }) },
        series: [{ name: 's', kind: 'points', points: [1, 2, 100].map((y, x) => ({ x, y })) }],
      });
      return [...svg.matchAll(/<circle class="marker" cx="[^"]*" cy="([^"]*)"/g)].map(([, y]) => Number(y));
    };
    const [one = 0, two = 0, hundred = 0] = ys();
    assert.ok(one > two && two > hundred);
    const [, , edge = 0] = ys(4);
    assert.ok(edge >= 12, `${edge} is inside the drawing`);
  });

  it('cuts intervals at the lowest possible value, and draws bars where bands would cover each other', () => {
    const series = (n: number): ChartSpec => ({
      ...spec,
      y: { label: 'SWD', fromZero: true, lowest: 0 },
      series: Array.from({ length: n }, (_, i) => ({
        name: `${i}`,
        kind: 'line',
        points: [0, 1].map((x) => ({ x, y: 40, low: -50, high: 90 })),
      })),
    });
    const few = chartSvg(series(3));
    const many = chartSvg(series(8));
    assert.equal([...few.matchAll(/class="band"/g)].length, 3);
    assert.equal([...many.matchAll(/class="band"/g)].length, 0);
    assert.equal([...many.matchAll(/class="error"/g)].length, 16);
    assert.ok(!few.includes('>−'), 'no negative SWD on the axis');
  });

  it('gives the same numbers as a table and as CSV, gaps empty, formulas as text', () => {
    const table = chartTable(spec);
    assert.deepEqual(table.columns, ['resolution', 'A', 'A, low', 'A, high', '=B']);
    assert.deepEqual(table.rows[1], ['32', 41, 39, 43, 37]);
    assert.deepEqual(table.rows[0], ['16', 40, 38, 42, null]);
    assert.equal(tableCsv(table).split('\r\n')[0], `resolution,A,"A, low","A, high",'=B`);
    assert.equal(tableCsv(table).split('\r\n')[1], '16,40,38,42,');
  });

  it('leaves its page with its own colours', () => {
    const file = standaloneSvg(chartSvg(spec));
    assert.match(file, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" class="chart"/);
    assert.ok(file.includes('.c0{color:#1f6fd6}') && !file.includes('var('));
  });

  it('has colours that can be seen on their ground', () => {
    for (const palette of [lightPalette, darkPalette]) {
      assert.equal(palette.series.length, paletteSize);
      for (const color of palette.series) assert.ok(contrast(color, palette.ground) >= 3, color);
      for (const color of [palette.text, palette.muted]) assert.ok(contrast(color, palette.ground) >= 4.5, color);
    }
  });
});

describe('thinning', () => {
  it('keeps both ends and both extremes of 100,000 points, in order', () => {
    const points = Array.from({ length: 100_000 }, (_, x) => ({ x, y: x === 54_321 ? 9 : Math.sin(x) }));
    const kept = thinPoints(points, 400);
    assert.ok(kept.length <= 1600);
    assert.ok(kept.some(({ y }) => y === 9));
    assert.deepEqual([kept[0]?.x, kept.at(-1)?.x], [0, 99_999]);
    assert.ok(kept.every(({ x }, i) => i === 0 || x > (kept[i - 1]?.x ?? 0)));
  });
});

describe('axis ticks', () => {
  it('are round', () => {
    assert.deepEqual(axisTicks(0, 2.1, 4), [0, 1, 2]);
    assert.deepEqual(axisTicks(35.9, 49.9, 8), [36, 38, 40, 42, 44, 46, 48]);
    assert.deepEqual(axisTicks(1, 1, 5), [1]);
  });
});

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe('a table as a drawing', () => {
  const table = {
    columns: ['Layer', 'DoR'],
    rows: [
      ['a<b', 496],
      ['c', null],
    ],
  } as const;
  const svg = tableSvg('Table I', table, (cell) => String(cell ?? '–'));
  it('has every cell as text, numbers to the right, names never as markup', () => {
    for (const text of ['Table I', 'Layer', 'DoR', 'a&#60;b', '496', 'c', '–'])
      assert.ok(svg.includes(`>${text}<`), text);
    assert.match(svg, /text-anchor="end"[^>]*>496</);
    assert.doesNotMatch(svg, /text-anchor="end"[^>]*>c</);
  });
  it('grows with its cells', () => {
    const wide = tableSvg('Table I', { ...table, rows: [['a long name of a layer', 1]] }, String);
    const width = (text: string): number => Number(/width="(\d+)"/.exec(text)?.[1]);
    assert.ok(width(wide) > width(svg));
  });
});
