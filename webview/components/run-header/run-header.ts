/**
 * What runs, how far it is, and the buttons that change it. The status is a glyph and a word; expected
 * and elapsed time stand side by side, because a run states its cost before it starts. Only a change of
 * status is announced to screen readers, not every step.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatBytes, formatWhole, formatDuration } from '../../../core/format/numbers.ts';
import { doneShare, offeredActions, shownStatus, statusWords, workedSeconds } from '../../state/runStatus.ts';
import type { OfferedAction, RunAction, ShownStatus } from '../../state/runStatus.ts';
import { initialPanelState, type PanelState } from '../../state/panelState.ts';
import { base } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import { button } from '../../toolkit.ts';
import { emit } from '../panelEvents.ts';
import { runHeaderStyles } from './run-header.styles.ts';

const actionLooks: Readonly<Record<RunAction, { readonly label: string; readonly icon: TemplateResult }>> = {
  pause: { label: 'Pause', icon: icons.pause },
  resume: { label: 'Continue', icon: icons.play },
  cancel: { label: 'Cancel', icon: icons.stop },
  continueRun: { label: 'Resume', icon: icons.forward },
  openReport: { label: 'Open Report', icon: icons.report },
  exploreLatents: { label: 'Explore Latents', icon: icons.picture },
  exportModel: { label: 'Export Model…', icon: icons.exported },
  revealModel: { label: 'Reveal Model', icon: icons.folder },
};

const statusLooks: Readonly<Record<ShownStatus, { readonly icon: TemplateResult; readonly tone: string }>> = {
  starting: { icon: icons.waiting, tone: 'working' },
  running: { icon: icons.running, tone: 'working' },
  notResponding: { icon: icons.warning, tone: 'stopped' },
  elsewhere: { icon: icons.running, tone: 'working' },
  paused: { icon: icons.paused, tone: 'stopped' },
  interrupted: { icon: icons.broken, tone: 'stopped' },
  cancelled: { icon: icons.stop, tone: 'quiet' },
  failed: { icon: icons.cross, tone: 'broken' },
  finished: { icon: icons.check, tone: 'done' },
};

export class RunHeader extends LitElement {
  static override properties = { panel: { attribute: false }, now: { type: Number } };
  static override styles = [base, runHeaderStyles];

  declare panel: PanelState;
  /** Milliseconds since the epoch; the root element ticks it while the run works. */
  declare now: number;

  constructor() {
    super();
    this.panel = initialPanelState;
    this.now = 0;
  }

  override render(): TemplateResult {
    const { record, run } = this.panel;
    const status = shownStatus(this.panel);
    const look = statusLooks[status];
    return html`
      <div class="top">
        <div class="title">
          <h1 title=${record?.planPath ?? nothing}>${record?.name ?? 'Run'}</h1>
          <span class="status ${look.tone}" role="status">${look.icon}<span>${statusWords[status]}</span></span>
          ${record?.short ? html`<span class="badge" title="Fewer steps and images than the plan asks for">Short run</span>` : nothing}
        </div>
        <div class="actions">${offeredActions(this.panel).map((offer) => this.#button(offer))}</div>
      </div>
      ${this.#progress(status)}
      <dl class="facts">
        ${fact('Backend', run.backend === null ? null : `${run.backend}, ${threads(record?.threads)}`, run.backendWhy)}
        ${this.#time(status)} ${fact('Memory', this.#memory())}
        ${fact('Images', record === null ? null : formatWhole(record.data.nImages))}
        ${fact('Seed', record === null ? null : String(record.seed))}
      </dl>
      ${run.backendWhy === null ? nothing : html`<p class="why small muted">Why ${run.backend}: ${run.backendWhy}</p>`}
    `;
  }

  #button(offer: OfferedAction): TemplateResult {
    const { label, icon } = actionLooks[offer.action];
    return button({
      label,
      icon,
      look: offer.primary ? 'primary' : 'secondary',
      disabled: !offer.enabled,
      title: offer.enabled ? undefined : 'Running is off in Restricted Mode: trust the workspace to go on.',
      part: offer.action,
      onClick: () => emit(this, 'run-action', offer.action),
    });
  }

  #progress(status: ShownStatus): TemplateResult | typeof nothing {
    const { progress } = this.panel.run;
    const share = doneShare(this.panel);
    if (status === 'finished') return nothing;
    const percent = share === null ? null : Math.floor(share * 100);
    const working = this.panel.live && status === 'running';
    return html`<div class="progress ${working ? 'working' : ''}">
      <div class="words">
        <span class="doing">${this.#doing(status)}</span>
        <span class="number muted">
          ${progress === null ? nothing : html`${formatWhole(progress.stepsDone)} / ${formatWhole(progress.stepsTotal)} steps`}
          ${percent === null ? nothing : html`<span class="sep">·</span>${percent} %`}
          ${working && progress !== null ? html`<span class="sep">·</span>${formatDuration(progress.secondsLeft)} left` : nothing}
        </span>
      </div>
      <div
        class="track"
        role="progressbar"
        aria-label="Steps done"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${percent ?? nothing}
      >
        <div
          class="bar ${share === null ? 'unknown' : ''}"
          .style=${`width: ${share === null ? 0 : share * 100}%`}
        ></div>
      </div>
    </div>`;
  }

  #doing(status: ShownStatus): TemplateResult | string {
    const { progress, variants, current } = this.panel.run;
    if (progress === null) return status === 'starting' ? 'Preparing the engine' : '';
    const variant = variants.find(({ info }) => info.id === current);
    const step = variant?.losses.at(-1)?.step;
    if (variant === undefined || step === undefined) return progress.doing;
    return html`${progress.doing}<span class="sep">·</span
      ><span class="number muted">step ${formatWhole(step)} of ${formatWhole(variant.info.steps)}</span>`;
  }

  #time(status: ShownStatus): TemplateResult | typeof nothing {
    const worked = workedSeconds(this.panel, this.now);
    const expected = this.panel.run.expected?.seconds ?? null;
    const label = status === 'finished' ? 'Took' : 'Elapsed';
    const value =
      worked === null
        ? null
        : `${formatDuration(worked)}${expected === null ? '' : ` of ${formatDuration(expected)} expected`}`;
    return fact(
      label,
      value,
      'Time spent working; pauses do not count. The expectation was stated before training began.',
    );
  }

  #memory(): string | null {
    const expected = this.panel.run.expected?.bytes ?? null;
    const now = this.panel.engine?.rssBytes ?? null;
    if (now === null) return expected === null ? null : `${formatBytes(expected)} expected`;
    return expected === null ? formatBytes(now) : `${formatBytes(now)} of ${formatBytes(expected)} expected`;
  }
}

function fact(term: string, value: string | null, title: string | null = null): TemplateResult | typeof nothing {
  if (value === null) return nothing;
  return html`<div title=${title ?? nothing}>
    <dt>${term}</dt>
    <dd>${value}</dd>
  </div>`;
}

function threads(count: number | undefined): string {
  return count === 1 ? '1 thread' : `${count ?? '?'} threads`;
}
