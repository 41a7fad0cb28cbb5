/**
 * The read-only editor for ONNX, TF.js and safetensors files. The language server's process reads the file; this
 * hosts the page, answers its requests and tells it when the file changed on disk. The page may name rows and
 * layers of its own report, nothing else. Works in Restricted Mode: nothing is run.
 */
import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import {
  env,
  RelativePattern,
  Uri,
  window,
  workspace,
  type CustomDocument,
  type CustomReadonlyEditorProvider,
  type Disposable,
  type LogOutputChannel,
  type WebviewPanel,
} from 'vscode';
import { modelCsv } from '../../core/report/modelCsv.ts';
import type { ModelFileInit, ModelFilePush, ModelFileRequests } from '../../core/report/modelFileProtocol.ts';
import type { ModelFileReport } from '../../core/report/modelFileReport.ts';
import { createRpcServer, ProblemError } from '../../core/rpc/rpc.ts';
import { openPlace } from '../commands/openLayer.ts';
import type { LanguageService } from '../language/languageService.ts';
import { budgetSettings, changesBudget } from '../platform/settings.ts';
import { layerNotFound } from '../problems.ts';
import { modelFileHtml } from './modelFileHtml.ts';

/** ONNX and safetensors open here by themselves; a model.json may be anything, so it opens here on demand. */
export const modelFileViewTypes = ['slimwise.modelFile', 'slimwise.modelJson'] as const;

export interface OpenModelFile {
  readonly uri: string;
  /** Its page was answered with what the file holds. */
  readonly ready: boolean;
}

const maxCopiedRows = 200_000;

export class ModelFileEditors implements CustomReadonlyEditorProvider, Disposable {
  readonly #extensionUri: Uri;
  readonly #language: LanguageService;
  readonly #log: LogOutputChannel;
  readonly #open = new Map<WebviewPanel, OpenModelFile>();
  readonly #registrations: readonly Disposable[];

  constructor(options: {
    readonly extensionUri: Uri;
    readonly language: LanguageService;
    readonly log: LogOutputChannel;
  }) {
    this.#extensionUri = options.extensionUri;
    this.#language = options.language;
    this.#log = options.log;
    this.#registrations = modelFileViewTypes.map((viewType) =>
      window.registerCustomEditorProvider(viewType, this, { supportsMultipleEditorsPerDocument: true }),
    );
  }

  all(): readonly OpenModelFile[] {
    return [...this.#open.values()];
  }

  openCustomDocument(uri: Uri): CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: CustomDocument, panel: WebviewPanel): void {
    const { webview } = panel;
    const bundle = Uri.joinPath(this.#extensionUri, 'dist', 'webview');
    let report: ModelFileReport | null = null;
    this.#open.set(panel, { uri: uri.toString(), ready: false });
    const server = createRpcServer<ModelFileRequests>(
      { post: (message) => void webview.postMessage(message) },
      {
        read: async () => {
          report = await this.#read(uri);
          this.#open.set(panel, { uri: uri.toString(), ready: true });
          return this.#init(uri, report);
        },
        copyCsv: async ({ table, rows }) => {
          const shown = Array.isArray(rows) ? rows.slice(0, maxCopiedRows).filter(Number.isInteger) : [];
          if (report !== null) await env.clipboard.writeText(modelCsv(report, table, shown));
          return { copied: shown.length };
        },
        openLayer: async ({ layer }) => {
          const found = report?.tensors ? report.models[0]?.layers.find(({ name }) => name === layer) : undefined;
          if (found === undefined) throw new ProblemError(layerNotFound(String(layer)));
          await openPlace(found);
          return null;
        },
      },
      (error) => this.#log.error(error instanceof Error ? error : String(error)),
    );
    const watcher = workspace.createFileSystemWatcher(
      new RelativePattern(Uri.joinPath(uri, '..'), posix.basename(uri.path)),
    );
    const push = (message: ModelFilePush): void => void webview.postMessage(message);
    const subscriptions = [
      watcher,
      watcher.onDidChange(() => push({ type: 'changed' })),
      watcher.onDidCreate(() => push({ type: 'changed' })),
      workspace.onDidChangeConfiguration((change) => {
        if (changesBudget(change)) push({ type: 'changed' });
      }),
      webview.onDidReceiveMessage((message: unknown) => {
        if (!server.receive(message))
          this.#log.debug('The model editor sent a message that is no request; it was dropped.');
      }),
    ];
    panel.onDidDispose(() => {
      this.#open.delete(panel);
      for (const subscription of subscriptions) subscription.dispose();
    });
    webview.options = { enableScripts: true, localResourceRoots: [bundle] };
    webview.html = modelFileHtml({
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(Uri.joinPath(bundle, 'modelFile.js')).toString(),
      nonce: randomBytes(16).toString('base64'),
    });
  }

  dispose(): void {
    for (const registration of this.#registrations) registration.dispose();
  }

  async #read(uri: Uri): Promise<ModelFileReport> {
    const result = await this.#language.modelFile(uri);
    if (!result.ok) throw new ProblemError({ ...result.problem, path: workspace.asRelativePath(uri) });
    return result.value;
  }

  #init(uri: Uri, report: ModelFileReport): ModelFileInit {
    return { name: posix.basename(uri.path), report, ...budgetSettings(uri) };
  }
}
