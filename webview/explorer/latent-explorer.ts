/**
 * The latent explorer: lays out its parts, draws one image of each model per animation frame at most, and turns
 * choices into latents. It holds the choices of the user and the open models; the host holds the files.
 */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatRatio } from '../../core/format/numbers.ts';
import type { Problem } from '../../core/problem.ts';
import type { ExplorerEngine, PrincipalDirections } from '../../core/session/explorerEngine.ts';
import type { ExplorerInit } from '../../core/session/explorerProtocol.ts';
import { base } from '../styles/base.ts';
import { icons } from '../styles/icons.ts';
import { tokens } from '../styles/tokens.ts';
import { button, dropdown, progressRing } from '../toolkit.ts';
import { createDrawing, type Drawing } from './explorerDrawing.ts';
import { heard, type ExplorerAction } from './explorerEvents.ts';
import type { ExplorerHost } from './explorerHost.ts';
import {
  currentLatent,
  initialView,
  nDirections,
  nSamples,
  sampleLatent,
  shuffled,
  withSample,
} from './explorerView.ts';
import type { ExplorerView, LatentSpace } from './explorerView.ts';
import { emptyPage, problemPage } from './explorerPages.ts';
import type { ImageStage, StageFacts } from './image-stage.ts';
import { latentExplorerStyles } from './latent-explorer.styles.ts';
import { openModels, type OpenModels } from './openModels.ts';
import { createFrameRate } from './pace.ts';
import { imagePixels } from './pixels.ts';
import { samplePng, walkGif } from './pictureFiles.ts';

/** The walk goes there and back in this time. */
const walkMs = 6000;
/** While the walk plays, its numbers are told this often. */
const factsMs = 250;
/** Directions are measured around latents of this seed, always the same. */
const directionSeed = 1;

type Phase = 'loading' | 'empty' | 'failed' | 'ready';

export class LatentExplorer extends LitElement {
  static override properties = {
    view: { attribute: false },
    phase: { state: true },
    problem: { state: true },
    facts: { state: true },
    pictures: { state: true },
    directions: { state: true },
    playing: { state: true },
    busy: { state: true },
    said: { state: true },
    trusted: { state: true },
  };
  static override styles = [tokens, base, latentExplorerStyles];

  declare view: ExplorerView;
  declare phase: Phase;
  declare problem: Problem | null;
  declare facts: StageFacts;
  declare pictures: readonly Uint8ClampedArray<ArrayBuffer>[];
  declare directions: PrincipalDirections | null;
  declare playing: boolean;
  /** What is being made, in words. */
  declare busy: string | null;
  /** What was done last, for those who listen. */
  declare said: string;
  declare trusted: boolean;

  host: ExplorerHost | null = null;
  engine: ExplorerEngine | null = null;
  saveView: (view: ExplorerView) => void = () => undefined;

  #models: OpenModels | null = null;
  #drawing: Drawing | null = null;
  #space: LatentSpace | null = null;
  #frame: number | null = null;
  #walkBegan = 0;
  #toldAt = 0;
  readonly #rate = createFrameRate();

  constructor() {
    super();
    this.view = initialView;
    this.phase = 'loading';
    this.problem = null;
    this.facts = { original: [], compressed: [], difference: [] };
    this.pictures = [];
    this.directions = null;
    this.playing = false;
    this.busy = null;
    this.said = '';
    this.trusted = true;
  }

