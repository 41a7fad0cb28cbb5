/**
 * The losses as numbers: what the chart draws, for those who cannot see it or want exact values. Every
 * logged step is there, a page at a time, newest page first shown.
 */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { formatWhole, formatLoss } from '../../../core/format/numbers.ts';
import type { LossPoint } from '../../../core/session/runState.ts';
import { base, table } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import { button } from '../../toolkit.ts';

const pageSize = 100;

export class LossTable extends LitElement {
  static override properties = { points: { attribute: false }, page: { state: true } };
  static override styles = [
    base,
    table,
    css`
      .scroll {
        max-height: 220px;
        overflow-y: auto;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--sw-canvas);
      }
      nav {
        display: flex;
        align-items: center;
        justify-content: flex-end;
        gap: 4px;
        padding-top: 4px;
        font-size: var(--sw-small);
        color: var(--sw-muted);
      }
    `,
  ];

  declare points: readonly LossPoint[];
  /** Null stays on the newest page. */
  declare page: number | null;

  constructor() {
    super();
    this.points = [];
    this.page = null;
  }

  override render(): TemplateResult {
    const nPages = Math.max(1, Math.ceil(this.points.length / pageSize));
    const page = Math.min(this.page ?? nPages - 1, nPages - 1);
    const rows = this.points.slice(page * pageSize, (page + 1) * pageSize);
    const go = (target: number) => () => {
      this.page = target >= nPages - 1 ? null : target;
    };
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Losses by step">
        <table>
          <thead>
            <tr>
              <th scope="col" class="end">Step</th>
              <th scope="col" class="end">Loss of G</th>
              <th scope="col" class="end">Loss of D</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row) =>
                html`<tr>
                  <td class="end number">${formatWhole(row.step)}</td>
                  <td class="end number">${formatLoss(row.lossG)}</td>
                  <td class="end number">${formatLoss(row.lossD)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <nav aria-label="Pages">
        <span>Page ${formatWhole(page + 1)} of ${formatWhole(nPages)}</span>
        ${button({ label: 'Previous page', icon: icons.previous, look: 'icon', disabled: page === 0, onClick: go(page - 1) })}
        ${button({ label: 'Next page', icon: icons.next, look: 'icon', disabled: page === nPages - 1, onClick: go(page + 1) })}
      </nav>
    `;
  }
}
