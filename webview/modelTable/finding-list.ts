/** What the rules found in the model: severity as glyph and word, code, message; a layer's finding leads to its row. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Finding, ReportProblem, Severity } from '../../core/report/analyzeReport.ts';
import { base } from '../styles/base.ts';
import { icons } from '../styles/icons.ts';
import { emit } from './modelEvents.ts';

const looks: Readonly<Record<Severity, { readonly icon: TemplateResult; readonly tone: string }>> = {
  error: { icon: icons.cross, tone: 'bad' },
  warning: { icon: icons.warning, tone: 'warn' },
  information: { icon: icons.info, tone: 'info' },
  hint: { icon: icons.info, tone: 'muted' },
};

export class FindingList extends LitElement {
  static override properties = { findings: { attribute: false }, problems: { attribute: false } };
  static override styles = [
    base,
    css`
      summary {
        cursor: pointer;
        padding: 8px 0;
        font-weight: 600;
        color: var(--sw-bright);
      }
      ul {
        max-height: 24vh;
        overflow: auto;
      }
      li {
        display: grid;
        grid-template-columns: 16px 52px minmax(0, 1fr);
        gap: 8px;
        align-items: start;
        padding: 4px 0;
        border-top: 1px solid var(--sw-line);
        line-height: 18px;
        font-size: var(--sw-small);
      }
      svg {
        margin-top: 1px;
      }
      .info {
        color: var(--sw-info);
      }
      button.link {
        color: var(--sw-link);
      }
      button.link:hover {
        text-decoration: underline;
      }
    `,
  ];

  declare findings: readonly Finding[];
  declare problems: readonly ReportProblem[];

  constructor() {
    super();
    this.findings = [];
    this.problems = [];
  }

  override render(): TemplateResult | typeof nothing {
    const count = this.findings.length + this.problems.length;
    if (count === 0) return nothing;
    return html`<details ?open=${count <= 4}>
      <summary>${count} ${count === 1 ? 'finding' : 'findings'}</summary>
      <ul>
        ${this.problems.map(({ code, message }) => this.#item({ code, message, severity: 'warning' }))}
        ${this.findings.map((finding) => this.#item(finding))}
      </ul>
    </details>`;
  }

  #item({ code, message, severity, layer }: Pick<Finding, 'code' | 'message' | 'severity' | 'layer'>): TemplateResult {
    const { icon, tone } = looks[severity];
    return html`<li>
      <span><span class=${tone}>${icon}</span><span class="spoken">${severity}</span></span>
      <span class="muted">${code}</span>
      <span
        >${message}
        ${
          layer === undefined
            ? nothing
            : html`<button class="plain link" @click=${() => emit(this, 'finding-open', layer)}>Show its row</button>`
        }</span
      >
    </li>`;
  }
}