  /** Frames drawn since the page was opened, and how many per second while something moves. */
  get frames(): { readonly count: number; readonly perSecond: number | null } {
    return { count: this.#rate.nFrames(), perSecond: this.#rate.perSecond() };
  }

  /** Asks the host what there is, opens it, and draws; again after a failure. */
  async load(): Promise<void> {
    const { host, engine } = this;
    if (host === null || engine === null) return;
    this.phase = 'loading';
    const init = await host.ready();
    if (!init.ok) return this.#fail(init.problem);
    if (init.value.state === 'empty') {
      this.trusted = init.value.trusted;
      this.phase = 'empty';
      return;
    }
    await this.#open(init.value, host, engine);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
  }

  override render(): TemplateResult {
    return html`<main
      @explorer-view=${heard<'explorer-view'>((change) => this.#change({ ...this.view, ...change }))}
      @explorer-action=${heard<'explorer-action'>((action) => this.#act(action))}
    >
      ${this.#content()}
      <div class="spoken" role="status">${this.said}</div>
    </main>`;
  }

  #content(): TemplateResult {
    switch (this.phase) {
      case 'loading':
        return html`<div class="whole" role="status">
          ${progressRing('Opening the model')}
          <p>Opening the model…</p>
        </div>`;
      case 'empty':
        return emptyPage(this.trusted, (choice) => void this.#ask(this.host?.begin(choice)));
      case 'failed':
        return problemPage(this.problem, () => void this.load());
      case 'ready':
        return this.#explorer();
    }
  }

  #explorer(): TemplateResult {
    const models = this.#models;
    if (models === null) return html``;
    const { image, hasInt8 } = models.compressed.model;
    const rate = this.playing ? this.#rate.perSecond() : null;
    return html`
      ${this.#header(models)} ${this.problem === null ? nothing : this.#banner(this.problem)}
      <div class="layout">
        <image-stage
          .shape=${image}
          .facts=${this.facts}
          .hasOriginal=${models.original !== null}
          .aside=${rate === null ? '' : `${Math.round(rate)} frames per second`}
        ></image-stage>
        <latent-sliders
          .offsets=${this.view.offsets}
          .shares=${this.directions?.shares ?? null}
          .count=${Math.min(nDirections, models.compressed.model.latentSize)}
        ></latent-sliders>
        <sample-sheet
          .shape=${image}
          .pictures=${this.pictures}
          .selected=${this.view.t === null ? this.view.selected : -1}
          .seed=${this.view.seed}
        ></sample-sheet>
        <div class="column">
          <latent-walk
            .t=${this.view.t}
            .playing=${this.playing}
            .fromName=${this.view.a === null ? 'sample 1' : 'stored'}
            .toName=${this.view.b === null ? 'sample 2' : 'stored'}
          ></latent-walk>
          ${
            hasInt8
              ? html`<label class="precision small"
                  ><span>Activations of binarized layers</span>${dropdown({
                    label: 'Activations of binarized layers',
                    value: this.view.precision,
                    choices: [
                      { value: 'fp32', label: 'fp32 (exact)' },
                      { value: 'int8', label: 'int8 (faster)' },
                    ],
                    onChange: (value) => this.#change({ ...this.view, precision: value === 'int8' ? 'int8' : 'fp32' }),
                  })}</label
                >`
              : nothing
          }
        </div>
      </div>
    `;
  }

