/**
 * What each compared run came to, one row each, with the colour that it has in the charts, and the fields in
 * which the plans differ below it. A row can be taken out of the charts and grids, and leads to its run.
 */
import { css, html, LitElement, nothing, unsafeCSS, type TemplateResult } from 'lit';
import { comparisonTable, type ComparedRow, type Comparison } from '../../core/compare/compareRuns.ts';
import { paletteSize } from '../../core/chart/chartStyles.ts';
import { breakable } from '../format/breakable.ts';
import { base, section, table } from '../styles/base.ts';
import { checkbox } from '../toolkit.ts';
import { themePalette } from './themePalette.ts';

/** Columns of words; all others hold numbers. */
const wordColumns: ReadonlySet<string> = new Set(['Run', 'Setting', 'Layers of G', 'D']);

export class CompareTable extends LitElement {
  static override properties = {
    comparison: { attribute: false },
    hiddenRows: { attribute: false },
  };
  static override styles = [
    base,
    section,
    table,
    css`
      .scroll {
        overflow-x: auto;
      }
      .swatch {
        display: inline-block;
        width: 12px;
        height: 4px;
        border-radius: 2px;
        vertical-align: middle;
        margin-inline-end: 6px;
        background: currentColor;
      }
      .link {
        color: var(--sw-link);
        overflow-wrap: anywhere;
      }
      .link:hover {
        text-decoration: underline;
      }
      .differs {
        border-top: 1px solid var(--sw-line);
      }
      h3 {
        padding: 8px 12px 0;
        font-size: var(--sw-small);
        font-weight: 600;
        color: var(--sw-bright);
      }
      .value {
        font-family: var(--sw-mono);
        overflow-wrap: anywhere;
      }
      tbody th[scope='row'] {
        min-width: 18ch;
      }
      .layers {
        min-width: 12ch;
        overflow-wrap: anywhere;
      }
    `,
    unsafeCSS(themePalette.series.map((color, i) => `.c${i}{color:${color}}`).join('')),
  ];

  declare comparison: Comparison | null;
  declare hiddenRows: readonly string[];
  declare onToggle: (key: string) => void;
  declare onOpen: (run: string) => void;

  constructor() {
    super();
    this.comparison = null;
    this.hiddenRows = [];
    this.onToggle = () => undefined;
    this.onOpen = () => undefined;
  }

  override render(): TemplateResult {
    const { comparison } = this;
    if (comparison === null) return html``;
    const { columns, rows } = comparisonTable(comparison);
    return html`<section class="section" aria-labelledby="title">
      <header><h2 id="title">What each came to</h2></header>
      <div class="body flush scroll">
        <table>
          <thead>
            <tr>
              <th scope="col"><span class="spoken">Shown</span></th>
              ${columns.map((name) => html`<th scope="col" class=${wordColumns.has(name) ? '' : 'end'}>${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${comparison.rows.map((row, i) => this.#row(row, i, columns, rows[i] ?? []))}
          </tbody>
        </table>
        ${this.#differences(comparison)}
      </div>
    </section>`;
  }

  #row(
    row: ComparedRow,
    i: number,
    columns: readonly string[],
    cells: readonly (string | number | null)[],
  ): TemplateResult {
    return html`<tr data-row=${row.key}>
      <td>
        ${checkbox({
          label: '',
          title: `Show ${row.name} in the charts`,
          checked: !this.hiddenRows.includes(row.key),
          onChange: () => this.onToggle(row.key),
        })}
      </td>
      ${cells.map((cell, column) =>
        column === 0
          ? html`<th scope="row">
              <span class="swatch c${i % paletteSize}"></span
              ><button class="plain link" @click=${() => this.onOpen(row.run)}>${breakable(row.name)}</button>
            </th>`
          : html`<td class=${wordColumns.has(columns[column] ?? '') ? 'layers' : 'end number'}>${cell}</td>`,
      )}
    </tr>`;
  }

  #differences({ differences, runs }: Comparison): TemplateResult | typeof nothing {
    if (runs.length < 2) return nothing;
    if (differences.length === 0) return html`<h3>The plans are the same.</h3>`;
    return html`<div class="differs">
      <h3>Where the plans differ</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Field</th>
            ${runs.map(({ name, id }) => html`<th scope="col">${name} <span class="muted">${id.slice(9)}</span></th>`)}
          </tr>
        </thead>
        <tbody>
          ${differences.map(
            ({ field, values }) =>
              html`<tr>
                <th scope="row">${field}</th>
                ${values.map((value) => html`<td class="value">${value}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}
