/**
 * Losses of generator and discriminator of one variant, over all its steps, with a smoothed line, zoom by
 * dragging, exact values at the pointer or the arrow keys, and the same data as a table. It draws at
 * most a few points per pixel column, so a run of 100,000 steps costs as much per frame as a short one.
 */
import { html, LitElement, nothing, unsafeCSS, type PropertyValues, type TemplateResult } from 'lit';
import uPlotStyles from 'uplot/dist/uPlot.min.css';
import { formatWhole, formatLoss } from '../../../core/format/numbers.ts';
import type { LossPoint, VariantState } from '../../../core/session/runState.ts';
import { base, section } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import { themeColor, watchTheme } from '../../styles/theme.ts';
import { button, checkbox } from '../../toolkit.ts';
import { emit } from '../panelEvents.ts';
import { createLossDrawing, looksDifferent, type StepRange } from './drawnLosses.ts';
import { nearest } from './lossColumns.ts';
import { createLossPlot, type LossPlot } from './lossPlot.ts';
import { lossChartStyles } from './loss-chart.styles.ts';

/** What is new and cannot be seen yet is drawn after this long at the latest. */
const latestDrawMs = 250;

/** Pixels that a chart needs at least to be one. */
const minSize = { width: 120, height: 160 };

export class LossChart extends LitElement {
  static override properties = {
    variant: { attribute: false },
    smooth: { type: Boolean },
    asTable: { type: Boolean },
    zoom: { state: true },
    pointed: { state: true },
  };
  static override styles = [unsafeCSS(uPlotStyles), base, section, lossChartStyles];

  declare variant: VariantState | null;
  declare smooth: boolean;
  declare asTable: boolean;
  declare zoom: StepRange | null;
  /** Position of the point that the readout shows; null shows the newest. */
  declare pointed: number | null;

  readonly #drawing = createLossDrawing();
  #plot: LossPlot | null = null;
  #resize: ResizeObserver | null = null;
  #stopTheme: (() => void) | null = null;
  /** The last step that is drawn. */
  #drawnTo = Number.NaN;
  #later: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    super();
    this.variant = null;
    this.smooth = true;
    this.asTable = false;
    this.zoom = null;
    this.pointed = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopTheme = watchTheme(() => this.#plot?.repaint());
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopTheme?.();
    this.#dropPlot();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('variant')) return;
    const before = changed.get('variant');
    if (before?.info.id !== this.variant?.info.id) {
      this.zoom = null;
      this.pointed = null;
    }
    this.#drawing.update(this.#points());
  }

