/**
 * The language server on one connection: what the protocol asks is answered from the analyses of the open
 * documents. Every handler is guarded: a defect answers nothing and is logged, and the server lives on.
 * Answers are for the text as it is now; what the client can refresh is refreshed when another file
 * changed what a document shows.
 */
import {
  CodeActionKind,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  MarkupKind,
  TextDocuments,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  modelFileRequest,
  modelsChangedNotification,
  modelsRequest,
  type ModelFileParams,
  type ModelFileResult,
  type ModelsParams,
} from '../../core/report/languageProtocol.ts';
import { failure } from '../../core/result.ts';
import { codeActions } from '../actions/codeActions.ts';
import { modelFileUnreachable } from '../files/problems.ts';
import { codeLenses } from '../hints/codeLenses.ts';
import { hoverAt, rowsMarkdown } from '../hints/hoverAt.ts';
import { inlayHints } from '../hints/inlayHints.ts';
import { parseSettings } from '../settings.ts';
import type { SourceHost } from '../sourceHost.ts';
import { Analyses } from './analyses.ts';
import { absoluteReport } from './absoluteReport.ts';
import { modelFileReport } from './modelFiles.ts';
import { OpenDocuments, type OpenDocument } from './openDocuments.ts';
import { parseSessionOptions, type SessionOptions } from './sessionOptions.ts';
import { shownFindings, type ShownFinding } from './shownFindings.ts';
import { lineRange, toCodeAction, toDiagnostic, toInlayHint } from './toProtocol.ts';
import { Updates } from './updates.ts';

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
  const analyses = new Analyses({
    hostOf: (root) => documents.hostOf(root),
    settings: () => session.settings,
    now: options.now,
    onBug,
  });
  const updates = new Updates({
    prune: (uri) => guarded(() => publish(uri, true), undefined),
    settle: (uri) => guarded(() => settle(uri), undefined),
    debounceMs: () => session.settings.debounceMs,
    lastMs: (uri) => analyses.lastMs(uri),
  });

  function guarded<T>(work: () => T, fallback: T): T {
    try {
      return work();
    } catch (error) {
      onBug(error);
      return fallback;
    }
  }

  /** The open document of a request, once an answer for it may be computed. */
  async function answer<T>(uri: string, fallback: T, work: (opened: OpenDocument) => T): Promise<T> {
    await updates.ready(uri);
    const opened = documents.get(uri);
    return opened === undefined ? fallback : guarded(() => work(opened), fallback);
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
      uriOf: (file: string) => documents.uriOf(opened.place.root, file),
    };
    void connection.sendDiagnostics({
      uri,
      version: opened.document.version,
      diagnostics: findings.map((finding) => toDiagnostic(finding, context)),
    });
  }

  function settle(uri: string): void {
    publish(uri, false);
    void connection.sendNotification(modelsChangedNotification, { uri });
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
    for (const stale of analyses.invalidate(documents.placeOf(uri), documents.all())) {
      if (stale !== uri) refreshWanted.add(stale);
      updates.schedule(stale);
    }
  }

  function everythingChanged(): void {
    analyses.forgetAll();
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
        hoverProvider: true,
        inlayHintProvider: { resolveProvider: true },
        codeLensProvider: { resolveProvider: false },
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.Refactor] },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    const { workspace } = capabilities;
    if (workspace?.didChangeWatchedFiles?.dynamicRegistration) {
      const watchers = [{ globPattern: '**/*.{py,ts,tsx,js,jsx,mjs}' }];
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
  });

  const texts = new TextDocuments(TextDocument);
  texts.onDidOpen(({ document }) => {
    const opened = documents.add(document);
    if (opened === null) return;
    changed(document.uri);
    updates.schedule(document.uri);
  });
  texts.onDidChangeContent(({ document }) => {
    if (documents.get(document.uri) === undefined) return;
    changed(document.uri);
    updates.schedule(document.uri);
  });
  texts.onDidClose(({ document: { uri } }) => {
    const wasOpen = documents.get(uri) !== undefined;
    updates.cancel(uri);
    refreshWanted.delete(uri);
    analyses.forget(uri);
    if (wasOpen) {
      const place = documents.placeOf(uri);
      documents.remove(uri);
      published.delete(uri);
      void connection.sendDiagnostics({ uri, diagnostics: [] });
      // The disk's text counts again for those that read this file.
      for (const stale of analyses.invalidate(place, documents.all())) updates.schedule(stale);
    }
  });

  connection.languages.inlayHint.on(({ textDocument, range }) =>
    answer(textDocument.uri, [], (opened) => {
      if (!session.settings.inlayHints) return [];
      const lines = documents.linesOf(opened);
      return inlayHints(analyses.describe(opened).models, opened.place.path)
        .filter(({ line }) => range.start.line < line && line <= range.end.line + 1)
        .map((hint) => ({ ...toInlayHint(hint, lines), data: { uri: opened.uri, line: hint.line } }));
    }),
  );

  connection.languages.inlayHint.resolve((hint) => {
    const { uri, line } = hint.data as { uri: string; line: number };
    return answer(uri, hint, (opened) => {
      const { models } = analyses.describe(opened);
      const spoken = inlayHints(models, opened.place.path).find((candidate) => candidate.line === line);
      const value = spoken === undefined ? null : rowsMarkdown(models, spoken.rows);
      return value === null ? hint : { ...hint, tooltip: { kind: MarkupKind.Markdown, value } };
    });
  });

  connection.onHover(({ textDocument, position }) =>
    answer(textDocument.uri, null, (opened) => {
      if (!session.settings.hover) return null;
      const place = { file: opened.place.path, line: position.line + 1, column: position.character };
      const value = hoverAt(analyses.describe(opened).models, place, session.settings.budget);
      return value === null ? null : { contents: { kind: MarkupKind.Markdown, value } };
    }),
  );

  connection.onCodeLens(({ textDocument }) =>
    answer(textDocument.uri, [], (opened) => {
      if (!session.settings.codeLens) return [];
      const lines = documents.linesOf(opened);
      return codeLenses(analyses.describe(opened).models, opened.place.path).map(({ line, title }) => ({
        range: lineRange(line, lines),
        command: { title, command: '' },
      }));
    }),
  );

  connection.onCodeAction(({ textDocument, range, context }) =>
    answer(textDocument.uri, [], (opened) => {
      const actions = codeActions(analyses.describe(opened).models, findingsOf(opened), {
        uri: opened.uri,
        file: opened.place.path,
        text: opened.document.getText(),
        marker: opened.document.languageId === 'python' ? '#' : '//',
        fromLine: range.start.line + 1,
        toLine: range.end.line + 1,
        clientCommands: session.clientCommands,
      });
      const own = context.diagnostics.filter(({ source }) => source === 'slimwise');
      const { only } = context;
      return actions
        .map((action) => toCodeAction(action, opened.uri, own))
        .filter(
          ({ kind }) => only === undefined || only.some((wanted) => kind === wanted || kind?.startsWith(`${wanted}.`)),
        );
    }),
  );

  connection.onRequest(modelsRequest, (params: ModelsParams) =>
    answer(params.textDocument.uri, { version: 1 as const, models: [], problems: [] }, (opened) =>
      absoluteReport(analyses.report(opened), opened.place.root),
    ),
  );

  connection.onRequest(modelFileRequest, ({ uri }: ModelFileParams): ModelFileResult => {
    const context = { hostOf: (root: string) => documents.hostOf(root), settings: session.settings };
    return guarded<ModelFileResult>(
      () => modelFileReport(documents.placeOf(uri), context),
      failure(modelFileUnreachable()),
    );
  });

  connection.onShutdown(() => updates.dispose());
  texts.listen(connection);
  connection.listen();
}

function rootsOf(params: InitializeParams): string[] {
  const folders = params.workspaceFolders?.map(({ uri }) => uri) ?? [];
  if (folders.length > 0) return folders;
  // Editors from before workspace folders send one root.
  const { rootUri } = params as { readonly rootUri?: string | null };
  return rootUri ? [rootUri] : [];
}
