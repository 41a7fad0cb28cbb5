/** The cells of a what-if row in which something is typed: a rank, a width, a share to prune. What is no sound number is not asked. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { WhatIfChoice, WhatIfRow } from '../../core/report/whatIfReport.ts';

type Action = WhatIfChoice['action'];

export interface SizeCell {
  readonly label: string;
  readonly value: number | null;
  /** Shown where nothing is typed; 0: the layer has none. */
  readonly hint: number;
  readonly most: number | null;
  onChange(value: number | null): void;
}

export function sizeCell({ label, value, hint, most, onChange }: SizeCell): TemplateResult {
  if (hint === 0) return html`<span class="muted">–</span>`;
  return html`<input
    type="number"
    min="1"
    max=${most ?? nothing}
    aria-label=${label}
    placeholder=${most === null ? String(hint) : `≤ ${most}`}
    .value=${live(value === null ? '' : String(value))}
    @input=${(event: Event) => {
      const { value: typed } = event.target as HTMLInputElement;
      const number = Number(typed);
      if (typed === '') onChange(null);
      else if (Number.isInteger(number) && number > 0) onChange(number);
    }}
  />`;
}

type Prune = Extract<Action, { kind: 'prune' }>;

/** Channels narrow the layer, which a source can say; single weights only become zero in the stored file. */
export function pruneCell(
  { name, channels }: WhatIfRow,
  chosen: Prune | null,
  onChange: (action: Prune | null) => void,
): TemplateResult {
  const granularity = chosen?.granularity ?? (channels > 1 ? 'channel' : 'weight');
  const percent = chosen === null ? '' : String(Math.round(1000 * chosen.share) / 10);
  return html`<span class="prune"
    ><input
      type="number"
      min="1"
      max="99"
      aria-label="Pruned percent of ${name}"
      placeholder="%"
      .value=${live(percent)}
      @input=${(event: Event) => {
        const { value: typed } = event.target as HTMLInputElement;
        const share = Number(typed) / 100;
        if (typed === '') onChange(null);
        else if (0 < share && share < 1) onChange({ kind: 'prune', granularity, share });
      }}
    /><select
      aria-label="What is pruned of ${name}"
      ?disabled=${chosen === null}
      .value=${live(granularity)}
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        if (chosen !== null) onChange({ ...chosen, granularity: value === 'weight' ? 'weight' : 'channel' });
      }}
    >
      <option value="channel" ?selected=${granularity === 'channel'}>channels</option>
      <option value="weight" ?selected=${granularity === 'weight'}>weights</option>
    </select></span
  >`;
}
