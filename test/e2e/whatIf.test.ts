/**
 * The what-if table in the real editor, by keyboard, in a dark and a light theme: bits are chosen, the diff is seen,
 * the source is edited and the edit undone byte for byte, and the stages go into the plan.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSession, type EditorSession } from './support/session.ts';

for (const theme of ['Dark', 'Light'] as const) {
  describe(`the what-if table in the editor, ${theme}`, function () {
    this.timeout(300_000);
    let session: EditorSession;

    before(async () => {
      session = await openSession({ settings: { 'workbench.colorTheme': `Default ${theme} Modern` } });
      await session.open(['dcgan_torch.py']);
      await session.page.locator('.squiggly-warning').first().waitFor({ timeout: 120_000 });
    });

    after(() => session.close());

    it('counts what is chosen, fits a budget, shows the diff, and edits the source', async () => {
      const { page, workspace } = session;
      const original = readFileSync(join(workspace, 'dcgan_torch.py'), 'utf8');
      await session.command('Slimwise: What If');
      const view = session.webview();
      await view.locator('tbody tr').first().waitFor({ timeout: 60_000 });
      await view.getByLabel('Budget in KiB').fill('256');
      await view.locator('[data-action=fit]').focus();
      await page.keyboard.press('Enter');
      await view.getByText(/Bits chosen/).waitFor();
      await page.waitForTimeout(500);
      await session.screenshot(`what-if-${theme.toLowerCase()}`);

      await view.locator('[data-action=diff]').focus();
      await page.keyboard.press('Enter');
      await page.getByText('binarize(').first().waitFor({ timeout: 60_000 });
      await session.screenshot(`what-if-diff-${theme.toLowerCase()}`);

      await view.locator('[data-action=write]').focus();
      await page.keyboard.press('Enter');
      await view.getByText(/Wrote .* into slimwise\.json/).waitFor({ timeout: 60_000 });
      await view.locator('[data-action=apply]').focus();
      await page.keyboard.press('Enter');
      await view.getByText('Applied; one undo takes it back.').waitFor({ timeout: 60_000 });
      await session.command('File: Save All');
      const source = (): string => readFileSync(join(workspace, 'dcgan_torch.py'), 'utf8');
      await until(() => source().includes('binarize('));
      const families = (): readonly string[] => {
        const plan = JSON.parse(readFileSync(join(workspace, 'slimwise.json'), 'utf8')) as {
          stages: { family: string }[];
        };
        return plan.stages.map(({ family }) => family);
      };
      await until(() => families().length > 0 && families().every((family) => family === 'precision'));

      await page
        .getByRole('tab', { name: /dcgan_torch\.py/ })
        .first()
        .click();
      await page.keyboard.press('Control+z');
      // The module beside the source came with the same step, so VS Code asks about both files.
      const both = page.getByRole('button', { name: /Undo in 2 Files/i });
      await both.waitFor({ timeout: 10_000 }).then(
        () => both.click(),
        () => undefined,
      );
      await session.command('File: Save All');
      await until(() => source() === original);
    });
  });
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!isSo()) {
    assert.ok(Date.now() < deadline, 'it did not come to be within 30 s');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
