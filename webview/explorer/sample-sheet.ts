/**
 * The samples of the seed as a group of pictures of which one is chosen: arrow keys move within the grid, Home
 * and End to its ends, and the tab key enters and leaves it as one stop. The pictures are the compressed model's.
 */
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { base, section } from '../styles/base.ts';
import { emitAction } from './explorerEvents.ts';
import type { ImageShape } from './pixels.ts';

export class SampleSheet extends LitElement {
  static override properties = {
    shape: { attribute: false },
    pictures: { attribute: false },
    selected: { type: Number },
    seed: { type: Number },
  };
  static override styles = [
    base,
    section,
    css`
      :host {
        container-type: inline-size;
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(8, minmax(0, 1fr));
        gap: 8px;
      }
      @container (max-width: 480px) {
        .grid {
          grid-template-columns: repeat(4, minmax(0, 1fr));
        }
      }
      button {
        display: block;
        padding: 2px;
        border: 0;
        background: none;
        cursor: pointer;
        border-radius: 3px;
        outline: 1px solid transparent;
      }
      button:hover {
        background: var(--sw-hover);
      }
      button[aria-checked='true'] {
        outline: 2px solid var(--sw-focus);
      }
      button:focus-visible {
        outline: 2px solid var(--sw-focus);
        outline-offset: 2px;
      }
      canvas {
        display: block;
        width: 100%;
        image-rendering: pixelated;
        border-radius: 2px;
      }
    `,
  ];

  declare shape: ImageShape;
  declare pictures: readonly Uint8ClampedArray<ArrayBuffer>[];
  /** −1: none, the walk is shown. */
  declare selected: number;
  declare seed: number;

  constructor() {
    super();
    this.shape = { height: 1, width: 1, channels: 1 };
    this.pictures = [];
    this.selected = 0;
    this.seed = 1;
  }

  override render(): TemplateResult {
    const entry = Math.max(0, this.selected);
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Samples of seed ${this.seed}</h2>
        <span class="small muted">Compressed model; choose one to start from</span>
      </header>
      <div class="body">
        <div
          class="grid"
          role="radiogroup"
          aria-labelledby="title"
          @keydown=${(event: KeyboardEvent) => this.#key(event)}
        >
          ${this.pictures.map(
            (_, i) =>
              html`<button
                role="radio"
                aria-checked=${i === this.selected ? 'true' : 'false'}
                aria-label="Sample ${i + 1} of ${this.pictures.length}"
                tabindex=${i === entry ? 0 : -1}
                @click=${() => emitAction(this, { kind: 'select', sample: i })}
              >
                <canvas width=${this.shape.width} height=${this.shape.height} aria-hidden="true"></canvas>
              </button>`,
          )}
        </div>
      </div>
    </section>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('pictures') && !changed.has('shape')) return;
    const { width, height } = this.shape;
    this.renderRoot.querySelectorAll('canvas').forEach((canvas, i) => {
      const pixels = this.pictures[i];
      if (pixels?.length !== width * height * 4) return;
      canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
    });
  }

  #key(event: KeyboardEvent): void {
    const buttons = [...this.renderRoot.querySelectorAll('button')];
    const at = buttons.indexOf(this.shadowRoot?.activeElement as HTMLButtonElement);
    const target = moved(event.key, at, columnsOf(buttons), buttons.length);
    if (at < 0 || target === null) return;
    event.preventDefault();
    buttons[target]?.focus();
    emitAction(this, { kind: 'select', sample: target });
  }
}

function moved(key: string, at: number, columns: number, count: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    Home: 0,
    End: count - 1,
  };
  const target = steps[key];
  return target === undefined || target < 0 || target >= count ? null : target;
}

/** As they are laid out now: those beside the first one. */
function columnsOf(buttons: readonly HTMLElement[]): number {
  const top = buttons[0]?.offsetTop;
  return Math.max(1, buttons.filter((element) => element.offsetTop === top).length);
}
