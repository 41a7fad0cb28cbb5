/**
 * The run panel in a real Chromium, as VS Code would show it: the built bundle under a strict content
 * security policy, theme variables on the root element, and a host on the other side that speaks the real
 * protocol with the real RPC. The host remembers what it was asked; the page remembers what its policy
 * refused. No network but the loopback address.
 */
import { build } from 'esbuild';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createRpcServer, ProblemError, type MethodMap } from '../../core/rpc/rpc.ts';
import type { Problem } from '../../core/problem.ts';
import type { PanelInit, PanelPush, PanelRequests } from '../../core/session/panelProtocol.ts';
import { runPanelHtml } from '../../extension/views/runPanelHtml.ts';
import { chromiumPath } from './chromium.ts';
import { patienceMs } from './patiently.ts';
import { sampleGrid } from './sampleGrids.ts';
import { themes } from './themes.ts';

const nonce = 'bm9uY2UrZm9y/dGVzdHM=';
export const runId = '2026-11-20-dcgan';

export interface PanelBrowser {
  open(options: OpenOptions): Promise<PanelPage>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly init: PanelInit;
  readonly theme?: keyof typeof themes;
  readonly width?: number;
  readonly height?: number;
  /** What `getState` gives: the choices of an earlier panel. */
  readonly savedState?: unknown;
  /** Pictures whose path matches are not there. */
  readonly missingPictures?: RegExp;
  /** Answers with this problem instead, per method. */
  readonly problems?: Partial<Record<keyof PanelRequests, Problem>>;
}

export interface HostCall {
  readonly method: string;
  readonly args: unknown;
}

export interface PanelPage {
  readonly page: Page;
  /** Requests that the host has answered, in order. */
  readonly calls: readonly HostCall[];
  /** Exceptions that no one caught in the page. */
  readonly errors: readonly string[];
  push(message: PanelPush): Promise<void>;
  violations(): Promise<readonly string[]>;
  savedState(): Promise<unknown>;
  /** Lets problems end: later requests of the method succeed. */
  repair(method: keyof PanelRequests): void;
  close(): Promise<void>;
}

export async function launchPanelBrowser(): Promise<PanelBrowser> {
  const executablePath = chromiumPath();
  if (executablePath === null) throw new Error('No Chromium; needsChromium.ts ends the run before this.');
  const [server, browser] = await Promise.all([
    serve(await bundle('webview/runPanel.ts'), await bundle('test/browser/hostInPage.ts')),
    chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    }),
  ]);
  const { port } = server.address() as AddressInfo;
  return {
    open: (options) => openPanel(browser, `http://127.0.0.1:${port}`, options),
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** A script for the page, bundled as scripts/build.mjs does it, in memory. */
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

async function serve(panelScript: string, hostScript: string): Promise<Server> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const send = (type: string, body: string | Uint8Array): void => {
      response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=60' });
      response.end(body);
    };
    if (url.pathname === '/panel')
      return send('text/html; charset=utf-8', html(`http://${request.headers.host ?? ''}`));
    if (url.pathname === '/runPanel.js') return send('text/javascript; charset=utf-8', panelScript);
    if (url.pathname === '/host.js') return send('text/javascript; charset=utf-8', hostScript);
    if (/^\/(samples|walks)\//.test(url.pathname)) return send('image/png', pictureFor(url.pathname));
    response.writeHead(404);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The page that the extension serves, with VS Code's own part before the panel's script. */
function html(origin: string): string {
  const page = runPanelHtml({ scriptUri: '/runPanel.js', cspSource: origin, nonce, runId });
  return page.replace('<script ', `<script nonce="${nonce}" src="/host.js"></script>\n    <script `);
}

async function openPanel(browser: Browser, origin: string, options: OpenOptions): Promise<PanelPage> {
  const { theme = 'dark', width = 1280, height = 900 } = options;
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const calls: HostCall[] = [];
  const problems = new Map(Object.entries(options.problems ?? {}));
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));

  const post = async (message: unknown): Promise<void> => {
    // As text: Playwright's own encoding of a hundred thousand events takes seconds.
    await page.evaluate((json: string) => window.postMessage(JSON.parse(json), '*'), JSON.stringify(message));
  };
  let closing = false;
  /** An answer may be on its way while a test closes its page. */
  const reply = (message: unknown): void =>
    void post(message).catch((error: unknown) => {
      if (!closing) errors.push(String(error));
    });
  const answer = <T>(method: keyof PanelRequests, args: unknown, value: T): T => {
    calls.push({ method, args });
    const problem = problems.get(method);
    if (problem !== undefined) throw new ProblemError(problem);
    return value;
  };
  const methods: MethodMap<PanelRequests> = {
    ready: (args) => answer('ready', args, options.init),
    cancel: (args) => answer('cancel', args, null),
    pause: (args) => answer('pause', args, null),
    resume: (args) => answer('resume', args, null),
    continueRun: (args) => answer('continueRun', args, null),
    openReport: (args) => answer('openReport', args, null),
    revealModel: (args) => answer('revealModel', args, null),
    exploreLatents: (args) => answer('exploreLatents', args, null),
    exportModel: (args) => answer('exportModel', args, null),
    openLayer: (args) => answer('openLayer', args, null),
    sample: (args) => answer('sample', args, { uri: `${origin}/samples/${args.variant}/${args.step}.png` }),
    walk: (args) => answer('walk', args, { uri: `${origin}/walks/${args.variant}/${args.step}.png` }),
    saveWalk: (args) => answer('saveWalk', args, null),
    realSample: (args) => answer('realSample', args, { uri: `${origin}/samples/real/0.png` }),
  };
  const rpc = createRpcServer<PanelRequests>({ post: reply }, methods, () => undefined);

  if (options.missingPictures !== undefined) {
    await page.route(options.missingPictures, (route) => route.fulfill({ status: 404 }));
  }
  await page.exposeFunction('tellHost', (message: unknown) => void rpc.receive(message));
  await page.addInitScript((initial) => Object.assign(window, { initial }), {
    ...themes[theme],
    state: options.savedState ?? null,
  });
  await page.goto(`${origin}/panel`);

  return {
    page,
    calls,
    errors,
    push: post,
    violations: () => page.evaluate(() => (window as unknown as { violations: string[] }).violations),
    savedState: () => page.evaluate(() => (window as unknown as { savedState: unknown }).savedState),
    repair: (method) => {
      problems.delete(method);
    },
    close: () => {
      closing = true;
      return context.close();
    },
  };
}

/** Clearer with each step; each variant its own images. */
function pictureFor(path: string): Uint8Array {
  const [, kind = '', variant = '', file = '0.png'] = path.split('/');
  if (variant === 'real') return sampleGrid(1, 1);
  const step = Number.parseInt(file, 10);
  const seed = [...variant].reduce((sum, character) => sum + character.charCodeAt(0), 0);
  return sampleGrid(seed, 0.95 * (1 - Math.exp(-step / 120)), kind === 'walks' ? 1 : 0);
}
