/**
 * Algorithm 1 of PBGen, layer by layer: degree of redundancy with its formula, SWD at full precision and
 * with this layer binarized, the rise against the allowed T, and the decision with its reason. A
 * click on a layer goes to its line of source. In a narrow view each row becomes a small card.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { breakable } from '../../format/breakable.ts';
import { formatDelta, formatDor, formatSwd } from '../../../core/format/numbers.ts';
import { initialRunState, type RunState } from '../../../core/session/runState.ts';
import { initialViewState, type DecisionSort } from '../../state/viewState.ts';
import { base, section, table } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import { emit } from '../panelEvents.ts';
import { decisionRows, emptyReason, nextSort, riseBar, type DecisionRow, type Outcome } from './decisionRows.ts';
import { decisionTableStyles } from './decision-table.styles.ts';

const outcomes: Readonly<
  Record<Outcome, { readonly word: string; readonly tone: string; readonly icon: TemplateResult }>
> = {
  accepted: { word: 'Accepted', tone: 'good', icon: icons.check },
  rejected: { word: 'Rejected', tone: 'bad', icon: icons.cross },
  notTried: { word: 'Not tried', tone: 'muted', icon: icons.skipped },
};

/** Degree of redundancy as PBGen writes it; `dense` is our extension, a 1×1 deconvolution on a 1×1 map. */
const formulas: Readonly<Record<string, TemplateResult>> = {
  deconv: html`c<sub>i</sub> − h<sub>i</sub>·w<sub>i</sub>`,
  conv: html`w<sub>k</sub>·h<sub>k</sub>·c<sub>i</sub> − c<sub>o</sub>`,
  'conv-derived': html`w<sub>k</sub>·h<sub>k</sub>·c<sub>i</sub> − h<sub>o</sub>·w<sub>o</sub>`,
  dense: html`c<sub>i</sub> − 1`,
};

export class DecisionTable extends LitElement {
  static override properties = { run: { attribute: false }, sort: { attribute: false } };
  static override styles = [base, section, table, decisionTableStyles];

  declare run: RunState;
  declare sort: DecisionSort;

  constructor() {
    super();
    this.run = initialRunState;
    this.sort = initialViewState.sort;
  }

  override render(): TemplateResult {
    const rows = decisionRows(this.run.decisions, this.sort);
    const { noise } = this.run;
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Decisions, layer by layer</h2>
        ${
          noise === null
            ? nothing
            : html`<span class="small muted"
                >SWD may rise by T = <span class="number">${formatSwd(noise.threshold)}</span> over
                <span class="number">${formatSwd(noise.mean)} ±${formatSwd(noise.deviation)}</span></span
              >`
        }
      </header>
      <div class="body flush">
        ${rows.length === 0 ? html`<p class="empty">${emptyReason(this.run)}</p>` : this.#table(rows)}
        ${noise === null ? nothing : html`<p class="how small muted">${noise.how}</p>`}
      </div>
    </section>`;
  }

  #table(rows: readonly DecisionRow[]): TemplateResult {
    return html`<table>
      <thead>
        <tr>
          ${this.#head('order', '#', 'end')} ${this.#head('layer', 'Layer')} ${this.#head('dor', 'DoR', 'end')}
          <th scope="col" class="end">SWD full → binarized</th>
          ${this.#head('delta', 'Rise', 'end')}
          <th class="bar" aria-hidden="true"></th>
          ${this.#head('verdict', 'Decision')}
          <th scope="col" class="reason">Why</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => this.#row(row, rows))}
      </tbody>
    </table>`;
  }

  #head(column: DecisionSort['column'], label: string, alignment = ''): TemplateResult {
    const sorted = this.sort.column === column;
    const direction = this.sort.descending ? 'descending' : 'ascending';
    return html`<th scope="col" class=${alignment} aria-sort=${sorted ? direction : 'none'}>
      <button class="plain" @click=${() => emit(this, 'view-change', { sort: nextSort(this.sort, column) })}>
        ${label}<span class="arrow" aria-hidden="true">${sorted ? (this.sort.descending ? '↓' : '↑') : ''}</span>
      </button>
    </th>`;
  }

  #row(row: DecisionRow, rows: readonly DecisionRow[]): TemplateResult {
    const { decision, outcome } = row;
    const look = outcomes[outcome];
    const bar = riseBar(row, rows);
    return html`<tr class=${outcome}>
      <td class="end number muted order">${row.order}</td>
      <th scope="row" class="layer">
        <button
          class="plain link"
          title="Go to the source of ${decision.layer}"
          @click=${() => emit(this, 'layer-open', decision.layer)}
        >
          ${breakable(decision.layer)}
        </button>
        <span class="muted">${decision.type}</span>
      </th>
      <td class="end dor" data-label="DoR">
        <div>
          <span class="number ${decision.dor < 0 ? 'bad' : ''}">${formatDor(decision.dor)}</span>
          <span class="formula muted">${formulas[decision.formula] ?? decision.formula}</span>
        </div>
      </td>
      <td class="end number" data-label="SWD"><div>${swdText(row)}</div></td>
      <td class="end number" data-label="Rise"><div>${riseText(row)}</div></td>
      <td class="bar" aria-hidden="true">
        ${
          row.delta === null
            ? nothing
            : html`<div class="rise">
                <div .style=${`width: ${100 * bar.rise}%`}></div>
                <i .style=${`inset-inline-start: ${100 * bar.mark}%`}></i>
              </div>`
        }
      </td>
      <td class="verdict" data-label="Decision">
        <div><span class=${look.tone}>${look.icon}</span>${look.word}</div>
      </td>
      <td class="why muted">${decision.why}</td>
    </tr>`;
  }
}

function swdText({ decision, delta }: DecisionRow): TemplateResult {
  if (delta === null) return html`<span class="muted">–</span>`;
  return html`${formatSwd(decision.swdBefore)} <span class="muted">→</span> ${formatSwd(decision.swdAfter)}
    <span class="muted">±${formatSwd(decision.noise)}</span>`;
}

/** The layer's own rise beside T: one that was withdrawn for what all layers did together may well be within. */
function riseText({ decision, delta }: DecisionRow): TemplateResult {
  if (delta === null) return html`<span class="muted">–</span>`;
  const beyond = delta > decision.threshold;
  return html`<span class=${beyond ? 'bad' : ''}>${formatDelta(delta)}</span>
    <span class="muted">${beyond ? '>' : '≤'} ${formatSwd(decision.threshold)}</span>`;
}
