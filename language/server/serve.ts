/**
 * The language server on one connection: what the protocol asks is answered from the analyses of the open
 * documents and notebooks (features.ts). Every handler is guarded: a defect answers nothing and is logged, and the server lives on.
 * Answers are for the text as it is now; what the client can refresh is refreshed when another file
 * changed what a document shows.
 */
import {
  CodeActionKind,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  NotebookDocuments,
  TextDocuments,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  type NotebookDocument,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  modelFileRequest,
  modelsChangedNotification,
  type ModelFileParams,
  type ModelFileResult,
} from '../../core/report/languageProtocol.ts';
import { failure } from '../../core/result.ts';
import { modelFileUnreachable } from '../files/problems.ts';
import { parseSettings } from '../settings.ts';
import type { SourceHost } from '../sourceHost.ts';
import { Analyses } from './analyses.ts';
import { registerAnalyze } from './analyzeRequest.ts';
import { registerFeatures } from './features.ts';
import { registerLayerEdits } from './layerEdits.ts';
import { modelFileReport } from './modelFiles.ts';
import { registerOffers } from './offersRequest.ts';
import { OpenDocuments, type OpenDocument } from './openDocuments.ts';
import { OpenNotebooks, shows, type View } from './openNotebooks.ts';
import { PlanDiagnostics } from './planDiagnostics.ts';
import { parseSessionOptions, type SessionOptions } from './sessionOptions.ts';
import { shownFindings, type ShownFinding } from './shownFindings.ts';
import { toDiagnostic } from './toProtocol.ts';
import { Updates } from './updates.ts';
import { registerWhatIf } from './whatIfRequest.ts';

export interface ServeOptions {
  diskHost(folder: string): SourceHost;
  now(): number;
  /** Address of `docs/findings.md` where the client names none. */
  readonly docs: string | null;
  readonly version: string;
}

