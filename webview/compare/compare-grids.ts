/**
 * Sample grids of several runs side by side under one slider. Every step that any of them logged is a stop; a
 * run that has none there shows its nearest earlier grid, labelled with its own step. Only grids that are looked
 * at are asked for.
 */
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ComparedRow } from '../../core/compare/compareRuns.ts';
import { formatWhole } from '../../core/format/numbers.ts';
import {
  createSampleSource,
  type SampleRequests,
  type SampleSource,
} from '../components/sample-timeline/sampleSource.ts';
import { chosenStep, shownStep, stopIndex, timelineSteps } from '../components/sample-timeline/timeline.ts';
import { base, section } from '../styles/base.ts';
import { icons } from '../styles/icons.ts';
import { slider } from '../styles/slider.ts';
import { button } from '../toolkit.ts';

export class CompareGrids extends LitElement {
  static override properties = {
    rows: { attribute: false },
    step: { attribute: false },
    requests: { attribute: false },
  };
  static override styles = [
    base,
    section,
    slider,
    css`
      .tiles {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(190px, 100%), 1fr));
        gap: 12px;
      }
      .controls {
        display: flex;
        align-items: center;
        gap: 4px;
        margin-top: 12px;
      }
      .stop {
        min-width: 14ch;
        text-align: end;
      }
    `,
  ];

  declare rows: readonly ComparedRow[];
  declare step: number | null;
  declare requests: SampleRequests | null;
  declare onStep: (step: number | null) => void;

  #source: SampleSource | null = null;

  constructor() {
    super();
    this.rows = [];
    this.step = null;
    this.requests = null;
    this.onStep = () => undefined;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('requests') && this.requests !== null) {
      this.#source = createSampleSource(this.requests, () => this.requestUpdate());
    }
  }

  override render(): TemplateResult {
    const samples = this.rows.map(({ sampleSteps }) => sampleSteps.map((step) => ({ step })));
    const steps = timelineSteps(samples.map((each) => ({ samples: each })));
    const position = stopIndex(steps, this.step);
    const stop = steps[position] ?? null;
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Samples</h2>
        <span class="small muted">The same latents within a run, at every step</span>
      </header>
      <div class="body">
        <div class="tiles">
          ${repeat(
            this.rows,
            ({ key }) => key,
            (row, i) => this.#tile(row, stop === null ? null : shownStep(samples[i] ?? [], stop)),
          )}
        </div>
        ${stop === null ? html`<p class="empty">None of these runs has logged a grid of samples.</p>` : this.#controls(steps, position)}
      </div>
    </section>`;
  }

  #tile(row: ComparedRow, step: number | null): TemplateResult {
    return html`<sample-tile
      data-row=${row.key}
      .heading=${row.name}
      .detail=${step === null ? '' : `step ${formatWhole(step)}`}
      .alt=${`Grid of generated images: ${row.name}, step ${step ?? '?'}, seed ${row.seeds[0] ?? '?'}`}
      .image=${step === null ? null : (this.#source?.image({ variant: row.key, step }) ?? null)}
    ></sample-tile>`;
  }

  #controls(steps: readonly number[], position: number): TemplateResult {
    const last = steps.length - 1;
    const label = `Step ${formatWhole(steps[position] ?? 0)} of ${formatWhole(steps[last] ?? 0)}`;
    const go = (target: number): void => this.onStep(chosenStep(steps, Math.min(Math.max(0, target), last)));
    return html`<div class="controls">
      ${button({ label: 'Previous step', icon: icons.previous, look: 'icon', disabled: position <= 0, onClick: () => go(position - 1) })}
      <input
        type="range"
        min="0"
        max=${last}
        step="1"
        .value=${String(position)}
        aria-label="Logged step of all runs"
        aria-valuetext="${label}, ${position + 1} of ${steps.length} logged"
        @input=${(event: Event) => go(Number((event.currentTarget as HTMLInputElement).value))}
      />
      ${button({ label: 'Next step', icon: icons.next, look: 'icon', disabled: position >= last, onClick: () => go(position + 1) })}
      <span class="stop small number muted" aria-hidden="true">${label}</span>
    </div>`;
  }
}
