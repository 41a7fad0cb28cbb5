/**
 * A page of the extension in a real Chromium, as VS Code would show it: its script bundled, under the policy of the
 * run panel's page, theme variables on the root, and a host with the real RPC on the other side. What a test serves
 * are the answers; what it gets are the calls, the errors and what the policy refused.
 */
import { build } from 'esbuild';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { createRpcServer, type MethodMap } from '../../core/rpc/rpc.ts';
import { runPanelHtml } from '../../extension/views/runPanelHtml.ts';
import { chromiumPath } from './chromium.ts';
import { patienceMs } from './patiently.ts';
import { themes } from './themes.ts';

const nonce = 'bm9uY2UrZm9y/dGVzdHM=';

export interface PageSource {
  /** The script's entry, from the root of the repository. */
  readonly entry: string;
  readonly imageSource?: 'data:';
  readonly runId?: string;
  /** Pictures by path, for `sample` requests. */
  readonly picture?: (path: string) => Uint8Array;
}

export interface HostedPage {
  readonly page: Page;
  readonly calls: readonly { readonly method: string; readonly args: unknown }[];
  readonly errors: readonly string[];
  push(message: unknown): Promise<void>;
  violations(): Promise<readonly string[]>;
  savedState(): Promise<unknown>;
  close(): Promise<void>;
}

export interface ShowOptions<T> {
  /** Gets the server's origin, for pictures. */
  readonly methods: (origin: string) => MethodMap<T>;
  readonly theme?: keyof typeof themes;
  readonly width?: number;
  readonly height?: number;
}

export interface PageBrowser<T> {
  show(options: ShowOptions<T>): Promise<HostedPage>;
  close(): Promise<void>;
}

export async function launchPageBrowser<T>(source: PageSource): Promise<PageBrowser<T>> {
  const executablePath = chromiumPath();
  if (executablePath === null) throw new Error('No Chromium; needsChromium.ts ends the run before this.');
  const scripts = new Map([
    ['/page.js', await bundle(source.entry)],
    ['/host.js', await bundle('test/browser/hostInPage.ts')],
  ]);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const send = (type: string, body: string | Uint8Array): void => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    };
    const script = scripts.get(pathname);
    if (script !== undefined) return send('text/javascript; charset=utf-8', script);
    if (pathname === '/') return send('text/html; charset=utf-8', html(source, `http://${request.headers.host ?? ''}`));
    if (source.picture !== undefined && pathname.startsWith('/samples/'))
      return send('image/png', source.picture(pathname));
    response.writeHead(404);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    async show({ methods, theme = 'dark', width = 1280, height = 900 }) {
      const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
      context.setDefaultTimeout(patienceMs);
      const page = await context.newPage();
      const calls: { method: string; args: unknown }[] = [];
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      const post = (message: unknown): Promise<void> =>
        page.evaluate((json: string) => window.postMessage(JSON.parse(json), '*'), JSON.stringify(message));
      let closing = false;
      /** An answer may be on its way while a test closes its page. */
      const reply = (message: unknown): void =>
        void post(message).catch((error: unknown) => {
          if (!closing) errors.push(String(error));
        });
      const rpc = createRpcServer<T>({ post: reply }, methods(origin), (error) => errors.push(String(error)));
      await page.exposeFunction('tellHost', (message: { readonly method?: string; readonly args?: unknown }) => {
        if (message.method !== undefined) calls.push({ method: message.method, args: message.args });
        rpc.receive(message);
      });
      await page.addInitScript((initial) => Object.assign(window, { initial }), { ...themes[theme], state: null });
      await page.goto(origin);
      return {
        page,
        calls,
        errors,
        push: post,
        violations: () => page.evaluate(() => (window as unknown as { violations: string[] }).violations),
        savedState: () => page.evaluate(() => (window as unknown as { savedState: unknown }).savedState),
        close: () => {
          closing = true;
          return context.close();
        },
      };
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

function html({ runId = '', imageSource }: PageSource, origin: string): string {
  const parts = {
    scriptUri: '/page.js',
    cspSource: origin,
    nonce,
    runId,
    ...(imageSource === undefined ? {} : { imageSource }),
  };
  return runPanelHtml(parts).replace('<script ', `<script nonce="${nonce}" src="/host.js"></script>\n    <script `);
}

async function bundle(entry: string): Promise<string> {
  const result = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    loader: { '.css': 'text' },
    legalComments: 'none',
  });
  return result.outputFiles[0]?.text ?? '';
}
