/**
 * The strip between the fixed latents in a real Chromium: its pictures follow the step, the variant and the
 * position, each row can be saved, and a run without such pictures says so.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { PanelInit } from '../../core/session/panelProtocol.ts';
import { eventually } from './eventually.ts';
import { launchPanelBrowser, type PanelBrowser } from './panelPage.ts';
import { recordRun } from './recordedRun.ts';

const finished: PanelInit = { ...recordRun({ until: 'finished' }), live: false, trusted: true };

describe('the strip between the fixed latents', () => {
  let browser: PanelBrowser;
  before(async () => {
    browser = await launchPanelBrowser();
  });
  after(() => browser.close());

  it('draws the way between latents of the shown step and variant, moved by slider and pointer', async () => {
    const panel = await browser.open({ init: finished });
    const strip = panel.page.locator('latent-strip');
    const words = strip.locator('.position');
    await strip.locator('walk-row[data-variant="final"] canvas.leg').waitFor();
    assert.equal(await strip.locator('walk-row').count(), 2);
    const row = strip.locator('walk-row[data-variant="full"]');
    /** The pixels of the large frame: another frame, step or variant is another picture. */
    const pixels = (): Promise<string> =>
      row.locator('canvas.one').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    await row.locator('canvas.leg').waitFor();
    const first = await pixels();
    await strip.locator('input[type="range"]').fill('12');
    await words.getByText('4/8 of the way from latent 2 to latent 3').waitFor();
    await eventually(async () => assert.notEqual(await pixels(), first));
    const box = await row.locator('.strip').boundingBox();
    assert.ok(box);
    // The last of nine frames begins the next leg.
    await row.locator('.strip').click({ position: { x: box.width * (8.5 / 9), y: box.height / 2 } });
    await words.getByText('Latent 3', { exact: true }).waitFor();
    const third = await pixels();
    await panel.page.locator('sample-timeline input[type="range"]').fill('0');
    await row.getByText('step 0', { exact: true }).waitFor();
    await eventually(async () => assert.notEqual(await pixels(), third));
    await row.locator('[data-action="saveWalk"]').click();
    // Requests for pictures may come after it.
    await eventually(() => {
      const asked = panel.calls.filter(({ method }) => method === 'saveWalk');
      assert.deepEqual(asked, [{ method: 'saveWalk', args: { variant: 'full', step: 0 } }]);
    });
    assert.deepEqual([panel.errors, await panel.violations()], [[], []]);
    await panel.close();
  });

  it('says so where a run drew no way between latents, and where its picture is gone', async () => {
    const { events, ...rest } = finished;
    const bare = events.map((event) => {
      if (event.type !== 'sample') return event;
      const { walk, ...sample } = event;
      assert.ok(walk !== undefined);
      return sample;
    });
    const old = await browser.open({ init: { ...rest, events: bare } });
    await old.page.locator('latent-strip').getByText('recorded by an earlier version').waitFor();
    await old.page.locator('latent-strip vscode-button').click();
    await eventually(() => assert.ok(old.calls.some(({ method }) => method === 'exploreLatents')));
    await old.close();
    const gone = await browser.open({ init: finished, missingPictures: /\/walks\/full\// });
    await gone.page.locator('walk-row[data-variant="full"]').getByText('missing from the run').waitFor();
    await gone.page.locator('walk-row[data-variant="final"] canvas.leg').waitFor();
    await gone.close();
  });
});
