/**
 * What the engine had to say beside its numbers: problems it got past (a skipped image) and notes
 * (backend chosen, a graph compiled). Newest last, as in the journal.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Problem } from '../../../core/problem.ts';
import { base, section } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';

export class MessageList extends LitElement {
  static override properties = { notes: { attribute: false }, problems: { attribute: false } };
  static override styles = [
    base,
    section,
    css`
      ul {
        max-height: 280px;
        overflow-y: auto;
      }
      .count {
        display: flex;
        align-items: center;
        gap: 4px;
      }
      li {
        display: flex;
        gap: 8px;
        padding: 4px 0;
        overflow-wrap: anywhere;
      }
      li > span:first-child {
        margin-top: 2px;
        color: var(--sw-muted);
      }
      li > span.warn {
        color: var(--sw-warn);
      }
    `,
  ];

  declare notes: readonly string[];
  declare problems: readonly Problem[];

  constructor() {
    super();
    this.notes = [];
    this.problems = [];
  }

  override render(): TemplateResult {
    const { notes, problems } = this;
    return html`<section class="section" aria-labelledby="title">
      <header>
        <h2 id="title">Notes</h2>
        ${
          problems.length === 0
            ? nothing
            : html`<span class="small count"
                ><span class="warn">${icons.warning}</span>${problems.length}
                ${problems.length === 1 ? 'problem' : 'problems'}</span
              >`
        }
      </header>
      <div class="body">
        ${
          notes.length + problems.length === 0
            ? html`<p class="empty">Nothing to report.</p>`
            : html`<ul tabindex="0" aria-label="Notes and problems">
                ${problems.map(
                  (problem) =>
                    html`<li>
                      <span class="warn">${icons.warning}</span>
                      <div>
                        ${problem.message} <span class="muted">${problem.hint}</span>
                        <div class="small muted">
                          ${problem.path === undefined ? nothing : html`${problem.path} · `}${problem.code}
                        </div>
                      </div>
                    </li>`,
                )}
                ${notes.map(
                  (note) =>
                    html`<li>
                      <span>${icons.info}</span>
                      <div>${note}</div>
                    </li>`,
                )}
              </ul>`
        }
      </div>
    </section>`;
  }
}
