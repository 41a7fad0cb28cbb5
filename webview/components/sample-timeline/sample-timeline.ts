/**
 * What the generator drew over time, from the same latents at every step: full precision beside the
 * chosen variant beside real images, one slider for all. Every logged step is a stop (step 0 too);
 * at the right end the slider follows the run. Playing it is up to the user, never automatic.
 */
import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { formatWhole } from '../../../core/format/numbers.ts';
import { initialRunState, type RunState, type VariantState } from '../../../core/session/runState.ts';
import { base, section } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import { slider } from '../../styles/slider.ts';
import { button } from '../../toolkit.ts';
import { emit } from '../panelEvents.ts';
import { comparedVariants, shortLabel } from '../variant-picker/variants.ts';
import { createSampleSource, type SampleRequests, type SampleSource } from './sampleSource.ts';
import { sampleTimelineStyles } from './sample-timeline.styles.ts';
import { chosenStep, shownStep, stopIndex, timelineSteps } from './timeline.ts';

/** Milliseconds that a step stays while playing. */
const frameMs = 125;
/** The whole run plays in at most this many frames. */
const maxFrames = 120;

export class SampleTimeline extends LitElement {
  static override properties = {
    run: { attribute: false },
    chosenVariant: { attribute: false },
    step: { attribute: false },
    seed: { attribute: false },
    requests: { attribute: false },
    playing: { state: true },
  };
  static override styles = [base, section, slider, sampleTimelineStyles];

  declare run: RunState;
  declare chosenVariant: string | null;
  declare step: number | null;
  declare seed: number | null;
  declare requests: SampleRequests | null;
  declare playing: boolean;

  #source: SampleSource | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor() {
    super();
    this.run = initialRunState;
    this.chosenVariant = null;
    this.step = null;
    this.seed = null;
    this.requests = null;
    this.playing = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('requests') && this.requests !== null) {
      this.#source = createSampleSource(this.requests, () => this.requestUpdate());
    }
  }

  override render(): TemplateResult {
    const shown = comparedVariants(this.run, this.chosenVariant);
    const steps = timelineSteps(shown);
    const position = stopIndex(steps, this.step);
    const stop = steps[position] ?? null;
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Samples</h2>
        <span class="small muted">Same latents at every step</span>
      </header>
      <div class="body">
        <div class="tiles">${shown.map((variant) => this.#tile(variant, stop))} ${this.#realTile()}</div>
        ${
          steps.length === 0
            ? html`<p class="empty">Grids of samples appear here as the run logs them.</p>`
            : this.#controls(steps, position)
        }
      </div>
    </section>`;
  }

  #controls(steps: readonly number[], position: number): TemplateResult {
    const last = steps.length - 1;
    const stop = steps[position] ?? 0;
    const label = `Step ${formatWhole(stop)} of ${formatWhole(steps[last] ?? 0)}`;
    const go = (target: number) => () => this.#go(steps, target);
    return html`<div class="controls">
      ${button({
        label: this.playing ? 'Stop playing' : 'Play all steps',
        icon: this.playing ? icons.pause : icons.play,
        look: 'icon',
        disabled: steps.length < 2,
        part: 'play',
        onClick: () => (this.playing ? this.#stop() : this.#play(steps)),
      })}
      ${button({ label: 'Previous step', icon: icons.previous, look: 'icon', disabled: position <= 0, onClick: go(position - 1) })}
      <input
        type="range"
        min="0"
        max=${last}
        step="1"
        .value=${String(position)}
        aria-label="Logged step"
        aria-valuetext="${label}, ${position + 1} of ${steps.length} logged"
        @pointerdown=${() => this.#stop()}
        @keydown=${() => this.#stop()}
        @input=${(event: Event) => {
          this.#go(steps, Number((event.currentTarget as HTMLInputElement).value));
        }}
      />
      ${button({ label: 'Next step', icon: icons.next, look: 'icon', disabled: position >= last, onClick: go(position + 1) })}
      ${button({
        label: 'Follow the newest step',
        icon: icons.follow,
        look: 'icon',
        pressed: this.step === null,
        disabled: this.step === null,
        onClick: go(last),
      })}
      <span class="stop small number" aria-hidden="true">${label}</span>
    </div>`;
  }

  #tile(variant: VariantState, stop: number | null): TemplateResult {
    const step = stop === null ? null : shownStep(variant.samples, stop);
    const revision = variant.samples.find((sample) => sample.step === step)?.seq;
    const image = step === null ? null : (this.#source?.image({ variant: variant.info.id, step, revision }) ?? null);
    const detail = step === null ? '' : `step ${formatWhole(step)}`;
    return html`<sample-tile
      data-variant=${variant.info.id}
      .heading=${shortLabel(variant.info)}
      .detail=${detail}
      .alt=${`Grid of generated images: ${variant.info.label}, step ${step ?? '?'}, seed ${this.seed ?? '?'}`}
      .image=${image}
    ></sample-tile>`;
  }

  #realTile(): TemplateResult {
    const started = this.run.startedAt !== null;
    return html`<sample-tile
      data-variant="real"
      .heading=${'Real images'}
      .detail=${''}
      .alt=${'Grid of real images of the data set'}
      .image=${started ? (this.#source?.image('real') ?? null) : null}
    ></sample-tile>`;
  }

  #go(steps: readonly number[], position: number): void {
    const bounded = Math.min(Math.max(0, position), steps.length - 1);
    emit(this, 'view-change', { step: chosenStep(steps, bounded) });
  }

  #play(steps: readonly number[]): void {
    const at = stopIndex(steps, this.step);
    const stride = Math.max(1, Math.ceil(steps.length / maxFrames));
    let position = at >= steps.length - 1 ? 0 : at;
    this.playing = true;
    this.#go(steps, position);
    this.#timer = setInterval(() => {
      position += stride;
      this.#go(steps, position);
      if (position >= steps.length - 1) this.#stop();
    }, frameMs);
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.playing = false;
  }
}
