/**
 * Restricted Mode in a real VS Code: the analysis works, because it runs nothing of the workspace; every
 * command that would run something refuses, with the reason.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openSession, type EditorSession } from './support/session.ts';

describe('an untrusted workspace', function () {
  this.timeout(240_000);
  let session: EditorSession;

  before(async () => {
    session = await openSession({
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
        'workbench.colorTheme': 'Default Dark Modern',
      },
    });
    await session.open(['dcgan_torch.py']);
  });

  after(async () => {
    await session.close();
  });

  it('shows hints and warnings', async () => {
    await session.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).first().waitFor({ timeout: 60_000 });
    await session.page.locator('.view-line span', { hasText: /DoR/ }).first().waitFor({ timeout: 60_000 });
    await session.page.locator('.squiggly-warning').first().waitFor({ timeout: 60_000 });
  });

  it('refuses to run anything and says why', async () => {
    await session.command('Slimwise: Compress Wisely');
    const refusal = session.page.locator('.notification-toast, .monaco-dialog-box', { hasText: /trust/i }).first();
    await refusal.waitFor({ timeout: 30_000 });
    await session.screenshot('restricted-dark');
    assert.equal(existsSync(join(session.workspace, '.slimwise')), false);
  });
});
