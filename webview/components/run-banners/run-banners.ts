/**
 * What stands in the way right now: Restricted Mode, an engine that does not answer, a request that
 * failed, a run that stopped. Each says what happened and what to do; errors are announced at once.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Problem } from '../../../core/problem.ts';
import { initialPanelState, type PanelState } from '../../state/panelState.ts';
import { shownStatus } from '../../state/runStatus.ts';
import { base } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import { button } from '../../toolkit.ts';
import { emit } from '../panelEvents.ts';

export class RunBanners extends LitElement {
  static override properties = { panel: { attribute: false } };
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      .banner {
        display: flex;
        align-items: flex-start;
        gap: 8px;
        padding: 8px 12px;
        border: 1px solid var(--sw-border);
        border-inline-start: 3px solid var(--tone);
        border-radius: var(--sw-radius);
        background: var(--sw-raised);
      }
      .banner > svg,
      .banner > .glyph {
        color: var(--tone);
        margin-top: 2px;
      }
      .words {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .info {
        --tone: var(--sw-info);
      }
      .warning {
        --tone: var(--sw-warn);
      }
      .error {
        --tone: var(--sw-bad);
      }
    `,
  ];

  declare panel: PanelState;

  constructor() {
    super();
    this.panel = initialPanelState;
  }

  /** Takes no room (nor a gap in the layout) while there is nothing to say. */
  override updated(): void {
    this.hidden = this.renderRoot.querySelector('.banner') === null;
  }

  override render(): TemplateResult {
    const { trusted, problem, run } = this.panel;
    const status = shownStatus(this.panel);
    const stopped = status === 'failed' ? run.problems.at(-1) : undefined;
    return html`
      ${
        trusted
          ? nothing
          : banner(
              'info',
              icons.shield,
              'This workspace is in Restricted Mode.',
              'Starting and continuing runs is off until you trust it, because a run reads and writes files that the plan names. Everything recorded can be looked at.',
            )
      }
      ${
        status === 'notResponding'
          ? banner(
              'warning',
              icons.warning,
              'The engine is not responding.',
              'Nothing recorded is lost: the last checkpoint is on disk. Wait, or cancel and continue the run from there.',
            )
          : nothing
      }
      ${
        status === 'interrupted'
          ? banner(
              'warning',
              icons.broken,
              'The engine process ended before the run did.',
              'The last checkpoint is safe. Resume goes on from there.',
            )
          : nothing
      }
      ${
        status === 'elsewhere'
          ? banner(
              'info',
              icons.info,
              'Another window or a terminal works on this run.',
              'It can be looked at here; pause, cancel or continue it there.',
            )
          : nothing
      }
      ${stopped === undefined ? nothing : problemBanner(stopped, nothing)}
      ${
        problem === null || this.panel.phase === 'failed'
          ? nothing
          : problemBanner(
              problem,
              button({
                label: 'Dismiss',
                icon: icons.close,
                look: 'icon',
                onClick: () => emit(this, 'problem-dismiss', null),
              }),
            )
      }
    `;
  }
}

function banner(tone: 'info' | 'warning', icon: TemplateResult, title: string, text: string): TemplateResult {
  return html`<div class="banner ${tone}" role="status">
    <span class="glyph">${icon}</span>
    <div class="words"><strong>${title}</strong> <span>${text}</span></div>
  </div>`;
}

function problemBanner(problem: Problem, after: TemplateResult | typeof nothing): TemplateResult {
  return html`<div class="banner error" role="alert">
    <span class="glyph">${icons.cross}</span>
    <div class="words">
      <strong>${problem.message}</strong> <span>${problem.hint}</span>
      <div class="small muted">${problem.path === undefined ? nothing : html`${problem.path} · `}${problem.code}</div>
    </div>
    ${after}
  </div>`;
}
