/**
 * The what-if page in an editor tab: one per window, about one source. The page asks, the language server counts, and
 * the host writes what was chosen as one edit. Works in Restricted Mode: nothing is executed. When the source changes,
 * the page is told and asks again.
 */
import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { Uri, ViewColumn, window, workspace, type Disposable, type LogOutputChannel, type WebviewPanel } from 'vscode';
import type {
  WhatIfEdit,
  WhatIfInit,
  WhatIfPicked,
  WhatIfPush,
  WhatIfRequests,
} from '../../core/report/whatIfProtocol.ts';
import { readChoices, type WhatIfChoice, type WhatIfQuery, type WhatIfReport } from '../../core/report/whatIfReport.ts';
import type { Result } from '../../core/result.ts';
import { createRpcServer, ProblemError } from '../../core/rpc/rpc.ts';
import { openPlace } from '../commands/openLayer.ts';
import type { EditTarget, LanguageService } from '../language/languageService.ts';
import { modelFileHtml } from '../modelFile/modelFileHtml.ts';
import { budgetSettings, changesBudget } from '../platform/settings.ts';
import { layerNotFound, noWhatIf } from '../problems.ts';
import { pickChange } from './changeLayer.ts';
import type { OpenQuestion } from './openQuestion.ts';
import type { SourceEdits } from './sourceEdits.ts';
import { copyPlan, writePlan } from './whatIfPlan.ts';

export interface WhatIfTarget {
  readonly uri: Uri;
  /** null: the generator. */
  readonly model: string | null;
  readonly choices: readonly WhatIfChoice[];
}

/** What the page shows, for tests. */
export interface ShownWhatIf {
  readonly uri: string | null;
  readonly model: string | null;
  readonly bytesBefore: number | null;
  readonly bytesAfter: number | null;
}

export interface WhatIfContext {
  readonly extensionUri: Uri;
  readonly language: LanguageService;
  readonly edits: SourceEdits;
  readonly question: OpenQuestion;
  readonly log: LogOutputChannel;
}

export class WhatIfPanel implements Disposable {
  readonly #context: WhatIfContext;
  readonly #subscriptions: readonly Disposable[];
  #panel: WebviewPanel | null = null;
  #target: WhatIfTarget | null = null;
  #shown: WhatIfReport | null = null;

  constructor(context: WhatIfContext) {
    this.#context = context;
    this.#subscriptions = [
      context.language.onModelsChanged((uri) => {
        if (uri === this.#target?.uri.toString()) this.#push({ type: 'changed' });
      }),
      workspace.onDidChangeConfiguration((change) => {
        if (changesBudget(change)) this.#push({ type: 'settings' });
      }),
    ];
  }

