/**
 * The toolkit's controls inside the panel: dropdown, checkbox, playing, and what follows a change of theme.
 * These pass through the one module that knows the toolkit, so they are what to run when it is replaced.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { eventually } from './eventually.ts';
import { drawn } from './patiently.ts';
import { launchPanelBrowser, type PanelBrowser, type PanelPage } from './panelPage.ts';
import { recordRun } from './recordedRun.ts';
import { themes } from './themes.ts';

const init = { ...recordRun({ until: 'finished' }), live: false, trusted: true };

describe('controls of the run panel', () => {
  let browser: PanelBrowser;
  let panel: PanelPage;
  before(async () => {
    browser = await launchPanelBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    panel = await browser.open({ init, width: 400 });
    await panel.page.locator('loss-chart .u-over').waitFor();
    await drawn(panel.page);
  });
  afterEach(async () => {
    assert.deepEqual(await panel.violations(), []);
    assert.deepEqual(panel.errors, []);
    await panel.close();
  });

  const saved = async (): Promise<Readonly<Record<string, unknown>>> =>
    (await panel.savedState()) as Readonly<Record<string, unknown>>;

  it('offers the variants as a dropdown in a narrow view, by mouse and by keyboard', async () => {
    const dropdown = panel.page.locator('variant-picker vscode-dropdown');
    await dropdown.locator('vscode-option[aria-selected="true"]').waitFor({ state: 'attached' });
    await dropdown.click();
    await panel.page.locator('vscode-option', { hasText: 'Only main.6 (rejected)' }).click();
    await panel.page.locator('sample-tile[data-variant="layer-main.6"]').waitFor();
    await eventually(async () => assert.equal((await saved())['variant'], 'layer-main.6'));
    await dropdown.focus();
    await panel.page.keyboard.press('Home');
    await panel.page.locator('sample-tile[data-variant="layer-main.6"]').waitFor({ state: 'detached' });
    await eventually(async () => assert.equal((await saved())['variant'], 'full'));
  });

  it('smooths the lines or not, and keeps the choice', async () => {
    const checkbox = panel.page.locator('loss-chart vscode-checkbox');
    await eventually(async () => assert.equal(await checkbox.getAttribute('aria-checked'), 'true'));
    await checkbox.click();
    await eventually(async () => {
      assert.equal(await checkbox.getAttribute('aria-checked'), 'false');
      assert.equal((await saved())['smooth'], false);
    });
    await checkbox.press(' ');
    await eventually(async () => assert.equal((await saved())['smooth'], true));
  });

  it('plays the samples once through, and stops when the slider is taken', async () => {
    const play = panel.page.locator('sample-timeline [data-action="play"]');
    // A step stays for an eighth of a second: the page itself notes which of them it showed.
    await panel.page.locator('sample-timeline input').evaluate((slider) => {
      const seen: (string | null)[] = [];
      Object.assign(window, { seen });
      new MutationObserver(() => seen.push(slider.getAttribute('aria-valuetext'))).observe(slider, {
        attributeFilter: ['aria-valuetext'],
      });
    });
    await play.click();
    await eventually(async () => {
      const seen = await panel.page.evaluate(() => (window as unknown as { seen: string[] }).seen);
      assert.deepEqual(
        seen,
        Array.from({ length: 17 }, (_, i) => `Step ${25 * i} of 400, ${i + 1} of 17 logged`),
      );
    });
    await panel.page.locator('sample-tile[data-variant="full"] img[src$="/full/400.png"]').waitFor();
    await panel.page.locator('sample-timeline vscode-button[aria-label="Play all steps"]').waitFor();
    await eventually(async () => assert.equal((await saved())['step'], null));

    await play.click();
    await panel.page.locator('sample-timeline input').focus();
    await panel.page.keyboard.press('Home');
    await panel.page.locator('sample-timeline vscode-button[aria-label="Play all steps"]').waitFor();
    await eventually(async () => assert.equal((await saved())['step'], 0));
  });

  it('draws the chart in the colours of a theme that was just chosen', async () => {
    const dark = await commonestColor(panel);
    await panel.page.evaluate((colors) => {
      for (const [name, value] of Object.entries(colors)) {
        document.documentElement.style.setProperty(`--vscode-${name}`, value);
      }
      document.body.className = 'vscode-light';
    }, themes.light.colors);
    await eventually(async () => {
      assert.notEqual(await commonestColor(panel), dark);
    });
  });
});

/** The colour that most pixels of the chart have that are drawn at all: the grid's. */
function commonestColor(panel: PanelPage): Promise<string> {
  return panel.page.locator('loss-chart canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    const counts = new Map<string, number>();
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] !== 255) continue;
      const color = `${data[i]},${data[i + 1]},${data[i + 2]}`;
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'none';
  });
}
