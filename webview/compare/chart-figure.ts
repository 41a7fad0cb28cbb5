/**
 * A chart with its title and, behind a button, the same numbers as a table. The drawing comes as text from
 * `core/chart`, which escapes every name in it; colours are the theme's.
 */
import { css, html, LitElement, unsafeCSS, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import type { ChartSpec } from '../../core/chart/chartSpec.ts';
import { chartStyles } from '../../core/chart/chartStyles.ts';
import { chartSvg } from '../../core/chart/chartSvg.ts';
import { chartTable } from '../../core/chart/chartTable.ts';
import { formatWhole } from '../../core/format/numbers.ts';
import { base, section, table } from '../styles/base.ts';
import { icons } from '../styles/icons.ts';
import { button } from '../toolkit.ts';
import { themePalette } from './themePalette.ts';

/** Drawn anew at these widths only, so that a scroll bar that comes and goes changes nothing. */
const widthStep = 40;
const chartWidths = { least: 240, most: 720 };
const chartHeight = 280;

/** Rows shown at once; the CSV has them all. */
const mostRows = 200;

export class ChartFigure extends LitElement {
  static override properties = {
    spec: { attribute: false },
    asTable: { type: Boolean },
    chartWidth: { state: true },
  };
  static override styles = [
    base,
    section,
    table,
    unsafeCSS(chartStyles(themePalette, '.chart')),
    css`
      .chart {
        width: 100%;
        height: auto;
      }
      .scroll {
        max-height: 360px;
        overflow: auto;
      }
      td,
      th[scope='col'] {
        text-align: end;
      }
    `,
  ];

  declare spec: ChartSpec | null;
  declare asTable: boolean;
  /** Of the drawing, as wide as there is room: text keeps its size. */
  declare chartWidth: number;
  /** Called when the reader asks for the other form. */
  declare onToggle: () => void;

  constructor() {
    super();
    this.spec = null;
    this.asTable = false;
    this.chartWidth = 520;
    this.onToggle = () => undefined;
  }

  readonly #resize = new ResizeObserver(([entry]) => {
    const room = (entry?.contentRect.width ?? 0) - 2 * 13;
    if (room <= 0) return;
    const width = widthStep * Math.floor(room / widthStep);
    this.chartWidth = Math.min(chartWidths.most, Math.max(chartWidths.least, width));
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  override render(): TemplateResult {
    const { spec } = this;
    const empty = spec === null || spec.series.every(({ points }) => points.length === 0);
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">${spec?.title ?? ''}</h2>
        <div class="aside">
          ${button({
            label: this.asTable ? 'Show as chart' : 'Show as table',
            icon: this.asTable ? icons.chart : icons.table,
            look: 'icon',
            pressed: this.asTable,
            part: 'chart-table',
            onClick: () => this.onToggle(),
          })}
        </div>
      </header>
      <div class="body">
        ${spec === null || empty ? html`<p class="empty">Nothing was measured yet.</p>` : this.asTable ? this.#table(spec) : unsafeHTML(chartSvg(spec, { width: this.chartWidth, height: chartHeight }))}
      </div>
    </section>`;
  }

  #table(spec: ChartSpec): TemplateResult {
    const { columns, rows } = chartTable(spec);
    const shown = rows.length <= mostRows ? rows : rows.slice(-mostRows);
    const left = rows.length - shown.length;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Numbers of the chart">
      <table>
        <caption class="spoken">
          ${spec.title}${left > 0 ? `, the last ${mostRows} rows` : ''}
        </caption>
        <thead>
          <tr>
            ${columns.map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (row) =>
              html`<tr>
                ${row.map((cell) => html`<td class="number">${cellText(cell)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
      ${left > 0 ? html`<p class="small muted">${formatWhole(left)} earlier rows are in the CSV.</p>` : ''}
    </div>`;
  }
}

function cellText(cell: string | number | null): string {
  if (cell === null) return '–';
  return typeof cell === 'string' ? cell : String(Number(cell.toPrecision(6))).replace('-', '−');
}
