/**
 * The client of the language server: started when the first text that may define a model is opened,
 * restarted on command, stopped with the extension. It owns the server's process; hints, diagnostics,
 * hovers and actions flow through the protocol and never pass this file.
 */
import {
  EventEmitter,
  type Disposable,
  type LogOutputChannel,
  type TextDocument,
  type Uri,
  type WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import type { LanguageClient, WorkspaceEdit as ProtocolEdit } from 'vscode-languageclient/node';
import type { ModelReport } from '../../core/report/analyzeReport.ts';
import {
  analyzeRequest,
  modelFileRequest,
  modelsChangedNotification,
  modelsRequest,
  proposeEditRequest,
  type AnalyzeResult,
  type ModelFileResult,
  type ModelsChangedParams,
  type ModelsResult,
  type ProposeEditResult,
} from '../../core/report/languageProtocol.ts';
import { offersRequest, type OffersParams, type OffersResult } from '../../core/report/offersReport.ts';
import {
  whatIfRequest,
  type WhatIfChoice,
  type WhatIfQuery,
  type WhatIfResult,
} from '../../core/report/whatIfReport.ts';
import { failure, success, type Result } from '../../core/result.ts';
import { commandIds } from '../commandIds.ts';
import { isPlanFile } from '../commands/findPlans.ts';
import { section } from '../platform/settings.ts';
import { analysisNotRunning } from '../problems.ts';
import { withoutJsonFaults } from './jsonFaults.ts';
import { aTurn, loadClient } from './loadClient.ts';
import { mayDefineModel, modelLanguages } from './modelSource.ts';
import { ServerProcess, type ServerProcessOptions } from './serverProcess.ts';
import { sourceText } from './sourcePlace.ts';

export interface EditTarget {
  readonly uri: Uri;
  readonly model: string;
  readonly choices: readonly WhatIfChoice[];
}

/** Of sources alone, so that one undo takes it back and asks about nothing else. */
export interface ProposedEdit {
  readonly edit: WorkspaceEdit;
  readonly created: readonly ModuleText[];
  /** Choices that a source has no words for, as sentences. */
  readonly leftOut: readonly string[];
}

export interface ModuleText {
  readonly uri: string;
  readonly text: string;
}

export class LanguageService implements Disposable {
  readonly #server: ServerProcess;
  readonly #log: LogOutputChannel;
  readonly #changed = new EventEmitter<string>();
  readonly #subscriptions: Disposable[] = [];
  #client: LanguageClient | null = null;
  #starting: Promise<void> | null = null;
  #disposed = false;

  /** The analysis of the document with this URI is not what it was. */
  readonly onModelsChanged = this.#changed.event;

  constructor(options: ServerProcessOptions & { readonly log: LogOutputChannel }) {
    this.#server = new ServerProcess(options);
    this.#log = options.log;
    this.#subscriptions.push(
      this.#changed,
      workspace.onDidOpenTextDocument((document) => this.#consider(document)),
      workspace.onDidSaveTextDocument((document) => this.#consider(document)),
      window.onDidChangeActiveTextEditor((editor) => editor && this.#consider(editor.document)),
    );
    for (const document of workspace.textDocuments) this.#consider(document);
  }

  get running(): boolean {
    return this.#client?.isRunning() ?? false;
  }

  /** The models of a document as the editor has it; none while the server is not there. */
  async models(document: TextDocument): Promise<readonly ModelReport[]> {
    if (!mayDefineModel(document.languageId, sourceText(document))) return [];
    await this.start();
    const client = this.#client;
    if (client === null || !client.isRunning()) return [];
    try {
      const result = await client.sendRequest<ModelsResult | null>(modelsRequest, {
        textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri) },
      });
      return result?.models ?? [];
    } catch (error) {
      // A server that restarts or does not know the request: nothing is shown, the log says why.
      this.#log.debug(`${modelsRequest} was not answered: ${String(error)}`);
      return [];
    }
  }

  /** The report of a source as `slimwise analyze` gives it; null: what the source itself builds. */
  async analyzeSource(
    uri: Uri,
    { entry, input }: { readonly entry: string | null; readonly input: readonly number[] | null },
  ): Promise<Result<AnalyzeResult>> {
    const named = { ...(entry === null ? {} : { entry }), ...(input === null ? {} : { input }) };
    return this.#ask(uri, (client, textDocument) => client.sendRequest(analyzeRequest, { textDocument, ...named }));
  }

  /** What a model file on the extension's machine holds. */
  async modelFile(uri: Uri): Promise<ModelFileResult> {
    await this.start();
    const client = this.#client;
    if (client === null || !client.isRunning()) return failure(analysisNotRunning());
    try {
      return await client.sendRequest<ModelFileResult>(modelFileRequest, {
        uri: client.code2ProtocolConverter.asUri(uri),
      });
    } catch (error) {
      // The server ended while it read the file.
      this.#log.error(`${modelFileRequest} was not answered: ${String(error)}`);
      return failure(analysisNotRunning());
    }
  }

  /** What a model of an open document would be. */
  async whatIf(uri: Uri, query: WhatIfQuery): Promise<Result<WhatIfResult>> {
    return this.#ask(uri, (client, textDocument) => client.sendRequest(whatIfRequest, { textDocument, ...query }));
  }

  /** What can be done to layers, as the light bulb offers it. */
  async offers(uri: Uri, asked: Omit<OffersParams, 'textDocument'>): Promise<Result<OffersResult>> {
    return this.#ask(uri, (client, textDocument) => client.sendRequest(offersRequest, { textDocument, ...asked }));
  }

  /** The edit of a source, checked by the server, and the module that has to stand beside it first. */
  async proposeEdit({ uri, model, choices }: EditTarget): Promise<Result<ProposedEdit | { readonly refused: string }>> {
    return this.#ask(uri, async (client, textDocument) => {
      const params = { textDocument, model, choices };
      const result = await client.sendRequest<ProposeEditResult>(proposeEditRequest, params);
      if ('refused' in result) return result;
      const edit = await client.protocol2CodeConverter.asWorkspaceEdit(result.edit as ProtocolEdit);
      return { edit, created: result.created, leftOut: result.leftOut };
    });
  }

  async #ask<T>(
    uri: Uri,
    request: (client: LanguageClient, textDocument: { readonly uri: string }) => Promise<T>,
  ): Promise<Result<T>> {
    // The server answers about documents that are open; one that no tab shows may have been closed.
    await workspace.openTextDocument(uri);
    await this.start();
    const client = this.#client;
    if (client === null || !client.isRunning()) return failure(analysisNotRunning());
    try {
      return success(await request(client, { uri: client.code2ProtocolConverter.asUri(uri) }));
    } catch (error) {
      this.#log.error(`A request about ${uri.toString()} was not answered: ${String(error)}`);
      return failure(analysisNotRunning());
    }
  }

  async restart(): Promise<void> {
    await this.#starting;
    if (this.#client !== null) {
      this.#log.info('Restarting the language server.');
      await this.#client.restart();
    } else {
      await this.start();
    }
    this.#fireForOpenDocuments();
  }

  start(): Promise<void> {
    if (this.#disposed) return Promise.resolve();
    this.#starting ??= this.#start();
    return this.#starting;
  }

  dispose(): void {
    this.#disposed = true;
    for (const subscription of this.#subscriptions) subscription.dispose();
    // The client may still be starting; it must not outlive the extension.
    void this.#starting?.then(() => this.#client?.dispose()).finally(() => this.#server.dispose());
  }

  #consider(document: TextDocument): void {
    if (this.#starting !== null) return;
    if (document.languageId === 'json' && isPlanFile(document.uri.path)) void this.start();
    if (!modelLanguages.some((id) => id === document.languageId)) return;
    if (mayDefineModel(document.languageId, document.getText())) void this.start();
  }

  async #start(): Promise<void> {
    const started = Date.now();
    this.#server.begin();
    await aTurn();
    const { LanguageClient, IPCMessageReader, IPCMessageWriter } = await loadClient();
    if (this.#disposed) return;
    const client = new LanguageClient(
      section,
      'Slimwise',
      () => {
        const child = this.#server.take();
        return Promise.resolve({ reader: new IPCMessageReader(child), writer: new IPCMessageWriter(child) });
      },
      {
        documentSelector: [
          ...modelLanguages.map((language) => ({ language })),
          ...['slimwise.json', 'slimwise.*.json'].map((name) => ({ language: 'json', pattern: `**/${name}` })),
        ],
        outputChannel: this.#log,
        middleware: {
          handleDiagnostics: (uri, diagnostics, next) => next(uri, withoutJsonFaults(uri, diagnostics)),
        },
        initializationOptions: {
          settings: JSON.parse(JSON.stringify(workspace.getConfiguration(section))) as unknown,
          commands: commandIds,
        },
      },
    );
    this.#client = client;
    client.onNotification(modelsChangedNotification, (params: ModelsChangedParams) => {
      if (typeof params?.uri !== 'string') return;
      this.#changed.fire(client.protocol2CodeConverter.asUri(params.uri).toString());
    });
    try {
      await client.start();
      this.#log.info(`The language server is ready after ${Date.now() - started} ms.`);
      this.#fireForOpenDocuments();
    } catch (error) {
      this.#log.error(`The language server did not start: ${String(error)}`);
    }
  }

  #fireForOpenDocuments(): void {
    for (const { document } of window.visibleTextEditors) this.#changed.fire(document.uri.toString());
  }
}
