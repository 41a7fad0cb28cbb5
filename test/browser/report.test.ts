/**
 * Exported pages in a real Chromium, opened as files without a network: the report of a finished run and a
 * comparison. Figures are drawn in light and dark, text can be read in both, and every export button gives a file.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'mocha';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { compareRuns } from '../../core/compare/compareRuns.ts';
import { digestRun } from '../../core/compare/runDigest.ts';
import { initialRunState, reduceRunAll } from '../../core/session/runState.ts';
import { renderComparison } from '../../engine/runs/report/renderComparison.ts';
import { finishedRun, platform } from '../../engine/runs/report/reportFixture.ts';
import { writeReport } from '../../engine/runs/writeReport.ts';
import { chromiumPath } from './chromium.ts';
import { eventually } from './eventually.ts';
import type { faintTexts } from './faintTexts.ts';
import { patienceMs } from './patiently.ts';
import { recordRun } from './recordedRun.ts';
import { sampleGrid } from './sampleGrids.ts';

const out = fileURLToPath(new URL('../../out/browser/', import.meta.url));

describe('exported pages', () => {
  let browser: Browser;
  let folder = '';
  before(async () => {
    mkdirSync(out, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'slimwise-report-'));
    const { run } = finishedRun(300, (seed) => sampleGrid(seed, 0.7));
    assert.ok(writeReport(run, platform).ok);
    const report = run.readArtifact('report.html');
    assert.ok(report.ok && report.value !== null);
    writeFileSync(join(folder, 'report.html'), report.value);
    const { record, events } = recordRun({ until: 'finished' });
    const comparison = compareRuns([digestRun(record, reduceRunAll(initialRunState, events))], 'all');
    const grids = comparison.rows.map(({ key, sampleSteps }) => ({
      key,
      grids: [sampleSteps[0] ?? 0, sampleSteps.at(-1) ?? 0].map((step) => ({
        step,
        png: sampleGrid(key.length, step / 400),
      })),
    }));
    writeFileSync(join(folder, 'comparison.html'), renderComparison(comparison, grids));
    browser = await chromium.launch({ executablePath: chromiumPath() ?? '', args: ['--no-sandbox', '--disable-gpu'] });
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (name: string, colorScheme: 'light' | 'dark'): Promise<Page> => {
    const context = await browser.newContext({
      colorScheme,
      offline: true,
      viewport: { width: 1200, height: 900 },
      acceptDownloads: true,
    });
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    page.on('pageerror', (error) => assert.fail(String(error)));
    page.on('console', (message) => assert.notEqual(message.type(), 'error', message.text()));
    page.on('request', (request) => assert.match(request.url(), /^(file|data|blob):/));
    await page.goto(pathToFileURL(join(folder, name)).href);
    return page;
  };

  for (const scheme of ['light', 'dark'] as const) {
    it(`are drawn and can be read in ${scheme}`, async () => {
      for (const name of ['report', 'comparison']) {
        const page = await open(`${name}.html`, scheme);
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
        const { faint, nTexts } = (await page.evaluate(await measureScript())) as ReturnType<typeof faintTexts>;
        assert.ok(nTexts > 50);
        assert.deepEqual(faint, []);
        await page.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = false;
        });
        await page.screenshot({ path: `${out}${name}-${scheme}.png`, fullPage: true });
        await page.context().close();
      }
    });
  }

  it('give a PNG, an SVG and a CSV of a figure, with its numbers inside', async () => {
    const page = await open('report.html', 'dark');
    const figure = page.locator('[data-figure="fig-6"]');
    const downloaded = async (kind: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        figure.locator(`[data-kind="${kind}"]`).click(),
      ]);
      assert.equal(download.suggestedFilename(), `fig-6.${kind.toLowerCase()}`);
      return readFileSync(await download.path());
    };
    const png = await downloaded('PNG');
    assert.deepEqual([...png.subarray(1, 4)], [...Buffer.from('PNG')]);
    assert.equal(png.readUInt32BE(16), 1040, 'twice the drawing’s size');
    const svg = (await downloaded('SVG')).toString();
    assert.match(svg, /^<svg xmlns=/);
    const csv = (await downloaded('CSV')).toString();
    assert.match(csv, /^degree of redundancy of the binarized layer,32 × 32,16 × 16\r\n-192,43\.7\d*,53\.4\d*\r\n/);
    const pictures = page.locator('[data-figure="fig-5"]');
    const [composed] = await Promise.all([
      page.waitForEvent('download'),
      pictures.locator('[data-kind="PNG"]').click(),
    ]);
    assert.equal(composed.suggestedFilename(), 'fig-5.png');
    await page.context().close();
  });

  it('move every grid of a comparison with one slider', async () => {
    const page = await open('comparison.html', 'light');
    const visible = (): Promise<number> => page.locator('[data-grids] img:visible').count();
    const tiles = await page.locator('[data-grids]').count();
    await eventually(async () => assert.equal(await visible(), tiles));
    await page.locator('#stop').focus();
    await page.keyboard.press('Home');
    await eventually(async () => {
      assert.equal(await visible(), tiles);
      assert.equal(await page.locator('[data-grids] .step').first().textContent(), 'step 0');
    });
    await page.context().close();
  });
});

/** `faintTexts` with its helpers, as a text that the page evaluates: its policy allows no script of ours. */
async function measureScript(): Promise<string> {
  const result = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: ['test/browser/faintTexts.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'measured',
    target: 'es2022',
  });
  return `${result.outputFiles[0]?.text ?? ''}; measured.faintTexts()`;
}
