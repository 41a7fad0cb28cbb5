/**
 * The what-if page: a row per layer with a kernel, its bits, rank, width and pruned share to choose, and what the model
 * would be then. Each change is asked of the host after a short rest; an answer that a newer question has overtaken is dropped.
 * What is refused says why at its row. Nothing here writes: buttons ask the host to.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { defaultDeviceId, type DeviceProfile } from '../../core/devices.ts';
import type { Problem } from '../../core/problem.ts';
import type { WhatIfEdit, WhatIfInit, WhatIfOutcome, WhatIfPicked } from '../../core/report/whatIfProtocol.ts';
import type { WhatIfBasis, WhatIfChoice, WhatIfQuery, WhatIfReport } from '../../core/report/whatIfReport.ts';
import type { Result } from '../../core/result.ts';
import { base, table } from '../styles/base.ts';
import { icons } from '../styles/icons.ts';
import { tokens } from '../styles/tokens.ts';
import { button, dropdown, progressRing } from '../toolkit.ts';
import { overview } from './overview.ts';
import { layerTable } from './layerTable.ts';
import { suggestionList } from './suggestionList.ts';
import { whatIfStyles } from './what-if-page.styles.ts';
import { initialView, withChoice, withChoices, type WhatIfView } from './whatIfState.ts';

export interface WhatIfHost {
  ask(query: WhatIfQuery): Promise<Result<WhatIfReport>>;
  does(what: 'showDiff' | 'apply' | 'copyPlan' | 'writePlan', edit: WhatIfEdit): Promise<Result<WhatIfOutcome>>;
  openLayer(model: string, layer: string): void;
  /** The host's list of all that can be done to the layers, or to the model where there are none. */
  pickChange(model: string, layers: readonly string[]): Promise<Result<WhatIfPicked>>;
}

/** Milliseconds without a change before the host is asked. */
const restMs = 120;

export class WhatIfPage extends LitElement {
  static override properties = {
    init: { attribute: false },
    view: { attribute: false },
    report: { state: true },
    problem: { state: true },
    message: { state: true },
    whys: { state: true },
  };
  static override styles = [tokens, base, table, whatIfStyles];

