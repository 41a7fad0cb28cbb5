/** The dialog for a data set in a real Chromium, with a description that the engine made of a real folder. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, afterEach, before, describe, it } from 'mocha';
import type { ImagesDescription } from '../../core/data/imagesDescription.ts';
import type { DataRequests, DataState } from '../../core/session/dataProtocol.ts';
import { describeImages } from '../../engine/data/describeImages.ts';
import { eventually } from './eventually.ts';
import { drawn, pressEnter } from './patiently.ts';
import { launchPageBrowser, type HostedPage, type PageBrowser } from './hostedPage.ts';

const sample = fileURLToPath(new URL('../../samples/dcgan/data/t10k-images-idx3-ubyte.gz', import.meta.url));
const out = fileURLToPath(new URL('../../out/browser/', import.meta.url));

describe('the dialog for a data set', () => {
  let browser: PageBrowser<DataRequests>;
  let shown: HostedPage;
  let description: ImagesDescription;
  before(async () => {
    mkdirSync(out, { recursive: true });
    browser = await launchPageBrowser({ entry: 'webview/dataSetPanel.ts', imageSource: 'data:' });
    const described = await describeImages({ path: sample, most: 500 });
    assert.ok(described.ok);
    description = described.value;
  });
  after(() => browser.close());
  afterEach(async () => {
    assert.deepEqual(await shown.violations(), []);
    assert.deepEqual(shown.errors, []);
    await shown.close();
  });

  const open = async (bad: ImagesDescription['bad'] = [], theme: 'dark' | 'light' = 'dark'): Promise<void> => {
    const nothing: DataState = { plan: 'slimwise.json', images: null, fit: null, description: null };
    const full = (size: number, channels: 1 | 3, limit: number | null): DataState => ({
      plan: 'slimwise.json',
      images: 'data/<i>set</i>',
      fit: { size, channels, limit },
      description: { ...description, bad },
    });
    shown = await browser.show({
      theme,
      methods: () => ({
        ready: () => nothing,
        choose: () => full(32, 1, null),
        describe: ({ size, channels, limit }) => full(size, channels, limit),
        apply: () => true,
        progress: () => 'Reading images: 500 of 2,000, 12 s left',
        stop: () => null,
      }),
    });
    await shown.page.locator('[data-action="folder"]').waitFor();
    await drawn(shown.page);
  };

  /** While a slow machine reads, the page also asks how far that is. */
  const asked = (): HostedPage['calls'] => shown.calls.filter(({ method }) => method !== 'progress');

  it('shows what a chosen set holds: preview, counts, sizes, statistics', async () => {
    await open();
    await shown.page.locator('[data-action="file"]').click();
    await shown.page.locator('img.preview').waitFor();
    await eventually(async () => {
      const loaded = await shown.page
        .locator('img.preview')
        .evaluate((image) => (image as HTMLImageElement).naturalWidth);
      assert.equal(loaded, 8 * 32 + 9);
    });
    const text = await shown.page.locator('data-set main').innerText();
    assert.match(text, /data\/<i>set<\/i>/);
    assert.match(text, /10\u2009000 \(IDX\), 500 looked at/);
    assert.match(text, /500 grey, 0 in colour/);
    assert.match(await shown.page.locator('size-histogram table').innerText(), /28 × 28\s+500/);
    await shown.page.screenshot({ path: `${out}data-dark.png`, fullPage: true });
  });

  it('asks again for another size, and puts the choice into the plan, all from the keyboard', async () => {
    await open();
    await pressEnter(shown.page.locator('[data-action="folder"]'));
    await shown.page.locator('img.preview').waitFor();
    const size = shown.page.locator('vscode-dropdown').first();
    // A dropdown takes no key before it has found its options.
    await size.locator('vscode-option[aria-selected="true"]').waitFor({ state: 'attached' });
    await size.focus();
    await shown.page.keyboard.press('ArrowDown');
    await shown.page.locator('data-set').locator('img[alt*="64 by 64"]').waitFor();
    // While the images are read again nothing can be applied.
    await eventually(() => assert.equal(asked().at(-1)?.method, 'describe'));
    await shown.page.locator('[data-action="stop"]').waitFor({ state: 'detached' });
    await drawn(shown.page);
    await pressEnter(shown.page.locator('[data-action="apply"]'));
    await eventually(() => {
      assert.deepEqual(
        asked().map(({ method, args }) => [method, args]),
        [
          ['ready', {}],
          ['choose', { what: 'folder' }],
          ['describe', { size: 64, channels: 1, limit: null }],
          ['apply', { size: 64, channels: 1, limit: null }],
        ],
      );
    });
  });

  it('lists bad images with the reason, and refuses a set that a run would refuse', async () => {
    await open([{ file: 'a<b>.png', reason: 'it is cut off' }], 'light');
    await shown.page.locator('[data-action="folder"]').click();
    await shown.page.locator('.bad-list li').waitFor();
    assert.match(await shown.page.locator('.bad-list').innerText(), /a<b>\.png it is cut off/);
    await shown.page.locator('[data-action="apply"]:not([disabled])').waitFor();
    await shown.page.screenshot({ path: `${out}data-light.png`, fullPage: true });
    await shown.close();
    await open(Array.from({ length: 20 }, (_, i) => ({ file: `${i}.png`, reason: 'it is cut off' })));
    await shown.page.locator('[data-action="folder"]').click();
    await shown.page.locator('.bad-list li').first().waitFor();
    await shown.page.locator('[data-action="stop"]').waitFor({ state: 'detached' });
    await drawn(shown.page);
    await shown.page.locator('[data-action="apply"][disabled]').waitFor();
  });
});
