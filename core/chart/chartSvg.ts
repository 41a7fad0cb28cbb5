/**
 * Draws a chart as SVG text: lines with their intervals as bands, points with error bars, bars. Series differ
 * in marker and dash as well as in colour, and each line carries its name at its end where there is room. All
 * colour comes from classes (`chartStyles.ts`), so one drawing serves light, dark, print and export; every text
 * is escaped, because names come from the user's files.
 */
import { escapeXml } from '../format/escapeXml.ts';
import { axisTicks } from './axisTicks.ts';
import type { ChartPoint, ChartSeries, ChartSpec } from './chartSpec.ts';
import { paletteSize } from './chartStyles.ts';
import { thinPoints } from './thinPoints.ts';

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

const defaultSize: ChartSize = { width: 520, height: 280 };
const margin = { left: 52, right: 14, top: 12, bottom: 42 };
const lineHeight = 17;
const markerCount = 5;

export function chartSvg(spec: ChartSpec, size: ChartSize = defaultSize): string {
  const legend = legendRows(spec.series, size.width);
  const height = size.height + legend.length * lineHeight;
  const plot = {
    left: margin.left,
    right: size.width - margin.right,
    top: margin.top,
    bottom: size.height - margin.bottom,
  };
  const { categories } = spec.x;
  const [xLow, xHigh] = categories ? [-0.5, categories.length - 0.5] : xRange(spec);
  const [yLow, yHigh] = yRange(spec);
  const scale: Scale = {
    x: (value) => plot.left + ((value - xLow) / (xHigh - xLow)) * (plot.right - plot.left),
    y: (value) => plot.bottom - ((clamp(value, yLow, yHigh) - yLow) / (yHigh - yLow)) * (plot.bottom - plot.top),
    base: plot.bottom,
    nColumns: plot.right - plot.left,
    crowded: spec.series.filter(({ points }) => points.some(({ low }) => low !== undefined)).length > mostBands,
  };
  const xTicks = categories
    ? categories.map((label, i) => ({ at: i, label }))
    : axisTicks(xLow, xHigh, 6).map((at) => ({ at, label: tickText(at) }));
  const yTicks = axisTicks(yLow, yHigh, 5).map((at) => ({ at, label: tickText(at) }));
  const bars = spec.series.filter(({ kind }) => kind === 'bars');
  return [
    `<svg class="chart" viewBox="0 0 ${size.width} ${height}" width="${size.width}" height="${height}" role="img" aria-label="${escapeXml(spec.title)}">`,
    ...yTicks.map(
      ({ at, label }) =>
        `<line class="gridline" x1="${plot.left}" x2="${plot.right}" y1="${n(scale.y(at))}" y2="${n(scale.y(at))}"/><text class="tick" text-anchor="end" x="${plot.left - 6}" y="${n(scale.y(at) + 3.5)}">${escapeXml(label)}</text>`,
    ),
    ...xTicks.map(
      ({ at, label }) =>
        `<text class="tick" text-anchor="middle" x="${n(scale.x(at))}" y="${plot.bottom + 15}">${escapeXml(shorten(label, categories ? Math.floor(scale.nColumns / Math.max(1, categories.length) / 6) : 12))}</text>`,
    ),
    ...(yLow < 0 && yHigh > 0
      ? [`<line class="axis" x1="${plot.left}" x2="${plot.right}" y1="${n(scale.y(0))}" y2="${n(scale.y(0))}"/>`]
      : []),
    `<line class="axis" x1="${plot.left}" x2="${plot.right}" y1="${plot.bottom}" y2="${plot.bottom}"/>`,
    `<text class="name" text-anchor="middle" x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 33}">${escapeXml(spec.x.label)}</text>`,
    `<text class="name" text-anchor="middle" transform="translate(12 ${(plot.top + plot.bottom) / 2}) rotate(-90)">${escapeXml(spec.y.label)}</text>`,
    ...spec.series.map((series, i) =>
      drawSeries(series, i, apart(scale, i, spec), { nBars: bars.length, barIdx: bars.indexOf(series) }),
    ),
    ...legend.flatMap((row, i) =>
      row.map((entry) => legendEntry(entry, size.height + i * lineHeight + 6, legendLetters(size.width))),
    ),
    '</svg>',
  ].join('');
}

