/**
 * The page that compares runs: table, charts and grids of the same rows. It holds the choices of the user;
 * everything about the runs comes from the host, again whenever one of them moves on.
 */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { compareRuns, type Comparison } from '../../core/compare/compareRuns.ts';
import type { RunDigest } from '../../core/compare/runDigest.ts';
import type { Problem } from '../../core/problem.ts';
import { success } from '../../core/result.ts';
import type { RpcClient } from '../../core/rpc/rpc.ts';
import type { CompareRequests } from '../../core/session/compareProtocol.ts';
import type { SampleRequests } from '../components/sample-timeline/sampleSource.ts';
import { base } from '../styles/base.ts';
import { icons } from '../styles/icons.ts';
import { tokens } from '../styles/tokens.ts';
import { button, checkbox, progressRing } from '../toolkit.ts';
import { initialCompareView, toggled, type CompareView } from './compareView.ts';

export class SlimwiseCompare extends LitElement {
  static override properties = {
    runs: { attribute: false },
    view: { attribute: false },
    problem: { state: true },
    rpc: { attribute: false },
  };
  static override styles = [
    tokens,
    base,
    css`
      :host {
        container-type: inline-size;
        font-family: var(--vscode-font-family, system-ui);
        font-size: var(--vscode-font-size, 13px);
        line-height: 20px;
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        max-width: 1600px;
        margin: 0 auto;
        padding: 20px 24px 32px;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
      }
      h1 {
        font-size: 18px;
        font-weight: 600;
        color: var(--sw-bright);
        margin-inline-end: auto;
      }
      .charts {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 16px;
      }
      .caveats li {
        display: flex;
        gap: 6px;
        align-items: center;
      }
      @container (max-width: 900px) {
        .charts {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  declare runs: readonly RunDigest[] | null;
  declare view: CompareView;
  declare problem: Problem | null;
  declare rpc: RpcClient<CompareRequests> | null;
  declare saveView: (view: CompareView) => void;

  #requests: SampleRequests | null = null;
  #comparison: Comparison | null = null;

  constructor() {
    super();
    this.runs = null;
    this.view = initialCompareView;
    this.problem = null;
    this.rpc = null;
    this.saveView = () => undefined;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const { rpc } = this;
    if (changed.has('rpc') && rpc !== null) {
      this.#requests = {
        sample: (key, step) => {
          const row = this.#comparison?.rows.find((each) => each.key === key);
          return rpc.call('sample', { run: row?.run ?? '', variant: row?.variant ?? '', step });
        },
        realSample: () => Promise.resolve(success({ uri: '' })),
      };
    }
    if (changed.has('runs') || changed.has('view')) {
      this.#comparison = this.runs === null ? null : compareRuns(this.runs, this.view.choice);
    }
  }

  override render(): TemplateResult {
    const comparison = this.#comparison;
    if (comparison === null) {
      return html`<main role="status">
        ${this.problem === null ? progressRing('Reading the runs') : this.#problem(this.problem)}
      </main>`;
    }
    const shown = comparison.rows.filter(({ key }) => !this.view.hidden.includes(key));
    const drawn = new Set(shown.map(({ name }) => name));
    return html`<main>
      <header>
        <h1>${comparison.runs.length === 1 ? comparison.runs[0]?.name : `${comparison.runs.length} runs compared`}</h1>
        ${checkbox({
          label: 'All variants',
          checked: this.view.choice === 'all',
          onChange: (all) => this.#change({ choice: all ? 'all' : 'results' }),
        })}
        ${button({ label: 'Save as CSV', icon: icons.table, look: 'secondary', part: 'save-csv', onClick: () => void this.#save('csv') })}
        ${button({ label: 'Save as HTML', icon: icons.report, look: 'secondary', part: 'save-html', onClick: () => void this.#save('html') })}
      </header>
      ${this.problem === null ? nothing : this.#problem(this.problem)} ${this.#caveats(comparison)}
      <compare-table
        .comparison=${comparison}
        .hiddenRows=${this.view.hidden}
        .onToggle=${(key: string) => this.#change({ hidden: toggled(this.view.hidden, key) })}
        .onOpen=${(run: string) => void this.#ask(this.rpc?.call('openRun', { run }))}
      ></compare-table>
      <compare-grids
        .rows=${shown}
        .step=${this.view.step}
        .requests=${this.#requests}
        .onStep=${(step: number | null) => this.#change({ step })}
      ></compare-grids>
      <div class="charts">
        ${comparison.charts.map(
          (spec) =>
            html`<chart-figure
              .spec=${{ ...spec, series: spec.series.filter(({ name }) => drawn.has(name)) }}
              .asTable=${this.view.asTable.includes(spec.title)}
              .onToggle=${() => this.#change({ asTable: toggled(this.view.asTable, spec.title) })}
            ></chart-figure>`,
        )}
      </div>
    </main>`;
  }

  #caveats({ caveats }: Comparison): TemplateResult | typeof nothing {
    if (caveats.length === 0) return nothing;
    return html`<ul class="caveats small" aria-label="Before you compare">
      ${caveats.map((text) => html`<li><span class="warn">${icons.warning}</span>${text}</li>`)}
    </ul>`;
  }

  #problem({ message, hint, code }: Problem): TemplateResult {
    return html`<p role="alert">
      <span class="bad">${message}</span> ${hint} <span class="small muted">${code}</span>
    </p>`;
  }

  async #save(format: 'csv' | 'html'): Promise<void> {
    await this.#ask(this.rpc?.call('save', { format, choice: this.view.choice }));
  }

  async #ask(call: ReturnType<RpcClient<CompareRequests>['call']> | undefined): Promise<void> {
    const result = await call;
    this.problem = result === undefined || result.ok ? null : result.problem;
  }

  #change(change: Partial<CompareView>): void {
    this.view = { ...this.view, ...change };
    this.saveView(this.view);
  }
}
