/**
 * Bytes of each layer's weights before and after, and of all of them against the device's budget. Bars on
 * an honest linear scale, with every value written beside its bar; a table for those who listen.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { breakable } from '../../format/breakable.ts';
import { formatBytes, formatPercent, formatRatio } from '../../../core/format/numbers.ts';
import type { RunState } from '../../../core/session/runState.ts';
import { base, section, table } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import { memoryBudget, memoryRows, type MemoryBudget } from './memoryScale.ts';

export class MemoryBars extends LitElement {
  static override properties = { memory: { attribute: false } };
  static override styles = [
    base,
    section,
    table,
    css`
      :host {
        container-type: inline-size;
      }
      .swatch {
        width: 12px;
        height: 8px;
        border-radius: 1px;
      }
      .bars {
        position: relative;
        height: 14px;
        min-width: 80px;
      }
      td.bar {
        width: 45%;
      }
      .before,
      .after {
        position: absolute;
        inset-inline-start: 0;
        border-radius: 1px;
        min-width: 1px;
      }
      .before {
        top: 0;
        height: 14px;
      }
      .after {
        top: 4px;
        height: 6px;
      }
      .before,
      .swatch.old {
        background: var(--sw-track);
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .after,
      .swatch.new {
        background: var(--sw-generator);
      }
      .mark {
        position: absolute;
        top: -3px;
        bottom: -3px;
        width: 2px;
        margin-inline-start: -1px;
        background: var(--sw-bright);
      }
      .over .after {
        background: var(--sw-bad);
      }
      tfoot th,
      tfoot td {
        border-top: 1px solid var(--sw-border);
        font-weight: 600;
        color: var(--sw-bright);
      }
      th[scope='row'] {
        color: var(--sw-fg);
      }
      .budget {
        padding: 12px;
        border-top: 1px solid var(--sw-border);
      }
      .verdict {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        margin-top: 8px;
        font-size: var(--sw-small);
      }
      @container (max-width: 340px) {
        th,
        td {
          padding-inline: 4px;
        }
      }
      @container (max-width: 380px) {
        th[scope='row'] {
          overflow-wrap: anywhere;
        }
        td.bar,
        th.bar {
          display: none;
        }
      }
    `,
  ];

  declare memory: RunState['memory'];

  constructor() {
    super();
    this.memory = null;
  }

  override render(): TemplateResult {
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Memory of weights</h2>
        <div class="aside legend" aria-hidden="true">
          <span><i class="swatch old"></i>before</span><span><i class="swatch new"></i>after</span>
        </div>
      </header>
      <div class="body flush">
        ${
          this.memory === null
            ? html`<p class="empty">Known when the engine has built the network.</p>`
            : this.#table(this.memory)
        }
      </div>
    </section>`;
  }

  #table(memory: NonNullable<RunState['memory']>): TemplateResult {
    const budget = memoryBudget(memory);
    return html`
      <table>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th class="bar" aria-hidden="true"></th>
            <th scope="col" class="end">Before</th>
            <th scope="col" class="end">After</th>
            <th scope="col" class="end">Smaller by</th>
          </tr>
        </thead>
        <tbody>
          ${memoryRows(memory).map(
            (row) =>
              html`<tr>
                <th scope="row">${breakable(row.name)}</th>
                <td class="bar" aria-hidden="true">${bars(row.before, row.after)}</td>
                <td class="end number">${formatBytes(row.bytesBefore)}</td>
                <td class="end number">${formatBytes(row.bytesAfter)}</td>
                <td class="end number muted">${ratio(row.bytesBefore, row.bytesAfter)}</td>
              </tr>`,
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td class="bar" aria-hidden="true"></td>
            <td class="end number">${formatBytes(memory.totalBefore)}</td>
            <td class="end number">${formatBytes(memory.totalAfter)}</td>
            <td class="end number">${ratio(memory.totalBefore, memory.totalAfter)}</td>
          </tr>
        </tfoot>
      </table>
      ${budget === null ? nothing : budgetBar(budget, memory)}
    `;
  }
}

function bars(before: number, after: number): TemplateResult {
  return html`<div class="bars">
    <div class="before" .style=${width(before)}></div>
    <div class="after" .style=${width(after)}></div>
  </div>`;
}

function budgetBar(budget: MemoryBudget, { totalBefore, totalAfter }: NonNullable<RunState['memory']>): TemplateResult {
  return html`<div class="budget ${budget.fitsAfter ? '' : 'over'}">
    <div class="bars" aria-hidden="true">
      <div class="before" .style=${width(budget.before)}></div>
      <div class="after" .style=${width(budget.after)}></div>
      <div class="mark" .style=${`inset-inline-start: ${100 * budget.mark}%`}></div>
    </div>
    <p class="verdict">
      <span class=${budget.fitsAfter ? 'good' : 'bad'}>${budget.fitsAfter ? icons.check : icons.cross}</span>
      <span>
        ${budget.device}: ${budget.fitsAfter ? 'fits' : 'does not fit'},
        <span class="number">${formatPercent(totalAfter / budget.budgetBytes)}</span> of
        ${formatBytes(budget.budgetBytes)}
        <span class="muted">(before: ${formatPercent(totalBefore / budget.budgetBytes)})</span>
      </span>
    </p>
  </div>`;
}

function width(share: number): string {
  return `width: ${100 * share}%`;
}

function ratio(before: number, after: number): string {
  if (before === after) return 'same';
  return after > 0 ? formatRatio(before / after) : '–';
}
