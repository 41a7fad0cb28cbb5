/**
 * Distance to the real images (SWD ×10³, lower is better) of every variant: newest value, rise over full
 * precision, values by resolution, and all of it as a strip with the noise band and the allowed limit.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { breakable } from '../../format/breakable.ts';
import { formatWhole, formatDelta, formatSwd } from '../../../core/format/numbers.ts';
import { initialRunState, type RunState } from '../../../core/session/runState.ts';
import { base, section, table } from '../../styles/base.ts';
import { emit } from '../panelEvents.ts';
import { swdStrip, type SwdRow, type SwdStrip } from './swdScale.ts';

export class SwdTable extends LitElement {
  static override properties = { run: { attribute: false }, selected: { attribute: false } };
  static override styles = [
    base,
    section,
    table,
    css`
      :host {
        container-type: inline-size;
      }
      th[scope='row'] {
        min-width: 12ch;
      }
      td.strip {
        width: 60%;
        padding-block: 0;
      }
      .line {
        position: relative;
        height: 28px;
        min-width: 80px;
      }
      .line i {
        position: absolute;
        top: 0;
        bottom: 0;
      }
      .swatch {
        width: 12px;
        height: 10px;
      }
      .swatch.limit {
        width: 0;
      }
      .band {
        background: var(--sw-band);
      }
      .limit {
        width: 0;
        border-inline-start: 1px dashed var(--sw-bad);
      }
      .dot {
        width: 6px;
        height: 6px;
        margin: 11px 0 0 -3px;
        border-radius: 50%;
        background: var(--sw-generator);
        opacity: 0.25;
      }
      .dot:last-child {
        width: 10px;
        height: 10px;
        margin: 9px 0 0 -5px;
        opacity: 1;
      }
      .name {
        color: var(--sw-fg);
      }
      .name:hover {
        text-decoration: underline;
      }
      .axis {
        display: flex;
        justify-content: space-between;
      }
      @container (max-width: 420px) {
        th[scope='row'] {
          overflow-wrap: anywhere;
        }
        .strip,
        .levels {
          display: none;
        }
      }
      @container (max-width: 620px) {
        .levels {
          display: none;
        }
      }
    `,
  ];

  declare run: RunState;
  declare selected: string | null;

  constructor() {
    super();
    this.run = initialRunState;
    this.selected = null;
  }

  override render(): TemplateResult {
    const strip = swdStrip(this.run);
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">SWD by variant</h2>
        <span class="small muted">×10³, lower is better</span>
        ${
          strip.band === null
            ? nothing
            : html`<div class="aside legend" aria-hidden="true">
                <span><i class="swatch band"></i>noise</span><span><i class="swatch limit"></i>limit T</span>
              </div>`
        }
      </header>
      <div class="body flush">
        ${strip.rows.length === 0 ? html`<p class="empty">Shown with the first evaluation.</p>` : this.#table(strip)}
      </div>
    </section>`;
  }

  #table(strip: SwdStrip): TemplateResult {
    const levels = strip.rows[0]?.levels.map((level) => level.resolution).join(' · ') ?? '';
    return html`<table>
      <thead>
        <tr>
          <th scope="col">Variant</th>
          <th scope="col" class="end">SWD</th>
          <th scope="col" class="end">Rise</th>
          <th class="strip" aria-hidden="true">
            <span class="axis number"><span>${formatSwd(strip.low)}</span><span>${formatSwd(strip.high)}</span></span>
          </th>
          <th scope="col" class="end levels" title="SWD by resolution of the pyramid">${levels} px</th>
        </tr>
      </thead>
      <tbody>
        ${strip.rows.map((row) => this.#row(row, strip))}
      </tbody>
    </table>`;
  }

  #row(row: SwdRow, strip: SwdStrip): TemplateResult {
    return html`<tr aria-current=${row.id === this.selected ? 'true' : 'false'}>
      <th scope="row">
        <button
          class="plain name"
          title="At step ${formatWhole(row.step)}. Show this variant"
          @click=${() => emit(this, 'view-change', { variant: row.id })}
        >
          ${breakable(row.label)}
        </button>
      </th>
      <td class="end number">${formatSwd(row.swd)}</td>
      <td class="end number muted">${row.delta === null ? '' : formatDelta(row.delta)}</td>
      <td class="strip" aria-hidden="true">
        <div class="line">
          ${
            strip.band === null
              ? nothing
              : html`<i
                  class="band"
                  .style=${`inset-inline-start: ${100 * strip.band.from}%; width: ${100 * (strip.band.to - strip.band.from)}%`}
                ></i>`
          }
          ${strip.limit === null ? nothing : html`<i class="limit" .style=${at(strip.limit)}></i>`}
          ${row.trail.map((position) => html`<i class="dot" .style=${at(position)}></i>`)}
        </div>
      </td>
      <td class="end number muted levels">${row.levels.map((level) => formatSwd(level.swd)).join(' · ')}</td>
    </tr>`;
  }
}

function at(position: number): string {
  return `inset-inline-start: ${100 * position}%`;
}
