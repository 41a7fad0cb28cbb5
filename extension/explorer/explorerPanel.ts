/**
 * A latent explorer in an editor tab. The page draws by itself from the files that it is given; the host answers
 * four requests: what there is, save this picture, export the model, and (on the empty page) begin with something.
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
import type { Result } from '../../core/result.ts';
import { createRpcServer, ProblemError } from '../../core/rpc/rpc.ts';
import type { ExplorerFile, ExplorerInit, ExplorerRequests } from '../../core/session/explorerProtocol.ts';
import { explorerHtml } from './explorerHtml.ts';
import type { ExploredModel, FoundFile } from './exploredModel.ts';
import { pictureBytes } from './pictureBytes.ts';

export const explorerViewType = 'slimwise.explorer';

/** What a page can ask the rest of the extension to do. */
export interface ExplorerActions {
  exportModel(path: string): Promise<Result<unknown>>;
  begin(choice: 'run' | 'sample'): Promise<unknown>;
}

export interface ExplorerContext {
  readonly extensionUri: Uri;
  readonly actions: ExplorerActions;
  readonly log: LogOutputChannel;
}

export class ExplorerPanel implements Disposable {
  /** null: the empty page. */
  readonly model: ExploredModel | null;
  readonly #panel: WebviewPanel;
  readonly #context: ExplorerContext;
  #ready = false;

  static create(context: ExplorerContext, model: ExploredModel | null, column: ViewColumn): ExplorerPanel {
    return new ExplorerPanel(context, model, window.createWebviewPanel(explorerViewType, titleOf(model), column, {}));
  }

  /** Takes over a panel that VS Code kept from an earlier window. */
  static revive(context: ExplorerContext, model: ExploredModel | null, panel: WebviewPanel): ExplorerPanel {
    return new ExplorerPanel(context, model, panel);
  }

  private constructor(context: ExplorerContext, model: ExploredModel | null, panel: WebviewPanel) {
    this.model = model;
    this.#context = context;
    this.#panel = panel;
    const { webview } = panel;
    const server = createRpcServer<ExplorerRequests>(
      { post: (message) => void webview.postMessage(message) },
      {
        ready: () => this.#init(),
        save: ({ kind, base64 }) => this.#save(kind, base64),
        exportModel: () => this.#export(),
        begin: (args) => this.#begin(args.with),
      },
      (error) => {
        if (!(error instanceof ProblemError)) context.log.error(error instanceof Error ? error : String(error));
      },
    );
    const messages = webview.onDidReceiveMessage((message: unknown) => {
      if (!server.receive(message))
        context.log.debug('The explorer sent a message that is not a request; it was dropped.');
    });
    panel.onDidDispose(() => messages.dispose());
    this.#show();
  }

  get visible(): boolean {
    return this.#panel.visible;
  }

  /** True once the page asked for its model. */
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

  #show(): void {
    const { extensionUri } = this.#context;
    const { webview } = this.#panel;
    const bundle = Uri.joinPath(extensionUri, 'dist', 'webview');
    const folder = this.model === null ? [] : [Uri.file(dirname(this.model.compressed.path))];
    this.#panel.title = titleOf(this.model);
    this.#panel.iconPath = {
      light: Uri.joinPath(extensionUri, 'media', 'run-light.svg'),
      dark: Uri.joinPath(extensionUri, 'media', 'run-dark.svg'),
    };
    webview.options = { enableScripts: true, localResourceRoots: [bundle, ...folder] };
    const script = (name: string): string => webview.asWebviewUri(Uri.joinPath(bundle, name)).toString();
    webview.html = explorerHtml({
      cspSource: webview.cspSource,
      engineUri: script('explorerEngine.js'),
      scriptUri: script('explorerPanel.js'),
      nonce: randomBytes(16).toString('base64'),
      key: this.model?.key ?? null,
    });
  }

  #init(): ExplorerInit {
    this.#ready = true;
    const { model } = this;
    if (model === null) return { state: 'empty', trusted: workspace.isTrusted };
    const original = model.original === null ? null : this.#fileOf(model.original);
    return { state: 'model', title: model.title, compressed: this.#fileOf(model.compressed), original };
  }

  #fileOf({ path, bytes }: FoundFile): ExplorerFile {
    return { uri: this.#panel.webview.asWebviewUri(Uri.file(path)).toString(), bytes };
  }

  async #save(kind: unknown, base64: unknown): Promise<{ readonly saved: boolean }> {
    const picture = pictureBytes(kind, base64);
    if (!picture.ok) throw new ProblemError(picture.problem);
    const name = picture.value.kind === 'gif' ? 'walk.gif' : 'samples.png';
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const target = await window.showSaveDialog({
      defaultUri: folder && Uri.joinPath(folder, name),
      filters: picture.value.kind === 'gif' ? { 'Animated GIF': ['gif'] } : { PNG: ['png'] },
      title: 'Save Picture',
    });
    if (target === undefined) return { saved: false };
    await workspace.fs.writeFile(target, picture.value.bytes);
    return { saved: true };
  }

  async #export(): Promise<null> {
    if (this.model === null) return null;
    const result = await this.#context.actions.exportModel(this.model.compressed.path);
    if (!result.ok) throw new ProblemError(result.problem);
    return null;
  }

  async #begin(choice: unknown): Promise<null> {
    await this.#context.actions.begin(choice === 'sample' ? 'sample' : 'run');
    return null;
  }
}

function titleOf(model: ExploredModel | null): string {
  return model === null ? 'Explore latents' : `Latents: ${model.title}`;
}
