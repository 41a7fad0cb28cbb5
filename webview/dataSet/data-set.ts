/**
 * The dialog for a data set: choose a folder or file, look at what it holds as a run would see it, set size and
 * colour, and put it into the plan as one edit. It holds the choices; what is known about the images comes from the
 * host, which asks the engine's side.
 */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { ImagesDescription } from '../../core/data/imagesDescription.ts';
import { formatPercent, formatWhole } from '../../core/format/numbers.ts';
import type { Problem } from '../../core/problem.ts';
import type { Result } from '../../core/result.ts';
import type { RpcClient } from '../../core/rpc/rpc.ts';
import type { DataFit, DataRequests, DataState } from '../../core/session/dataProtocol.ts';
import { base, section } from '../styles/base.ts';
import { icons } from '../styles/icons.ts';
import { tokens } from '../styles/tokens.ts';
import { button, dropdown, progressRing } from '../toolkit.ts';

const sizes: readonly number[] = [16, 28, 32, 64, 128];
const limits: readonly (number | null)[] = [null, 500, 1_000, 5_000, 10_000, 50_000];
const progressMs = 500;
/** Bad files listed; the count says how many there are. */
const mostListed = 50;

export class DataSet extends LitElement {
  static override properties = {
    rpc: { attribute: false },
    state: { attribute: false },
    busy: { state: true },
    progress: { state: true },
    problem: { state: true },
  };
  static override styles = [
    tokens,
    base,
    section,
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
        max-width: 1000px;
        margin: 0 auto;
        padding: 20px 24px 32px;
      }
      h1 {
        font-size: 18px;
        font-weight: 600;
        color: var(--sw-bright);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
      }
      .field {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .path {
        font-family: var(--sw-mono);
        overflow-wrap: anywhere;
      }
      .pair {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        gap: 16px;
      }
      .preview {
        display: block;
        width: 100%;
        image-rendering: pixelated;
        border-radius: 2px;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 4px 16px;
        margin-bottom: 8px;
      }
      dt {
        color: var(--sw-muted);
      }
      .bad-list {
        max-height: 200px;
        overflow: auto;
        font-size: var(--sw-small);
      }
      .bad-list li {
        overflow-wrap: anywhere;
      }
      @container (max-width: 700px) {
        .pair {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  declare rpc: RpcClient<DataRequests> | null;
  declare state: DataState | null;
  declare busy: boolean;
  /** How far the reading is, where the host can say. */
  declare progress: string | null;
  declare problem: Problem | null;

  constructor() {
    super();
    this.rpc = null;
    this.state = null;
    this.busy = false;
    this.progress = null;
    this.problem = null;
  }

  async load(): Promise<void> {
    await this.#ask((rpc) => rpc.call('ready', {}));
  }

  override render(): TemplateResult {
    const { state } = this;
    return html`<main>
      <h1>Images to learn from</h1>
      <div class="row">
        ${button({ label: 'Choose Folder…', icon: icons.folder, look: state?.images == null ? 'primary' : 'secondary', part: 'folder', disabled: this.busy, onClick: () => this.#choose('folder') })}
        ${button({ label: 'Choose File…', icon: icons.report, look: 'secondary', part: 'file', disabled: this.busy, onClick: () => this.#choose('file') })}
        <span class="path" aria-live="polite">${state?.images ?? ''}</span>
        ${this.busy ? this.#reading() : nothing}
      </div>
      <p class="small muted">
        A folder or archive (.zip, .tar.gz) of PNG and JPEG, an IDX file, or a NumPy array (.npy, .npz). They are read
        where they are and stay on this machine.
      </p>
      ${this.problem === null ? nothing : html`<p role="alert"><span class="bad">${this.problem.message}</span> ${this.problem.hint} <span class="small muted">${this.problem.code}</span></p>`}
      ${state === null || state.description === null || state.fit === null ? nothing : this.#described(state, state.description, state.fit)}
    </main>`;
  }

  #reading(): TemplateResult {
    return html`${progressRing('Reading the images')}
      <span class="small muted" aria-live="polite">${this.progress ?? 'Reading the images…'}</span>
      ${button({ label: 'Stop', icon: icons.stop, look: 'secondary', part: 'stop', onClick: () => void this.rpc?.call('stop', {}) })}`;
  }

  #described(state: DataState, description: ImagesDescription, fit: DataFit): TemplateResult {
    const { bad, nRead, badShareAllowed } = description;
    const refused = bad.length === nRead || bad.length > badShareAllowed * nRead;
    return html`
      <div class="row" role="group" aria-label="As a run sees them">
        <span class="field">
          <span>Crop and resize to</span>
          ${dropdown({
            label: 'Size',
            value: String(fit.size),
            choices: [...new Set([...sizes, fit.size])]
              .sort((a, b) => a - b)
              .map((size) => ({ value: String(size), label: `${size} × ${size}` })),
            onChange: (size) => this.#fit({ ...fit, size: Number(size) }),
          })}
        </span>
        <span class="field">
          <span>as</span>
          ${dropdown({
            label: 'Colour',
            value: String(fit.channels),
            choices: [
              { value: '1', label: 'grey' },
              { value: '3', label: 'RGB' },
            ],
            onChange: (channels) => this.#fit({ ...fit, channels: channels === '1' ? 1 : 3 }),
          })}
        </span>
        <span class="field">
          <span>and use</span>
          ${dropdown({
            label: 'How many images',
            value: String(fit.limit ?? 0),
            choices: limits
              .filter((limit) => limit === null || limit < description.nFound || limit === fit.limit)
              .map((limit) => ({
                value: String(limit ?? 0),
                label: limit === null ? 'all images' : `the first ${formatWhole(limit)}`,
              })),
            onChange: (limit) => this.#keep({ ...fit, limit: Number(limit) === 0 ? null : Number(limit) }),
          })}
        </span>
      </div>
      <div class="pair">
        <section class="section" aria-labelledby="preview">
          <header>
            <h2 id="preview">Preview</h2>
            <span class="small muted">evenly over the set</span>
          </header>
          <div class="body">
            ${
              description.preview === null
                ? html`<p class="empty">No image could be read.</p>`
                : html`<img
                    class="preview"
                    src="data:image/png;base64,${description.preview}"
                    alt="Grid of images of the set, ${fit.size} by ${fit.size} pixels, ${fit.channels === 1 ? 'grey' : 'in colour'}"
                  />`
            }
          </div>
        </section>
        <section class="section" aria-labelledby="facts">
          <header><h2 id="facts">What it holds</h2></header>
          <div class="body">
            ${this.#facts(description)}<size-histogram .sizes=${description.sizes}></size-histogram>
          </div>
        </section>
      </div>
      ${bad.length === 0 ? nothing : this.#bad(description, refused)}
      <div class="row">
        ${button({
          label: `Put into ${state.plan}`,
          icon: icons.check,
          look: 'primary',
          part: 'apply',
          disabled: this.busy || refused,
          title: refused
            ? 'A run would refuse this set: too many of its images are bad.'
            : 'Shows the edit of the plan first; one undo takes it back.',
          onClick: () => void this.#apply(),
        })}
      </div>
    `;
  }

  #facts({ nFound, nRead, nGrey, nColour, mean, deviation, stored }: ImagesDescription): TemplateResult {
    const figures = (values: readonly number[]): string => values.map((value) => value.toFixed(1)).join(', ');
    return html`<dl>
      <dt>Images</dt>
      <dd>
        ${formatWhole(nFound)}
        (${stored})${nRead < nFound ? html`, <span class="muted">${formatWhole(nRead)} looked at</span>` : nothing}
      </dd>
      <dt>Colour</dt>
      <dd>${formatWhole(nGrey)} grey, ${formatWhole(nColour)} in colour</dd>
      <dt>Mean</dt>
      <dd class="number">${figures(mean)} <span class="muted">of 255, after fitting</span></dd>
      <dt>Deviation</dt>
      <dd class="number">${figures(deviation)}</dd>
    </dl>`;
  }

