/**
 * One run in an editor tab. The panel is a view: everything it shows comes from the run library, so
 * closing, hiding or reloading it loses nothing. Its messages may name variants, steps and layers of this
 * run, nothing else; each request is answered exactly once, and pushes are batched.
 */
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import {
  Uri,
  window,
  workspace,
  type Disposable,
  type LogOutputChannel,
  type ViewColumn,
  type WebviewPanel,
} from 'vscode';
import { createRpcServer, ProblemError } from '../../core/rpc/rpc.ts';
import type { Result } from '../../core/result.ts';
import type { PanelInit, PanelPush, PanelRequests } from '../../core/session/panelProtocol.ts';
import type { RunEvent, VariantId } from '../../core/session/runEvent.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import type { SampleFiles } from '../../core/session/runState.ts';
import { runFileMissing } from '../problems.ts';
import { Batcher } from '../sessions/batcher.ts';
import type { RunFolder } from '../sessions/runFolder.ts';
import type { RunLibrary } from '../sessions/runLibrary.ts';
import type { RunSessions } from '../sessions/runSessions.ts';
import { runPanelHtml } from './runPanelHtml.ts';

export const panelViewType = 'slimwise.run';

/** What a panel can ask the rest of the extension to do. */
export interface PanelActions {
  resumeRun(run: RunFolder): Promise<Result<unknown>>;
  openReport(run: RunFolder): Promise<Result<unknown>>;
  revealModel(run: RunFolder): Promise<Result<unknown>>;
  exploreLatents(run: RunFolder): Promise<Result<unknown>>;
  exportModel(run: RunFolder): Promise<Result<unknown>>;
  openLayer(run: RunFolder, layer: string): Promise<Result<unknown>>;
}

export interface PanelContext {
  readonly extensionUri: Uri;
  readonly library: RunLibrary;
  readonly sessions: RunSessions;
  readonly actions: PanelActions;
  readonly log: LogOutputChannel;
}

type RecordFacts = Omit<Extract<PanelPush, { type: 'record' }>, 'type'>;

/** One message to the panel per this time. */
const pushIntervalMs = 50;

export class RunPanel implements Disposable {
  readonly run: RunFolder;
  readonly #panel: WebviewPanel;
  readonly #context: PanelContext;
  readonly #batch: Batcher<RunEvent>;
  readonly #subscriptions: Disposable[] = [];
  #ready = false;
  /** What the page knows; the same is not sent twice. */
  #sent: RecordFacts | null = null;

  static create(context: PanelContext, run: RunFolder, column: ViewColumn): RunPanel {
    const panel = window.createWebviewPanel(panelViewType, titleOf(run), column, {});
    return new RunPanel(context, run, panel);
  }

  /** Takes over a panel that VS Code kept from an earlier window. */
  static revive(context: PanelContext, run: RunFolder, panel: WebviewPanel): RunPanel {
    return new RunPanel(context, run, panel);
  }

  private constructor(context: PanelContext, run: RunFolder, panel: WebviewPanel) {
    this.run = run;
    this.#context = context;
    this.#panel = panel;
    this.#batch = new Batcher(pushIntervalMs, (events) => this.#push({ type: 'events', events }));
    this.#connect();
    this.#show();
  }

  get visible(): boolean {
    return this.#panel.visible;
  }

  /** True once the page asked for the run. */
  get ready(): boolean {
    return this.#ready;
  }

  onDispose(listener: () => void): void {
    this.#panel.onDidDispose(listener);
  }

  reveal(): void {
    this.#panel.reveal(undefined, false);
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #connect(): void {
    const { library, sessions, log } = this.#context;
    const { webview } = this.#panel;
    const server = createRpcServer<PanelRequests>(
      { post: (message) => void webview.postMessage(message) },
      {
        ready: () => this.#init(),
        cancel: () => this.#answer(sessions.cancel(this.run)),
        pause: () => this.#answer(sessions.pause(this.run)),
        resume: () => this.#answer(sessions.unpause(this.run)),
        continueRun: () => this.#answer(this.#context.actions.resumeRun(this.run)),
        openReport: () => this.#answer(this.#context.actions.openReport(this.run)),
        revealModel: () => this.#answer(this.#context.actions.revealModel(this.run)),
        exploreLatents: () => this.#answer(this.#context.actions.exploreLatents(this.run)),
        exportModel: () => this.#answer(this.#context.actions.exportModel(this.run)),
        openLayer: ({ layer }) => this.#answer(this.#context.actions.openLayer(this.run, String(layer))),
        sample: ({ variant, step }) => this.#sample(variant, step),
        walk: ({ variant, step }) => this.#walk(variant, step),
        saveWalk: ({ variant, step }) => this.#saveWalk(variant, step),
        realSample: () => this.#realSample(),
      },
      (error) => {
        if (!(error instanceof ProblemError)) log.error(error instanceof Error ? error : String(error));
      },
    );
    this.#subscriptions.push(
      webview.onDidReceiveMessage((message: unknown) => {
        if (!server.receive(message)) log.debug('The run panel sent a message that is not a request; it was dropped.');
      }),
      library.onRunChanged(({ run, events, reset }) => {
        if (run !== this.run) return;
        if (reset) this.#show();
        else this.#batch.add(events);
        if (events.length === 0) this.#pushRecord();
      }),
      sessions.onDidChange(() => this.#pushRecord()),
      sessions.onHealth(({ folder, health }) => {
        if (folder === this.run.folder) this.#push({ type: 'engine', ...health });
      }),
      workspace.onDidGrantWorkspaceTrust(() => this.#show()),
      this.#panel.onDidDispose(() => {
        this.#batch.clear();
        for (const subscription of this.#subscriptions) subscription.dispose();
      }),
    );
  }

