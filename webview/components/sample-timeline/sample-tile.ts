/**
 * One grid of images with its caption. The caption and the alternative text say exactly what is shown:
 * variant, step, seed. While the next image loads the last one stays, so that dragging doesn't flicker.
 */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { base } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import type { SampleImage } from './sampleSource.ts';

export class SampleTile extends LitElement {
  static override properties = {
    heading: { type: String },
    detail: { type: String },
    alt: { type: String },
    image: { attribute: false },
    brokenUri: { state: true },
  };
  static override styles = [
    base,
    css`
      figcaption {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 8px;
        margin-bottom: 4px;
        font-size: var(--sw-small);
      }
      .heading {
        min-width: 0;
        overflow-wrap: anywhere;
        font-weight: 600;
        color: var(--sw-bright);
      }
      .frame {
        aspect-ratio: 1;
        display: grid;
        place-items: center;
        overflow: hidden;
        border-radius: 2px;
        background: var(--sw-raised);
        border: 1px solid var(--sw-border);
        color: var(--sw-muted);
        font-size: var(--sw-small);
        text-align: center;
      }
      img {
        display: block;
        width: 100%;
        height: 100%;
        object-fit: contain;
        image-rendering: pixelated;
      }
      img.fine {
        image-rendering: auto;
      }
      .words {
        display: grid;
        justify-items: center;
        gap: 4px;
        padding: 12px;
      }
    `,
  ];

  declare heading: string;
  declare detail: string;
  declare alt: string;
  /** Null: there is no image to show; `detail` says why. */
  declare image: SampleImage | null;
  /** The file behind this URI is missing or no image. */
  declare brokenUri: string | null;

  #lastUri: string | null = null;
  #lastAlt = '';

  constructor() {
    super();
    this.heading = '';
    this.detail = '';
    this.alt = '';
    this.image = null;
    this.brokenUri = null;
  }

  override willUpdate(): void {
    if (this.image?.state !== 'ready') return;
    this.#lastUri = this.image.uri;
    this.#lastAlt = this.alt;
  }

  override render(): TemplateResult {
    return html`<figure>
      <figcaption>
        <span class="heading">${this.heading}</span>
        <span class="muted number">${this.detail}</span>
      </figcaption>
      <div class="frame">${this.#content()}</div>
    </figure>`;
  }

  #content(): TemplateResult {
    if (this.image === null) return html`<div class="words">${icons.waiting}<span>No samples yet</span></div>`;
    if (this.image.state === 'failed') {
      const { problem } = this.image;
      return html`<div class="words" role="alert">
        ${icons.warning}<span>${problem.message}</span><span>${problem.hint}</span>
      </div>`;
    }
    if (this.#lastUri !== null && this.#lastUri === this.brokenUri) {
      return html`<div class="words">${icons.warning}<span>This picture is missing from the run’s folder.</span></div>`;
    }
    if (this.#lastUri === null) return html`<span aria-live="polite">Loading…</span>`;
    const uri = this.#lastUri;
    return html`<img
      @load=${(event: Event) => {
        // Larger than its place, every other pixel would be missing.
        const image = event.currentTarget as HTMLImageElement;
        image.classList.toggle('fine', image.clientWidth * devicePixelRatio < image.naturalWidth);
      }}
      src=${uri}
      alt=${this.#lastAlt}
      draggable="false"
      @error=${() => {
        this.brokenUri = uri;
      }}
    />`;
  }
}