  override updated(changed: PropertyValues): void {
    const host = this.renderRoot.querySelector<HTMLElement>('.plot');
    if (host === null) return this.#dropPlot();
    if (this.#plot === null) this.#makePlot(host);
    else if (changed.size === 1 && changed.has('pointed')) return;
    else if (changed.size === 1 && changed.has('variant') && this.#looksTheSame(changed.get('variant'))) {
      this.#later ??= setTimeout(() => this.#draw(), latestDrawMs);
      return;
    }
    this.#draw();
  }

  override render(): TemplateResult {
    const points = this.#points();
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Loss</h2>
        ${points.length === 0 ? nothing : this.#readout(points)}
        <div class="aside">
          ${
            this.zoom === null
              ? nothing
              : button({
                  label: 'Show all steps',
                  icon: icons.zoomOut,
                  look: 'icon',
                  onClick: () => (this.zoom = null),
                })
          }
          ${checkbox({ label: 'Smooth', checked: this.smooth, onChange: (smooth) => emit(this, 'view-change', { smooth }) })}
          ${button({
            label: this.asTable ? 'Show as chart' : 'Show as table',
            icon: this.asTable ? icons.chart : icons.table,
            look: 'icon',
            pressed: this.asTable,
            part: 'loss-table',
            onClick: () => emit(this, 'view-change', { lossTable: !this.asTable }),
          })}
        </div>
      </header>
      <div class="body">${this.#body(points)}</div>
    </section>`;
  }

  #body(points: readonly LossPoint[]): TemplateResult {
    if (points.length === 0) return html`<p class="empty">Losses appear here with the first training step.</p>`;
    if (this.asTable) return html`<loss-table .points=${points}></loss-table>`;
    return html`<div
        class="plot"
        role="img"
        tabindex="0"
        aria-label=${this.#description(points)}
        aria-describedby="keys"
        @keydown=${this.#onKey}
        @blur=${() => this.#plot?.point(null)}
      ></div>
      <span id="keys" class="spoken">Arrow keys read single steps; the table button shows all numbers.</span>`;
  }

  #readout(points: readonly LossPoint[]): TemplateResult {
    const point = points[this.pointed ?? points.length - 1];
    return html`<p class="readout small number" aria-live=${this.pointed === null ? 'off' : 'polite'}>
      <span class="key generator"></span><span>G</span> <b>${formatLoss(point?.lossG)}</b>
      <span class="key discriminator"></span><span>D</span> <b>${formatLoss(point?.lossD)}</b>
      <span class="muted">at step ${formatWhole(point?.step ?? null)}</span>
    </p>`;
  }

  #description(points: readonly LossPoint[]): string {
    const first = points[0];
    const last = points[points.length - 1];
    return (
      `Losses of ${this.variant?.info.label ?? 'the run'}, steps ${first?.step ?? 0} to ${last?.step ?? 0}: ` +
      `generator from ${formatLoss(first?.lossG)} to ${formatLoss(last?.lossG)}, ` +
      `discriminator from ${formatLoss(first?.lossD)} to ${formatLoss(last?.lossD)}.`
    );
  }

  #points(): readonly LossPoint[] {
    return this.variant?.losses ?? [];
  }

  #makePlot(host: HTMLElement): void {
    this.#plot = createLossPlot({
      host,
      ...sizeOf(host),
      colors: () => ({
        generator: themeColor(this, '--sw-generator'),
        discriminator: themeColor(this, '--sw-discriminator'),
        text: themeColor(this, '--sw-muted'),
        grid: themeColor(this, '--sw-line'),
        font: getComputedStyle(this).fontFamily,
      }),
      onPoint: (step) => {
        this.pointed = step === null ? null : nearest(this.#drawing.columns(), step);
      },
      onZoom: (zoom) => {
        this.zoom = zoom;
      },
    });
    this.#resize = new ResizeObserver(() => {
      const { width, height } = sizeOf(host);
      this.#plot?.resize(width, height);
      this.#draw();
    });
    this.#resize.observe(host);
  }

  /** A run that streams in changes the picture less often than it sends steps. */
  #looksTheSame(before: unknown): boolean {
    const { steps, length } = this.#drawing.columns();
    const sameVariant = (before as VariantState | null | undefined)?.info.id === this.variant?.info.id;
    if (!sameVariant || this.#plot === null || Number.isNaN(this.#drawnTo) || length === 0) return false;
    const { from, to } = this.zoom ?? { from: steps[0] ?? 0, to: Infinity };
    const chart = { from, drawnTo: Math.min(to, this.#drawnTo), nColumns: this.#plot.columns() };
    return !looksDifferent(chart, Math.min(to, steps[length - 1] ?? 0));
  }

  #draw(): void {
    if (this.#later !== null) clearTimeout(this.#later);
    this.#later = null;
    const { steps, length } = this.#drawing.columns();
    if (this.#plot === null || length === 0) return;
    const all = { from: steps[0] ?? 0, to: steps[length - 1] ?? 1 };
    const data = this.#drawing.draw({ range: this.zoom, nColumns: this.#plot.columns(), smooth: this.smooth });
    this.#plot.draw(data, this.zoom ?? all);
    this.#drawnTo = all.to;
  }

  #onKey(event: KeyboardEvent): void {
    const { steps, length } = this.#drawing.columns();
    const at = this.pointed ?? length - 1;
    const stride = event.shiftKey ? Math.max(1, Math.round(length / 20)) : 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: at - stride,
      ArrowRight: at + stride,
      Home: 0,
      End: length - 1,
    };
    const target = moves[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const position = Math.min(Math.max(0, target), length - 1);
    this.#plot?.point(steps[position] ?? null);
    // The crosshair goes to a pixel; the readout to the very step.
    this.pointed = position;
  }

  #dropPlot(): void {
    if (this.#later !== null) clearTimeout(this.#later);
    this.#later = null;
    this.#drawnTo = Number.NaN;
    this.#resize?.disconnect();
    this.#plot?.dispose();
    this.#plot = null;
  }
}

function sizeOf(host: HTMLElement): { readonly width: number; readonly height: number } {
  return {
    width: Math.max(minSize.width, host.clientWidth),
    height: Math.max(minSize.height, host.clientHeight),
  };
}
