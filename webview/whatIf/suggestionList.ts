/** What is worth trying, each with its whole cost; a widening is marked as what it is, never as a saving. */
import { html, nothing, type TemplateResult } from 'lit';
import type { WhatIfChoice, WhatIfSuggestion } from '../../core/report/whatIfReport.ts';
import { icons } from '../styles/icons.ts';
import { button } from '../toolkit.ts';
import { changeText } from './whatIfState.ts';

export function suggestionList(
  suggestions: readonly WhatIfSuggestion[],
  onTry: (choices: readonly WhatIfChoice[]) => void,
): TemplateResult | typeof nothing {
  if (suggestions.length === 0) return nothing;
  return html`<section aria-label="Suggestions">
    <h2>Suggestions</h2>
    <ul class="suggestions">
      ${suggestions.map(
        (own, idx) =>
          html`<li>
            <span>${own.title}</span>
            <span class="small number muted"
              ><span class=${own.isSaving ? 'good' : ''}>${changeText(own.bytes)}</span>,
              ${changeText(own.macs, 'count')} MACs, ${changeText(own.peakBytes)} activations</span
            >
            ${button({ label: 'Try', icon: icons.check, look: 'secondary', part: `try-${idx}`, title: own.title, onClick: () => onTry(own.choices) })}
            ${own.note === null ? nothing : html`<p class="note small muted">${own.note}</p>`}
          </li>`,
      )}
    </ul>
  </section>`;
}
