/**
 * Losses of G and D over steps as an SVG: every step as a faint line, and a centred moving mean as a strong
 * one, because adversarial losses are noisy. Long series are thinned to the two extremes of each pixel
 * column, so that spikes stay visible. D and G differ in dash as well as in colour, and the numbers stand
 * in a table beside the chart.
 */
import { movingMean } from '../../../core/chart/movingMean.ts';
import { html, type Markup } from './html.ts';
import { axisTicks } from './reportNumbers.ts';

export interface LossPoint {
  readonly step: number;
  readonly lossD: number;
  readonly lossG: number;
}

export interface SeriesPoint {
  readonly step: number;
  readonly value: number;
}

const width = 440;
const height = 190;
const margin = { left: 34, right: 30, top: 10, bottom: 24 };
/** The moving mean covers this share of the steps to each side. */
const smoothingShare = 0.02;

/** `highest` is shared by all charts of a report, so that they can be compared. */
export function lossChart(title: string, points: readonly LossPoint[], highest: number): Markup {
  const last = points.at(-1)?.step ?? 1;
  const first = Math.min(points[0]?.step ?? 0, last);
  const right = width - margin.right;
  const x = (step: number) => margin.left + ((step - first) / Math.max(1, last - first)) * (right - margin.left);
  const y = (loss: number) => {
    const share = Math.min(Math.max(loss, 0), highest) / highest;
    return height - margin.bottom - share * (height - margin.top - margin.bottom);
  };
  const path = (series: readonly SeriesPoint[]) =>
    series.map(({ step, value }, i) => `${i === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  const radius = Math.round(points.length * smoothingShare);
  const drawn = (['lossD', 'lossG'] as const).map((name) => {
    const series = points.map((point) => ({ step: point.step, value: point[name] })).filter(isFinitePoint);
    const means = movingMean(
      series.map(({ value }) => value),
      radius,
    );
    const mean = series.map(({ step }, i) => ({ step, value: means[i] ?? Number.NaN }));
    return { name, raw: path(thin(series)), mean: path(thin(mean)), endY: y(mean.at(-1)?.value ?? 0) };
  });
  // Labels at the ends of the lines, kept apart.
  const [endD, endG] = apart(drawn[0]?.endY ?? 0, drawn[1]?.endY ?? 0, 14);
  const label = (name: string, letter: string, endY: number) =>
    html`<text class="label ${name}" x="${right + 6}" y="${(endY + 4).toFixed(1)}">${letter}</text>`;
  return html`<svg
    class="chart"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label="Losses of ${title}: discriminator and generator over ${last} steps; the values are in the table below."
  >
    ${axisTicks(0, highest, 4).map((tick) => yTick(tick, y(tick), right))}
    ${axisTicks(first, last, 5, 1).map((tick) => html`<text class="tick" text-anchor="middle" x="${x(tick).toFixed(1)}" y="${height - 8}">${tick}</text>`)}
    ${drawn.map(({ name, raw }) => html`<path class="raw ${name}" d="${raw}" />`)}
    ${drawn.map(({ name, mean }) => html`<path class="line ${name}" d="${mean}" />`)}
    ${label('lossD', 'D', endD)}${label('lossG', 'G', endG)}
  </svg>`;
}

function yTick(tick: number, y: number, right: number): Markup {
  const at = y.toFixed(1);
  return html`<line class="grid" x1="${margin.left}" x2="${right}" y1="${at}" y2="${at}" /><text
      class="tick"
      text-anchor="end"
      x="${margin.left - 6}"
      y="${(y + 3.5).toFixed(1)}"
      >${tick}</text
    >`;
}

/** Both extremes of every pixel column, in order of steps; short series stay whole. */
export function thin(points: readonly SeriesPoint[]): readonly SeriesPoint[] {
  const nBuckets = width - margin.left - margin.right;
  if (points.length <= 2 * nBuckets) return points;
  const kept: SeriesPoint[] = [];
  for (let bucket = 0; bucket < nBuckets; bucket++) {
    const part = points.slice(
      Math.floor((bucket * points.length) / nBuckets),
      Math.floor(((bucket + 1) * points.length) / nBuckets),
    );
    const extremes = [
      part.reduce((low, point) => (point.value < low.value ? point : low)),
      part.reduce((high, point) => (point.value > high.value ? point : high)),
    ];
    kept.push(...extremes.sort((a, b) => a.step - b.step));
  }
  return kept;
}

function isFinitePoint({ value }: SeriesPoint): boolean {
  return Number.isFinite(value);
}

function apart(a: number, b: number, least: number): readonly [number, number] {
  if (Math.abs(a - b) >= least) return [a, b];
  const middle = (a + b) / 2;
  return a <= b ? [middle - least / 2, middle + least / 2] : [middle + least / 2, middle - least / 2];
}