export function serve(connection: Connection, options: ServeOptions): void {
  let session: SessionOptions = parseSessionOptions(null);
  let capabilities: ClientCapabilities = {};
  let roots: string[] = [];
  const published = new Map<string, readonly ShownFinding[]>();
  const refreshWanted = new Set<string>();

  const onBug = (error: unknown): void => {
    connection.console.error(`Slimwise: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
  const documents = new OpenDocuments(() => roots, options.diskHost);
  const notebooks = new OpenNotebooks(documents);
  const analyses = new Analyses({
    hostOf: (root) => documents.hostOf(root),
    settings: () => session.settings,
    now: options.now,
    onBug,
  });
  const updates = new Updates({
    prune: (uri) => void showOnce(uri, () => publish(uri, true)),
    settle: (uri) => showOnce(uri, () => settle(uri)),
    debounceMs: () => session.settings.debounceMs,
    lastMs: (uri) => analyses.lastMs(uri),
  });

  const plans = new PlanDiagnostics({
    documents,
    debounceMs: () => session.settings.debounceMs,
    isShown: () => session.settings.diagnostics,
    docs: () => (session.docs ?? options.docs)?.replace(/findings\.md$/, 'problems.md') ?? null,
    send: (params) => void connection.sendDiagnostics(params),
    onBug,
  });

  function guarded<T>(work: () => T, fallback: T): T {
    try {
      return work();
    } catch (error) {
      onBug(error);
      return fallback;
    }
  }

  /** What the document of a request shows, once an answer for it may be computed. */
  async function answer<T>(uri: string, fallback: T, work: (view: View) => T): Promise<T> {
    const analysed = notebooks.analysedUri(uri);
    await updates.ready(analysed);
    await prepared(analysed);
    const view = notebooks.view(uri);
    return view === undefined ? fallback : guarded(() => work(view), fallback);
  }

  /** Until the analysis of the document is there; typing in between begins it anew. */
  async function prepared(uri: string): Promise<void> {
    for (let opened = documents.get(uri); opened !== undefined; opened = documents.get(uri)) {
      if (await analyses.prepare(opened)) return;
    }
  }

  async function showOnce(uri: string, show: () => void): Promise<void> {
    await prepared(uri);
    guarded(show, undefined);
  }

  function findingsOf(opened: OpenDocument): readonly ShownFinding[] {
    const { severities } = session.settings;
    return shownFindings(analyses.describe(opened), opened.place.path, { text: opened.document.getText(), severities });
  }

  /** `onlyKept`: leave out what was not shown before, so that nothing new appears in the middle of typing. */
  function publish(uri: string, onlyKept: boolean): void {
    const opened = documents.get(uri);
    if (opened === undefined) return;
    const key = ({ code, layer, modelName }: ShownFinding): string => `${code} ${modelName ?? ''} ${layer ?? ''}`;
    const before = published.get(uri) ?? [];
    const kept = new Set(before.map(key));
    const all = session.settings.diagnostics ? findingsOf(opened) : [];
    const findings = onlyKept ? all.filter((finding) => kept.has(key(finding))) : all;
    if (findings.length === 0 && before.length === 0) return;
    published.set(uri, findings);
    const context = {
      lines: documents.linesOf(opened),
      docs: session.docs ?? options.docs,
      locate: (file: string, line: number) => notebooks.locate(opened, file, line),
    };
    for (const view of notebooks.viewsOf(opened)) {
      const own = findings.filter(({ line }) => shows(view, line));
      const diagnostics = own.map((finding) => toDiagnostic(finding, context));
      void connection.sendDiagnostics({ uri: view.uri, version: view.version, diagnostics });
    }
  }

  function settle(uri: string): void {
    // Typing went on while this was analysed: then what is new waits for the next pause.
    publish(uri, updates.isPending(uri));
    const opened = documents.get(uri);
    for (const view of opened === undefined ? [] : notebooks.viewsOf(opened)) {
      void connection.sendNotification(modelsChangedNotification, { uri: view.uri });
    }
    if (refreshWanted.delete(uri)) refresh();
  }

  function refresh(): void {
    if (capabilities.workspace?.inlayHint?.refreshSupport) connection.languages.inlayHint.refresh().catch(onBug);
    if (capabilities.workspace?.codeLens?.refreshSupport) {
      connection.sendRequest('workspace/codeLens/refresh').catch(onBug);
    }
  }

  /** Schedules every open document whose analysis looked at `uri`. */
  function changed(uri: string): void {
    plans.again();
    for (const stale of analyses.invalidate(documents.placeOf(uri), documents.all())) {
      if (stale !== uri) refreshWanted.add(stale);
      updates.schedule(stale);
    }
  }

  function everythingChanged(): void {
    analyses.forgetAll();
    plans.again();
    for (const { uri } of documents.all()) {
      refreshWanted.add(uri);
      updates.schedule(uri);
    }
  }

  connection.onInitialize((params): InitializeResult => {
    capabilities = params.capabilities;
    session = parseSessionOptions(params.initializationOptions);
    roots = rootsOf(params);
    return {
      serverInfo: { name: 'slimwise', version: options.version },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        notebookDocumentSync: { notebookSelector: [{ notebook: '*', cells: [{ language: 'python' }] }] },
        hoverProvider: true,
        inlayHintProvider: { resolveProvider: true },
        codeLensProvider: { resolveProvider: false },
        codeActionProvider: {
          codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.Refactor],
          resolveProvider: true,
        },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    const { workspace } = capabilities;
    if (workspace?.didChangeWatchedFiles?.dynamicRegistration) {
      const watchers = [
        { globPattern: '**/*.{py,ts,tsx,js,jsx,mjs}' },
        { globPattern: '**/.slimwise/sensitivity.json' },
      ];
      connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(onBug);
    }
    if (workspace?.didChangeConfiguration?.dynamicRegistration) {
      connection.client.register(DidChangeConfigurationNotification.type, { section: 'slimwise' }).catch(onBug);
    }
    if (workspace?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => uri));
        roots = [...roots.filter((root) => !gone.has(root)), ...added.map(({ uri }) => uri)];
        documents.placeAgain();
        everythingChanged();
      });
    }
    void pullSettings();
  });

  async function pullSettings(): Promise<void> {
    if (!capabilities.workspace?.configuration) return;
    try {
      useSettings(await connection.workspace.getConfiguration('slimwise'));
    } catch (error) {
      onBug(error);
    }
  }

  function useSettings(section: unknown): void {
    const settings = parseSettings(section);
    if (JSON.stringify(settings) === JSON.stringify(session.settings)) return;
    session = { ...session, settings };
    everythingChanged();
  }

  connection.onDidChangeConfiguration(({ settings }: { settings: unknown }) => {
    if (capabilities.workspace?.configuration) void pullSettings();
    else if (typeof settings === 'object' && settings !== null) {
      useSettings((settings as Record<string, unknown>)['slimwise'] ?? settings);
    }
  });

  connection.onDidChangeWatchedFiles(({ changes }) => {
    documents.forgetDisk();
    for (const { uri } of changes) if (documents.get(uri) === undefined) changed(uri);
    // No source imports a table of measurements, and many models may stand in it.
    if (changes.some(({ uri }) => uri.endsWith('/sensitivity.json'))) everythingChanged();
  });

  const texts = new TextDocuments(TextDocument);
  texts.onDidOpen(({ document }) => {
    const opened = documents.add(document);
    if (opened !== null) look(opened.uri);
    plans.look(document);
  });
  texts.onDidChangeContent(({ document }) => {
    if (documents.get(document.uri) !== undefined) look(document.uri);
    plans.look(document);
  });
  texts.onDidClose(({ document: { uri } }) => {
    plans.close(uri);
    close(uri);
  });

  const sheets = new NotebookDocuments(TextDocument);
  const joinNotebook = (notebook: NotebookDocument): void => {
    notebooks.set(
      notebook.uri,
      notebook.cells.flatMap((cell) => {
        const document = sheets.getCellTextDocument(cell);
        return document?.languageId === 'python' ? [document] : [];
      }),
    );
    look(notebook.uri);
  };
  sheets.onDidOpen(joinNotebook);
  sheets.onDidChange(({ notebookDocument, cells }) => {
    for (const { document } of cells?.removed ?? [])
      void connection.sendDiagnostics({ uri: document, diagnostics: [] });
    joinNotebook(notebookDocument);
  });
  sheets.onDidClose(({ uri }) => close(uri));

  /** The document is new or has another text. */
  function look(uri: string): void {
    changed(uri);
    updates.schedule(uri);
  }

  function close(uri: string): void {
    const opened = documents.get(uri);
    updates.cancel(uri);
    refreshWanted.delete(uri);
    analyses.forget(uri);
    if (opened === undefined) return;
    for (const view of notebooks.viewsOf(opened)) void connection.sendDiagnostics({ uri: view.uri, diagnostics: [] });
    const { place } = opened;
    documents.remove(uri);
    notebooks.remove(uri);
    published.delete(uri);
    // The disk's text counts again for those that read this file.
    for (const stale of analyses.invalidate(place, documents.all())) updates.schedule(stale);
  }

  const features = { analyses, documents, notebooks, session: () => session, answer, findingsOf };
  registerFeatures(connection, features);
  registerWhatIf(connection, features);
  registerAnalyze(connection, features);
  registerOffers(connection, features);
  registerLayerEdits(connection, { ...features, capabilities: () => capabilities });

  connection.onRequest<ModelFileResult, unknown>(modelFileRequest, ({ uri }: ModelFileParams) => {
    const context = { hostOf: (root: string) => documents.hostOf(root), settings: session.settings };
    return guarded<ModelFileResult>(
      () => modelFileReport(documents.placeOf(uri), context),
      failure(modelFileUnreachable()),
    );
  });

  connection.onShutdown(() => {
    updates.dispose();
    plans.dispose();
  });
  texts.listen(connection);
  sheets.listen(connection);
  connection.listen();
}

function rootsOf(params: InitializeParams): string[] {
  const folders = params.workspaceFolders?.map(({ uri }) => uri) ?? [];
  if (folders.length > 0) return folders;
  // Editors from before workspace folders send one root.
  const { rootUri } = params as { readonly rootUri?: string | null };
  return rootUri ? [rootUri] : [];
}