  /** null: no page is open. */
  get shown(): ShownWhatIf | null {
    if (this.#panel === null) return null;
    return {
      uri: this.#target?.uri.toString() ?? null,
      model: this.#shown?.model ?? null,
      bytesBefore: this.#shown?.before.bytes ?? null,
      bytesAfter: this.#shown?.after.bytes ?? null,
    };
  }

  open(target: WhatIfTarget | null): void {
    this.#target = target;
    this.#shown = null;
    if (this.#panel !== null) {
      this.#panel.title = titleOf(target);
      this.#panel.reveal(undefined, false);
      this.#push({ type: 'another' });
      return;
    }
    this.#panel = this.#create(target);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#panel?.dispose();
  }

  #create(target: WhatIfTarget | null): WebviewPanel {
    const { extensionUri, log } = this.#context;
    const bundle = Uri.joinPath(extensionUri, 'dist', 'webview');
    const panel = window.createWebviewPanel('slimwise.whatIf', titleOf(target), ViewColumn.Beside, {
      enableScripts: true,
      localResourceRoots: [bundle],
    });
    const { webview } = panel;
    const server = createRpcServer<WhatIfRequests>(
      { post: (message) => void webview.postMessage(message) },
      {
        ready: () => this.#init(),
        ask: (query) => this.#ask(query),
        showDiff: async (args) => {
          unwrap(await this.#context.edits.showDiff(this.#edit(args)));
          return { done: true, message: 'The diff is open; the source is as it was.' };
        },
        apply: async (args) => {
          const { leftOut } = unwrap(await this.#context.edits.apply(this.#edit(args)));
          return { done: true, message: ['Applied; one undo takes it back.', ...leftOut].join(' ') };
        },
        copyPlan: (args) => copyPlan(this.#edit(args), this.#shown),
        writePlan: async (args) => unwrap(await writePlan(this.#context, this.#edit(args), this.#shown)),
        openLayer: (args) => this.#openLayer(args),
        pickChange: (args) => this.#pickChange(args),
      },
      (error) => {
        if (!(error instanceof ProblemError)) log.error(error instanceof Error ? error : String(error));
      },
    );
    const messages = webview.onDidReceiveMessage((message: unknown) => {
      if (!server.receive(message)) log.debug('The what-if page sent a message that is no request; it was dropped.');
    });
    panel.onDidDispose(() => {
      messages.dispose();
      if (this.#panel === panel) this.#panel = null;
    });
    panel.iconPath = {
      light: Uri.joinPath(extensionUri, 'media', 'run-light.svg'),
      dark: Uri.joinPath(extensionUri, 'media', 'run-dark.svg'),
    };
    webview.html = modelFileHtml({
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(Uri.joinPath(bundle, 'whatIfPanel.js')).toString(),
      nonce: randomBytes(16).toString('base64'),
    });
    return panel;
  }

  #push(message: WhatIfPush): void {
    void this.#panel?.webview.postMessage(message);
  }

  #init(): WhatIfInit {
    const target = this.#target;
    if (target === null) return { state: 'empty' };
    const { uri, model, choices } = target;
    return { state: 'model', source: posix.basename(uri.path), model, choices, ...budgetSettings(uri) };
  }

  async #ask({ model, choices, budgetBytes, fit, sensitivity }: WhatIfQuery): Promise<WhatIfReport> {
    const target = this.#target;
    if (target === null) throw new ProblemError(noWhatIf('no source was chosen'));
    const basis = sensitivity === 'predicted' || sensitivity === 'measured' ? { sensitivity } : {};
    const query = { model, choices: readChoices(choices), budgetBytes, fit, ...basis };
    const result = unwrap(await this.#context.language.whatIf(target.uri, query));
    if ('refused' in result) throw new ProblemError(noWhatIf(result.refused));
    if (this.#target === target) this.#shown = result;
    return result;
  }

  async #pickChange({ model, layers }: Parameters<WhatIfRequests['pickChange']>[0]): Promise<WhatIfPicked> {
    const { uri } = this.#edit({ model, choices: [] });
    const names = Array.isArray(layers) ? layers.map(String) : [];
    const params = { of: { model: String(model), layers: names }, lines: null };
    const picked = unwrap(await pickChange(this.#context, uri, params));
    return { choices: picked?.choices ?? [] };
  }

  #edit({ model, choices }: WhatIfEdit): EditTarget {
    if (this.#target === null) throw new ProblemError(noWhatIf('no source was chosen'));
    return { uri: this.#target.uri, model: String(model), choices: readChoices(choices) };
  }

  async #openLayer({ model, layer }: { readonly model: string; readonly layer: string }): Promise<null> {
    const { uri } = this.#edit({ model, choices: [] });
    const open = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
    const models = open === undefined ? [] : await this.#context.language.models(open.document);
    const found = models.find(({ name }) => name === model)?.layers.find(({ name }) => name === layer);
    if (found !== undefined) await openPlace(found);
    else if (this.#shown?.rows.some(({ name }) => name === layer)) await this.#openLine(uri, layer);
    else throw new ProblemError(layerNotFound(String(layer)));
    return null;
  }

  async #openLine(uri: Uri, layer: string): Promise<void> {
    const line = this.#shown?.rows.find(({ name }) => name === layer)?.line ?? 1;
    await openPlace({ file: uri.fsPath, line });
  }
}

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new ProblemError(result.problem);
  return result.value;
}

function titleOf(target: WhatIfTarget | null): string {
  return target === null ? 'What If' : `What if: ${posix.basename(target.uri.path)}`;
}
