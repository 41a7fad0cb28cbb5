/**
 * An editor for tests: a real client of the language server protocol at the other end of two streams, with
 * the server's own `serve` on this one. It keeps what a real editor keeps: the last diagnostics of each
 * document, how often hints were refreshed, and the server's log.
 */
import { PassThrough } from 'node:stream';
import { createConnection as createServerConnection, ProposedFeatures } from 'vscode-languageserver/node';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type InlayHint,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
  type WorkspaceEditClientCapabilities,
} from 'vscode-languageserver/node';
import { modelsChangedNotification } from '../../core/report/languageProtocol.ts';
import { memoryHost, type SourceHost } from '../sourceHost.ts';
import { serve } from './serve.ts';

export interface EditorTwin {
  readonly connection: ProtocolConnection;
  readonly log: readonly string[];
  nRefreshes(): number;
  diagnosticsOf(uri: string): readonly Diagnostic[];
  open(uri: string, text: string, languageId?: string): Promise<void>;
  /** Replaces the whole text; `settled` waits until the server has shown everything. */
  change(uri: string, text: string): Promise<void>;
  settled(uri: string): Promise<void>;
  hints(uri: string): Promise<readonly InlayHint[]>;
  close(): Promise<void>;
}

export interface TwinOptions {
  readonly root?: string;
  /** Files on the disk below the root. */
  readonly files?: Readonly<Record<string, string>>;
  readonly initializationOptions?: unknown;
  /** What the editor says of its workspace edits. */
  readonly workspaceEdit?: WorkspaceEditClientCapabilities;
  /** The server's clock, milliseconds. */
  readonly now?: () => number;
}

const everything: Range = { start: { line: 0, character: 0 }, end: { line: 1_000_000, character: 0 } };

/** A server in this process, initialized. */
export async function startTwin(options: TwinOptions = {}): Promise<EditorTwin> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const disk: SourceHost = memoryHost(options.files ?? {});
  const server = createServerConnection(ProposedFeatures.all, toServer, toClient);
  serve(server, { diskHost: () => disk, now: options.now ?? (() => performance.now()), docs: null, version: 'test' });
  return connectTwin(
    createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer)),
    options,
  );
}

/** An editor on any connection: also to a server in its own process. */
export async function connectTwin(connection: ProtocolConnection, options: TwinOptions): Promise<EditorTwin> {
  const diagnostics = new Map<string, readonly Diagnostic[]>();
  const settled = new Map<string, (() => void)[]>();
  const versions = new Map<string, number>();
  const log: string[] = [];
  let nRefreshes = 0;
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    diagnostics.set(params.uri, params.diagnostics);
  });
  connection.onNotification(modelsChangedNotification, ({ uri }: { readonly uri: string }) => {
    for (const resolve of settled.get(uri) ?? []) resolve();
    settled.delete(uri);
  });
  connection.onNotification('window/logMessage', ({ message }: { readonly message: string }) => void log.push(message));
  connection.onRequest('workspace/inlayHint/refresh', () => {
    nRefreshes++;
    return null;
  });
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  const root = options.root ?? 'file:///w';
  await connection.sendRequest('initialize', {
    processId: null,
    rootUri: root,
    workspaceFolders: [{ uri: root, name: 'w' }],
    capabilities: {
      workspace: {
        inlayHint: { refreshSupport: true },
        workspaceFolders: true,
        ...(options.workspaceEdit === undefined ? {} : { workspaceEdit: options.workspaceEdit }),
      },
    },
    initializationOptions: options.initializationOptions ?? { settings: { analysis: { debounceMs: 5 } } },
  });
  await connection.sendNotification('initialized', {});
  const nextSettled = (uri: string): Promise<void> =>
    new Promise((resolve) => settled.set(uri, [...(settled.get(uri) ?? []), resolve]));
  return {
    connection,
    log,
    nRefreshes: () => nRefreshes,
    diagnosticsOf: (uri) => diagnostics.get(uri) ?? [],
    settled: nextSettled,
    async open(uri, text, languageId = 'python') {
      versions.set(uri, 1);
      const done = nextSettled(uri);
      await connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId, version: 1, text },
      });
      await done;
    },
    async change(uri, text) {
      const version = (versions.get(uri) ?? 0) + 1;
      versions.set(uri, version);
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      });
    },
    hints: (uri) => connection.sendRequest('textDocument/inlayHint', { textDocument: { uri }, range: everything }),
    async close() {
      await connection.sendRequest('shutdown');
      connection.dispose();
    },
  };
}
