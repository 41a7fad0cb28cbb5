/** The rows of the what-if page: a layer's numbers now and then, its choices, and under it why it got them or was refused. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { formatBytes, formatCount, formatDor, formatSigned } from '../../core/format/numbers.ts';
import { formatShape } from '../../core/graph/shape.ts';
import {
  whatIfBits,
  type WhatIfBasis,
  type WhatIfChoice,
  type WhatIfReport,
  type WhatIfRow,
} from '../../core/report/whatIfReport.ts';
import { pruneCell, sizeCell } from './choiceCells.ts';
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
  /** What is shown of sensitivity where both are known. */
  readonly basis: WhatIfBasis;
  onSort(sort: WhatIfSort): void;
  onOpen(layer: string): void;
  /** The list of all that can be done to a layer. */
  onMore(layer: string): void;
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
          ${head('Rank', null)} ${head('Width', null)} ${head('Prune', null)} ${head('MACs', 'macs')}
          ${head('Output', null)}
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

function layerRow(row: WhatIfRow, options: LayerTableOptions): TemplateResult {
  const { report, view, whys, basis, onOpen, onMore, onChoice } = options;
  const { name } = row;
  const bits = choiceOf(view.choices, name, 'bits')?.bits ?? row.bitsAfter;
  const rewrite = choiceOf(view.choices, name, 'rewrite')?.rewrite ?? null;
  const rank = rewrite?.kind === 'lowRank' ? rewrite.rank : null;
  const channels = choiceOf(view.choices, name, 'channels')?.channels ?? null;
  const refusals = report.refusals.filter(({ layer }) => layer === name);
  const why = whys.get(name) ?? null;
  const saving = savingOf(row);
  const prune = choiceOf(view.choices, name, 'prune');
  const hasChoice = view.choices.some(({ layer }) => layer === name);
  const hasReason = refusals.length > 0 || why !== null;
  return html`<tr data-layer=${name} class=${[hasChoice ? 'changed' : '', hasReason ? 'has-reason' : ''].join(' ')}>
      <th scope="row">
        <span class="own"
          ><button class="plain" title="Go to line ${row.line}" @click=${() => onOpen(name)}>${name}</button
          ><button
            class="plain more"
            aria-label="All changes of ${name}"
            title="All that can be done to it"
            @click=${() => onMore(name)}
          >
            …
          </button></span
        >
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
      ${sensitivityCell(row, bits, basis)}
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
            : sizeCell({
                label: `Rank of ${name}`,
                value: rank,
                hint: row.maxRank,
                most: row.maxRank,
                onChange: (value) =>
                  onChoice(
                    name,
                    'rewrite',
                    value === null ? null : { kind: 'rewrite', rewrite: { kind: 'lowRank', rank: value } },
                  ),
              })
        }
      </td>
      <td class="end">
        ${sizeCell({
          label: `Width of ${name}`,
          value: channels,
          hint: row.channels,
          most: null,
          onChange: (value) =>
            onChoice(name, 'channels', value === null ? null : { kind: 'channels', channels: value }),
        })}
      </td>
      <td class="end">${pruneCell(row, prune, (action) => onChoice(name, 'prune', action))}</td>
      <td class="end number">${formatCount(row.macsAfter)}</td>
      <td class="end number">${row.shape === null ? '?' : formatShape(row.shape)}</td>
    </tr>
    ${
      hasReason
        ? html`<tr class="reason">
            <td colspan="12" class="small">
              ${refusals.map(({ reason }) => html`<p class="bad" role="alert">Refused: ${reason}.</p>`)}
              ${why === null ? nothing : html`<p class="muted">${why}</p>`}
            </td>
          </tr>`
        : nothing
    }`;
}

/** The number at the chosen bits and where it is from: a measured rise of SWD ×10³, or the prediction, without a unit. */
function sensitivityCell(row: WhatIfRow, bits: WhatIfRow['bits'], basis: WhatIfBasis): TemplateResult {
  const option = row.options.find((own) => own.bits === bits);
  const measured = basis === 'measured' ? (option?.measured ?? null) : null;
  const value = measured ?? option?.sensitivity ?? null;
  const text = value === null ? '?' : measured === null ? predictedText(value) : formatSigned(Number(value.toFixed(1)));
  const source = value === null || value === 0 ? '' : measured === null ? 'predicted' : 'measured';
  const words = row.sensitivity === null ? '' : `${row.sensitivity.level}: ${row.sensitivity.why}`;
  return html`<td class="end number" title=${words}>
    ${text} ${basis === 'measured' && source !== '' ? html`<span class="basis muted">${source}</span>` : nothing}
  </td>`;
}

function predictedText(value: number): string {
  return value === 0 ? '0' : value.toPrecision(2);
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
