/**
 * The latent explorer in a real Chromium, as VS Code would show it: the built scripts under the page's own
 * content security policy (kernels compile only because it says so), theme variables, model files from a
 * server, and a host that speaks the real protocol with the real RPC. No network but the loopback address.
 */
import { build } from 'esbuild';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createRpcServer } from '../../core/rpc/rpc.ts';
import type { ExplorerInit, ExplorerRequests } from '../../core/session/explorerProtocol.ts';
import { explorerHtml } from '../../extension/explorer/explorerHtml.ts';
import { chromiumPath } from './chromium.ts';
import { patienceMs } from './patiently.ts';
import { themes } from './themes.ts';

const nonce = 'bm9uY2UrZm9y/dGVzdHM=';

export interface ExplorerOptions {
  /** Files by name, as the page may load them. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** Names of files for `ready` to answer with; neither: the empty page. */
  readonly compressed?: string;
  readonly original?: string;
  readonly theme?: keyof typeof themes;
  readonly width?: number;
  readonly height?: number;
  readonly savedState?: unknown;
}

export interface ExplorerPage {
  readonly page: Page;
  readonly calls: readonly { readonly method: string; readonly args: unknown }[];
  readonly errors: readonly string[];
  violations(): Promise<readonly string[]>;
  savedState(): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

export interface ExplorerBrowser {
  readonly browser: Browser;
  open(options: ExplorerOptions): Promise<ExplorerPage>;
  close(): Promise<void>;
}

export async function launchExplorerBrowser(): Promise<ExplorerBrowser> {
  const executablePath = chromiumPath();
  if (executablePath === null) throw new Error('No Chromium; needsChromium.ts ends the run before this.');
  const scripts = {
    '/host.js': await bundle('test/browser/hostInPage.ts'),
    '/engine.js': await bundle('engine/explorer/explorerEngine.ts', 'slimwiseExplorerEngine'),
    '/panel.js': await bundle('webview/explorerPanel.ts'),
  };
  const files = new Map<string, Uint8Array>();
  const server = await serve(scripts, files);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    browser,
    open(options) {
      for (const [name, bytes] of Object.entries(options.files ?? {})) files.set(`/files/${name}`, bytes);
      return openExplorer(browser, origin, options, files);
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

async function bundle(entry: string, globalName?: string): Promise<string> {
  const result = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    globalName,
    loader: { '.css': 'text' },
    legalComments: 'none',
  });
  return result.outputFiles[0]?.text ?? '';
}

async function serve(
  scripts: Readonly<Record<string, string>>,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const send = (type: string, body: string | Uint8Array): void => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    };
    const script = scripts[pathname];
    const file = files.get(pathname);
    if (script !== undefined) return send('text/javascript; charset=utf-8', script);
    if (file !== undefined) return send('application/octet-stream', file);
    if (pathname === '/explorer') return send('text/html; charset=utf-8', html(`http://${request.headers.host ?? ''}`));
    response.writeHead(404);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The page that the extension serves, with VS Code's own part before its scripts. */
function html(origin: string): string {
  const page = explorerHtml({
    engineUri: '/engine.js',
    scriptUri: '/panel.js',
    cspSource: origin,
    nonce,
    key: 'run-1',
  });
  return page.replace('<script ', `<script nonce="${nonce}" src="/host.js"></script>\n<script `);
}

async function openExplorer(
  browser: Browser,
  origin: string,
  options: ExplorerOptions,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<ExplorerPage> {
  const { theme = 'dark', width = 1200, height = 860 } = options;
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const calls: { method: string; args: unknown }[] = [];
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  const answer = <T>(method: keyof ExplorerRequests, args: unknown, value: T): T => {
    calls.push({ method, args });
    return value;
  };
  const file = (name: string) => ({ uri: `${origin}/files/${name}`, bytes: files.get(`/files/${name}`)?.length ?? 0 });
  const init: ExplorerInit =
    options.compressed === undefined
      ? { state: 'empty', trusted: true }
      : {
          state: 'model',
          title: 'DCGAN on Fashion-MNIST',
          compressed: file(options.compressed),
          original: options.original === undefined ? null : file(options.original),
        };
  let closing = false;
  /** An answer may be on its way while a test closes its page. */
  const reply = (message: unknown): void =>
    void page
      .evaluate((json) => window.postMessage(JSON.parse(json), '*'), JSON.stringify(message))
      .catch((error: unknown) => {
        if (!closing) errors.push(String(error));
      });
  const rpc = createRpcServer<ExplorerRequests>(
    { post: reply },
    {
      ready: (args) => answer('ready', args, init),
      save: (args) => answer('save', args, { saved: true }),
      exportModel: (args) => answer('exportModel', args, null),
      begin: (args) => answer('begin', args, null),
    },
    () => undefined,
  );
  await page.exposeFunction('tellHost', (message: unknown) => void rpc.receive(message));
  await page.addInitScript((initial) => Object.assign(window, { initial }), {
    ...themes[theme],
    state: options.savedState ?? null,
  });
  await page.goto(`${origin}/explorer`);
  return {
    page,
    calls,
    errors,
    violations: () => page.evaluate(() => (window as unknown as { violations: string[] }).violations),
    savedState: () =>
      page.evaluate(() => (window as unknown as { savedState: Readonly<Record<string, unknown>> }).savedState),
    close: () => {
      closing = true;
      return context.close();
    },
  };
}
