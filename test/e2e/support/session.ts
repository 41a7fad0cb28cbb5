/**
 * One real VS Code for a test file: the extension packaged as a `.vsix`, installed into a fresh
 * workbench, opened in Chromium on a workspace outside the repository (so that nothing can come from
 * the repository's node_modules). Screenshots go to test/e2e/artifacts.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type FrameLocator, type Page } from 'playwright-core';
import { installWorkbench } from '../../../scripts/workbench/installWorkbench.ts';
import { repository } from './repository.ts';
import { serveWorkbench, workbenchUrl, type ServedWorkbench } from '../../../scripts/workbench/serveWorkbench.ts';

const artifacts = join(repository, 'test', 'e2e', 'artifacts');

export interface EditorSession {
  readonly page: Page;
  /** Folder that the workbench has open. */
  readonly workspace: string;
  readonly served: ServedWorkbench;
  open(files: readonly string[]): Promise<void>;
  /** The same folder in a window of its own, with an extension host of its own. */
  openWindow(): Promise<Page>;
  screenshot(name: string): Promise<string>;
  /** Runs a command by its title through the palette. */
  command(title: string): Promise<void>;
  /** Content of the webview that is shown. */
  webview(): FrameLocator;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Copied into the workspace; relative to the repository. */
  readonly copy?: readonly string[];
}

/** Packages once per test process; `SLIMWISE_VSIX` names one that is already there. */
let packaged: string | null = null;
export function packageExtension(): string {
  const given = process.env['SLIMWISE_VSIX'];
  if (given !== undefined && existsSync(given)) return given;
  if (packaged === null) {
    packaged = join(repository, 'out', 'e2e.vsix');
    execFileSync(process.execPath, [join(repository, 'scripts', 'package.mjs'), '--out', packaged], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return packaged;
}

export async function openSession(options: SessionOptions = {}): Promise<EditorSession> {
  const vsix = packageExtension();
  const base = mkdtempSync(join(tmpdir(), 'slimwise-e2e-'));
  const workspace = join(base, 'workspace');
  mkdirSync(workspace);
  for (const path of options.copy ?? ['samples/dcgan']) {
    cpSync(join(repository, path), workspace, { recursive: true, filter: (source) => !source.includes('.slimwise') });
  }
  const workbench = installWorkbench((line) => console.log(line));
  const served = await serveWorkbench({
    workbench,
    stateFolder: join(base, 'state'),
    vsix,
    ...(options.settings ? { settings: options.settings } : {}),
  });
  const context = await launchBrowser(join(base, 'profile'));
  const page = context.pages()[0] ?? (await context.newPage());
  mkdirSync(artifacts, { recursive: true });

  return {
    page,
    workspace,
    served,
    async open(files) {
      await page.goto(
        workbenchUrl(
          served,
          workspace,
          files.map((file) => join(workspace, file)),
        ),
      );
      await page.locator('.monaco-workbench').waitFor();
    },
    async openWindow() {
      const other = await context.newPage();
      await other.goto(workbenchUrl(served, workspace, []));
      await other.locator('.monaco-workbench').waitFor();
      return other;
    },
    async screenshot(name) {
      const path = join(artifacts, `${name}.png`);
      await page.screenshot({ path });
      return path;
    },
    async command(title) {
      const input = page.locator('.quick-input-widget input').first();
      const row = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title });
      // An editor that takes the focus late closes the palette again; and until it has looked, it lists other commands.
      for (let tries = 1; ; tries++) {
        await page.keyboard.press('F1');
        try {
          await input.waitFor({ timeout: 20_000 });
          await input.fill(`>${title}`, { timeout: 10_000 });
          await row.waitFor({ timeout: 20_000 });
          await page.locator('.quick-input-widget input:focus').waitFor({ timeout: 20_000 });
          await page.keyboard.press('Enter');
          await row.waitFor({ state: 'hidden', timeout: 20_000 });
          return;
        } catch (error) {
          if (tries === 5) throw error;
        }
      }
    },
    webview: () => page.frameLocator('iframe.webview.ready').frameLocator('#active-frame'),
    async close() {
      await context.close();
      served.stop();
      if (process.env['SLIMWISE_KEEP_E2E'] === undefined)
        rmSync(base, { recursive: true, force: true, maxRetries: 20, retryDelay: 300 });
    },
  };
}

/** Waits only guard against hanging: a busy machine takes many times as long as an idle one. */
const patienceMs = 120_000;

export async function launchBrowser(profile: string): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['SLIMWISE_CHROMIUM'] ?? '/usr/bin/chromium',
    viewport: { width: 1600, height: 1000 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  context.setDefaultTimeout(patienceMs);
  return context;
}
