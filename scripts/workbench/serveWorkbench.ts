/**
 * Serves the installed workbench on this machine only, with one extension installed from a `.vsix`.
 * The server runs in its own process group so that everything it starts ends with it. Settings are
 * written before the start: no telemetry, no updates, no gallery, workspace trust as asked.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Workbench } from './installWorkbench.ts';

export interface ServeOptions {
  readonly workbench: Workbench;
  /** Holds extensions, user data and the server's log. */
  readonly stateFolder: string;
  /** Installed before the start; null for a bare workbench. */
  readonly vsix: string | null;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly port?: number;
  /** Lets a page run mocha inside the extension host. */
  readonly smokeTestDriver?: boolean;
}

export interface ServedWorkbench {
  readonly port: number;
  readonly process: ChildProcess;
  /** `authority` of vscode-remote URIs; another one shows hints but no diagnostics. */
  readonly authority: string;
  readonly extensionsFolder: string;
  stop(): void;
}

const defaultSettings = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.hover.delay': 100_000,
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  // As on a desktop. In a browser VS Code saves after a second by itself, and an undo that comes while it does leaves
  // the edit on the disk with the editor taken for saved.
  'files.autoSave': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'remote.autoForwardPorts': false,
  'telemetry.telemetryLevel': 'off',
  'editor.minimap.enabled': false,
  'window.commandCenter': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

export async function serveWorkbench(options: ServeOptions): Promise<ServedWorkbench> {
  const { workbench, stateFolder, vsix } = options;
  const extensionsFolder = join(stateFolder, 'extensions');
  const dataFolder = join(stateFolder, 'data');
  // Settings of machine scope are read from a file of their own.
  for (const scope of ['User', 'Machine']) {
    const folder = join(dataFolder, 'data', scope);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...defaultSettings, ...options.settings }, null, 2));
  }
  mkdirSync(extensionsFolder, { recursive: true });

  const common = [
    '--accept-server-license-terms',
    '--extensions-dir',
    extensionsFolder,
    '--server-data-dir',
    dataFolder,
  ];
  const env = serverEnvironment(workbench);
  if (vsix !== null) {
    execFileSync(workbench.node, [workbench.serverMain, ...common, '--install-extension', vsix, '--force'], {
      env,
      stdio: 'pipe',
    });
  }
  const port = options.port ?? (await freePort());
  const logFile = openSync(join(stateFolder, 'server.log'), 'a');
  const child = spawn(
    workbench.node,
    [
      workbench.serverMain,
      ...common,
      '--without-connection-token',
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--telemetry-level',
      'off',
      '--log',
      'info',
      ...(options.smokeTestDriver === true ? ['--enable-smoke-test-driver'] : []),
    ],
    { env, detached: true, stdio: ['ignore', logFile, logFile] },
  );
  await untilReady(port, child);
  return {
    port,
    process: child,
    authority: `127.0.0.1:${port}`,
    extensionsFolder,
    stop: () => stopGroup(child),
  };
}

/** Address of a folder with files open in it. */
export function workbenchUrl(served: ServedWorkbench, folder: string, openFiles: readonly string[]): string {
  const payload = openFiles.map((file) => ['openFile', `vscode-remote://${served.authority}${file}`]);
  const query = new URLSearchParams({ folder, ...(payload.length > 0 ? { payload: JSON.stringify(payload) } : {}) });
  return `http://${served.authority}/?${query.toString()}`;
}

/** The server must not inherit a test's own Node options, and finds its Node first on PATH. */
function serverEnvironment(workbench: Workbench): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, EXTENSIONS_GALLERY: '{}' };
  delete env['NODE_OPTIONS'];
  env['PATH'] = `${join(workbench.node, '..')}:${process.env['PATH'] ?? ''}`;
  return env;
}

async function untilReady(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The workbench server ended with code ${child.exitCode}.`);
    const response = await fetch(`http://127.0.0.1:${port}/version`).catch(() => null);
    if (response?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  stopGroup(child);
  throw new Error('The workbench server did not answer within three minutes.');
}

function stopGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('No port.')),
      );
    });
  });
}
