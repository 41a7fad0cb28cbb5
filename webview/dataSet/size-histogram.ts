/** How many images have which size: one bar each, the commonest first, the rest summed up. */
import { css, html, LitElement, type TemplateResult } from 'lit';
import type { ImagesDescription } from '../../core/data/imagesDescription.ts';
import { formatWhole } from '../../core/format/numbers.ts';
import { base, table } from '../styles/base.ts';

const mostBars = 8;

export class SizeHistogram extends LitElement {
  static override properties = { sizes: { attribute: false } };
  static override styles = [
    base,
    table,
    css`
      .track {
        width: 60%;
      }
      .bar {
        height: 10px;
        min-width: 2px;
        border-radius: 2px;
        background: var(--sw-generator);
      }
    `,
  ];

  declare sizes: ImagesDescription['sizes'];

  constructor() {
    super();
    this.sizes = [];
  }

  override render(): TemplateResult {
    const shown = this.sizes.slice(0, mostBars);
    const others = this.sizes.slice(mostBars);
    const rest = others.reduce((sum, { count }) => sum + count, 0);
    const rows = [
      ...shown.map(({ width, height, count }) => ({ label: `${width} × ${height}`, count })),
      ...(rest === 0 ? [] : [{ label: `${others.length} other sizes`, count: rest }]),
    ];
    const most = Math.max(1, ...rows.map(({ count }) => count));
    return html`<table>
      <caption class="spoken">
        Images by size in pixels
      </caption>
      <tbody>
        ${rows.map(
          ({ label, count }) =>
            html`<tr>
              <th scope="row">${label}</th>
              <td class="track" aria-hidden="true"><div class="bar" data-share=${count / most}></div></td>
              <td class="end number">${formatWhole(count)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  /** Widths are set on the element: the page's policy refuses style attributes. */
  override updated(): void {
    for (const bar of this.renderRoot.querySelectorAll<HTMLElement>('.bar')) {
      bar.style.width = `${100 * Number(bar.dataset['share'] ?? 0)}%`;
    }
  }
}