interface Scale {
  x(value: number): number;
  y(value: number): number;
  readonly base: number;
  readonly nColumns: number;
  /** More lines with intervals than bands can be told apart: bars instead. */
  readonly crowded: boolean;
}

const mostBands = 3;
const dodgePixels = 6;

/** Lines over named positions stand side by side where there are many, so that their bars do not cover each other. */
function apart(scale: Scale, idx: number, { x, series }: ChartSpec): Scale {
  if (!scale.crowded || x.categories === undefined) return scale;
  const shift = (idx - (series.length - 1) / 2) * dodgePixels;
  return { ...scale, x: (value) => scale.x(value) + shift };
}

function drawSeries(
  series: ChartSeries,
  idx: number,
  scale: Scale,
  { nBars, barIdx }: { readonly nBars: number; readonly barIdx: number },
): string {
  const color = colorClass(series, idx);
  const place = series.color ?? idx;
  const points = series.points.filter(({ x, y }) => isDrawable(x) && isDrawable(y));
  if (points.length === 0) return '';
  if (series.kind === 'bars') {
    const slot = (scale.x(1) - scale.x(0)) * 0.76;
    const width = slot / nBars;
    return group(
      color,
      points.map((point) => {
        const left = scale.x(point.x) - slot / 2 + barIdx * width;
        const top = Math.min(scale.y(point.y), scale.y(0));
        const bottom = Math.max(scale.y(point.y), scale.y(0));
        return `<rect class="column" x="${n(left + 1)}" width="${n(width - 2)}" y="${n(top)}" height="${n(Math.max(bottom - top, 0.5))}">${title(series, point)}</rect>${errorBar(point, left + width / 2, scale)}`;
      }),
    );
  }
  const drawn = series.kind === 'line' ? thinPoints(points, scale.nColumns) : points;
  const path = drawn.map((point, i) => `${i === 0 ? 'M' : 'L'}${n(scale.x(point.x))} ${n(scale.y(point.y))}`).join('');
  const few = points.length <= 40 && series.faint !== true;
  return group(color, [
    series.kind === 'line' && !scale.crowded ? band(drawn, scale) : '',
    series.kind === 'line'
      ? `<path class="line${series.faint ? ' faint' : ''}"${series.dashed ? ' stroke-dasharray="6 3"' : ''} d="${path}"/>`
      : '',
    ...(few || series.kind === 'points'
      ? points.map(
          (point) =>
            `${series.kind === 'points' || scale.crowded ? errorBar(point, scale.x(point.x), scale) : ''}${marker(place, scale.x(point.x), scale.y(point.y), title(series, point))}`,
        )
      : []),
  ]);
}

/** The interval of a line's points as an area; nothing where any point has none. */
function band(points: readonly ChartPoint[], scale: Scale): string {
  const known = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  if (known.length < 2 || known.length < points.length) return '';
  const upper = known.map(({ x, high }) => `${n(scale.x(x))} ${n(scale.y(high ?? 0))}`);
  const lower = known.map(({ x, low }) => `${n(scale.x(x))} ${n(scale.y(low ?? 0))}`).reverse();
  return `<path class="band" d="M${[...upper, ...lower].join('L')}Z"/>`;
}

function errorBar({ low, high }: ChartPoint, x: number, scale: Scale): string {
  if (low === undefined || high === undefined) return '';
  const [top, bottom] = [n(scale.y(high)), n(scale.y(low))];
  return `<path class="error" d="M${n(x)} ${top}V${bottom}M${n(x - 4)} ${top}h8M${n(x - 4)} ${bottom}h8"/>`;
}

function marker(place: number, x: number, y: number, inside: string): string {
  const at = `${n(x)} ${n(y)}`;
  switch (place % markerCount) {
    case 0:
      return `<circle class="marker" cx="${n(x)}" cy="${n(y)}" r="3.4">${inside}</circle>`;
    case 1:
      return `<rect class="marker" x="${n(x - 3)}" y="${n(y - 3)}" width="6" height="6">${inside}</rect>`;
    case 2:
      return `<path class="marker" d="M${at}m0 -4.2l4 7h-8z">${inside}</path>`;
    case 3:
      return `<path class="marker" d="M${at}m0 -4.6l4 4.6l-4 4.6l-4 -4.6z">${inside}</path>`;
    default:
      return `<path class="marker open" d="M${at}m-3.4 -3.4l6.8 6.8m0 -6.8l-6.8 6.8">${inside}</path>`;
  }
}

