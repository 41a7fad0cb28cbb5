/**
 * Restricted Mode in a real VS Code: the analysis, model files and the list of changes work, because they run nothing
 * of the workspace; every command that would run something refuses, with the reason.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxBytes, smallGenerator } from '../../language/files/onnx/onnxFixture.ts';
import { openSession, type EditorSession } from './support/session.ts';

describe('an untrusted workspace', function () {
  this.timeout(600_000);
  let session: EditorSession;

  before(async () => {
    session = await openSession({
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
        'workbench.colorTheme': 'Default Dark Modern',
      },
    });
    writeFileSync(join(session.workspace, 'generator.onnx'), onnxBytes(smallGenerator()));
    await session.open(['dcgan_torch.py']);
  });

  after(async () => {
    await session.close();
  });

  it('shows hints and warnings', async () => {
    await session.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).first().waitFor();
    await session.page.locator('.view-line span', { hasText: /DoR/ }).first().waitFor();
    await session.page.locator('.squiggly-warning').first().waitFor();
  });

  it('opens a model file, because it is read and nothing in it runs', async () => {
    await session.page.locator('.explorer-folders-view [aria-label^="generator.onnx"]').first().dblclick();
    const view = session.webview();
    await view.locator('tbody tr', { hasText: 'up.1' }).waitFor();
    await view.locator('tfoot', { hasText: '12.9K' }).waitFor();
    await session.screenshot('restricted-model-file-dark');
  });

  it('lists what can be done to a layer', async () => {
    const { page, workspace } = session;
    const original = readFileSync(join(workspace, 'dcgan_torch.py'), 'utf8');
    await page.locator('.explorer-folders-view [aria-label^="dcgan_torch.py"]').first().dblclick();
    await page.locator('.view-line', { hasText: 'nn.ConvTranspose2d(' }).first().click();
    await session.command('Slimwise: Change This Layer');
    const list = page.locator('.quick-input-widget');
    await list.getByText(/^Change .* of Generator$/).waitFor();
    await list.locator('.monaco-list-row', { hasText: 'Binarize' }).first().waitFor();
    await list.locator('input').first().press('Escape');
    await list.waitFor({ state: 'hidden' });
    assert.equal(readFileSync(join(workspace, 'dcgan_torch.py'), 'utf8'), original);
  });

  it('refuses to run anything and says why', async () => {
    await session.command('Slimwise: Compress Wisely');
    const refusal = session.page.locator('.notification-toast, .monaco-dialog-box', { hasText: /trust/i }).first();
    await refusal.waitFor();
    await session.screenshot('restricted-dark');
    assert.equal(existsSync(join(session.workspace, '.slimwise')), false);
  });
});