  #bad({ bad, nRead }: ImagesDescription, refused: boolean): TemplateResult {
    return html`<section class="section" aria-labelledby="bad">
      <header>
        <h2 id="bad">Bad images</h2>
        <span class=${refused ? 'small bad' : 'small muted'}>
          ${formatWhole(bad.length)}, ${formatPercent(bad.length / nRead)}:
          ${refused ? 'a run refuses the set above 1 %' : 'a run skips them'}
        </span>
      </header>
      <div class="body">
        <ul class="bad-list" tabindex="0" role="list" aria-label="Bad images and why">
          ${bad.slice(0, mostListed).map(({ file, reason }) => html`<li><span class="path">${file}</span> <span class="muted">${reason}</span></li>`)}
        </ul>
      </div>
    </section>`;
  }

  #choose(what: 'folder' | 'file'): void {
    void this.#ask((rpc) => rpc.call('choose', { what }));
  }

  #fit(fit: DataFit): void {
    this.#keep(fit);
    void this.#ask((rpc) => rpc.call('describe', fit));
  }

  #keep(fit: DataFit): void {
    if (this.state !== null) this.state = { ...this.state, fit };
  }

  async #apply(): Promise<void> {
    const fit = this.state?.fit ?? null;
    if (this.rpc === null || fit === null) return;
    const result = await this.rpc.call('apply', fit);
    this.problem = result.ok ? null : result.problem;
  }

  async #askProgress(): Promise<void> {
    const answer = await this.rpc?.call('progress', {});
    if (this.busy && answer?.ok === true) this.progress = answer.value;
  }

  async #ask(question: (rpc: RpcClient<DataRequests>) => Promise<Result<DataState>>): Promise<void> {
    if (this.rpc === null) return;
    this.busy = true;
    const asking = setInterval(() => void this.#askProgress(), progressMs);
    const result = await question(this.rpc);
    clearInterval(asking);
    this.busy = false;
    this.progress = null;
    this.problem = result.ok ? null : result.problem;
    if (result.ok) this.state = result.value;
  }
}
