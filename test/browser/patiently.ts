/**
 * Acting on a page that is slower than the test: a control of the toolkit takes keys a frame after it is enabled,
 * a list opens when its options are there, and what a page draws after an answer comes a frame later. Each act here
 * is done once its control can take it, and again where it was not taken.
 */
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { eventually } from './eventually.ts';

/** For waits that only guard against hanging: a busy machine takes many times as long as an idle one. */
export const patienceMs = 60_000;

/** What was known when this was called is drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
}

/** Enter on a button, once it has the focus: while it is disabled, and a frame longer, it takes none. */
export async function pressEnter(button: Locator): Promise<void> {
  await eventually(async () => {
    await button.focus();
    const hasFocus = await button.evaluate((element) =>
      (element as unknown as { matches(selector: string): boolean }).matches(':focus:not([disabled])'),
    );
    assert.ok(hasFocus, 'the button takes the focus');
  });
  await button.page().keyboard.press('Enter');
}

/** Types the beginning of an option into a plain list; its letters belong together only where they come in one second. */
export async function typeChoice(select: Locator, words: string, value: string): Promise<void> {
  await eventually(async () => {
    await select.focus();
    await select.page().keyboard.type(words);
    if ((await select.inputValue()) === value) return;
    await select.page().keyboard.press('Escape');
    await select.page().waitForTimeout(1_100);
    assert.equal(await select.inputValue(), value);
  });
}

/** Opens a list of the toolkit by Enter and clicks an option of it. */
export async function chooseOption(dropdown: Locator, option: Locator): Promise<void> {
  // It takes no key before it has found its options.
  await dropdown.locator('vscode-option[aria-selected="true"]').first().waitFor({ state: 'attached' });
  await eventually(async () => {
    if (!(await option.isVisible())) await dropdown.press('Enter');
    await option.click({ timeout: 3_000 });
  });
}
