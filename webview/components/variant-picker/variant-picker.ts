/**
 * One row of choices that steers the whole panel: full precision, each layer tried alone, the result.
 * A radio group: arrow keys move and choose, Tab leaves. Where there is no room it is a dropdown.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatSwd } from '../../../core/format/numbers.ts';
import { initialRunState, type RunState, type VariantState } from '../../../core/session/runState.ts';
import { base } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import { dropdown } from '../../toolkit.ts';
import { emit } from '../panelEvents.ts';
import { latestSwd, selectedVariant, shortLabel, verdictOf, type Verdict } from './variants.ts';

const verdictLooks: Readonly<
  Record<Verdict, { readonly icon: TemplateResult; readonly word: string; readonly tone: string }>
> = {
  waiting: { icon: icons.waiting, word: 'waiting', tone: 'muted' },
  training: { icon: icons.running, word: 'training', tone: 'info' },
  trained: { icon: icons.check, word: 'trained', tone: 'muted' },
  accepted: { icon: icons.check, word: 'accepted', tone: 'good' },
  rejected: { icon: icons.cross, word: 'rejected', tone: 'bad' },
  notTried: { icon: icons.skipped, word: 'not tried', tone: 'muted' },
};

export class VariantPicker extends LitElement {
  static override properties = { run: { attribute: false }, chosen: { attribute: false } };
  static override styles = [
    base,
    css`
      :host {
        container-type: inline-size;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      .choice {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        height: 28px;
        max-width: 280px;
        padding: 0 10px 0 8px;
        border: 1px solid var(--sw-border);
        border-radius: var(--sw-radius);
        cursor: pointer;
        user-select: none;
        color: var(--sw-muted);
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .choice:hover {
        background: var(--sw-hover);
      }
      .choice[aria-checked='true'] {
        color: var(--vscode-list-inactiveSelectionForeground, var(--sw-bright));
        background: var(--sw-selected);
        border-color: var(--sw-focus);
      }
      .info {
        color: var(--sw-info);
      }
      .swd {
        font-size: var(--sw-small);
        color: var(--sw-muted);
      }
      .choice[aria-checked='true'] .swd {
        color: inherit;
      }
      .narrow {
        display: none;
      }
      @container (max-width: 460px) {
        .row {
          display: none;
        }
        .narrow {
          display: grid;
        }
      }
    `,
  ];

  declare run: RunState;
  declare chosen: string | null;

  constructor() {
    super();
    this.run = initialRunState;
    this.chosen = null;
  }

  override render(): TemplateResult | typeof nothing {
    const { variants } = this.run;
    const selected = selectedVariant(this.run, this.chosen);
    if (selected === null) return nothing;
    return html`
      <div class="row" role="radiogroup" aria-label="Variant shown" @keydown=${this.#onKey}>
        ${variants.map((variant) => this.#choice(variant, variant === selected))}
      </div>
      <div class="narrow">
        ${dropdown({
          label: 'Variant shown',
          value: selected.info.id,
          choices: variants.map((variant) => ({
            value: variant.info.id,
            label: `${shortLabel(variant.info)} (${verdictLooks[verdictOf(this.run, variant)].word})`,
          })),
          onChange: (variant) => emit(this, 'view-change', { variant }),
        })}
      </div>
    `;
  }

  /** Focus goes with the choice, as in every radio group. */
  override updated(): void {
    const focused = this.shadowRoot?.activeElement;
    if (!focused?.matches('.choice:not([aria-checked="true"])')) return;
    this.renderRoot.querySelector<HTMLElement>('.choice[aria-checked="true"]')?.focus();
  }

  #choice(variant: VariantState, checked: boolean): TemplateResult {
    const look = verdictLooks[verdictOf(this.run, variant)];
    const swd = latestSwd(variant);
    return html`<div
      class="choice"
      role="radio"
      data-variant=${variant.info.id}
      aria-checked=${checked ? 'true' : 'false'}
      title=${variant.info.label}
      aria-label="${variant.info.label}, ${look.word}${swd === null ? '' : `, SWD ${formatSwd(swd)}`}"
      tabindex=${checked ? 0 : -1}
      @click=${() => emit(this, 'view-change', { variant: variant.info.id })}
    >
      <span class=${look.tone}>${look.icon}</span>
      <span class="name">${shortLabel(variant.info)}</span>
      ${swd === null ? nothing : html`<span class="swd number">${formatSwd(swd)}</span>`}
    </div>`;
  }

  #onKey(event: KeyboardEvent): void {
    const { variants } = this.run;
    const at = variants.findIndex((variant) => variant === selectedVariant(this.run, this.chosen));
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % variants.length,
      ArrowDown: (at + 1) % variants.length,
      ArrowLeft: (at - 1 + variants.length) % variants.length,
      ArrowUp: (at - 1 + variants.length) % variants.length,
      Home: 0,
      End: variants.length - 1,
    };
    const target = variants[moves[event.key] ?? -1];
    if (target === undefined) return;
    event.preventDefault();
    emit(this, 'view-change', { variant: target.info.id });
  }
}
