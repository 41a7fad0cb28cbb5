/**
 * Original, compressed and difference of the current latent, side by side, each with what it takes: bytes on disk,
 * time per image, how far the two are apart. Canvases are drawn into at once, not through a render, so a moving
 * slider costs a draw and nothing else.
 */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { base, section } from '../styles/base.ts';
import type { ImageShape } from './pixels.ts';

export interface StageFacts {
  /** Lines below each picture. */
  readonly original: readonly string[];
  readonly compressed: readonly string[];
  readonly difference: readonly string[];
}

export interface StagePixels {
  readonly compressed: Uint8ClampedArray<ArrayBuffer>;
  readonly original: Uint8ClampedArray<ArrayBuffer> | null;
  readonly difference: Uint8ClampedArray<ArrayBuffer> | null;
}

/** Nothing is behind the pixels, so nothing has to be mixed with them. */
const contextOptions: CanvasRenderingContext2DSettings = { alpha: false };

type Part = keyof StageFacts;

const headings: Readonly<Record<Part, string>> = {
  original: 'Original',
  compressed: 'Compressed',
  difference: 'Difference',
};

export class ImageStage extends LitElement {
  static override properties = {
    shape: { attribute: false },
    facts: { attribute: false },
    hasOriginal: { type: Boolean },
    aside: { type: String },
  };
  static override styles = [
    base,
    section,
    css`
      :host {
        container-type: inline-size;
      }
      .tiles {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(120px, 1fr));
        gap: 16px;
      }
      .tiles.alone {
        grid-template-columns: minmax(120px, 320px);
        justify-content: center;
      }
      figcaption {
        font-size: var(--sw-small);
        margin-top: 6px;
        min-height: 60px;
      }
      figcaption .number {
        white-space: normal;
      }
      h3 {
        font-size: var(--sw-small);
        font-weight: 600;
        color: var(--sw-bright);
        margin-bottom: 4px;
      }
      canvas {
        display: block;
        width: 100%;
        image-rendering: pixelated;
        outline: 1px solid var(--sw-border);
        background: var(--sw-raised);
      }
      .scale {
        height: 6px;
        border-radius: 1px;
        margin: 3px 0 2px;
        background: linear-gradient(
          to right,
          rgb(0 0 4),
          rgb(66 10 104) 20%,
          rgb(147 38 103) 40%,
          rgb(221 81 58) 60%,
          rgb(252 165 10) 80%,
          rgb(252 255 220)
        );
        outline: 1px solid var(--sw-border);
        forced-color-adjust: none;
      }
      .ends {
        display: flex;
        justify-content: space-between;
      }
    `,
  ];

  declare shape: ImageShape;
  declare facts: StageFacts;
  declare hasOriginal: boolean;
  /** In the head of the section: frames per second while something moves. */
  declare aside: string;

  #pixels: StagePixels | null = null;

  constructor() {
    super();
    this.shape = { height: 1, width: 1, channels: 1 };
    this.facts = { original: [], compressed: [], difference: [] };
    this.hasOriginal = false;
    this.aside = '';
  }

  /** Shows these from now on. */
  draw(pixels: StagePixels): void {
    this.#pixels = pixels;
    this.#paint();
  }

  override updated(changed: PropertyValues<this>): void {
    // A canvas whose size was set is empty.
    if (changed.has('shape') || changed.has('hasOriginal')) this.#paint();
  }

  override render(): TemplateResult {
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Same latent, two models</h2>
        <span class="aside small muted number" data-part="rate">${this.aside}</span>
      </header>
      <div class="body">
        <div class="tiles ${this.hasOriginal ? '' : 'alone'}">
          ${this.hasOriginal ? this.#tile('original') : nothing} ${this.#tile('compressed')}
          ${this.hasOriginal ? this.#tile('difference') : nothing}
        </div>
      </div>
    </section>`;
  }

  #tile(part: Part): TemplateResult {
    const lines = this.facts[part];
    return html`<figure data-part=${part}>
      <h3>${headings[part]}</h3>
      <canvas
        width=${this.shape.width}
        height=${this.shape.height}
        role="img"
        aria-label=${`${headings[part]}: ${part === 'difference' ? 'map of differences' : 'generated image'}. ${lines.join('. ')}`}
      ></canvas>
      <figcaption class="muted">
        ${
          part === 'difference'
            ? html`<div class="scale"></div>
                <div class="ends"><span>equal</span><span>opposite</span></div>`
            : nothing
        }
        ${lines.map((line) => html`<div class="number">${line}</div>`)}
      </figcaption>
    </figure>`;
  }

  #paint(): void {
    const { width, height } = this.shape;
    for (const part of ['original', 'compressed', 'difference'] as const) {
      const pixels = this.#pixels?.[part];
      const canvas = this.renderRoot.querySelector<HTMLCanvasElement>(`[data-part=${part}] canvas`);
      if (!pixels || canvas === null || pixels.length !== width * height * 4) continue;
      canvas.getContext('2d', contextOptions)?.putImageData(new ImageData(pixels, width, height), 0, 0);
    }
  }
}
