/**
 * Comparing runs as people do it, in a real Chromium: table, grids under one slider, charts with their numbers, rows
 * taken out, and all of it from the keyboard. Hostile names stay text, and the policy refuses nothing.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, afterEach, before, describe, it } from 'mocha';
import { digestRun, type RunDigest } from '../../core/compare/runDigest.ts';
import type { CompareRequests } from '../../core/session/compareProtocol.ts';
import { initialRunState, reduceRunAll } from '../../core/session/runState.ts';
import { eventually } from './eventually.ts';
import { legible } from './legible.ts';
import { drawn } from './patiently.ts';
import { launchPageBrowser, type HostedPage, type PageBrowser } from './hostedPage.ts';
import { recordRun } from './recordedRun.ts';
import { sampleGrid } from './sampleGrids.ts';

const folder = fileURLToPath(new URL('../../out/browser/', import.meta.url));

function digest(id: string, name: string, fullSteps: number): RunDigest {
  const { record, events } = recordRun({ until: 'finished', fullSteps });
  return digestRun({ ...record, id, name }, reduceRunAll(initialRunState, events));
}

const runs = [
  digest('20261122-010101-aaaa', 'DCGAN <b>one</b>', 400),
  digest('20261122-020202-bbbb', 'DCGAN two', 200),
  digest('20261122-030303-cccc', 'DCGAN three', 100),
];

describe('the page that compares runs', () => {
  let browser: PageBrowser<CompareRequests>;
  let shown: HostedPage;
  before(async () => {
    mkdirSync(folder, { recursive: true });
    browser = await launchPageBrowser({
      entry: 'webview/comparePanel.ts',
      runId: runs.map(({ id }) => id).join(' '),
      picture: (path) => sampleGrid(path.length, 0.9 * (1 - Math.exp(-Number(/(\d+)\.png$/.exec(path)?.[1]) / 100))),
    });
  });
  after(() => browser.close());
  afterEach(async () => {
    assert.deepEqual(await shown.violations(), []);
    assert.deepEqual(shown.errors, []);
    await shown.close();
  });

  const open = async (
    options: { readonly theme?: 'dark' | 'light' | 'contrast'; readonly width?: number } = {},
  ): Promise<void> => {
    shown = await browser.show({
      ...options,
      methods: (origin) => ({
        ready: () => ({ runs }),
        sample: ({ run, variant, step }) => ({ uri: `${origin}/samples/${run}/${variant}/${step}.png` }),
        openRun: () => null,
        save: () => true,
      }),
    });
    await shown.page.locator('compare-table tbody tr').first().waitFor();
    await drawn(shown.page);
  };
  const rows = (): Promise<string[]> => shown.page.locator('compare-table tr[data-row]').allInnerTexts();

  it('shows one row per run, with names as text, and every variant on demand', async () => {
    await open();
    const texts = await rows();
    assert.equal(texts.length, 3);
    assert.match(texts[0] ?? '', /DCGAN <b>one<\/b>[\s\S]*38\.1 \(n = 1, s = 1\.17\)[\s\S]*27\.0×/);
    assert.match(await shown.page.locator('slimwise-compare .caveats').innerText(), /measured once/);
    await shown.page.locator('slimwise-compare header vscode-checkbox').click();
    await shown.page.locator('compare-table tr[data-row$="/full"]').first().waitFor();
    await eventually(async () => assert.equal((await rows()).length, 27));
  });

  it('moves the grids of all runs with one slider, from the keyboard', async () => {
    await open();
    const source = (i: number): Promise<string | null> =>
      shown.page.locator('compare-grids sample-tile').nth(i).locator('img').getAttribute('src');
    await shown.page.locator('compare-grids sample-tile img').nth(2).waitFor();
    assert.match((await source(0)) ?? '', /final\/200\.png$/);
    assert.match((await source(2)) ?? '', /final\/50\.png$/);
    await shown.page.locator('compare-grids input').focus();
    await shown.page.keyboard.press('Home');
    for (const i of [0, 1, 2])
      await shown.page.locator('compare-grids sample-tile').nth(i).locator('img[src$="/final/0.png"]').waitFor();
    await shown.page.keyboard.press('ArrowRight');
    await shown.page.locator('compare-grids sample-tile').nth(1).locator('img[src$="/final/25.png"]').waitFor();
  });

  it('takes a row out of charts and grids, and keeps that', async () => {
    await open();
    await shown.page.locator('compare-table tr[data-row] vscode-checkbox').nth(1).click();
    await shown.page.waitForFunction(
      () =>
        document
          .querySelector('slimwise-compare')
          ?.shadowRoot?.querySelector('compare-grids')
          ?.shadowRoot?.querySelectorAll('sample-tile').length === 2,
    );
    await eventually(async () => {
      const legends = await shown.page.locator('chart-figure').first().locator('text.legend').allTextContents();
      assert.deepEqual(legends, ['DCGAN <b>one</b>', 'DCGAN three']);
      const saved = (await shown.savedState()) as { readonly hidden: readonly string[]; readonly run: string };
      assert.equal(saved.hidden.length, 1);
      assert.equal(saved.run, runs.map(({ id }) => id).join(' '));
    });
  });

  it('gives the numbers behind each chart, and asks the host to save and to open', async () => {
    await open();
    const chart = shown.page.locator('chart-figure', { hasText: 'SWD by resolution' }).first();
    await chart.locator('[data-action="chart-table"]').click();
    assert.match(await chart.locator('tbody tr').first().innerText(), /^16\s+4\d\.\d/);
    await shown.page.locator('[data-action="save-csv"]').click();
    await shown.page.locator('compare-table button.link').nth(1).click();
    await eventually(() => {
      assert.deepEqual(
        shown.calls.filter(({ method }) => method === 'save' || method === 'openRun'),
        [
          { method: 'save', args: { format: 'csv', choice: 'results' } },
          { method: 'openRun', args: { run: '20261122-020202-bbbb' } },
        ],
      );
    });
  });

  it('follows runs that go on', async () => {
    await open();
    await shown.push({ type: 'runs', runs: [runs[0]] });
    await shown.page.waitForFunction(
      () =>
        document.querySelector('slimwise-compare')?.shadowRoot?.querySelector('h1')?.textContent?.includes('one') ===
        true,
    );
    await eventually(async () => assert.equal((await rows()).length, 1));
  });

  for (const theme of ['dark', 'light', 'contrast'] as const) {
    it(`can be read in the ${theme} theme`, async () => {
      await open({ theme });
      await shown.page.locator('compare-grids sample-tile img').nth(2).waitFor();
      await legible(shown.page, 40);
      await shown.page.screenshot({ path: `${folder}compare-${theme}.png`, fullPage: true });
    });
  }
});
