/**
 * What lies between the fixed latents, at every logged step: full precision and the chosen variant below each
 * other, one slider for both. The way is the same at every step and for every variant, so what changes is the
 * generator. It follows the step that the samples show; a run that drew no way says so and where to find one.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { nWalkFrames, nWalkLatents, walkStride, walkWords } from '../../../core/session/latentWalk.ts';
import type { LatentDistribution } from '../../../core/session/explorerEngine.ts';
import { initialRunState, type RunState, type VariantState } from '../../../core/session/runState.ts';
import { base, section } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import { slider } from '../../styles/slider.ts';
import { button } from '../../toolkit.ts';
import { emit } from '../panelEvents.ts';
import { createSampleSource, type SampleRequests, type SampleSource } from '../sample-timeline/sampleSource.ts';
import { shownStep, stopIndex, timelineSteps } from '../sample-timeline/timeline.ts';
import { comparedVariants, shortLabel } from '../variant-picker/variants.ts';
import { latentStripStyles } from './latent-strip.styles.ts';
import { positionWords, walkPosition } from './walkFrames.ts';

export class LatentStrip extends LitElement {
  static override properties = {
    run: { attribute: false },
    chosenVariant: { attribute: false },
    step: { attribute: false },
    position: { type: Number },
    latents: { attribute: false },
    requests: { attribute: false },
  };
  static override styles = [base, section, slider, latentStripStyles];

  declare run: RunState;
  declare chosenVariant: string | null;
  /** As the samples' slider has it; null follows the run. */
  declare step: number | null;
  /** A frame of the whole way. */
  declare position: number;
  declare latents: LatentDistribution;
  /** `sample` asks for ways here. */
  declare requests: SampleRequests | null;

  #source: SampleSource | null = null;

  constructor() {
    super();
    this.run = initialRunState;
    this.chosenVariant = null;
    this.step = null;
    this.position = 0;
    this.latents = 'normal';
    this.requests = null;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('requests') && this.requests !== null) {
      this.#source = createSampleSource(this.requests, () => this.requestUpdate());
    }
  }

  override render(): TemplateResult {
    const shown = comparedVariants(this.run, this.chosenVariant);
    const steps = timelineSteps(shown);
    const stop = steps[stopIndex(steps, this.step)] ?? null;
    const rows = stop === null ? [] : shown.flatMap((variant) => this.#row(variant, stop) ?? []);
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Between the fixed latents</h2>
        <span class="small muted">First row of samples, ${walkWords(this.latents)}; follows the step above</span>
      </header>
      <div class="body">
        ${
          rows.length > 0
            ? html`<div class="rows">${rows}</div>
                ${this.#controls()}`
            : this.#nothing(steps.length > 0)
        }
      </div>
    </section>`;
  }

  #row(variant: VariantState, stop: number): TemplateResult | null {
    const step = shownStep(variant.samples, stop);
    const sample = variant.samples.find((candidate) => candidate.step === step);
    if (sample?.walk === undefined) return null;
    const key = { variant: variant.info.id, step: sample.step, revision: sample.seq };
    return html`<walk-row
      data-variant=${variant.info.id}
      .heading=${shortLabel(variant.info)}
      .variant=${variant.info.id}
      .step=${sample.step}
      .image=${this.#source?.image(key) ?? null}
      .position=${this.position}
    ></walk-row>`;
  }

  #controls(): TemplateResult {
    const position = walkPosition(this.position);
    const words = positionWords(position);
    const legs = (by: number) => () => this.#go((position.leg + by) * walkStride);
    return html`<div class="controls">
      ${button({ label: 'Previous latent', icon: icons.previous, look: 'icon', disabled: position.frame === 0, onClick: () => this.#go((position.shown === 0 ? position.leg - 1 : position.leg) * walkStride) })}
      <input
        type="range"
        min="0"
        max=${nWalkFrames - 1}
        step="1"
        .value=${String(position.frame)}
        aria-label="Position between the fixed latents"
        aria-valuetext=${words}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event, position.leg)}
        @input=${(event: Event) => this.#go(Number((event.currentTarget as HTMLInputElement).value))}
      />
      ${button({ label: 'Next latent', icon: icons.next, look: 'icon', disabled: position.leg === nWalkLatents - 1, onClick: legs(1) })}
      <span class="position small number" aria-hidden="true">${words}</span>
    </div>`;
  }

  #nothing(logged: boolean): TemplateResult {
    if (!logged) return html`<p class="empty">The way between latents appears here as the run logs samples.</p>`;
    return html`<div class="empty">
      <p>This run was recorded by an earlier version, which drew nothing between the latents.</p>
      ${
        this.run.summary === null
          ? nothing
          : button({
              label: 'Explore Latents',
              icon: icons.film,
              look: 'secondary',
              title: 'Draws the way between any two latents from the packed model',
              onClick: () => emit(this, 'run-action', 'exploreLatents'),
            })
      }
    </div>`;
  }

  /** Page keys go from latent to latent; a tenth of the way means nothing here. */
  #onKey(event: KeyboardEvent, leg: number): void {
    const by = { PageUp: 1, PageDown: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.#go(Math.min(nWalkLatents - 1, Math.max(0, leg + by)) * walkStride);
  }

  #go(frame: number): void {
    emit(this, 'view-change', { walk: walkPosition(frame).frame });
  }
}
