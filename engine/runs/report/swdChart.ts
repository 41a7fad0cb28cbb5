/**
 * SWD of every variant on one axis, with what decides: the mean of the full-precision repetitions, their
 * scatter as a band, and the threshold as a line. Accepted and rejected differ in shape, not only in colour.
 */
import { html, type Markup } from './html.ts';
import type { ReportData } from './reportData.ts';
import { axisTicks, swdText } from './reportNumbers.ts';

interface Row {
  readonly label: string;
  readonly swd: number;
  readonly kind: 'repeat' | 'accepted' | 'rejected';
  readonly what: string;
}

const width = 920;
const rowHeight = 30;
const margin = { left: 280, right: 80, top: 34, bottom: 34 };

/** null where nothing was evaluated. */
export function swdChart(data: ReportData): Markup | null {
  const { noise } = data;
  const rows = chartRows(data);
  if (noise === null || rows.length === 0) return null;
  const limit = noise.mean + noise.threshold;
  const measured = [...rows.map(({ swd }) => swd), noise.mean - noise.deviation, noise.mean + noise.deviation];
  const spanMeasured = Math.max(...measured) - Math.min(...measured);
  // A threshold far beyond everything measured would press the marks into one line: it is named, not drawn.
  const limitShown = limit <= Math.max(...measured) + 2 * spanMeasured;
  const values = limitShown ? [...measured, limit] : measured;
  const span = Math.max(Math.max(...values) - Math.min(...values), 1e-9);
  const low = Math.max(0, Math.min(...values) - 0.12 * span);
  const high = Math.max(...values) + 0.12 * span;
  const x = (swd: number) => margin.left + ((swd - low) / (high - low)) * (width - margin.left - margin.right);
  const bottom = margin.top + rows.length * rowHeight;
  const height = bottom + margin.bottom;
  const at = (swd: number) => x(swd).toFixed(1);
  return html`<div class="scroll">
    <svg
      class="chart wide"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="SWD of each variant; mean of the repetitions ${swdText(noise.mean)}, limit ${swdText(limit)}. The values are in the tables."
    >
      <rect
        class="band"
        x="${at(noise.mean - noise.deviation)}"
        width="${(x(noise.mean + noise.deviation) - x(noise.mean - noise.deviation)).toFixed(1)}"
        y="${margin.top}"
        height="${bottom - margin.top}"
      />
      ${axisTicks(low, high, 8).map((tick) => html`<line class="grid" x1="${at(tick)}" x2="${at(tick)}" y1="${margin.top}" y2="${bottom}" /><text class="tick" text-anchor="middle" x="${at(tick)}" y="${bottom + 16}">${tick}</text>`)}
      <line class="mean" x1="${at(noise.mean)}" x2="${at(noise.mean)}" y1="${margin.top}" y2="${bottom}" />
      <text class="note" text-anchor="end" x="${(x(noise.mean) - 5).toFixed(1)}" y="${margin.top - 10}">
        mean ± s of repetitions
      </text>
      ${limitShown ? limitLine(x(limit), bottom) : html`<text class="note limitText" text-anchor="end" x="${width - 4}" y="${margin.top - 10}">limit: mean + T = ${swdText(limit)}, beyond this axis →</text>`}
      ${rows.map((row, i) => chartRow(row, margin.top + (i + 0.5) * rowHeight, x(row.swd)))}
      <text class="tick" text-anchor="middle" x="${(margin.left + width - margin.right) / 2}" y="${height - 3}">
        SWD × 10³, lower is closer to the real images
      </text>
    </svg>
  </div>`;
}

function limitLine(x: number, bottom: number): Markup {
  const at = x.toFixed(1);
  return html`<line class="limit" x1="${at}" x2="${at}" y1="${margin.top}" y2="${bottom}" /><text
      class="note limitText"
      x="${(x + 5).toFixed(1)}"
      y="${margin.top - 10}"
      >limit: mean + T</text
    >`;
}

function chartRow({ label, swd, kind, what }: Row, y: number, x: number): Markup {
  const mark =
    kind === 'rejected'
      ? html`<path class="mark rejected" d="M${(x - 5).toFixed(1)} ${y - 5}l10 10m0-10l-10 10" />`
      : html`<circle class="mark ${kind}" cx="${x.toFixed(1)}" cy="${y}" r="${kind === 'repeat' ? 4 : 6}" />`;
  return html`<g
    ><title>${label}: ${swdText(swd)} (${what})</title
    ><line class="lead" x1="${margin.left}" x2="${x.toFixed(1)}" y1="${y}" y2="${y}" /><text
      class="row"
      text-anchor="end"
      x="${margin.left - 12}"
      y="${y + 4}"
      >${shorten(label)}</text
    >${mark}<text class="value" x="${(x + 11).toFixed(1)}" y="${y + 4}">${swdText(swd)}</text></g
  >`;
}

function chartRows(data: ReportData): readonly Row[] {
  return data.variants.flatMap(({ label: full, kind, layersG, layersD, evaluations }): Row[] => {
    const label = kind === 'final' ? `All accepted layers${layersD.length > 0 ? ', D too' : ''}` : full;
    const swd = evaluations.at(-1)?.swd;
    if (swd === undefined || kind === 'full') return [];
    if (kind === 'repeat') return [{ label, swd, kind: 'repeat', what: 'full precision' }];
    const within =
      kind === 'final'
        ? data.summary !== null && swd <= data.summary.swdFull + data.summary.threshold
        : data.decisions.find(({ layer }) => layer === layersG.at(-1))?.accepted === true;
    const words = kind === 'final' ? ['within T', 'beyond T'] : ['accepted', 'not accepted'];
    return [{ label, swd, kind: within ? 'accepted' : 'rejected', what: (within ? words[0] : words[1]) ?? '' }];
  });
}

function shorten(label: string): string {
  return label.length > 40 ? `${label.slice(0, 39)}…` : label;
}
