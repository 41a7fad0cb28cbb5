/**
 * The run panel: lays out its parts, hands each its slice of the state, and turns their events into
 * requests or choices. It holds the choices of the user; everything about the run comes from the store.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { planLatents } from '../../../core/session/latentWalk.ts';
import { initialPanelState, type PanelState } from '../../state/panelState.ts';
import type { PanelStore } from '../../state/panelStore.ts';
import { shownStatus, statusWords } from '../../state/runStatus.ts';
import { initialViewState, type ViewState } from '../../state/viewState.ts';
import { base } from '../../styles/base.ts';
import { icons } from '../../styles/icons.ts';
import { tokens } from '../../styles/tokens.ts';
import { button, progressRing } from '../../toolkit.ts';
import { on } from '../panelEvents.ts';
import type { SampleRequests } from '../sample-timeline/sampleSource.ts';
import { selectedVariant } from '../variant-picker/variants.ts';
import { slimwiseRunStyles } from './slimwise-run.styles.ts';

export class SlimwiseRun extends LitElement {
  static override properties = {
    store: { attribute: false },
    panel: { attribute: false },
    view: { attribute: false },
    now: { state: true },
  };
  static override styles = [tokens, base, slimwiseRunStyles];

  declare store: PanelStore | null;
  declare panel: PanelState;
  declare view: ViewState;
  declare now: number;
  /** Keeps the choices of the user; called after each change. */
  declare saveView: (view: ViewState) => void;

  #clock: ReturnType<typeof setInterval> | null = null;
  #requests: SampleRequests | null = null;
  #walks: SampleRequests | null = null;

  constructor() {
    super();
    this.store = null;
    this.panel = initialPanelState;
    this.view = initialViewState;
    this.now = 0;
    this.saveView = () => undefined;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#setClock(false);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const { store } = this;
    if (changed.has('store') && store !== null) {
      this.#requests = {
        sample: (variant, step) => store.request('sample', { variant, step }),
        realSample: () => store.request('realSample', {}),
      };
      this.#walks = { ...this.#requests, sample: (variant, step) => store.request('walk', { variant, step }) };
    }
    if (changed.has('panel')) {
      this.now = Date.now();
      this.#setClock(this.panel.live && this.panel.run.status === 'running');
    }
  }

  override render(): TemplateResult {
    return html`<main
      @run-action=${on<'run-action'>((action) => void this.store?.act(action))}
      @layer-open=${on<'layer-open'>((layer) => void this.store?.openLayer(layer))}
      @walk-save=${on<'walk-save'>((which) => void this.store?.saveWalk(which))}
      @problem-dismiss=${on<'problem-dismiss'>(() => this.store?.dismissProblem())}
      @view-change=${on<'view-change'>((change) => this.#changeView(change))}
    >
      ${this.#content()}
    </main>`;
  }

  #content(): TemplateResult {
    if (this.panel.phase === 'loading') {
      return html`<div class="whole" role="status">
        ${progressRing('Loading the run')}
        <p>Reading the run…</p>
      </div>`;
    }
    if (this.panel.phase === 'failed') return this.#failed();
    const { run, record } = this.panel;
    const selected = selectedVariant(run, this.view.variant);
    // The result comes first once there is one; until then what moves comes first.
    const summary = html`<summary-card .run=${run}></summary-card>`;
    return html`
      <run-header .panel=${this.panel} .now=${this.now}></run-header>
      <run-banners .panel=${this.panel}></run-banners>
      ${run.summary === null ? nothing : summary}
      ${
        run.variants.length === 0
          ? this.#nothingYet()
          : html`
              <variant-picker .run=${run} .chosen=${this.view.variant}></variant-picker>
              <div class="pair wide-first">
                <sample-timeline
                  .run=${run}
                  .chosenVariant=${this.view.variant}
                  .step=${this.view.step}
                  .seed=${record?.seed ?? null}
                  .requests=${this.#requests}
                ></sample-timeline>
                <loss-chart
                  .variant=${selected}
                  .smooth=${this.view.smooth}
                  .asTable=${this.view.lossTable}
                ></loss-chart>
              </div>
              <latent-strip
                .run=${run}
                .chosenVariant=${this.view.variant}
                .step=${this.view.step}
                .position=${this.view.walk}
                .latents=${planLatents(record?.plan)}
                .requests=${this.#walks}
              ></latent-strip>
              ${run.summary === null ? summary : nothing}
              <settings-table .settings=${run.settings} ?hidden=${run.settings.length === 0}></settings-table>
              <decision-table ?hidden=${run.settings.length > 0} .run=${run} .sort=${this.view.sort}></decision-table>
              <div class="pair">
                <swd-table .run=${run} .selected=${selected?.info.id ?? null}></swd-table>
                <memory-bars .memory=${run.memory}></memory-bars>
              </div>
              <message-list .notes=${run.notes} .problems=${run.problems}></message-list>
            `
      }
    `;
  }

  #nothingYet(): TemplateResult {
    const status = shownStatus(this.panel);
    return html`<div class="whole">
      ${status === 'starting' ? progressRing('Preparing') : nothing}
      <p>
        ${
          status === 'starting'
            ? 'The engine is reading the plan, the source and the images. Training starts in a moment.'
            : `${statusWords[status]} before anything was trained.`
        }
      </p>
    </div>`;
  }

  #failed(): TemplateResult {
    const { problem } = this.panel;
    return html`<div class="whole" role="alert">
      <span class="bad">${icons.cross}</span>
      <p><strong>${problem?.message ?? 'The run could not be read.'}</strong></p>
      <p>${problem?.hint ?? ''}</p>
      <p class="small muted">${problem?.path ?? ''} ${problem?.code ?? ''}</p>
      ${button({ label: 'Try Again', icon: icons.forward, look: 'primary', part: 'reload', onClick: () => void this.store?.load() })}
    </div>`;
  }

  #changeView(change: Partial<ViewState>): void {
    this.view = { ...this.view, ...change };
    this.saveView(this.view);
  }

  /** Elapsed time moves between events too. */
  #setClock(ticking: boolean): void {
    if (ticking === (this.#clock !== null)) return;
    if (this.#clock !== null) clearInterval(this.#clock);
    this.#clock = ticking ? setInterval(() => (this.now = Date.now()), 1000) : null;
  }
}