  /** null: the host has not said yet what the page is about. */
  declare init: WhatIfInit | null;
  declare view: WhatIfView;
  declare report: WhatIfReport | null;
  declare problem: Problem | null;
  declare message: { readonly text: string; readonly isBad: boolean };
  /** Why the fit gave a layer its bits, until they are chosen by hand. */
  declare whys: ReadonlyMap<string, string>;
  declare host: WhatIfHost;
  declare saveView: (view: WhatIfView) => void;
  #asked = 0;
  /** The last question whose answer is shown. */
  #answered = 0;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.init = null;
    this.view = initialView;
    this.report = null;
    this.problem = null;
    this.message = quiet;
    this.whys = new Map();
    this.saveView = () => undefined;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('init') && this.init?.state === 'model') {
      this.report = null;
      this.whys = new Map();
      void this.ask();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#resting);
  }

  override render(): TemplateResult {
    const { init, report } = this;
    if (init?.state === 'empty') return empty();
    if (this.problem !== null && report === null) return this.#failed(this.problem);
    if (init === null || report === null)
      return html`<div class="whole" role="status">
        ${progressRing('Counting')}
        <p>Reading the model…</p>
      </div>`;
    const { view } = this;
    return html`<main>
      <header>
        <h1>What if: ${report.model}</h1>
        <span class="muted">${init.source}</span>
        ${
          report.models.length < 2
            ? nothing
            : dropdown({
                label: 'Model',
                value: report.model,
                choices: report.models.map((name) => ({ value: name, label: name })),
                onChange: (model) => this.change({ model, choices: [] }),
              })
        }
      </header>
      ${overview({
        report,
        device: this.#device,
        devices: this.#devices,
        basis: this.#basis,
        onBasis: (basis) => this.change({ basis }),
        budgetBytes: this.#budget,
        settingsBytes: init.budgetBytes,
        onDevice: (device) => this.change({ device, budgetBytes: null }),
        onBudget: (budgetBytes) => this.change({ budgetBytes }),
        onFit: () => void this.#fit(),
      })}
      ${this.#actions(report)}
      ${layerTable({
        report,
        view,
        whys: this.whys,
        basis: this.#basis,
        onMore: (layer) => void this.#more(report.model, [layer]),
        onSort: (sort) => this.#keep({ sort }),
        onOpen: (layer) => this.host.openLayer(report.model, layer),
        onChoice: (layer, kind, action) => this.#choose(layer, kind, action),
      })}
      ${suggestionList(report.suggestions, (choices) => this.change({ choices }))}
    </main>`;
  }

  /** Asks for the view as it is; what was asked before no longer counts. */
  async ask(fit = false): Promise<void> {
    clearTimeout(this.#resting);
    const asked = ++this.#asked;
    const { model, choices, basis } = this.view;
    const query = { model, choices, budgetBytes: this.#budget, fit, ...(basis === null ? {} : { sensitivity: basis }) };
    const result = await this.host.ask(query);
    if (asked !== this.#asked) return;
    this.#answered = asked;
    this.problem = result.ok ? null : result.problem;
    if (!result.ok) {
      this.message = { text: result.problem.message, isBad: true };
      return;
    }
    this.report = result.value;
    if (fit) this.#takeFit(result.value);
  }

  change(change: Partial<WhatIfView>): void {
    if (change.choices !== undefined) this.whys = new Map();
    this.message = quiet;
    this.#keep(change);
    clearTimeout(this.#resting);
    // An answer that is still on its way is about choices that are no longer made.
    this.#asked++;
    this.#resting = setTimeout(() => void this.ask(), restMs);
  }

  #choose(layer: string, kind: WhatIfChoice['action']['kind'], action: WhatIfChoice['action'] | null): void {
    const whys = new Map(this.whys);
    if (kind === 'bits') whys.delete(layer);
    this.change({ choices: withChoice(this.view.choices, layer, kind, action) });
    this.whys = whys;
  }

  /** What is picked joins the choices of the table; nothing is written. */
  async #more(model: string, layers: readonly string[]): Promise<void> {
    const picked = await this.host.pickChange(model, layers);
    if (!picked.ok) this.message = { text: picked.problem.message, isBad: true };
    else if (picked.value.choices.length > 0)
      this.change({ choices: withChoices(this.view.choices, picked.value.choices) });
  }

  async #fit(): Promise<void> {
    this.message = quiet;
    await this.ask(true);
  }

  #takeFit({ fit, choices }: WhatIfReport): void {
    if (fit === null) return;
    if ('refused' in fit) {
      this.message = { text: `The budget cannot be fitted: ${fit.refused}.`, isBad: true };
      return;
    }
    this.#keep({ choices });
    // A predicted layer among measured ones says so itself, with the reason.
    this.whys = new Map(
      fit.layers.map(({ name, basis, why }) => [
        name,
        basis === 'predicted' || why.includes('measured') ? why : `measured; ${why}`,
      ]),
    );
    const exact = fit.isExact ? 'the least' : 'close to the least';
    const nPredicted = fit.layers.filter(({ basis }) => basis === 'predicted').length;
    const basis = fit.basis === 'mixed' ? `measured; ${nPredicted} of ${fit.layers.length} predicted` : fit.basis;
    const unit = fit.basis === 'predicted' ? '' : ' of SWD ×10³';
    this.message = {
      text: `Bits chosen: ${exact} summed sensitivity (${basis}), ${fit.sensitivity.toPrecision(3)}${unit}.`,
      isBad: false,
    };
  }

  #actions(report: WhatIfReport): TemplateResult {
    const isNothing = report.choices.length === 0;
    const act = (what: Parameters<WhatIfHost['does']>[0]) => (): void => void this.#does(what);
    return html`<div class="actions" role="toolbar" aria-label="What to do with the choices">
      ${button({ label: 'Apply to Source', icon: icons.source, look: 'primary', part: 'apply', disabled: isNothing, title: 'One edit, that one undo takes back', onClick: act('apply') })}
      ${button({ label: 'Show Diff', icon: icons.follow, look: 'secondary', part: 'diff', disabled: isNothing, onClick: act('showDiff') })}
      ${button({ label: 'Write Plan', icon: icons.report, look: 'secondary', part: 'write', disabled: isNothing, onClick: act('writePlan') })}
      ${button({ label: 'Copy Plan', icon: icons.table, look: 'secondary', part: 'copy', disabled: isNothing, onClick: act('copyPlan') })}
      ${button({ label: 'Whole Model…', icon: icons.next, look: 'secondary', part: 'whole', title: 'Every layer with room for one bit, or what the plan says', onClick: () => void this.#more(report.model, []) })}
      ${button({ label: 'Reset', icon: icons.reset, look: 'secondary', part: 'reset', disabled: this.view.choices.length === 0, onClick: () => this.change({ choices: [] }) })}
      <p class=${this.message.isBad ? 'message bad' : 'message muted'} role="status">${this.message.text}</p>
    </div>`;
  }

  /** Carries out what was chosen last, also where the host was not yet asked what that comes to. */
  async #does(what: Parameters<WhatIfHost['does']>[0]): Promise<void> {
    while (this.#answered !== this.#asked) await this.ask();
    const { report } = this;
    if (report === null || this.problem !== null) return;
    const { model, choices } = report;
    const result = await this.host.does(what, { model, choices });
    this.message = result.ok
      ? { text: result.value.message, isBad: false }
      : { text: result.problem.message, isBad: true };
    // What was chosen is in the source now; the host says so, and the table is asked for again.
    if (what !== 'apply' || !result.ok || !result.value.done) return;
    const { message } = this;
    this.change({ choices: [] });
    this.message = message;
  }

  #keep(change: Partial<WhatIfView>): void {
    this.view = { ...this.view, ...change };
    this.saveView(this.view);
  }

  /** One that is no longer in the settings is not chosen any more. */
  get #device(): string {
    const fromSettings = this.init?.state === 'model' ? this.init.device : null;
    const known = this.#devices.find(({ id }) => id === this.view.device)?.id;
    return known ?? fromSettings ?? defaultDeviceId;
  }

  get #devices(): readonly DeviceProfile[] {
    return this.init?.state === 'model' ? this.init.devices : [];
  }

  get #basis(): WhatIfBasis {
    return this.view.basis ?? (this.report?.measured === null ? 'predicted' : 'measured');
  }

  get #budget(): number {
    const fromSettings = this.init?.state === 'model' && this.view.device === null ? this.init.budgetBytes : null;
    return (
      this.view.budgetBytes ?? fromSettings ?? this.#devices.find(({ id }) => id === this.#device)?.budgetBytes ?? 0
    );
  }

  #failed(problem: Problem): TemplateResult {
    return html`<div class="whole" role="alert">
      <span class="bad">${icons.cross}</span>
      <p><strong>${problem.message}</strong></p>
      <p>${problem.hint}</p>
      <p class="small muted">${problem.code}</p>
      ${button({ label: 'Try Again', icon: icons.reset, look: 'primary', part: 'reload', onClick: () => void this.ask() })}
    </div>`;
  }
}

const quiet = { text: '', isBad: false };

function empty(): TemplateResult {
  return html`<div class="whole">
    <span class="muted">${icons.info}</span>
    <p><strong>No model at the cursor.</strong></p>
    <p class="muted">
      Open a Python, TypeScript or JavaScript file that defines one, put the cursor in it, and run Slimwise: What If
      again. The source is read, never run.
    </p>
  </div>`;
}
