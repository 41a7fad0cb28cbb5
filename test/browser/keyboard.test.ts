/**
 * The run panel by the keyboard alone, as somebody walks through it: Tab from control to control, each of them
 * visibly focused and named, and everything that the mouse can do done by a key. The order is that of reading.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { eventually } from './eventually.ts';
import { drawn } from './patiently.ts';
import { launchPanelBrowser, type PanelBrowser, type PanelPage } from './panelPage.ts';
import { recordRun } from './recordedRun.ts';

interface Stop {
  readonly name: string;
  readonly role: string;
  readonly outlined: boolean;
  readonly inView: boolean;
}

describe('a walk through the run panel by the keyboard alone', () => {
  let browser: PanelBrowser;
  let panel: PanelPage;
  before(async () => {
    browser = await launchPanelBrowser();
    panel = await browser.open({ init: { ...recordRun({ until: 'finished' }), live: false, trusted: true } });
    await panel.page.locator('loss-chart .u-over').waitFor();
    // What a row of the way between latents can do is there with its pictures.
    await panel.page.locator('walk-row').nth(1).locator('canvas.leg').waitFor();
    await drawn(panel.page);
  });
  after(async () => {
    assert.deepEqual(panel.errors, []);
    await browser.close();
  });

  /** Tabs on until a control whose name fits; fails after a whole round. */
  const tabTo = async (name: RegExp): Promise<Stop> => {
    for (let i = 0; i < 150; i++) {
      await panel.page.keyboard.press('Tab');
      const stop = await panel.page.evaluate(focused);
      if (stop !== null && name.test(stop.name)) return stop;
    }
    return assert.fail(`no Tab leads to ${String(name)}`);
  };

  it('every stop has a name and a visible focus, and none is a trap', async () => {
    const stops: Stop[] = [];
    for (let i = 0; i < 150; i++) {
      await panel.page.keyboard.press('Tab');
      const stop = await panel.page.evaluate(focused);
      if (stop === null) break;
      stops.push(stop);
    }
    assert.ok(stops.length > 20 && stops.length < 150, `${stops.length} stops, then out of the page`);
    assert.deepEqual(
      stops.filter(({ name }) => name === ''),
      [],
    );
    assert.deepEqual(
      stops.filter(({ outlined }) => !outlined).map(({ name }) => name),
      [],
    );
    assert.deepEqual(
      stops.filter(({ inView }) => !inView).map(({ name }) => name),
      [],
    );
    const order = ['Open Report', 'Logged step', 'Smooth', 'Position between', 'main.0'].map((name) =>
      stops.findIndex((stop) => stop.name.includes(name)),
    );
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
      'in the order of reading',
    );
    assert.ok(
      order.every((position) => position >= 0),
      order.join(),
    );
  });

  it('opens the report, walks every logged step and between latents, reads the curve and goes to a layer', async () => {
    await tabTo(/Open Report/);
    await panel.page.keyboard.press('Enter');
    await tabTo(/^Logged step/);
    await panel.page.keyboard.press('Home');
    await panel.page.locator('sample-tile[data-variant="full"] img[src$="/full/0.png"]').waitFor();
    for (let i = 0; i < 16; i++) await panel.page.keyboard.press('ArrowRight');
    await panel.page.locator('sample-tile[data-variant="full"] img[src$="/full/400.png"]').waitFor();
    await tabTo(/^Losses of/);
    await panel.page.keyboard.press('Home');
    await panel.page.locator('loss-chart .readout', { hasText: 'at step 1' }).waitFor();
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.locator('loss-chart .readout', { hasText: 'at step 2' }).waitFor();
    await tabTo(/^Save the picture of Full precision/);
    await panel.page.keyboard.press('Enter');
    await tabTo(/^Position between the fixed latents/);
    const position = panel.page.locator('latent-strip input');
    const said = (words: string): Promise<void> =>
      position.and(panel.page.locator(`[aria-valuetext="${words}"]`)).waitFor();
    await said('Latent 1');
    for (let i = 0; i < 3; i++) await panel.page.keyboard.press('ArrowRight');
    await said('3/8 of the way from latent 1 to latent 2');
    await panel.page.keyboard.press('PageUp');
    await said('Latent 2');
    await panel.page.keyboard.press('End');
    await said('7/8 of the way from latent 8 to latent 1');
    await panel.page.keyboard.press('PageDown');
    await said('Latent 7');
    await tabTo(/^Next latent/);
    await panel.page.keyboard.press('Enter');
    await said('Latent 8');
    await tabTo(/^main\.3/);
    await panel.page.keyboard.press('Enter');
    await eventually(() => {
      const asked = panel.calls.filter(({ method }) => ['openReport', 'openLayer', 'saveWalk'].includes(method));
      assert.deepEqual(asked, [
        { method: 'openReport', args: {} },
        { method: 'saveWalk', args: { variant: 'full', step: 400 } },
        { method: 'openLayer', args: { layer: 'main.3' } },
      ]);
    });
  });
});

/** In the page: what has the focus, through all shadow roots; null outside the panel. */
function focused(): Stop | null {
  let element = document.activeElement;
  const path: Element[] = [];
  while (element !== null && element !== document.body) {
    path.push(element);
    const inside: Element | null = element.shadowRoot?.activeElement ?? null;
    if (inside === null) break;
    element = inside;
  }
  const last = path.at(-1);
  if (last === undefined) return null;
  const labelled =
    path
      .map((each) => each.getAttribute('aria-label') ?? '')
      .filter((text) => text !== '')
      .at(-1) ?? '';
  const own = (
    path
      .map((each) => (each as HTMLElement).innerText ?? '')
      .filter((text) => text.trim() !== '')
      .at(-1) ?? ''
  ).trim();
  const rect = last.getBoundingClientRect();
  // The ring may be on the focused element, on what is drawn for it, or on the element around it.
  const outlined = path.slice(-3).some((each) => {
    const style = getComputedStyle(each);
    const ring = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0;
    return (
      ring || style.boxShadow !== 'none' || each.matches('input[type="range"]') || /focus/i.test(style.borderColor)
    );
  });
  return {
    name: (labelled !== '' ? labelled : own).slice(0, 80),
    role: last.getAttribute('role') ?? last.localName,
    outlined,
    inView: rect.width > 0 && rect.bottom > 0 && rect.top < innerHeight,
  };
}
