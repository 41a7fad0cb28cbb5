/** The rows of the what-if page: a layer's numbers now and then, its three choices, and under it why it got them or was refused. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { formatBytes, formatCount, formatDor } from '../../core/format/numbers.ts';
import { formatShape } from '../../core/graph/shape.ts';
import { whatIfBits, type WhatIfChoice, type WhatIfReport, type WhatIfRow } from '../../core/report/whatIfReport.ts';
import {
  bitsText,
  changeText,
  choiceOf,
  savingOf,
  sortedRows,
  type WhatIfSort,
  type WhatIfView,
} from './whatIfState.ts';

type Action = WhatIfChoice['action'];

export interface LayerTableOptions {
  readonly report: WhatIfReport;
  readonly view: WhatIfView;
  readonly whys: ReadonlyMap<string, string>;
  onSort(sort: WhatIfSort): void;
  onOpen(layer: string): void;
  onChoice(layer: string, kind: Action['kind'], action: Action | null): void;
}

export function layerTable(options: LayerTableOptions): TemplateResult {
  const { report, view, onSort } = options;
  const head = (label: string, sort: WhatIfSort | null, isNumber = true): TemplateResult => {
    const style = isNumber ? 'end' : '';
    if (sort === null) return html`<th scope="col" class=${style}>${label}</th>`;
    const isSorted = view.sort === sort;
    const state = !isSorted ? 'none' : sort === 'order' ? 'other' : 'descending';
    return html`<th scope="col" class=${style} aria-sort=${state}>
      <button class="plain" @click=${() => onSort(sort)}>${label}</button>
    </th>`;
  };
  if (report.rows.length === 0) return html`<p class="muted">This model has no layer with a kernel.</p>`;
  return html`<div class="scroll">
    <table aria-label="Layers">
      <thead>
        <tr>
          ${head('Layer', 'order', false)} ${head('DoR', 'dor')} ${head('Bits', null, false)}
          ${head('Saving', 'saving')} ${head('Then', null)} ${head('Now', 'bytes')} ${head('Sensitivity', null)}
          ${head('Rank', null)} ${head('Width', null)} ${head('MACs', 'macs')} ${head('Output', null)}
        </tr>
      </thead>
      <tbody>
        ${repeat(
          sortedRows(report.rows, view.sort),
          ({ name }) => name,
          (row) => layerRow(row, options),
        )}
      </tbody>
    </table>
  </div>`;
}

function layerRow(row: WhatIfRow, { report, view, whys, onOpen, onChoice }: LayerTableOptions): TemplateResult {
  const { name } = row;
  const bits = choiceOf(view.choices, name, 'bits')?.bits ?? row.bitsAfter;
  const rewrite = choiceOf(view.choices, name, 'rewrite')?.rewrite ?? null;
  const rank = rewrite?.kind === 'lowRank' ? rewrite.rank : null;
  const channels = choiceOf(view.choices, name, 'channels')?.channels ?? null;
  const refusals = report.refusals.filter(({ layer }) => layer === name);
  const why = whys.get(name) ?? null;
  const saving = savingOf(row);
  const sensitivity = row.options.find((option) => option.bits === bits)?.sensitivity ?? null;
  const hasChoice = view.choices.some(({ layer }) => layer === name);
  const hasReason = refusals.length > 0 || why !== null;
  const size = (
    label: string,
    value: number | null,
    hint: number,
    most: number | null,
    change: (value: number | null) => void,
  ): TemplateResult =>
    hint === 0
      ? html`<span class="muted">–</span>`
      : html`<input
          type="number"
          min="1"
          max=${most ?? nothing}
          aria-label=${`${label} of ${name}`}
          placeholder=${most === null ? String(hint) : `≤ ${most}`}
          .value=${live(value === null ? '' : String(value))}
          @input=${(event: Event) => {
            const { value: typed } = event.target as HTMLInputElement;
            const number = Number(typed);
            if (typed === '') change(null);
            else if (Number.isInteger(number) && number > 0) change(number);
          }}
        />`;
  return html`<tr data-layer=${name} class=${[hasChoice ? 'changed' : '', hasReason ? 'has-reason' : ''].join(' ')}>
      <th scope="row">
        <button class="plain" title="Go to line ${row.line}" @click=${() => onOpen(name)}>${name}</button>
        <span class="muted">${row.op}${row.shared > 1 ? `, one of ${row.shared} of a line` : ''}</span>
      </th>
      <td class="end number">${dorText(row)}</td>
      <td>
        <select
          aria-label=${`Bits of ${name}`}
          .value=${live(String(bits))}
          @change=${(event: Event) => {
            const { value } = event.target as HTMLSelectElement;
            const chosen = whatIfBits.find((known) => String(known) === value);
            if (chosen !== undefined)
              onChoice(name, 'bits', chosen === row.bits ? null : { kind: 'bits', bits: chosen });
          }}
        >
          ${row.options.map(
            (option) =>
              html`<option value=${String(option.bits)} ?selected=${option.bits === bits}>
                ${bitsText(option.bits)}${option.bytes === null ? '' : `, ${formatBytes(option.bytes)}`}
              </option>`,
          )}
        </select>
      </td>
      <td class="end number">${saving === null ? '?' : saving === 0 ? '' : changeText(-saving)}</td>
      <td class="end number">${formatBytes(row.bytesAfter)}</td>
      <td class="end number">${formatBytes(row.bytes)}</td>
      <td
        class="end number"
        title=${row.sensitivity === null ? '' : `${row.sensitivity.level}: ${row.sensitivity.why}`}
      >
        ${sensitivity === null ? '?' : sensitivity === 0 ? '0' : sensitivity.toPrecision(2)}
      </td>
      <td class="end">
        ${
          rewrite !== null && rank === null
            ? html`<button
                class="plain"
                title="Take the replacement back"
                @click=${() => onChoice(name, 'rewrite', null)}
              >
                ${rewriteNames[rewrite.kind]} ✕
              </button>`
            : size('Rank', rank, row.maxRank, row.maxRank, (value) =>
                onChoice(
                  name,
                  'rewrite',
                  value === null ? null : { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: value } },
                ),
              )
        }
      </td>
      <td class="end">
        ${size('Width', channels, row.channels, null, (value) =>
          onChoice(name, 'channels', value === null ? null : { kind: 'channels', channels: value }),
        )}
      </td>
      <td class="end number">${formatCount(row.macsAfter)}</td>
      <td class="end number">${row.shape === null ? '?' : formatShape(row.shape)}</td>
    </tr>
    ${
      hasReason
        ? html`<tr class="reason">
            <td colspan="11" class="small">
              ${refusals.map(({ reason }) => html`<p class="bad" role="alert">Refused: ${reason}.</p>`)}
              ${why === null ? nothing : html`<p class="muted">${why}</p>`}
            </td>
          </tr>`
        : nothing
    }`;
}

const rewriteNames = {
  lowRank: 'low rank',
  separable: 'separable',
  resizeConv: 'resize',
  subPixel: 'sub-pixel',
} as const;

function dorText({ dor, dorAfter }: WhatIfRow): TemplateResult {
  const one = (value: number | null): TemplateResult =>
    value === null
      ? html`<span class="muted">?</span>`
      : html`<span class=${value < 0 ? 'bad' : ''}>${formatDor(value)}</span>`;
  return dor === dorAfter
    ? one(dor)
    : html`<span class="muted">${dor === null ? '?' : formatDor(dor)} →</span> ${one(dorAfter)}`;
}
