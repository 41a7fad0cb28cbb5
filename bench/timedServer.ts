/**
 * A language server in its own process, with what a benchmark asks of it: how long after an edit its answers
 * come, what processor time they cost, how much memory it holds. Any server that speaks the protocol over
 * its standard streams; requests that it has for an editor are answered with nothing in particular.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type ConfigurationParams,
  type Diagnostic,
  type InlayHint,
  type Position,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type Range,
} from 'vscode-languageserver/node';

export interface Edit {
  readonly range: Range;
  readonly text: string;
}

export interface TimedServer {
  open(uri: string, text: string): Promise<void>;
  /** Milliseconds from the edit to each answer. */
  timeHints(uri: string, edit: Edit): Promise<number>;
  timeHover(uri: string, edit: Edit): Promise<number>;
  /** To the first diagnostics of the edited text, the server's own waiting included. */
  timeDiagnostics(uri: string, edit: Edit): Promise<number>;
  /** Tells the server of an edit, and waits for nothing. */
  edit(uri: string, edit: Edit): Promise<void>;
  /** Milliseconds to the answer, the document being as it is. */
  hover(uri: string, position: Position): Promise<number>;
  close(uri: string): Promise<void>;
  nHints(uri: string): Promise<number>;
  /** All hints of the document as it is. */
  hints(uri: string): Promise<readonly InlayHint[]>;
  /** What the server published last about a document; waits for the first. */
  diagnostics(uri: string): Promise<readonly Diagnostic[]>;
  /** Lines with a hint, 0-based, ascending. */
  hintedLines(uri: string): Promise<readonly number[]>;
  /** User and system time so far, in ticks of 10 ms; null where the system does not tell. */
  cpuMs(): number | null;
  rssBytes(): number | null;
  /** The most that it ever held. */
  peakBytes(): number | null;
  /** Whether the process has ended by itself. */
  hasEnded(): boolean;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly args: readonly string[];
  readonly rootUri: string;
  readonly initializationOptions?: unknown;
  /** Answers the server's questions about a section of the settings; nothing in particular where there is none. */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

const everything: Range = { start: { line: 0, character: 0 }, end: { line: 1_000_000, character: 0 } };
/** An answer that takes longer counts as this long. */
const maxWaitMs = 20_000;

export async function startServer({
  args,
  rootUri,
  initializationOptions,
  configuration = {},
}: ServerOptions): Promise<TimedServer> {
  const child = spawn(process.execPath, [...args], { stdio: ['pipe', 'pipe', 'ignore'] });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const versions = new Map<string, number>();
  let onDiagnostics: (params: PublishDiagnosticsParams) => void = () => undefined;
  const published = new Map<string, readonly Diagnostic[]>();
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.set(decodeURIComponent(params.uri), params.diagnostics);
    onDiagnostics(params);
  });
  connection.onRequest('workspace/configuration', ({ items }: ConfigurationParams) =>
    items.map(({ section }) => configuration[section ?? ''] ?? {}),
  );
  for (const request of ['client/registerCapability', 'window/workDoneProgress/create', 'workspace/inlayHint/refresh'])
    connection.onRequest(request, () => null);
  connection.listen();
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'bench' }],
    capabilities: {
      workspace: { workspaceFolders: true },
      textDocument: { publishDiagnostics: { versionSupport: true } },
    },
    initializationOptions,
  });
  await connection.sendNotification('initialized', {});

  const change = async (uri: string, { range, text }: Edit): Promise<number> => {
    const version = (versions.get(uri) ?? 1) + 1;
    versions.set(uri, version);
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    });
    return version;
  };
  const hints = async (uri: string): Promise<readonly InlayHint[]> =>
    (await connection.sendRequest<InlayHint[] | null>('textDocument/inlayHint', {
      textDocument: { uri },
      range: everything,
    })) ?? [];

  return {
    async open(uri, text) {
      versions.set(uri, 1);
      const textDocument = { uri, languageId: languageOf(uri), version: 1, text };
      await connection.sendNotification('textDocument/didOpen', { textDocument });
    },
    edit: async (uri, edit) => void (await change(uri, edit)),
    hover: (uri, position) =>
      timed(async () => {
        await connection.sendRequest('textDocument/hover', { textDocument: { uri }, position });
      }),
    close: (uri) => connection.sendNotification('textDocument/didClose', { textDocument: { uri } }),
    nHints: async (uri) => (await hints(uri)).length,
    hints,
    async diagnostics(uri) {
      const deadline = performance.now() + maxWaitMs;
      const key = decodeURIComponent(uri); // Servers differ in what they escape.
      while (!published.has(key) && performance.now() < deadline) await sleep(20);
      return published.get(key) ?? [];
    },
    hintedLines: async (uri) =>
      [...new Set((await hints(uri)).map(({ position }) => position.line))].sort((a, b) => a - b),
    timeHints: (uri, edit) => timed(async () => void (await change(uri, edit), await hints(uri))),
    timeHover: (uri, edit) =>
      timed(async () => {
        await change(uri, edit);
        await connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: edit.range.start });
      }),
    timeDiagnostics: (uri, edit) =>
      timed(async () => {
        const wanted = (versions.get(uri) ?? 1) + 1;
        const arrived = new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, maxWaitMs);
          onDiagnostics = ({ uri: of, version }) => {
            if (of !== uri || (version ?? wanted) < wanted) return;
            clearTimeout(timer);
            resolve();
          };
        });
        await change(uri, edit);
        await arrived;
      }),
    cpuMs: () => cpuMs(child),
    rssBytes: () => memoryOf(child, 'VmRSS'),
    peakBytes: () => memoryOf(child, 'VmHWM'),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    stop: () => stop(child, connection),
  };
}

function languageOf(uri: string): string {
  if (uri.endsWith('.py')) return 'python';
  return /\.tsx?$/.test(uri) ? 'typescript' : 'javascript';
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function stop(child: ChildProcess, connection: ProtocolConnection): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
  await ended;
  clearTimeout(timer);
  connection.dispose();
}

function cpuMs({ pid }: ChildProcess): number | null {
  try {
    const fields = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return null; // Only Linux tells this way.
  }
}

function memoryOf({ pid }: ChildProcess, what: 'VmRSS' | 'VmHWM'): number | null {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    const kibibytes = new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}
