/**
 * The walk between two stored latents: a slider, a button that plays it back and forth, and two that store the
 * latent shown as an end. Playing is up to the user, never automatic.
 */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { base, section } from '../styles/base.ts';
import { icons } from '../styles/icons.ts';
import { slider } from '../styles/slider.ts';
import { button } from '../toolkit.ts';
import { emitAction, emitView } from './explorerEvents.ts';

export class LatentWalk extends LitElement {
  static override properties = {
    t: { attribute: false },
    playing: { type: Boolean },
    fromName: { type: String },
    toName: { type: String },
  };
  static override styles = [
    base,
    section,
    slider,
    css`
      .line,
      .ends {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px;
      }
      .ends {
        justify-content: space-between;
        gap: 8px;
        margin-top: 8px;
      }
      .place {
        min-width: 5em;
        text-align: end;
      }
    `,
  ];

  /** null: a sample is shown, not the walk. */
  declare t: number | null;
  declare playing: boolean;
  /** What the ends are, in words. */
  declare fromName: string;
  declare toName: string;

  constructor() {
    super();
    this.t = null;
    this.playing = false;
    this.fromName = '';
    this.toName = '';
  }

  override render(): TemplateResult {
    const percent = Math.round((this.t ?? 0) * 100);
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Walk between two latents</h2>
      </header>
      <div class="body">
        <div class="line">
          ${button({
            label: this.playing ? 'Stop' : 'Play the walk back and forth',
            icon: this.playing ? icons.pause : icons.play,
            look: 'icon',
            part: 'play',
            onClick: () => emitAction(this, { kind: 'play' }),
          })}
          <input
            type="range"
            min="0"
            max="100"
            step="1"
            .value=${String(percent)}
            aria-label="Place on the walk"
            aria-valuetext=${this.t === null ? 'not on the walk' : `${percent} percent from A to B`}
            @input=${(event: Event) => emitView(this, { t: Number((event.currentTarget as HTMLInputElement).value) / 100 })}
          />
          <span class="place small muted number" aria-hidden="true">${this.t === null ? 'off' : `${percent} %`}</span>
        </div>
        <div class="ends">
          ${button({
            label: `Set A (${this.fromName})`,
            icon: icons.previous,
            look: 'secondary',
            part: 'store-a',
            title: 'The walk begins at the latent that is shown now',
            onClick: () => emitAction(this, { kind: 'store', end: 'a' }),
          })}
          ${button({
            label: `Set B (${this.toName})`,
            icon: icons.next,
            look: 'secondary',
            part: 'store-b',
            title: 'The walk ends at the latent that is shown now',
            onClick: () => emitAction(this, { kind: 'store', end: 'b' }),
          })}
        </div>
      </div>
    </section>`;
  }
}
