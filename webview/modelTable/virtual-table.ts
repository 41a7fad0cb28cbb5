/**
 * A table of any length that draws only the rows in sight: fixed row height, a row of space above and below, head
 * and totals that stay. Sortable by the buttons in its head (keyboard and `aria-sort`); what it shows is handed in
 * sorted. Emits `sort-change` with a column's id. It keeps nothing but the place it is scrolled to.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { emit } from './modelEvents.ts';
import { base } from '../styles/base.ts';
import type { Column } from './modelColumns.ts';
import type { Indexed, TableSort } from './modelRows.ts';
import { virtualTableStyles } from './virtual-table.styles.ts';

export const rowHeight = 28;
/** Rows drawn beyond what is in sight, so that scrolling shows no gap. */
const margin = 12;

export class VirtualTable extends LitElement {
  static override properties = {
    columns: { attribute: false },
    rows: { attribute: false },
    sort: { attribute: false },
    totals: { attribute: false },
    label: { attribute: false },
    marked: { attribute: false },
    first: { state: true },
    visible: { state: true },
  };
  static override styles = [base, virtualTableStyles];

  declare columns: readonly Column<unknown>[];
  declare rows: readonly Indexed<unknown>[];
  declare sort: TableSort;
  /** Text of the last row by column id; null: there is none. */
  declare totals: ReadonlyMap<string, string> | null;
  declare label: string;
  /** Position in the report of a row that was asked for. */
  declare marked: number | null;
  declare first: number;
  declare visible: number;
  #observer: ResizeObserver | null = null;

  constructor() {
    super();
    this.columns = [];
    this.rows = [];
    this.sort = { column: '', descending: false };
    this.totals = null;
    this.label = '';
    this.marked = null;
    this.first = 0;
    this.visible = 40;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new ResizeObserver(() => this.#look());
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('marked') && this.marked !== null) this.#reveal(this.marked);
    if (changed.has('rows')) this.#look();
  }

  override render(): TemplateResult {
    const from = Math.max(0, Math.min(this.first, this.rows.length - 1) - margin);
    const shown = this.rows.slice(from, this.first + this.visible + margin);
    const after = this.rows.length - from - shown.length;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.label} @scroll=${() => this.#look()}>
      <table aria-rowcount=${this.rows.length + 1} aria-label=${this.label}>
        <colgroup>
          ${this.columns.map(({ width, rank }) => html`<col class="rank${rank}" .style=${width === 0 ? '' : `width: ${width}px`} />`)}
        </colgroup>
        <thead>
          <tr aria-rowindex="1">
            ${this.columns.map((column) => this.#head(column))}
          </tr>
        </thead>
        <tbody>
          ${space(from)}
          ${repeat(
            shown,
            ({ idx }) => idx,
            (indexed, at) => this.#row(indexed, from + at),
          )}
          ${space(after)}
        </tbody>
        ${this.totals === null ? nothing : this.#foot(this.totals)}
      </table>
    </div>`;
  }

  #head(column: Column<unknown>): TemplateResult {
    const isSorted = this.sort.column === column.id;
    const direction = this.sort.descending ? 'descending' : 'ascending';
    const glyph = isSorted ? (this.sort.descending ? '↓' : '↑') : '';
    const arrow = html`<span class="arrow" aria-hidden="true">${glyph}</span>`;
    return html`<th
      scope="col"
      class="${column.align} rank${column.rank}"
      aria-sort=${isSorted ? direction : 'none'}
      data-column=${column.id}
    >
      <button class="plain" title=${column.title ?? nothing} @click=${() => emit(this, 'sort-change', column)}>
        ${column.align === 'end' ? [arrow, column.label] : [column.label, arrow]}
      </button>
    </th>`;
  }

  #row(indexed: Indexed<unknown>, at: number): TemplateResult {
    const isMarked = indexed.idx === this.marked;
    return html`<tr
      aria-rowindex=${at + 2}
      class=${at % 2 === 1 ? 'odd' : ''}
      aria-current=${isMarked ? 'true' : nothing}
    >
      ${this.columns.map((column) =>
        column.id === 'name'
          ? html`<th scope="row" class="tail rank${column.rank}">${column.cell(indexed)}</th>`
          : html`<td class="${column.align} rank${column.rank}">${column.cell(indexed)}</td>`,
      )}
    </tr>`;
  }

  #foot(totals: ReadonlyMap<string, string>): TemplateResult {
    return html`<tfoot>
      <tr>
        ${this.columns.map(({ id, align, rank }) =>
          id === 'name'
            ? html`<th scope="row" class="${align} rank${rank}">${totals.get(id) ?? ''}</th>`
            : html`<td class="${align} rank${rank}">${totals.get(id) ?? ''}</td>`,
        )}
      </tr>
    </tfoot>`;
  }

  get #scroll(): HTMLElement | null {
    return this.renderRoot.querySelector('.scroll');
  }

  #look(): void {
    const scroll = this.#scroll;
    if (scroll === null) return;
    this.first = Math.floor(scroll.scrollTop / rowHeight);
    this.visible = Math.ceil(scroll.clientHeight / rowHeight);
  }

  #reveal(idx: number): void {
    const at = this.rows.findIndex((indexed) => indexed.idx === idx);
    const scroll = this.#scroll;
    if (at < 0 || scroll === null) return;
    scroll.scrollTop = Math.max(0, at * rowHeight - scroll.clientHeight / 2);
    this.#look();
  }
}

function space(nRows: number): TemplateResult | typeof nothing {
  return nRows <= 0
    ? nothing
    : html`<tr class="space" aria-hidden="true" .style=${`height: ${nRows * rowHeight}px`}></tr>`;
}
