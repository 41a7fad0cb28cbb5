/**
 * The latent explorer in a real Chromium with the sample's own generator: it draws, its controls move the image,
 * pictures can be kept, and every state without a picture says what to do. Frames per second depend on the
 * machine: they are printed and written to `bench/results/explorer.json`, and only that frames were drawn is
 * asserted.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Locator } from 'playwright-core';
import {
  launchExplorerBrowser,
  type ExplorerBrowser,
  type ExplorerOptions,
  type ExplorerPage,
} from './explorerPage.ts';
import { eventually } from './eventually.ts';
import { legible } from './legible.ts';
import { drawn } from './patiently.ts';
import { sampleModels, type SampleModels } from './sampleModels.ts';

const pictures = fileURLToPath(new URL('../../out/browser/', import.meta.url));
const results = fileURLToPath(new URL('../../bench/results/', import.meta.url));

describe('the latent explorer', () => {
  let browser: ExplorerBrowser;
  let models: SampleModels;
  let explorer: ExplorerPage;

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    [browser, models] = await Promise.all([launchExplorerBrowser(), sampleModels()]);
  });
  after(() => browser.close());
  afterEach(async () => {
    assert.deepEqual(explorer.errors, []);
    assert.deepEqual(await explorer.violations(), []);
    await explorer.close();
  });

  const both = (): ExplorerOptions => ({
    files: { 'model.safetensors': models.packed, 'model.fp32.safetensors': models.full },
    compressed: 'model.safetensors',
    original: 'model.fp32.safetensors',
  });
  const open = async (options: ExplorerOptions): Promise<ExplorerPage> => {
    explorer = await browser.open(options);
    await explorer.page.locator('latent-explorer main > *').first().waitFor();
    return explorer;
  };
  const compressed = (): Locator => explorer.page.locator('image-stage [data-part="compressed"] canvas');
  const stage = (part: string): Promise<string> =>
    explorer.page
      .locator(`image-stage [data-part="${part}"] canvas`)
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const untilMeasured = (): Promise<void> =>
    explorer.page.locator('latent-sliders input:not([disabled])').first().waitFor();
  const frames = (): Promise<{ count: number; perSecond: number | null }> =>
    explorer.page
      .locator('latent-explorer')
      .evaluate((element) => (element as unknown as { frames: { count: number; perSecond: number | null } }).frames);
  /** Nothing is still to be drawn of what was asked for until now. */
  const settled = async (): Promise<void> => {
    await untilMeasured();
    await drawn(explorer.page);
  };
  const afterDraw = async <T>(action: () => Promise<T>): Promise<void> => {
    const { count } = await frames();
    await action();
    await explorer.page.waitForFunction(
      (seen) =>
        (document.querySelector('latent-explorer') as unknown as { frames: { count: number } }).frames.count > seen,
      count,
    );
    await drawn(explorer.page);
  };

  it('draws both models, their difference, and what each takes', async () => {
    await open(both());
    await settled();
    const [original, small, difference] = [
      await stage('original'),
      await stage('compressed'),
      await stage('difference'),
    ];
    assert.equal(new Set([original, small, difference]).size, 3);
    await eventually(async () => {
      const facts = await explorer.page.locator('image-stage [data-part="compressed"] figcaption').innerText();
      assert.match(facts, /KiB on disk/);
      assert.match(facts, /of weights in memory/);
      assert.match(facts, /ms per image/);
      assert.match(
        await explorer.page.locator('image-stage [data-part="difference"] figcaption').innerText(),
        /PSNR \d+\.\d dB/,
      );
    });
    assert.match(await explorer.page.locator('.badge').innerText(), /^\d+(\.\d+)?× smaller$/);
  });

  it('moves the image with a slider by mouse and keyboard, and back', async () => {
    await open(both());
    await settled();
    const start = await stage('compressed');
    const first = explorer.page.locator('latent-sliders input').first();
    await first.focus();
    await afterDraw(() => explorer.page.keyboard.press('PageUp'));
    await afterDraw(() => explorer.page.keyboard.press('ArrowRight'));
    await eventually(async () => {
      assert.equal(await first.getAttribute('aria-valuetext'), '+0.6 deviations');
      assert.notEqual(await stage('compressed'), start);
    });
    await afterDraw(() => explorer.page.locator('[data-action="reset"]').click());
    await eventually(async () => assert.equal(await stage('compressed'), start));
    await afterDraw(() => first.fill('2'));
    await eventually(async () => assert.notEqual(await stage('compressed'), start));
  });

  it('chooses samples with arrow keys, one tab stop for the grid', async () => {
    await open(both());
    await settled();
    const radios = explorer.page.locator('sample-sheet [role="radio"]');
    assert.equal(await radios.count(), 16);
    assert.equal(await explorer.page.locator('sample-sheet [role="radio"][tabindex="0"]').count(), 1);
    const before = await stage('compressed');
    await radios.first().focus();
    await afterDraw(() => explorer.page.keyboard.press('ArrowRight'));
    await eventually(async () => {
      assert.equal(await radios.nth(1).getAttribute('aria-checked'), 'true');
      assert.notEqual(await stage('compressed'), before);
    });
    await afterDraw(() => explorer.page.keyboard.press('End'));
    await eventually(async () => {
      assert.equal(await radios.nth(15).getAttribute('aria-checked'), 'true');
      assert.equal((await explorer.savedState())['selected'], 15);
    });
  });

  it('shuffles to the next seed, and shows the same images for the same seed', async () => {
    await open(both());
    await settled();
    const first = await stage('compressed');
    await afterDraw(() => explorer.page.locator('[data-action="shuffle"]').click());
    await eventually(async () => {
      assert.notEqual(await stage('compressed'), first);
      assert.equal((await explorer.savedState())['seed'], 2);
    });
    await drawn(explorer.page);
    const second = await stage('compressed');
    await explorer.close();
    await open({ ...both(), savedState: { seed: 2 } });
    await compressed().waitFor();
    await settled();
    await eventually(async () => assert.equal(await stage('compressed'), second));
  });

  it('walks between stored latents, fast enough to be a film', async () => {
    await open(both());
    await settled();
    await afterDraw(() => explorer.page.locator('sample-sheet [role="radio"]').nth(4).click());
    await explorer.page.locator('[data-action="store-b"]').click();
    await explorer.page.locator('latent-walk', { hasText: 'Set B (stored)' }).waitFor();
    const { count } = await frames();
    await explorer.page.locator('[data-action="play"]').click();
    await explorer.page.waitForTimeout(3000);
    const measured = await frames();
    await eventually(async () => {
      assert.match(await explorer.page.locator('image-stage [data-part="rate"]').innerText(), /frames per second/);
      assert.ok((await frames()).count - count > 2, `${measured.count - count} frames in 3 s`);
    });
    await explorer.page.locator('[data-action="play"]').click();
    const facts = await explorer.page.locator('image-stage .tiles').innerText();
    const record = {
      date: new Date().toISOString(),
      machine: { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version },
      browser: `Chromium ${browser.browser.version()}, no GPU`,
      model: 'the sample’s generator, random weights, 32×32; compressed and original drawn in every frame',
      framesPerSecond: measured.perSecond,
      framesIn3s: measured.count - count,
      msPerImage: {
        original: msPerImage(facts, 'Original'),
        compressed: msPerImage(facts, 'Compressed'),
      },
    };
    mkdirSync(results, { recursive: true });
    writeFileSync(`${results}explorer.json`, `${JSON.stringify(record, null, 2)}\n`);
    console.log(`      ${JSON.stringify(record)}`);
  });

  it('keeps a sheet of samples as PNG and the walk as GIF', async () => {
    await open(both());
    await settled();
    for (const kind of ['png', 'gif']) {
      await explorer.page.locator(`[data-action="save-${kind}"]`).click();
      await explorer.page.locator('[role="status"].spoken', { hasText: 'saved' }).waitFor({ state: 'attached' });
      await explorer.page.locator(`[data-action="save-${kind}"]:not([disabled])`).waitFor();
    }
    await eventually(() => {
      assert.equal(explorer.calls.filter(({ method }) => method === 'save').length, 2);
    });
    const saved = explorer.calls
      .filter(({ method }) => method === 'save')
      .map(({ args }) => args as { kind: string; base64: string });
    assert.deepEqual(
      saved.map(({ kind }) => kind),
      ['png', 'gif'],
    );
    const sheet = decode(Buffer.from(saved[0]?.base64 ?? '', 'base64'));
    assert.deepEqual([sheet.width, sheet.height], [16 * 66 + 2, 3 * 66 + 2]);
    const film = await explorer.page.evaluate(async (base64) => {
      const data = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const decoder = new ImageDecoder({ data, type: 'image/gif' });
      await decoder.tracks.ready;
      const last = await decoder.decode({ frameIndex: (decoder.tracks.selectedTrack?.frameCount ?? 1) - 1 });
      const { frameCount, repetitionCount } = decoder.tracks.selectedTrack ?? { frameCount: 0, repetitionCount: 0 };
      return {
        frameCount,
        loops: repetitionCount === Infinity,
        width: last.image.displayWidth,
        height: last.image.displayHeight,
      };
    }, saved[1]?.base64 ?? '');
    assert.deepEqual(film, { frameCount: 46, loops: true, width: 3 * 130 + 2, height: 132 });
  });

  it('draws the compressed model alone where there is no original, or a damaged one', async () => {
    await open({ files: { 'model.safetensors': models.packed }, compressed: 'model.safetensors' });
    await untilMeasured();
    await eventually(async () => assert.equal(await explorer.page.locator('image-stage canvas').count(), 1));
    await explorer.close();
    await open({
      ...both(),
      files: { 'model.safetensors': models.packed, 'broken.safetensors': models.full.slice(0, 999) },
      original: 'broken.safetensors',
    });
    await explorer.page.locator('.banner', { hasText: 'SWP_SAFETENSORS_UNREADABLE' }).waitFor();
    await eventually(async () => assert.equal(await explorer.page.locator('image-stage canvas').count(), 1));
  });

  it('says what is wrong with a damaged file, and opens it when it is whole again', async () => {
    await open({ files: { 'damaged.safetensors': models.packed.slice(0, 2000) }, compressed: 'damaged.safetensors' });
    const alert = explorer.page.locator('latent-explorer [role="alert"]');
    await alert.waitFor();
    assert.match(await alert.innerText(), /not a sound safetensors file[\s\S]*SWP_SAFETENSORS_UNREADABLE/);
    await explorer.page.screenshot({ path: `${pictures}explorer-damaged.png` });
  });

  it('says what to do where there is no model yet', async () => {
    await open({});
    assert.match(await explorer.page.locator('latent-explorer main').innerText(), /No compressed model yet/);
    await explorer.page.locator('[data-action="begin-run"]').click();
    await explorer.page.locator('[data-action="begin-sample"]').click();
    await eventually(() => {
      assert.deepEqual(
        explorer.calls.filter(({ method }) => method === 'begin').map(({ args }) => args),
        [{ with: 'run' }, { with: 'sample' }],
      );
    });
    await explorer.page.screenshot({ path: `${pictures}explorer-empty.png` });
  });

  for (const theme of ['dark', 'light', 'contrast'] as const) {
    it(`is legible in ${theme}`, async () => {
      await open({ ...both(), theme });
      await untilMeasured();
      await explorer.page.screenshot({ path: `${pictures}explorer-${theme}.png`, fullPage: true });
      await legible(explorer.page, 20);
    });
  }

  it('fits a narrow view', async () => {
    await open({ ...both(), width: 380, height: 900 });
    await untilMeasured();
    await explorer.page.screenshot({ path: `${pictures}explorer-narrow.png`, fullPage: true });
    await eventually(async () => {
      const overflow = await explorer.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `${overflow} pixels too wide`);
    });
  });
});

function msPerImage(text: string, part: string): number | null {
  const match = new RegExp(`${part}[\\s\\S]*?([\\d.]+) ms per image`).exec(text);
  return match === null ? null : Number(match[1]);
}
