/**
 * One leg of the way between two fixed latents, as one variant draws it at one step: the chosen frame large, and
 * the whole leg as a strip. Both are cut out of the picture that the run wrote; while another one loads the last
 * stays, so that dragging a slider does not flicker.
 */
import { html, LitElement, type TemplateResult } from 'lit';
import { formatWhole } from '../../../core/format/numbers.ts';
import { gridGap, nWalkLatents } from '../../../core/session/latentWalk.ts';
import { frameIn } from '../../../core/session/walkGrid.ts';
import { base } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import { button } from '../../toolkit.ts';
import { emit } from '../panelEvents.ts';
import type { SampleImage } from '../sample-timeline/sampleSource.ts';
import { latentStripStyles } from './latent-strip.styles.ts';
import { legFrames, nShown, positionWords, walkPosition } from './walkFrames.ts';

export class WalkRow extends LitElement {
  static override properties = {
    heading: { type: String },
    variant: { type: String },
    step: { type: Number },
    image: { attribute: false },
    position: { type: Number },
    picture: { state: true },
    broken: { state: true },
  };
  static override styles = [base, latentStripStyles];

  declare heading: string;
  declare variant: string;
  declare step: number;
  declare image: SampleImage | null;
  /** A frame of the whole way. */
  declare position: number;
  /** What is loaded. */
  declare picture: HTMLImageElement | null;
  declare broken: boolean;

  #asked: string | null = null;
  #drawn = '';

  constructor() {
    super();
    this.heading = '';
    this.variant = '';
    this.step = 0;
    this.image = null;
    this.position = 0;
    this.picture = null;
    this.broken = false;
  }

  override willUpdate(): void {
    if (this.image?.state === 'ready') this.#load(this.image.uri);
  }

  override render(): TemplateResult {
    const position = walkPosition(this.position);
    const latent = (i: number): string => `latent ${(i % nWalkLatents) + 1}`;
    return html`<figure class="row">
      <figcaption>
        <span class="heading">${this.heading}</span>
        <span class="muted number">step ${formatWhole(this.step)}</span>
        ${button({
          label: `Save the picture of ${this.heading}, step ${formatWhole(this.step)}`,
          icon: icons.exported,
          look: 'icon',
          disabled: this.picture === null,
          part: 'saveWalk',
          onClick: () => emit(this, 'walk-save', { variant: this.variant, step: this.step }),
        })}
      </figcaption>
      ${
        this.#trouble() ??
        html`<canvas class="one" role="img" aria-label="${this.heading}: ${positionWords(position)}"></canvas>
          <div class="strip" @pointerdown=${(event: PointerEvent) => this.#choose(event)}>
            <canvas
              class="leg"
              role="img"
              aria-label="${this.heading}: ${nShown} images from ${latent(position.leg)} to ${latent(position.leg + 1)}"
            ></canvas>
            <span class="mark"></span>
          </div>
          <div class="ends" aria-hidden="true">
            <span>${latent(position.leg)}</span><span>${latent(position.leg + 1)}</span>
          </div>`
      }
    </figure>`;
  }

  override updated(): void {
    const { picture } = this;
    if (picture === null) return;
    const position = walkPosition(this.position);
    this.style.setProperty('--shown', String(position.shown));
    const wanted = `${picture.src} ${position.frame}`;
    if (wanted === this.#drawn) return;
    const [one, leg] = ['one', 'leg'].map((name) => this.renderRoot.querySelector<HTMLCanvasElement>(`.${name}`));
    if (!one || !leg) return;
    this.#drawn = wanted;
    drawFrames(one, picture, [position.frame], 0);
    drawFrames(leg, picture, legFrames(position.leg), gridGap);
  }

  #trouble(): TemplateResult | null {
    if (this.image?.state === 'failed') {
      const { problem } = this.image;
      return html`<div class="words" role="alert">${problem.message} ${problem.hint}</div>`;
    }
    if (this.broken) return html`<div class="words">This picture is missing from the run’s folder.</div>`;
    return this.picture === null ? html`<div class="words" aria-live="polite">Loading…</div>` : null;
  }

  #load(uri: string): void {
    if (uri === this.#asked) return;
    this.#asked = uri;
    const picture = new Image();
    picture.addEventListener('load', () => {
      if (this.#asked !== uri) return;
      this.picture = picture;
      this.broken = frameIn({ width: picture.naturalWidth, height: picture.naturalHeight }, 0) === null;
    });
    picture.addEventListener('error', () => {
      if (this.#asked === uri) this.broken = true;
    });
    this.broken = false;
    picture.src = uri;
  }

  #choose(event: PointerEvent): void {
    const strip = event.currentTarget as HTMLElement;
    const shown = Math.floor((event.offsetX / strip.clientWidth) * nShown);
    const frame = legFrames(walkPosition(this.position).leg)[Math.min(nShown - 1, Math.max(0, shown))];
    if (frame !== undefined) emit(this, 'view-change', { walk: frame });
  }
}

/** The frames side by side, at the picture's own resolution. */
function drawFrames(
  canvas: HTMLCanvasElement,
  picture: HTMLImageElement,
  frames: readonly number[],
  gap: number,
): void {
  const grid = { width: picture.naturalWidth, height: picture.naturalHeight };
  const first = frameIn(grid, 0);
  const context = canvas.getContext('2d');
  if (first === null || context === null) return;
  canvas.width = frames.length * (first.width + gap) - gap;
  canvas.height = first.height;
  frames.forEach((frame, i) => {
    const from = frameIn(grid, frame) ?? first;
    context.drawImage(
      picture,
      from.x,
      from.y,
      from.width,
      from.height,
      i * (from.width + gap),
      0,
      from.width,
      from.height,
    );
  });
}
