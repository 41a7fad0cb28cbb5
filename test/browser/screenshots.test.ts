/**
 * Pictures of the panel in each theme and width, in `out/browser/`, for people to look at. What they show
 * is asserted elsewhere; here only that they could be taken and that nothing was refused on the way.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'mocha';
import { launchPanelBrowser, type OpenOptions, type PanelBrowser } from './panelPage.ts';
import { recordRun } from './recordedRun.ts';

const folder = fileURLToPath(new URL('../../out/browser/', import.meta.url));

const finished = recordRun({ until: 'finished' });
const training = recordRun({ until: 'training', endsAt: Date.now() });
const failed = recordRun({ until: 'failed' });

const pictures: Readonly<Record<string, OpenOptions>> = {
  'finished-dark': { init: { ...finished, live: false, trusted: true }, theme: 'dark' },
  'finished-light': { init: { ...finished, live: false, trusted: true }, theme: 'light' },
  'finished-contrast': { init: { ...finished, live: false, trusted: true }, theme: 'contrast' },
  'training-dark': { init: { ...training, live: true, trusted: true }, theme: 'dark' },
  'training-light': { init: { ...training, live: true, trusted: true }, theme: 'light' },
  'finished-narrow': { init: { ...finished, live: false, trusted: true }, theme: 'dark', width: 360, height: 800 },
  'finished-medium': { init: { ...finished, live: false, trusted: true }, theme: 'light', width: 760, height: 900 },
  'failed-restricted': { init: { ...failed, live: false, trusted: false }, theme: 'dark' },
};

describe('pictures of the run panel', () => {
  let browser: PanelBrowser;
  before(async () => {
    mkdirSync(folder, { recursive: true });
    browser = await launchPanelBrowser();
  });
  after(() => browser.close());

  for (const [name, options] of Object.entries(pictures)) {
    it(name, async () => {
      const panel = await browser.open(options);
      await panel.page.locator('sample-tile img').first().waitFor();
      await panel.page.locator('.u-over').waitFor();
      await panel.page.screenshot({ path: `${folder}${name}.png`, fullPage: true });
      assert.deepEqual(await panel.violations(), []);
      await panel.close();
    });
  }
});
