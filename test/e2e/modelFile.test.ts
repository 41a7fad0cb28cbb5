/** An ONNX file in the real editor, as a user sees it, in a dark and a light theme. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxBytes, smallGenerator } from '../../language/files/onnx/onnxFixture.ts';
import { openSession, type EditorSession } from './support/session.ts';

for (const theme of ['Dark', 'Light'] as const) {
  describe(`an ONNX file in the editor, ${theme}`, function () {
    this.timeout(600_000);
    let session: EditorSession;

    before(async () => {
      session = await openSession({
        settings: {
          'workbench.colorTheme': `Default ${theme} Modern`,
          'slimwise.devices': [{ id: 'board', label: 'My board', budgetBytes: 2 ** 20 }],
          ...(theme === 'Light' ? { 'slimwise.budget.device': 'board' } : {}),
        },
      });
      writeFileSync(join(session.workspace, 'generator.onnx'), onnxBytes(smallGenerator()));
      // What is open from the start opens before the extension is known, so this one is clicked.
      await session.open(['dcgan_torch.py']);
      await session.page.locator('.squiggly-warning').first().waitFor();
      await session.page.locator('.explorer-folders-view [aria-label^="generator.onnx"]').first().dblclick();
    });

    after(() => session.close());

    it('shows its layers, their redundancy and the budget', async () => {
      const view = session.webview();
      await view.locator('tbody tr', { hasText: 'up.1' }).waitFor();
      await view.locator('tfoot', { hasText: '12.9K' }).waitFor();
      assert.equal(await view.locator('tbody tr', { hasText: 'up.1' }).locator('.bad').first().innerText(), '−56');
      const device = theme === 'Light' ? 'My board' : 'Phone app';
      await view.locator('budget-card .verdict', { hasText: new RegExp(`^\\s*Fits ${device}`) }).waitFor();
      await view.locator('vscode-option', { hasText: 'My board, 1.00 MiB' }).waitFor({ state: 'attached' });
      await session.screenshot(`model-file-${theme.toLowerCase()}`);
    });
  });
}
