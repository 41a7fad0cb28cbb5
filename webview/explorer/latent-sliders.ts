/**
 * One slider per principal direction, most effect first, with the share of the measured change that it accounts
 * for. Arrow keys move a slider by a tenth of a deviation, Page Up and Down by half a one, Home and End to its
 * ends; a double click sets it back.
 */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { formatPercent } from '../../core/format/numbers.ts';
import { base, section } from '../styles/base.ts';
import { icons } from '../styles/icons.ts';
import { slider } from '../styles/slider.ts';
import { button } from '../toolkit.ts';
import { emitView } from './explorerEvents.ts';
import { maxOffset } from './explorerView.ts';

export class LatentSliders extends LitElement {
  static override properties = {
    offsets: { attribute: false },
    shares: { attribute: false },
    count: { type: Number },
  };
  static override styles = [
    base,
    section,
    slider,
    css`
      .row {
        display: grid;
        grid-template-columns: 5.5em minmax(0, 1fr) 3.5em;
        align-items: center;
        min-height: 40px;
      }
      label {
        font-size: var(--sw-small);
        line-height: 16px;
      }
      label .muted {
        display: block;
      }
      .value {
        text-align: end;
        font-size: var(--sw-small);
      }
      .note {
        margin-top: 8px;
      }
    `,
  ];

  declare offsets: readonly number[];
  /** null while they are being measured. */
  declare shares: readonly number[] | null;
  /** Directions that there will be. */
  declare count: number;

  constructor() {
    super();
    this.offsets = [];
    this.shares = null;
    this.count = 0;
  }

  override render(): TemplateResult {
    const moved = this.offsets.some((offset) => offset !== 0);
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Principal directions</h2>
        <span class="aside">
          ${button({
            label: 'Set all sliders back',
            icon: icons.reset,
            look: 'icon',
            disabled: !moved,
            part: 'reset',
            onClick: () => emitView(this, { offsets: this.offsets.map(() => 0) }),
          })}
        </span>
      </header>
      <div class="body">
        ${Array.from({ length: this.count }, (_, i) => this.#row(i))}
        <p class="note small muted" role="status">
          ${
            this.shares === null
              ? 'Measuring which directions change the images most…'
              : `Unit vectors of latent space, ordered by how much they change the images; together ${formatPercent(
                  this.shares.reduce((sum, share) => sum + share, 0),
                )} of the change.`
          }
        </p>
      </div>
    </section>`;
  }

  #row(i: number): TemplateResult {
    const value = this.offsets[i] ?? 0;
    const share = this.shares?.[i];
    const shown = signed(value);
    return html`<div class="row">
      <label for="slider-${i}"
        >Direction ${i + 1}<span class="muted">${share === undefined ? '' : formatPercent(share)}</span></label
      >
      <input
        id="slider-${i}"
        type="range"
        min=${-maxOffset}
        max=${maxOffset}
        step="0.1"
        .value=${String(value)}
        ?disabled=${share === undefined}
        aria-valuetext=${`${shown} deviations`}
        @input=${(event: Event) => this.#set(i, Number((event.currentTarget as HTMLInputElement).value))}
        @keydown=${(event: KeyboardEvent) => this.#page(event, i)}
        @dblclick=${() => this.#set(i, 0)}
      />
      <span class="value number" aria-hidden="true">${shown}</span>
    </div>`;
  }

  #page(event: KeyboardEvent, i: number): void {
    const by = event.key === 'PageUp' ? 0.5 : event.key === 'PageDown' ? -0.5 : 0;
    if (by === 0) return;
    event.preventDefault();
    this.#set(i, (this.offsets[i] ?? 0) + by);
  }

  #set(i: number, value: number): void {
    const bounded = Math.round(Math.min(maxOffset, Math.max(-maxOffset, value)) * 10) / 10;
    emitView(this, { offsets: this.offsets.map((offset, k) => (k === i ? bounded : offset)) });
  }
}

function signed(value: number): string {
  return value > 0 ? `+${value.toFixed(1)}` : value < 0 ? `−${(-value).toFixed(1)}` : '0';
}
