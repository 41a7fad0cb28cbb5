/** Memory of the model at fp32, int8 and 1 bit against the budget of a device that the reader chooses. */
import { css, html, LitElement, type TemplateResult } from 'lit';
import type { DeviceProfile } from '../../core/devices.ts';
import { formatBytes } from '../../core/format/numbers.ts';
import { base } from '../styles/base.ts';
import { icons } from '../styles/icons.ts';
import { dropdown } from '../toolkit.ts';
import { judgeBudget, type BudgetBar, type MemoryBytes } from './budgetVerdict.ts';
import { emit } from './modelEvents.ts';

/** The choice that stands for a number of bytes in the settings. */
export const ownBudget = 'settings';

export class BudgetCard extends LitElement {
  static override properties = {
    bytes: { attribute: false },
    partial: { attribute: false },
    device: { attribute: false },
    devices: { attribute: false },
    budgetBytes: { attribute: false },
  };
  static override styles = [
    base,
    css`
      .good {
        /* The charts' green is too pale for text on white. */
        color: var(--vscode-gitDecoration-addedResourceForeground, var(--sw-good));
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        margin-bottom: 8px;
      }
      .verdict {
        display: flex;
        align-items: center;
        gap: 6px;
        color: var(--sw-fg);
      }
      ul {
        display: grid;
        grid-template-columns: max-content minmax(80px, 1fr) max-content max-content;
        gap: 4px 10px;
        align-items: center;
        font-size: var(--sw-small);
      }
      li {
        display: contents;
      }
      .track {
        position: relative;
        height: 10px;
        background: var(--sw-track);
        border-radius: 1px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .track div {
        height: 100%;
        min-width: 1px;
        border-radius: 1px;
        background: var(--sw-bad);
      }
      .fits .track div {
        background: var(--sw-good);
      }
      .track i {
        position: absolute;
        top: -3px;
        bottom: -3px;
        width: 2px;
        margin-inline-start: -1px;
        background: var(--sw-bright);
      }
    `,
  ];

  declare bytes: MemoryBytes;
  declare partial: boolean;
  declare device: string;
  /** Built-in ones and the user's own. */
  declare devices: readonly DeviceProfile[];
  /** The settings' own number of bytes; null: there is none. */
  declare budgetBytes: number | null;

  constructor() {
    super();
    this.bytes = { fp32: 0, int8: 0, binary: 0 };
    this.partial = false;
    this.device = '';
    this.devices = [];
    this.budgetBytes = null;
  }

  override render(): TemplateResult {
    const verdict = judgeBudget(this.bytes, this.#budget, this.partial);
    const glyph = verdict.tone === 'good' ? icons.check : verdict.tone === 'warn' ? icons.warning : icons.cross;
    return html`<div class="head">
        ${dropdown({
          label: 'Device',
          value: this.device,
          choices: [
            ...(this.budgetBytes === null
              ? []
              : [{ value: ownBudget, label: `Budget of the settings, ${formatBytes(this.budgetBytes)}` }]),
            ...this.devices.map(({ id, label, budgetBytes }) => ({
              value: id,
              label: `${label}, ${formatBytes(budgetBytes)}`,
            })),
          ],
          onChange: (value) => emit(this, 'device-change', value),
        })}
        <p class="verdict" role="status"><span class=${verdict.tone}>${glyph}</span>${verdict.text}</p>
      </div>
      <ul aria-label="Memory against the budget">
        ${verdict.bars.map((bar) => this.#bar(bar, verdict.mark))}
      </ul>`;
  }

  get #budget(): { readonly bytes: number; readonly name: string } {
    if (this.device === ownBudget && this.budgetBytes !== null) return { bytes: this.budgetBytes, name: 'the budget' };
    const device = this.devices.find(({ id }) => id === this.device) ?? this.devices[0];
    return { bytes: device?.budgetBytes ?? 0, name: device?.label ?? '' };
  }

  #bar({ label, bytes, share, fits }: BudgetBar, mark: number): TemplateResult {
    return html`<li class=${fits ? 'fits' : 'over'}>
      <span>${label}</span>
      <span class="track" aria-hidden="true"
        ><div .style=${`width: ${100 * share}%`}></div>
        <i .style=${`inset-inline-start: ${100 * mark}%`}></i
      ></span>
      <span class="number">${this.partial ? '≥ ' : ''}${formatBytes(bytes)}</span>
      <span class=${fits ? 'good' : 'bad'}>${fits ? 'fits' : 'over'}</span>
    </li>`;
  }
}
