/**
 * The what-if table in the real editor, by keyboard, in a dark and a light theme: bits are chosen, the diff is seen,
 * the source is edited and the edit undone byte for byte, and the stages go into the plan. Then the list of all changes,
 * from a row of the Models view.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { eventually } from '../browser/eventually.ts';
import { pressEnter } from '../browser/patiently.ts';
import { openSession, type EditorSession } from './support/session.ts';
import { until, untilShown } from './support/until.ts';

for (const theme of ['Dark', 'Light'] as const) {
  describe(`the what-if table in the editor, ${theme}`, function () {
    this.timeout(600_000);
    let session: EditorSession;

    before(async () => {
      session = await openSession({
        settings: {
          'workbench.colorTheme': `Default ${theme} Modern`,
          'slimwise.devices': [{ id: 'board', label: 'My board', budgetBytes: 300 * 1024 }],
          'slimwise.budget.device': 'board',
        },
      });
      await session.open(['dcgan_torch.py']);
      await session.page.locator('.squiggly-warning').first().waitFor();
    });

    after(() => session.close());

    it('counts what is chosen, fits a budget, shows the diff, and edits the source', async () => {
      const { page, workspace } = session;
      const original = readFileSync(join(workspace, 'dcgan_torch.py'), 'utf8');
      await session.command('Slimwise: What If');
      const view = session.webview();
      await view.locator('tbody tr').first().waitFor();
      // The user's own device, from the settings.
      await eventually(async () => assert.equal(await view.getByLabel('Budget in KiB').inputValue(), '300'));
      await view.locator('vscode-option', { hasText: 'My board, 300 KiB' }).waitFor({ state: 'attached' });
      await view.getByLabel('Budget in KiB').fill('256');
      await pressEnter(view.locator('[data-action=fit]'));
      await view.getByText(/Bits chosen/).waitFor();
      await page.waitForTimeout(500);
      await session.screenshot(`what-if-${theme.toLowerCase()}`);

      await pressEnter(view.locator('[data-action=diff]'));
      await page.getByText('binarize(').first().waitFor();
      await session.screenshot(`what-if-diff-${theme.toLowerCase()}`);

      await pressEnter(view.locator('[data-action=write]'));
      await view.getByText(/Wrote .* into slimwise\.json/).waitFor();
      await pressEnter(view.locator('[data-action=apply]'));
      await view.getByText('Applied; one undo takes it back.').waitFor();
      await session.command('File: Save All');
      const source = (): string => readFileSync(join(workspace, 'dcgan_torch.py'), 'utf8');
      await until(() => source().includes('binarize('), 'the edit to be in the file');
      const families = (): readonly string[] => {
        const plan = JSON.parse(readFileSync(join(workspace, 'slimwise.json'), 'utf8')) as {
          stages: { family: string }[];
        };
        return plan.stages.map(({ family }) => family);
      };
      await until(
        () => families().length > 0 && families().every((family) => family === 'precision'),
        'the stages to be in the plan',
      );

      await page
        .getByRole('tab', { name: /dcgan_torch\.py/ })
        .first()
        .click();
      // The table had the keys until now.
      await page.locator('.monaco-editor.focused .view-line', { hasText: 'binarize(' }).first().waitFor();
      await page.keyboard.press('Control+z');
      await page
        .locator('.editor-instance .view-line', { hasText: 'binarize(nn' })
        .first()
        .waitFor({ state: 'detached' });
      // One undo, and no question about the module beside the source, which stays.
      await session.command('File: Save All');
      await until(() => source() === original, 'the file to be as it was');
      assert.equal(await page.getByRole('button', { name: /Undo in/i }).count(), 0);
      assert.ok(existsSync(join(workspace, 'slimwise_layers.py')));
    });

    it('lists all that can be done to a layer, from a row of the Models view and by keyboard', async () => {
      const { page, workspace } = session;
      const original = readFileSync(join(workspace, 'dcgan_torch.py'), 'utf8');
      await session.command('View: Close All Editor Groups');
      await page.locator('.explorer-folders-view [aria-label^="dcgan_torch.py"]').first().dblclick();
      await page.locator('.squiggly-warning').first().waitFor();
      await session.command('Slimwise: Focus on Models View');
      const row = page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row', { hasText: '64×16×16' }).first();
      await row.waitFor();
      await row.click();
      // A click goes to the layer's line; the view is focused again once that has happened.
      await page.locator('.monaco-editor.focused .view-line').first().waitFor();
      await session.command('Slimwise: Focus on Models View');
      const list = page.locator('.quick-input-widget');
      const title = list.getByText(/^Change .* of Generator$/);
      await untilShown(title, () => page.keyboard.press('Control+Alt+.'), { nTries: 20, waitMs: 3_000 });
      await list
        .locator('.monaco-list-row', { hasText: /Binarize .* \(−/ })
        .first()
        .waitFor();
      await page.waitForTimeout(1_500);
      await session.screenshot(`change-layer-${theme.toLowerCase()}`);
      const chosen = (text: RegExp): Locator => list.locator('.monaco-list-row.focused', { hasText: text });
      const enter = (): Promise<void> => list.locator('input').first().press('Enter');
      await chosen(/Binarize .* \(−/).waitFor();
      await enter();
      await chosen(/Apply to dcgan_torch\.py/).waitFor();
      await page.getByText('binarize(').first().waitFor();
      await session.screenshot(`change-layer-diff-${theme.toLowerCase()}`);
      await enter();
      await list.waitFor({ state: 'hidden' });
      await page.getByRole('tab', { name: /^Binarize/ }).waitFor({ state: 'detached' });
      const wrapped = page.locator('.editor-instance .view-line', { hasText: 'binarize(nn.ConvTranspose2d(' });
      await wrapped.first().waitFor();
      await page.locator('.monaco-editor.focused .view-line').first().waitFor();
      await page.keyboard.press('Control+z');
      await wrapped.first().waitFor({ state: 'detached' });
      const source = (): string => readFileSync(join(workspace, 'dcgan_torch.py'), 'utf8');
      await session.command('File: Save All');
      await until(() => source() === original, 'the file to be as it was');
    });
  });
}