  /** Sets the page, and so starts it anew. */
  #show(): void {
    const { extensionUri } = this.#context;
    const { webview } = this.#panel;
    const bundle = Uri.joinPath(extensionUri, 'dist', 'webview');
    this.#ready = false;
    this.#panel.title = titleOf(this.run);
    this.#panel.iconPath = {
      light: Uri.joinPath(extensionUri, 'media', 'run-light.svg'),
      dark: Uri.joinPath(extensionUri, 'media', 'run-dark.svg'),
    };
    webview.options = { enableScripts: true, localResourceRoots: [bundle, Uri.file(this.run.folder)] };
    webview.html = runPanelHtml({
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(Uri.joinPath(bundle, 'runPanel.js')).toString(),
      nonce: randomBytes(16).toString('base64'),
      runId: this.run.record.id,
    });
  }

  async #init(): Promise<PanelInit> {
    await this.run.load();
    // What waits is part of the answer; sent again it would do no harm, but it would be late news.
    this.#batch.clear();
    this.#ready = true;
    const facts = this.#facts();
    this.#sent = facts;
    return { ...facts, events: this.run.events, trusted: workspace.isTrusted };
  }

  #push(message: PanelPush): void {
    if (this.#ready) void this.#panel.webview.postMessage(message);
  }

  #pushRecord(): void {
    const known = this.#sent;
    const now = this.#facts();
    const same = known?.record === now.record && known.live === now.live && known.held === now.held;
    if (!this.#ready || same) return;
    this.#sent = now;
    this.#batch.flush();
    this.#push({ type: 'record', ...now });
  }

  #facts(): RecordFacts {
    const live = this.#context.sessions.isLive(this.run);
    return { record: this.run.record, live, held: !live && this.run.held };
  }

  async #answer(work: Promise<Result<unknown>>): Promise<null> {
    const result = await work;
    if (!result.ok) throw new ProblemError(result.problem);
    return null;
  }

  #logged(variant: VariantId, step: number): SampleFiles {
    const samples = this.run.state.variants.find(({ info }) => info.id === variant)?.samples ?? [];
    const sample = samples.find((candidate) => candidate.step === step);
    if (sample === undefined) throw new ProblemError(runFileMissing(this.run.folder, `sample of step ${Number(step)}`));
    return sample;
  }

  #sample(variant: VariantId, step: number): { readonly uri: string } {
    const { file, seq } = this.#logged(variant, step);
    return this.#uriOf(file, seq);
  }

  #walk(variant: VariantId, step: number): { readonly uri: string } {
    const { walk, seq } = this.#logged(variant, step);
    if (walk === undefined) throw this.#noWalk(step);
    return this.#uriOf(walk, seq);
  }

  /** A copy of the picture in the run's folder, where the user says. */
  async #saveWalk(variant: VariantId, step: number): Promise<null> {
    const { walk } = this.#logged(variant, step);
    const file = walk === undefined ? null : this.run.fileInside(walk);
    if (file === null || !(await isFile(file))) throw this.#noWalk(step);
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const target = await window.showSaveDialog({
      title: 'Save the Interpolation',
      filters: { PNG: ['png'] },
      ...(folder === undefined ? {} : { defaultUri: Uri.joinPath(folder, `interpolation-step-${Number(step)}.png`) }),
    });
    if (target !== undefined) await workspace.fs.copy(Uri.file(file), target, { overwrite: true });
    return null;
  }

  #noWalk(step: number): ProblemError {
    return new ProblemError(runFileMissing(this.run.folder, `interpolation of step ${Number(step)}`));
  }

  async #realSample(): Promise<{ readonly uri: string }> {
    const file = this.run.fileInside(runFiles.realSample);
    if (file !== null && (await isFile(file))) return this.#uriOf(runFiles.realSample);
    throw new ProblemError(runFileMissing(this.run.folder, 'picture of real images'));
  }

  /** `revision` makes another address of a picture that was drawn again, past the page's cache. */
  #uriOf(name: string, revision?: number): { readonly uri: string } {
    const file = this.run.fileInside(name);
    if (file === null) throw new ProblemError(runFileMissing(dirname(this.run.folder), 'file inside its folder'));
    const uri = this.#panel.webview.asWebviewUri(Uri.file(file));
    return { uri: (revision === undefined ? uri : uri.with({ query: `v=${revision}` })).toString() };
  }
}

function titleOf(run: RunFolder): string {
  return run.record.name;
}

async function isFile(file: string): Promise<boolean> {
  try {
    await workspace.fs.stat(Uri.file(file));
    return true;
  } catch {
    return false;
  }
}
