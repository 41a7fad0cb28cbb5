/** The run panel of an experiment: one row per setting with its interval over the seeds, instead of Algorithm 1's table. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { RunEvent, RunEventBody, SettingResult } from '../../core/session/runEvent.ts';
import { launchPanelBrowser, type PanelBrowser } from './panelPage.ts';
import { recordRun } from './recordedRun.ts';

describe('the run panel of an experiment', () => {
  let browser: PanelBrowser;
  before(async () => {
    browser = await launchPanelBrowser();
  });
  after(() => browser.close());

  it('shows every setting with its interval, and a competition that vanished', async () => {
    const { record, events } = recordRun({ until: 'started' });
    const bodies: RunEventBody[] = [
      ...[40, 42, 41].map((swd, i) => result('A', i + 1, swd, null)),
      ...[60, 70, 65].map((swd, i) => result('F', i + 1, swd, i === 0 ? 120 : null)),
    ];
    const more = bodies.map((body, i): RunEvent => ({ ...body, at: Date.now(), seq: events.length + 1 + i }));
    const panel = await browser.open({ init: { record, events: [...events, ...more], live: false, trusted: true } });
    const rows = panel.page.locator('settings-table tbody tr');
    await rows.nth(1).waitFor();
    assert.match(await rows.nth(0).innerText(), /^A\s+none\s+full\s+3\s+41\.0 ± 2\.48/);
    assert.match(
      await rows.nth(1).innerText(),
      /^F\s+main\.0, main\.3\s+full\s+3\s+65\.0 ± 12\.4[\s\S]*vanished in 1[\s\S]*155 KiB/,
    );
    assert.equal(await panel.page.locator('decision-table').isVisible(), false);
    assert.deepEqual(await panel.violations(), []);
    assert.deepEqual(panel.errors, []);
    await panel.close();
  });
});

function result(setting: string, seed: number, swd: number, vanishedAt: number | null): RunEventBody {
  const value: SettingResult = {
    setting,
    seed,
    variant: `${setting}-seed${seed}`,
    layersG: setting === 'A' ? [] : ['main.0', 'main.3'],
    layersD: [],
    swd,
    levels: [{ resolution: 32, swd }],
    psnr: null,
    balance: { meanLossG: 2, meanLossD: 0.5, ratio: 4, vanishedAt },
    fileBytes: 158_720,
    model: '',
    eq3: [],
    stepMs: 300,
  };
  return { type: 'setting', result: value };
}
