/**
 * How the panel holds up with a run of 100,000 steps: the time of each frame while events stream in at
 * one message per frame, and while the slider is dragged over 1,001 logged steps, and the processor time that the
 * page's own thread spends on a frame. Times depend on the machine and on what else it does: they are printed and
 * written to `bench/results/panel-frames.json`, never asserted; that all of it arrives is asserted.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'mocha';
import type { RunEvent } from '../../core/session/runEvent.ts';
import { frameWork } from './frameWork.ts';
import { launchPanelBrowser, type PanelBrowser, type PanelPage } from './panelPage.ts';
import { recordRun } from './recordedRun.ts';

const folder = fileURLToPath(new URL('../../bench/results/', import.meta.url));
const nSteps = 100_000;
const nFrames = 400;
const perFrame = 16;

describe('the run panel with 100,000 steps', () => {
  let browser: PanelBrowser;
  let panel: PanelPage;
  const report: Record<string, unknown> = {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    load: loadavg()[0],
    nSteps,
  };

  before(async () => {
    browser = await launchPanelBrowser();
    const init = { ...longRun(), live: true, trusted: true };
    panel = await browser.open({ init });
    await panel.page.locator('loss-chart .u-over').waitFor({ timeout: 60_000 });
  });
  after(async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}panel-frames.json`, `${JSON.stringify(report, null, 2)}\n`);
    console.log(JSON.stringify(report));
    await browser.close();
  });

  it('keeps drawing while events stream in', async () => {
    const { result: times, mainThreadMs } = await frameWork(panel.page, () =>
      panel.page.evaluate(
        async ([from, frames, count]) => {
          const seen: number[] = [];
          let last = performance.now();
          for (let frame = 0; frame < frames; frame++) {
            const events = Array.from({ length: count }, (_, i) => {
              const step = from + frame * count + i + 1;
              return {
                type: 'step',
                variant: 'full',
                step,
                lossD: 0.7,
                lossG: 1.8,
                stepMs: 1,
                at: Date.now(),
                seq: step + 1e6,
              };
            });
            window.postMessage({ type: 'events', events }, '*');
            const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
            seen.push(now - last);
            last = now;
          }
          return seen;
        },
        [nSteps, nFrames, perFrame] as const,
      ),
    );
    report['streaming'] = { ...summary(times), mainThread: summary(mainThreadMs) };
    const newest = `${nSteps + nFrames * perFrame}`.replace(/\B(?=(\d{3})+$)/g, '\u2009');
    await panel.page.locator('loss-chart .readout', { hasText: `at step ${newest}` }).waitFor();
    assert.deepEqual(await panel.violations(), []);
  });

  it('takes 100,000 steps in one message, as when it is opened', async () => {
    const from = nSteps + nFrames * perFrame;
    report['takeAllMs'] = await panel.page.evaluate(
      async ([first, count]) => {
        const events = Array.from({ length: count }, (_, i) => {
          const step = first + i + 1;
          return {
            type: 'step',
            variant: 'full',
            step,
            lossD: 0.7,
            lossG: 1.8,
            stepMs: 1,
            at: Date.now(),
            seq: step + 1e6,
          };
        });
        const begun = performance.now();
        window.postMessage({ type: 'events', events }, '*');
        // Two frames after the message has been received: the state is reduced, then the chart is drawn.
        await new Promise((resolve) => window.addEventListener('message', resolve, { once: true }));
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        return Math.round(performance.now() - begun);
      },
      [from, nSteps] as const,
    );
    const newest = `${from + nSteps}`.replace(/\B(?=(\d{3})+$)/g, '\u2009');
    await panel.page.locator('loss-chart .readout', { hasText: `at step ${newest}` }).waitFor();
  });

  it('follows the slider over 1,001 logged steps', async () => {
    const { result: times, mainThreadMs } = await frameWork(panel.page, () =>
      panel.page.evaluate(async () => {
        const timeline = document
          .querySelector('slimwise-run')
          ?.shadowRoot?.querySelector('sample-timeline')?.shadowRoot;
        const slider = timeline?.querySelector<HTMLInputElement>('input[type="range"]');
        if (!slider) throw new Error('no slider');
        const seen: number[] = [];
        let last = performance.now();
        for (let stop = 0; stop <= 1000; stop += 2) {
          slider.value = String(stop);
          slider.dispatchEvent(new Event('input'));
          const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
          seen.push(now - last);
          last = now;
        }
        return seen;
      }),
    );
    report['dragging'] = { ...summary(times), mainThread: summary(mainThreadMs) };
    await panel.page.locator('sample-tile[data-variant="full"] img[src$="/full/100000.png"]').waitFor();
    assert.deepEqual(panel.errors, []);
  });
});

/** Full precision for 100,000 steps, a grid every 100. */
function longRun(): { readonly record: ReturnType<typeof recordRun>['record']; readonly events: readonly RunEvent[] } {
  const { record, events: all } = recordRun({ until: 'training', fullSteps: nSteps, sampleEvery: 100 });
  const end = all.findIndex((event) => event.type === 'checkpoint');
  return { record, events: all.slice(0, end) };
}

function summary(times: readonly number[]): Readonly<Record<string, number>> {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1));
  return { frames: times.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), worstMs: at(1) };
}
