/**
 * The run panel as people use it, in a real Chromium: what it shows of a run, that every control asks
 * the host for the right thing, that choices survive a reopened panel, that the keyboard alone is enough,
 * and that hostile names stay text. After each test: no content was refused, no script failed.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { PanelInit } from '../../core/session/panelProtocol.ts';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { eventually } from './eventually.ts';
import { legible } from './legible.ts';
import { drawn } from './patiently.ts';
import { launchPanelBrowser, runId, type OpenOptions, type PanelBrowser, type PanelPage } from './panelPage.ts';
import { focusedName, inkOf, widestOverflow } from './panelReadings.ts';
import { recordRun } from './recordedRun.ts';

const finished: PanelInit = { ...recordRun({ until: 'finished' }), live: false, trusted: true };
const training: PanelInit = { ...recordRun({ until: 'training', endsAt: Date.now() }), live: true, trusted: true };
const failed: PanelInit = { ...recordRun({ until: 'failed' }), live: false, trusted: true };

describe('the run panel', () => {
  let browser: PanelBrowser;
  let panel: PanelPage;

  before(async () => {
    browser = await launchPanelBrowser();
  });
  after(() => browser.close());
  afterEach(async () => {
    assert.deepEqual(await panel.violations(), []);
    assert.deepEqual(panel.errors, []);
    await panel.close();
  });

  const open = async (options: OpenOptions): Promise<void> => {
    panel = await browser.open(options);
    await panel.page.locator('slimwise-run main > *').first().waitFor();
    await drawn(panel.page);
  };
  /** What is to be read of an element: of its shadow root where it has one. */
  const text = (selector: string): Promise<string> =>
    panel.page
      .locator(selector)
      .evaluate((element) =>
        element.shadowRoot === null
          ? (element as HTMLElement).innerText
          : [...element.shadowRoot.children].map((child) => (child as HTMLElement).innerText).join('\n'),
      );
  const asked = (method: string): readonly unknown[] =>
    panel.calls.filter((call) => call.method === method).map((call) => call.args);
  const until = async (condition: () => boolean | Promise<boolean>, what: string): Promise<void> => {
    await eventually(async () => assert.ok(await condition(), `never: ${what}`));
  };

  it('shows the result of a finished run, whole file first', async () => {
    await open({ init: finished });
    const summary = await text('summary-card');
    assert.match(summary, /File on disk\s*4\.09 MiB\s*→\s*155 KiB/);
    assert.match(summary, /27\.0×/);
    assert.match(summary, /37\.0\s*→\s*38\.1[\s\S]*\+1\.13, within T = \+3\.95/);
    assert.match(await text('run-header'), /DCGAN on Fashion-MNIST\s*Finished\s*Short run/);
    assert.match(await text('run-header'), /onnxruntime-node 1\.30\.0 loaded; tensorflow is not installed/);
  });

  it('tells every layer of Algorithm 1: DoR with its formula, SWD with its noise, decision and why', async () => {
    await open({ init: finished });
    const rows = await panel.page.locator('decision-table tbody tr').allInnerTexts();
    assert.equal(rows.length, 4);
    assert.match(
      rows[0] ?? '',
      /main\.0\s*ConvTranspose2d\s*\+240\s*ci − hi·wi\s*37\.0 → 38\.9 ±1\.17\s*\+1\.93 ≤ 3\.95/,
    );
    assert.match(rows[3] ?? '', /main\.6[\s\S]*−192[\s\S]*\+11\.2 > 3\.95[\s\S]*Rejected[\s\S]*Algorithm 1 stops here/);
  });

  it('writes the bytes of each layer, and the share of the budget', async () => {
    await open({ init: finished });
    const memory = await text('memory-bars');
    assert.match(memory, /main\.0\s*2\.00 MiB\s*66\.1 KiB\s*31\.0×/);
    assert.match(memory, /main\.6\s*4\.00 KiB\s*4\.00 KiB\s*same/);
    assert.match(memory, /Part of an app \(4 MiB\): fits, 3\.4 % of 4\.00 MiB \(before: 102 %\)/);
  });

  it('goes on where the journal stopped as events arrive', async () => {
    await open({ init: training });
    assert.match(await text('run-header'), /Running/);
    await panel.push({ type: 'events', events: next(training, 30) });
    await until(async () => (await text('loss-chart .readout')).includes('step 105'), 'the newest step in the readout');
    assert.match(await text('loss-chart .readout'), /G\s*1\.500\s*D\s*0\.5000/);
  });

  it('draws the losses, and gives the same numbers as a table', async () => {
    await open({ init: finished });
    await panel.page.locator('loss-chart .u-over').waitFor();
    await eventually(async () => assert.ok((await inkOf(panel)) > 500, 'the canvas has lines on it'));
    await panel.page.locator('loss-chart [data-action="loss-table"]').click();
    await panel.page.locator('loss-table tbody tr').nth(99).waitFor();
    const rows = await panel.page.locator('loss-table tbody tr').allInnerTexts();
    assert.equal(rows.length, 100);
    assert.match(rows[99] ?? '', /^200\s/);
    await panel.page.locator('loss-table vscode-button[aria-label="Previous page"]').click();
    await until(async () => (await text('loss-table nav')).includes('Page 1 of 2'), 'the first page');
    assert.match(await panel.page.locator('loss-table tbody tr').first().innerText(), /^1\s/);
  });

  it('changes charts and grids with the chosen variant, and keeps the choice', async () => {
    await open({ init: finished });
    await panel.page.locator('[data-variant="layer-main.6"]').first().click();
    await panel.page.locator('sample-tile[data-variant="layer-main.6"] img').waitFor();
    await eventually(async () => {
      assert.match(await text('loss-chart .readout'), /step 150/);
      const saved = (await panel.savedState()) as { readonly variant: string; readonly run: string };
      assert.deepEqual([saved.variant, saved.run], ['layer-main.6', runId]);
    });

    const savedState = await panel.savedState();
    await panel.close();
    await open({ init: finished, savedState });
    await panel.page.locator('sample-tile[data-variant="layer-main.6"] img').waitFor();
  });

  it('moves all grids with one slider, to every logged step', async () => {
    await open({ init: finished });
    const slider = panel.page.locator('sample-timeline input[type="range"]');
    await slider.focus();
    await panel.page.keyboard.press('Home');
    const source = (variant: string): Promise<string | null> =>
      panel.page.locator(`sample-tile[data-variant="${variant}"] img`).getAttribute('src');
    const seen: number[] = [];
    for (let stop = 0; stop < 17; stop++) {
      const step = 25 * stop;
      await until(async () => (await source('full'))?.endsWith(`/full/${step}.png`) ?? false, `full at step ${step}`);
      const final = Math.min(step, 200);
      await until(async () => (await source('final'))?.endsWith(`/final/${final}.png`) ?? false, `final at ${final}`);
      seen.push(step);
      await panel.page.keyboard.press('ArrowRight');
    }
    assert.equal(seen.at(-1), 400);
    assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /Step 400 of 400, 17 of 17 logged/);
    const alt = await panel.page.locator('sample-tile[data-variant="full"] img').getAttribute('alt');
    assert.equal(alt, 'Grid of generated images: Full precision, step 400, seed 1');
  });

  it('sends each button as its request, and a layer as its name', async () => {
    await open({ init: training });
    await panel.page.locator('[data-action="pause"]').click();
    await panel.page.locator('[data-action="cancel"]').click();
    await panel.page.locator('decision-table button.link').first().click();
    await until(() => asked('openLayer').length === 1, 'openLayer');
    assert.deepEqual(
      panel.calls.map((call) => call.method).filter((method) => !/ample|walk|ready/.test(method)),
      ['pause', 'cancel', 'openLayer'],
    );
    assert.deepEqual(asked('openLayer'), [{ layer: 'main.0' }]);
    await panel.close();

    await open({ init: finished });
    await panel.page.locator('[data-action="openReport"]').click();
    await panel.page.locator('[data-action="revealModel"]').click();
    await until(() => asked('revealModel').length === 1 && asked('openReport').length === 1, 'both');
    await panel.close();

    await open({ init: failed });
    await panel.page.locator('[data-action="continueRun"]').click();
    await until(() => asked('continueRun').length === 1, 'continueRun');
  });

  it('sorts the decisions by any column', async () => {
    await open({ init: finished });
    await panel.page.locator('decision-table th button', { hasText: 'DoR' }).click();
    await panel.page.locator('decision-table th button', { hasText: 'DoR' }).click();
    await eventually(async () => {
      const order = await panel.page.locator('decision-table tbody .link').allInnerTexts();
      assert.deepEqual(order, ['main.6', 'main.3', 'project', 'main.0']);
      assert.equal(await panel.page.locator('decision-table th[aria-sort="ascending"]').count(), 1);
    });
  });

  it('says why a button did not work, and why a run cannot be read, and tries again', async () => {
    const problem = { code: 'SWP_RUN_LOCKED', message: 'Another window works on this run.', hint: 'Close it there.' };
    await open({ init: failed, problems: { continueRun: problem } });
    await panel.page.locator('[data-action="continueRun"]').click();
    const banner = panel.page.locator('run-banners [role="alert"]', { hasText: 'Another window works on this run.' });
    await banner.waitFor();
    await banner.locator('vscode-button').click();
    await banner.waitFor({ state: 'detached' });
    await panel.close();

    await open({ init: failed, problems: { ready: problem } });
    await panel.page.locator('text=Another window works on this run.').waitFor();
    panel.repair('ready');
    await panel.page.locator('[data-action="reload"]').click();
    await panel.page.locator('run-header').waitFor();
  });

  it('gives the reason in Restricted Mode, and of an engine that hangs or is gone', async () => {
    await open({ init: { ...failed, trusted: false } });
    assert.match(await text('run-banners'), /Restricted Mode/);
    assert.match(await text('run-banners'), /The loss of D became infinite/);
    await panel.page.locator('[data-action="continueRun"][disabled]').waitFor();
    await panel.close();

    await open({ init: training });
    assert.equal(await panel.page.locator('run-banners').isVisible(), false);
    await panel.push({ type: 'engine', responding: false, rssBytes: 600e6 });
    await until(async () => (await text('run-banners')).includes('not responding'), 'the hanging engine');
    await until(async () => (await text('run-header')).includes('572 MiB of 774 MiB expected'), 'its memory');
    await panel.push({ type: 'record', record: training.record, live: false });
    await until(async () => (await text('run-header')).includes('Interrupted'), 'the interruption');
    await panel.page.locator('[data-action="continueRun"]').waitFor();
    await until(async () => !(await text('run-banners')).includes('not responding'), 'an engine that is gone');
  });

  it('has words for a run that has only begun', async () => {
    const { record } = training;
    await open({ init: { record, events: [], live: true, trusted: true } });
    assert.match(await text('run-header'), /Starting/);
    assert.match(await text('main'), /Training starts in a moment/);
    await panel.push({ type: 'events', events: recordRun({ until: 'started' }).events });
    await until(async () => (await panel.page.locator('loss-chart').count()) === 1, 'the charts');
    await eventually(async () => {
      assert.match(await text('loss-chart'), /first training step/);
      assert.match(await text('decision-table'), /Full precision and its repetitions come first/);
    });
  });

  it('shows hostile names as text', async () => {
    const name = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
    const events = JSON.parse(
      JSON.stringify(finished.events).replaceAll('main.0', JSON.stringify(name).slice(1, -1)),
    ) as RunEvent[];
    await open({ init: { ...finished, events, record: { ...finished.record, name } } });
    assert.equal(await panel.page.locator('h1').innerText(), name);
    assert.match(await text('decision-table'), /<img src=x onerror=/);
    assert.equal(await panel.page.title(), 'Slimwise run');
  });

  it('can be walked with the keyboard alone, each stop named', async () => {
    await open({ init: finished });
    await panel.page.locator('loss-chart .u-over').waitFor();
    const stops: string[] = [];
    for (let i = 0; i < 60; i++) {
      await panel.page.keyboard.press('Tab');
      const name = await focusedName(panel);
      if (name === null) break;
      stops.push(name);
    }
    const all = stops.join(' | ');
    for (const expected of [
      'Open Report',
      'Reveal Model',
      'All accepted layers',
      'Play all steps',
      'Logged step',
      'Smooth',
      'Show as table',
      'Losses of All accepted layers',
      'DoR',
      'main.0',
      'Full precision',
      'Notes and problems',
    ]) {
      assert.ok(all.includes(expected), `no stop for '${expected}' in: ${all}`);
    }
    assert.ok(
      stops.every((name) => name !== ''),
      `a stop without a name: ${all}`,
    );
  });

  it('answers the arrow keys in the picker and the chart', async () => {
    await open({ init: finished });
    await panel.page.locator('loss-chart .u-over').waitFor();
    await panel.page.locator('variant-picker [aria-checked="true"]').focus();
    await panel.page.keyboard.press('Home');
    await until(async () => (await focusedName(panel))?.startsWith('Full precision') ?? false, 'focus on the first');
    // The other variant's chart is drawn first; then the keys are its own.
    await until(async () => /at step 400$/m.test(await text('loss-chart .readout')), 'the losses of full precision');
    await drawn(panel.page);
    await panel.page.locator('loss-chart .plot').focus();
    await panel.page.keyboard.press('Home');
    await until(async () => /at step 1$/m.test(await text('loss-chart .readout')), 'the first step');
    await panel.page.keyboard.press('ArrowRight');
    await until(async () => /at step 2$/m.test(await text('loss-chart .readout')), 'the second step');
  });

  it('zooms to a dragged range and back', async () => {
    await open({ init: finished });
    const over = panel.page.locator('loss-chart .u-over');
    await over.waitFor();
    await drawn(panel.page);
    const box = await over.boundingBox();
    assert.ok(box);
    await panel.page.mouse.move(box.x + box.width * 0.25, box.y + 20);
    await panel.page.mouse.down();
    await panel.page.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 4 });
    await panel.page.mouse.up();
    const reset = panel.page.locator('loss-chart vscode-button[aria-label="Show all steps"]');
    await reset.click();
    await reset.waitFor({ state: 'detached' });
  });

  it('can be read in every theme: text at 4.5 to 1 or better', async () => {
    for (const theme of ['dark', 'light', 'contrast'] as const) {
      await open({ init: finished, theme });
      await panel.page.locator('loss-chart .u-over').waitFor();
      await legible(panel.page, 100);
      if (theme !== 'contrast') await panel.close();
    }
  });

  it('says so where a picture is missing', async () => {
    await open({ init: finished, missingPictures: /real/ });
    await until(async () => (await text('sample-tile[data-variant="real"]')).includes('is missing'), 'the reason');
    await panel.page.locator('sample-tile[data-variant="full"] img').waitFor();
  });

  it('fits every width from 300 pixels on without scrolling sideways, long names too', async () => {
    const long = (name: string): string => `decoder.upsampling_blocks.${name}.conv_transpose_2d`;
    const events = JSON.parse(
      JSON.stringify(finished.events).replaceAll(/main\.[0-9]|project/g, (name) => long(name)),
    ) as RunEvent[];
    for (const [width, init] of [300, 480, 640, 760, 900, 1000, 1280].flatMap(
      (each) =>
        [
          [each, finished],
          [each, { ...finished, events }],
        ] as const,
    )) {
      await open({ init, width });
      await panel.page.locator('loss-chart .u-over').waitFor();
      // A chart takes its new size a frame after its place has it.
      await drawn(panel.page);
      await eventually(async () => {
        const overflow = await panel.page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        const { where, pixels } = await widestOverflow(panel);
        assert.equal(overflow, 0, `${width} pixels wide: ${where} overflows by ${pixels}`);
        assert.ok(pixels <= 1, `${width} pixels wide: ${where} overflows by ${pixels}`);
      });
      if (width !== 1280 || init === finished) await panel.close();
    }
  });
});

/** The steps that would come next, with losses that are easy to recognise. */
function next(init: PanelInit, count: number): RunEvent[] {
  const last = init.events.at(-1);
  return Array.from({ length: count }, (_, i): RunEvent => ({
    type: 'step',
    variant: 'layer-main.3',
    step: 76 + i,
    lossD: 0.5,
    lossG: 1.5,
    stepMs: 300,
    at: (last?.at ?? 0) + 310 * (i + 1),
    seq: (last?.seq ?? 0) + i + 1,
  }));
}
