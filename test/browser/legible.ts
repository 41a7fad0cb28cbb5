/**
 * Asserts that a page can be read: every text that is shown has a contrast of 4.5 to 1 or more in its theme. What a
 * page draws last comes a frame after its answer, so it is measured until it holds. The page has `faintTexts.ts`.
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from './eventually.ts';
import type { faintTexts } from './faintTexts.ts';

/** `nAtLeast`: how many texts there must be, so that a page that shows nothing is not called legible. */
export async function legible(page: Page, nAtLeast: number): Promise<void> {
  await eventually(async () => {
    const { faint, nTexts } = await page.evaluate(() =>
      (window as unknown as { faintTexts: typeof faintTexts }).faintTexts(),
    );
    assert.ok(nTexts > nAtLeast, `${nTexts} texts were measured`);
    assert.deepEqual(faint, []);
  });
}
