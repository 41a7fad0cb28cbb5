/**
 * The page of the model editor: what the file is, what its model costs against a device's memory, its layers (or
 * tensors) as a table, and what the rules found. It holds the reader's choices; everything about the file comes from
 * the host and is asked for again when the file changes.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { defaultDeviceId } from '../../core/devices.ts';
import { formatBytes, formatCount, formatWhole } from '../../core/format/numbers.ts';
import type { Problem } from '../../core/problem.ts';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import { boundText, lowerBounds } from '../../core/report/lowerBounds.ts';
import type { ModelFileInit, ModelTable } from '../../core/report/modelFileProtocol.ts';
import { base } from '../styles/base.ts';
import { icons } from '../styles/icons.ts';
import { tokens } from '../styles/tokens.ts';
import { button, progressRing } from '../toolkit.ts';
import { ownBudget } from './budget-card.ts';
import { layerColumns, shapeText, tensorColumns, type Column } from './modelColumns.ts';
import { on } from './modelEvents.ts';
import {
  filterRows,
  layerText,
  nextSort,
  sortRows,
  sumLayers,
  tensorText,
  type Indexed,
  type TableSort,
} from './modelRows.ts';
import { initialModelView, type ModelView } from './modelView.ts';
import { slimwiseModelStyles } from './slimwise-model.styles.ts';
import { rowHeight } from './virtual-table.ts';

export interface ModelActions {
  reload(): void;
  copyCsv(table: ModelTable, rows: readonly number[]): void;
  openLayer(layer: string): void;
}

export type ModelPhase =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'shown'; readonly file: ModelFileInit };

interface ShownTable {
  readonly table: ModelTable;
  readonly columns: readonly Column<unknown>[];
  readonly rows: readonly Indexed<unknown>[];
  readonly nAll: number;
  readonly sort: TableSort;
  readonly totals: ReadonlyMap<string, string>;
}

export class SlimwiseModel extends LitElement {
  static override properties = {
    phase: { attribute: false },
    view: { attribute: false },
    message: { attribute: false },
    marked: { state: true },
  };
  static override styles = [tokens, base, slimwiseModelStyles];

  declare phase: ModelPhase;
  declare view: ModelView;
  /** What an action has to say: copied, or why it could not. */
  declare message: string;
  declare marked: number | null;
  declare actions: ModelActions;
  /** Keeps the choices of the reader; called after each change. */
  declare saveView: (view: ModelView) => void;

  constructor() {
    super();
    this.phase = { kind: 'loading' };
    this.view = initialModelView;
    this.message = '';
    this.marked = null;
    this.actions = { reload: () => undefined, copyCsv: () => undefined, openLayer: () => undefined };
    this.saveView = () => undefined;
  }

  override render(): TemplateResult {
    const { phase } = this;
    if (phase.kind === 'loading') {
      return html`<div class="whole" role="status">
        ${progressRing('Reading the model file')}
        <p>Reading the file…</p>
      </div>`;
    }
    if (phase.kind === 'failed') return this.#failed(phase.problem);
    return html`<main
      @sort-change=${on<'sort-change'>((column) => this.#sortBy(column))}
      @device-change=${on<'device-change'>((device) => this.#change({ device }))}
      @finding-open=${on<'finding-open'>((layer) => this.#show(layer, phase.file))}
    >
      ${this.#content(phase.file)}
    </main>`;
  }

  #content(file: ModelFileInit): TemplateResult {
    const { report, name } = file;
    const [model] = report.models;
    const shown = this.#table(file);
    return html`<header>
        <h1>${name}</h1>
        <dl class="facts">
          ${[
            { label: 'Format', value: formatNames[report.format] },
            { label: 'File', value: formatBytes(report.sizeBytes) },
            ...report.facts,
          ].map(
            ({ label, value }) =>
              html`<div>
                <dt>${label}</dt>
                <dd>${value}</dd>
              </div>`,
          )}
        </dl>
      </header>
      ${this.#overview(file, model)} ${this.#sourceNote(file)} ${this.#tools(file, shown)}
      ${
        shown.nAll === 0
          ? html`<p class="empty">
              ${report.tensors === null ? 'This model has no operators.' : 'This file holds no tensors.'}
            </p>`
          : html`<virtual-table
              .style=${`height: ${(shown.rows.length + 2) * rowHeight + 2}px`}
              .columns=${shown.columns}
              .rows=${shown.rows}
              .sort=${shown.sort}
              .totals=${shown.totals}
              .marked=${this.marked}
              .label=${shown.table === 'layers' ? 'Layers' : 'Tensors'}
            ></virtual-table>`
      }
      <finding-list .findings=${model?.findings ?? []} .problems=${report.problems}></finding-list>`;
  }

  #overview(file: ModelFileInit, model: ModelReport | undefined): TemplateResult {
    const { tensors } = file.report;
    const totals = model?.totals;
    const bytes = totals?.bytes ?? plainBytes(tensors?.totals.bytes ?? 0);
    const isBound = model === undefined ? { weights: false, macs: false } : lowerBounds(model);
    const ends =
      model === undefined
        ? null
        : html`${shapesText(model.inputs)} <span class="muted">→</span> ${shapesText(model.outputs)}`;
    const sum = (label: string, value: unknown, aside: unknown = nothing): TemplateResult =>
      html`<div>
        <dt>${label}</dt>
        <dd>${value} <span class="small muted">${aside}</span></dd>
      </div>`;
    return html`<section class="overview" aria-label="Totals and memory">
      <dl class="sums">
        ${
          totals === undefined
            ? html`${sum('Tensors', formatWhole(tensors?.totals.tensors ?? 0))}
              ${sum('Values', formatCount(tensors?.totals.values ?? 0))}`
            : html`${sum(
                'Parameters',
                html`<span title=${formatWhole(totals.params)}
                  >${boundText(totals.params, isBound.weights, formatCount)}</span
                >`,
                totals.nonTrainable > 0 ? `+ ${formatCount(totals.nonTrainable)} not trained` : nothing,
              )}
              ${sum('MACs', html`<span title=${formatWhole(totals.macs)}>${boundText(totals.macs, isBound.macs, formatCount)}</span>`)}
              ${sum('Layers', formatWhole(model?.layers.length ?? 0))}`
        }
        ${
          ends === null
            ? nothing
            : html`<div>
                <dt>Input → output</dt>
                <dd class="small">${ends}</dd>
              </div>`
        }
      </dl>
      <budget-card
        .bytes=${bytes}
        .partial=${isBound.weights}
        .device=${this.#device(file)}
        .devices=${file.devices}
        .budgetBytes=${file.budgetBytes}
      ></budget-card>
    </section>`;
  }

  #sourceNote({ report: { tensors } }: ModelFileInit): TemplateResult | typeof nothing {
    if (tensors === null) return nothing;
    const { source, missing } = tensors;
    if (source === null) {
      return html`<p class="note muted">
        No source beside this file has a model with these weights. Put it beside its Python or TypeScript source to see
        layers and costs.
      </p>`;
    }
    const words = [
      `${source.fits} fit`,
      ...(source.misfits > 0 ? [`${source.misfits} of another shape`] : []),
      ...(source.extra > 0 ? [`${source.extra} not in the model`] : []),
      ...(missing.length > 0 ? [`${missing.length} missing (${missingText(missing)})`] : []),
    ];
    return html`<p class="note">
      Weights of <strong>${source.instantiation ?? source.model}</strong> in ${source.file.split(/[\\/]/).pop()}, line
      ${source.line}: ${words.join(', ')}.
    </p>`;
  }

  #tools(file: ModelFileInit, shown: ShownTable): TemplateResult {
    const { models, tensors } = file.report;
    const hasBoth = models.length > 0 && tensors !== null;
    const tab = (table: ModelTable, label: string): TemplateResult =>
      html`<button
        class="plain"
        role="tab"
        aria-selected=${String(shown.table === table)}
        @click=${() => this.#change({ table })}
      >
        ${label}
      </button>`;
    const rows = shown.rows.map(({ idx }) => idx);
    return html`<div class="tools">
      ${hasBoth ? html`<div role="tablist" aria-label="Table">${tab('layers', 'Layers')}${tab('tensors', 'Tensors')}</div>` : nothing}
      <input
        type="search"
        placeholder="Filter by name or type"
        aria-label="Filter rows"
        .value=${this.view.filter}
        @input=${(event: Event) => this.#change({ filter: (event.target as HTMLInputElement).value })}
      />
      <span class="small muted" role="status"
        >${shown.rows.length === shown.nAll ? nothing : `${shown.rows.length} of ${shown.nAll}`}</span
      >
      <div class="aside">
        <span class="small muted" role="status">${this.message}</span>
        ${button({ label: 'Copy as CSV', icon: icons.table, look: 'secondary', part: 'copy', disabled: rows.length === 0, onClick: () => this.actions.copyCsv(shown.table, rows) })}
      </div>
    </div>`;
  }

  /** The chosen table, filtered and sorted. */
  #table({ report }: ModelFileInit): ShownTable {
    const { filter, layerSort, tensorSort } = this.view;
    const [model] = report.models;
    const table: ModelTable =
      model === undefined ? 'tensors' : report.tensors === null ? 'layers' : (this.view.table ?? 'layers');
    if (table === 'tensors') {
      const all = report.tensors?.rows ?? [];
      const columns = tensorColumns((report.tensors?.source ?? null) !== null);
      const rows = sortRows(filterRows(all, filter, tensorText), columns, tensorSort);
      const totals = new Map([
        ['name', `${formatWhole(rows.length)} tensors`],
        ['values', formatWhole(rows.reduce((total, { row }) => total + row.values, 0))],
        ['bytes', formatBytes(rows.reduce((total, { row }) => total + row.bytes, 0))],
      ]);
      return {
        table,
        columns: columns as unknown as readonly Column<unknown>[],
        rows,
        nAll: all.length,
        sort: tensorSort,
        totals,
      };
    }
    const all = model?.layers ?? [];
    const columns = layerColumns({
      openLayer: report.tensors === null ? null : (layer) => this.actions.openLayer(layer),
    });
    const rows = sortRows(filterRows(all, filter, layerText), columns, layerSort);
    const sums = sumLayers(rows);
    const bytes = (count: number): string => boundText(count, sums.isPartial, formatBytes);
    const totals = new Map([
      [
        'name',
        rows.length === all.length ? 'All layers' : `${formatWhole(rows.length)} of ${formatWhole(all.length)} layers`,
      ],
      ['params', boundText(sums.params, sums.isPartial, formatCount)],
      ['macs', boundText(sums.macs, sums.areMacsPartial, formatCount)],
      ['fp32', bytes(sums.fp32)],
      ['int8', bytes(sums.int8)],
      ['binary', bytes(sums.binary)],
    ]);
    return {
      table,
      columns: columns as unknown as readonly Column<unknown>[],
      rows,
      nAll: all.length,
      sort: layerSort,
      totals,
    };
  }

  #failed(problem: Problem): TemplateResult {
    return html`<div class="whole" role="alert">
      <span class="bad">${icons.cross}</span>
      <p><strong>${problem.message}</strong></p>
      <p>${problem.hint}</p>
      <p class="small muted">${problem.path ?? ''} ${problem.code}</p>
      ${button({ label: 'Try Again', icon: icons.reset, look: 'primary', part: 'reload', onClick: () => this.actions.reload() })}
    </div>`;
  }

  /** The reader's choice, else the settings', else what the status bar takes as well. */
  #device({ device, devices, budgetBytes }: ModelFileInit): string {
    const isKnown = this.view.device === ownBudget || devices.some(({ id }) => id === this.view.device);
    return (isKnown ? this.view.device : null) ?? (budgetBytes !== null ? ownBudget : (device ?? defaultDeviceId));
  }

  #sortBy(column: Column<unknown>): void {
    if (this.phase.kind !== 'shown') return;
    const { table } = this.#table(this.phase.file);
    if (table === 'layers') this.#change({ layerSort: nextSort(this.view.layerSort, column) });
    else this.#change({ tensorSort: nextSort(this.view.tensorSort, column) });
  }

  /** Goes to the row of a layer, past any filter. */
  #show(layer: string, { report }: ModelFileInit): void {
    const idx = report.models[0]?.layers.findIndex(({ name }) => name === layer) ?? -1;
    if (idx < 0) return;
    this.#change({ filter: '', table: 'layers' });
    this.marked = idx;
  }

  #change(change: Partial<ModelView>): void {
    this.view = { ...this.view, ...change };
    this.saveView(this.view);
  }
}

const formatNames = {
  onnx: 'ONNX',
  'tfjs-layers': 'TF.js layers model',
  'tfjs-graph': 'TF.js graph model',
  safetensors: 'safetensors',
} as const;

/** Tensors alone are what they are: nothing says which of them are kernels. */
function plainBytes(bytes: number): { fp32: number; int8: number; binary: number } {
  return { fp32: bytes, int8: bytes, binary: bytes };
}

function shapesText(shapes: ModelReport['inputs']): string {
  return shapes.map((shape) => (shape === null ? '?' : shapeText(shape))).join(', ') || '?';
}

function missingText(missing: readonly { readonly layer: string; readonly weight: string }[]): string {
  const names = missing.slice(0, 3).map(({ layer, weight }) => `${layer}.${weight}`);
  return names.join(', ') + (missing.length > names.length ? ', …' : '');
}