  #header({ title, compressed, original }: OpenModels): TemplateResult {
    const off = this.busy !== null;
    return html`<div class="top">
      <div class="title">
        <h1>${title}</h1>
        ${
          original === null
            ? nothing
            : html`<span class="badge" title="Whole files on disk"
                >${formatRatio(original.bytes / compressed.bytes)} smaller</span
              >`
        }
        ${this.busy === null ? nothing : html`<span class="small muted" role="status">${this.busy}</span>`}
      </div>
      <div class="actions">
        ${button({ label: 'Shuffle', icon: icons.shuffle, look: 'primary', part: 'shuffle', title: `Samples of seed ${this.view.seed + 1}`, onClick: () => this.#shuffle() })}
        ${button({ label: 'Save PNG', icon: icons.picture, look: 'secondary', part: 'save-png', disabled: off, title: 'The seed’s samples of both models, and their differences', onClick: () => void this.#save('png') })}
        ${button({ label: 'Save GIF', icon: icons.film, look: 'secondary', part: 'save-gif', disabled: off, title: 'The walk from A to B and back, for ever', onClick: () => void this.#save('gif') })}
        ${button({ label: 'Export Model…', icon: icons.exported, look: 'secondary', part: 'export', title: 'To ONNX or TensorFlow.js', onClick: () => void this.#ask(this.host?.exportModel()) })}
      </div>
    </div>`;
  }

  #banner({ message, hint, code }: Problem): TemplateResult {
    return html`<div class="banner" role="alert">
      <span class="warn">${icons.warning}</span>
      <span>${message} ${hint} <span class="small muted">${code}</span></span>
      ${button({ label: 'Dismiss', icon: icons.close, look: 'icon', onClick: () => (this.problem = null) })}
    </div>`;
  }

  async #open(
    init: Extract<ExplorerInit, { readonly state: 'model' }>,
    host: ExplorerHost,
    engine: ExplorerEngine,
  ): Promise<void> {
    const opened = await openModels(init, engine, host.load);
    if (!opened.ok) return this.#fail(opened.problem);
    const models = opened.value;
    this.#models = models;
    this.#drawing = createDrawing(models);
    this.problem = models.originalProblem;
    this.#setSamples(engine, models);
    this.phase = 'ready';
    await this.updateComplete;
    this.#schedule();
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
    const { model } = models.compressed;
    this.directions = await engine.directions(model, { count: nDirections, seed: directionSeed, pause });
    if (this.#space !== null) this.#space = { ...this.#space, directions: this.directions.vectors };
    this.#schedule();
  }

  #setSamples(engine: ExplorerEngine, { compressed: { model } }: OpenModels): void {
    const { latentSize: size, distribution, image } = model;
    const samples = engine.latents(distribution, size, nSamples, this.view.seed);
    this.#space = { size, distribution, samples, directions: this.directions?.vectors ?? [] };
    const drawn = model.draw(samples, this.view.precision);
    const perImage = image.height * image.width * image.channels;
    this.pictures = Array.from({ length: nSamples }, (_, i) =>
      imagePixels(drawn.subarray(i * perImage, (i + 1) * perImage), image),
    );
  }

  #change(view: ExplorerView): void {
    const before = this.view;
    this.view = view;
    this.saveView(view);
    const { engine } = this;
    const redrawn = before.seed !== view.seed || before.precision !== view.precision;
    if (redrawn && engine !== null && this.#models !== null) this.#setSamples(engine, this.#models);
    this.#schedule();
  }

  #act(action: ExplorerAction): void {
    switch (action.kind) {
      case 'select':
        this.playing = false;
        return this.#change(withSample(this.view, action.sample));
      case 'store': {
        if (this.#space === null) return;
        const latent = [...currentLatent(this.view, this.#space)];
        this.said = `The latent shown is now ${action.end === 'a' ? 'A' : 'B'}.`;
        return this.#change({ ...this.view, [action.end]: latent });
      }
      case 'play':
        this.playing = !this.playing;
        this.#walkBegan = performance.now() - ((this.view.t ?? 0) * walkMs) / 2;
        return this.#schedule();
    }
  }

  #shuffle(): void {
    this.playing = false;
    this.#change(shuffled(this.view));
    this.said = `Samples of seed ${this.view.seed}.`;
  }

  /** At most one draw per animation frame, whatever asks for it. */
  #schedule(): void {
    if (this.#frame !== null || this.phase !== 'ready') return;
    this.#frame = requestAnimationFrame((now) => {
      this.#frame = null;
      this.#draw(now);
      if (this.playing) this.#schedule();
    });
  }

  #draw(now: number): void {
    const stage = this.renderRoot.querySelector<ImageStage>('image-stage');
    if (this.#space === null || this.#drawing === null || stage === null) return;
    if (this.playing) {
      const turn = (Math.max(0, performance.now() - this.#walkBegan) % walkMs) / walkMs;
      this.view = { ...this.view, t: turn < 0.5 ? 2 * turn : 2 - 2 * turn };
    }
    stage.draw(this.#drawing.draw(currentLatent(this.view, this.#space), this.view.precision));
    this.#rate.addFrame(now);
    // Numbers that change sixty times a second cannot be read, and laying them out costs more than drawing.
    if (!this.playing || now - this.#toldAt > factsMs) {
      this.#toldAt = now;
      this.facts = this.#drawing.facts();
    }
    if (!this.playing) this.saveView(this.view);
  }

  async #save(kind: 'png' | 'gif'): Promise<void> {
    const [models, space, { engine, host }] = [this.#models, this.#space, this];
    if (models === null || space === null || engine === null || host === null) return;
    this.playing = false;
    this.busy = kind === 'png' ? 'Drawing the samples…' : 'Drawing the walk…';
    await new Promise((resolve) => setTimeout(resolve, 20));
    const latents = Array.from({ length: nSamples }, (_, i) => sampleLatent(space, i));
    const bytes =
      kind === 'png'
        ? samplePng(engine, models, latents, this.view.precision)
        : walkGif(engine, models, { view: this.view, space });
    const saved = await host.save(kind, bytes);
    this.busy = null;
    if (!saved.ok) this.problem = saved.problem;
    else if (saved.value.saved) this.said = 'The picture was saved.';
  }

  async #ask(
    work: Promise<{ readonly ok: true } | { readonly ok: false; readonly problem: Problem }> | undefined,
  ): Promise<void> {
    const result = await work;
    if (result && !result.ok) this.problem = result.problem;
  }

  #fail(problem: Problem): void {
    this.problem = problem;
    this.phase = 'failed';
  }
}