interface LegendEntry {
  readonly series: ChartSeries;
  readonly idx: number;
  readonly x: number;
}

/** Entries in rows that fit the width; nothing for one unnamed series. */
function legendRows(series: readonly ChartSeries[], width: number): readonly (readonly LegendEntry[])[] {
  const named = series.map((each, idx) => ({ series: each, idx })).filter((each) => each.series.faint !== true);
  if (named.length < 2) return [];
  const rows: LegendEntry[][] = [[]];
  let x = margin.left;
  for (const { series: each, idx } of named) {
    // Widths of texts are not known here: wide letters of the legend's 12 pixels, on the safe side.
    const entryWidth = 40 + shorten(each.name, legendLetters(width)).length * 7.4;
    if (x + entryWidth > width && rows.at(-1)?.length) {
      rows.push([]);
      x = margin.left;
    }
    rows.at(-1)?.push({ series: each, idx, x });
    x += entryWidth;
  }
  return rows;
}

/** Of a name, as many as fit into a line of the legend. */
function legendLetters(width: number): number {
  return Math.min(44, Math.floor((width - margin.left - 30) / 7));
}

function legendEntry({ series, idx, x }: LegendEntry, y: number, most: number): string {
  const mark =
    series.kind === 'bars'
      ? `<rect class="column" x="${x}" y="${y - 5}" width="18" height="10"/>`
      : `${series.kind === 'line' ? `<path class="line"${series.dashed ? ' stroke-dasharray="6 3"' : ''} d="M${x} ${y}h18"/>` : ''}${marker(series.color ?? idx, x + 9, y, '')}`;
  return group(colorClass(series, idx), [
    mark,
    `<text class="legend" x="${x + 23}" y="${y + 4}">${escapeXml(shorten(series.name, most))}</text>`,
  ]);
}

function xRange({ series }: ChartSpec): readonly [number, number] {
  const values = series.flatMap(({ points }) => points.map(({ x }) => x)).filter(isDrawable);
  const [low, high] = extent(values);
  if (series.every(({ kind }) => kind === 'line')) return widened(low, high);
  const [left, right] = widened(low, high);
  const room = 0.06 * (right - left);
  return [left - room, right + room];
}

function yRange({ series, y }: ChartSpec): readonly [number, number] {
  const bars = series.some(({ kind }) => kind === 'bars');
  const values = series
    .flatMap(({ points }) => points.flatMap((point) => [point.y, point.low ?? point.y, point.high ?? point.y]))
    .filter(isDrawable)
    .map((value) => Math.max(Math.min(value, y.highest ?? Infinity), y.lowest ?? -Infinity));
  let [low, high] = extent(values);
  if (bars || y.fromZero === true) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  [low, high] = widened(low, high);
  const room = 0.06 * (high - low);
  return [low === 0 ? 0 : low - room, high === 0 ? 0 : high + room];
}

/** A range that has a width, also where all values are the same or differ by rounding alone. */
function widened(low: number, high: number): readonly [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low > 1e-9 * size) return [low, high];
  const room = Math.max(0.5, 1e-3 * size);
  return [low - room, high + room];
}

/** Without spreading: a series may have more points than a call may have arguments. */
function extent(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [0, 1];
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

function title(series: ChartSeries, { x, y, low, high }: ChartPoint): string {
  const interval = low === undefined || high === undefined ? '' : ` (${tickText(low)} to ${tickText(high)})`;
  return `<title>${escapeXml(`${series.name}: ${tickText(y)}${interval} at ${tickText(x)}`)}</title>`;
}

function group(color: string, parts: readonly string[]): string {
  return `<g class="${color}">${parts.join('')}</g>`;
}

function colorClass({ color }: ChartSeries, idx: number): string {
  return `c${(color ?? idx) % paletteSize}`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function shorten(text: string, most: number): string {
  return text.length > Math.max(3, most) ? `${text.slice(0, Math.max(3, most) - 1)}…` : text;
}

/** A number of an axis: `12500`, `0.25`, `−128`. */
function tickText(value: number): string {
  return String(Number(value.toPrecision(4))).replace('-', '−');
}

/** Beyond this, differences of values are no numbers any more. */
function isDrawable(value: number): boolean {
  return Math.abs(value) < 1e100;
}

/** A coordinate. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
