/**
 * Runs test/host inside a real extension host: the tests are bundled, the workbench is served with its
 * smoke-test driver, and a page names the tests. The extension under test is the installed `.vsix`;
 * VS Code wants a development path as well, so that one points at an empty extension.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installWorkbench } from '../../../scripts/workbench/installWorkbench.ts';
import { serveWorkbench } from '../../../scripts/workbench/serveWorkbench.ts';
import { bundleHostTests } from './bundleHostTests.ts';
import { repository } from './repository.ts';
import { launchBrowser, packageExtension } from './session.ts';
import { writeEditCases } from './writeEditCases.ts';

export interface HostResults {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly error: string }[];
}

/** They take two to three minutes on two idle cores. */
const limitMs = 1_200_000;

export async function runHostTests(): Promise<HostResults> {
  const base = mkdtempSync(join(tmpdir(), 'slimwise-host-'));
  const tests = join(repository, 'out', 'host');
  await bundleHostTests(tests);
  const harness = join(base, 'harness');
  mkdirSync(harness);
  writeFileSync(
    join(harness, 'package.json'),
    JSON.stringify({ name: 'harness', publisher: 'slimwise-tests', version: '0.0.1', engines: { vscode: '*' } }),
  );
  const workspace = join(base, 'workspace');
  cpSync(join(repository, 'samples', 'dcgan'), workspace, {
    recursive: true,
    filter: (path) => !path.includes('.slimwise'),
  });
  writeEditCases(workspace);
  const results = join(base, 'results.json');

  const previous = process.env['SLIMWISE_HOST_RESULTS'];
  process.env['SLIMWISE_HOST_RESULTS'] = results;
  const served = await serveWorkbench({
    workbench: installWorkbench((line) => console.log(line)),
    stateFolder: join(base, 'state'),
    vsix: packageExtension(),
    smokeTestDriver: true,
  }).finally(() => {
    if (previous === undefined) delete process.env['SLIMWISE_HOST_RESULTS'];
    else process.env['SLIMWISE_HOST_RESULTS'] = previous;
  });
  const context = await launchBrowser(join(base, 'profile'));
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    const ended = new Promise<void>((resolve) => {
      void page.exposeFunction('codeAutomationExit', () => resolve());
    });
    await page.exposeFunction('codeAutomationLog', () => undefined);
    const remote = (path: string): string => `vscode-remote://${served.authority}${path}`;
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', remote(harness)],
      ['extensionTestsPath', remote(join(tests, 'index.cjs'))],
    ]);
    await page.goto(`http://${served.authority}/?${new URLSearchParams({ folder: workspace, payload }).toString()}`);
    await Promise.race([ended, untilExists(results, limitMs)]);
    await untilExists(results, 30_000);
    if (!existsSync(results)) throw new Error(`The tests in the extension host did not end: ${soFar(results)}`);
    return JSON.parse(readFileSync(results, 'utf8')) as HostResults;
  } finally {
    await context.close();
    served.stop();
    rmSync(base, { recursive: true, force: true, maxRetries: 20, retryDelay: 300 });
  }
}

async function untilExists(path: string, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!existsSync(path) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 250));
}

/** What test/host/index.ts has noted. */
function soFar(results: string): string {
  return existsSync(`${results}.part`) ? readFileSync(`${results}.part`, 'utf8') : 'none of them did';
}
