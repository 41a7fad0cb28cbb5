/**
 * `npm run test:electron`: the tests of test/host in a desktop VS Code, for people with a network:
 * `@vscode/test-electron` downloads the editor. What `npm test` proves runs on plain Node; this is where
 * Electron's own Node is proven.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { bundleHostTests } from '../e2e/support/bundleHostTests.ts';
import { repository } from '../e2e/support/repository.ts';

async function runElectron(): Promise<void> {
  const base = mkdtempSync(join(tmpdir(), 'slimwise-electron-'));
  const workspace = join(base, 'workspace');
  cpSync(join(repository, 'samples', 'dcgan'), workspace, {
    recursive: true,
    filter: (path) => !path.includes('.slimwise'),
  });
  const tests = join(repository, 'out', 'host');
  await bundleHostTests(tests);
  try {
    await runTests({
      extensionDevelopmentPath: repository,
      extensionTestsPath: join(tests, 'index.cjs'),
      launchArgs: [workspace, '--disable-workspace-trust', '--disable-extensions'],
    });
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

await runElectron();
