/**
 * The what-if page in a real browser, used by keyboard alone: the real analysis of a small generator answers, so what
 * is typed, counted, fitted and refused is what a user gets. Writing is asked of the host, and seen in its calls.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { devices, ownProfile } from '../../core/devices.ts';
import type { WhatIfEdit, WhatIfInit, WhatIfRequests } from '../../core/report/whatIfProtocol.ts';
import type { WhatIfChoice, WhatIfQuery, WhatIfReport } from '../../core/report/whatIfReport.ts';
import type { MethodMap } from '../../core/rpc/rpc.ts';
import { ProblemError } from '../../core/rpc/rpc.ts';
import { layerFingerprint } from '../../core/sensitivity/sensitivityFile.ts';
import { describeFile } from '../../language/describeFile.ts';
import { readFixture } from '../../language/edits/editCases.ts';
import { defaultSettings } from '../../language/settings.ts';
import { memoryHost } from '../../language/sourceHost.ts';
import { whatIf } from '../../language/whatIf/whatIf.ts';
import { eventually } from './eventually.ts';
import { legible } from './legible.ts';
import { chooseOption, drawn, pressEnter, typeChoice } from './patiently.ts';
import { launchPageBrowser, type HostedPage, type PageBrowser, type ShowOptions } from './hostedPage.ts';

const pictures = fileURLToPath(new URL('../../out/browser/', import.meta.url));
const { models } = describeFile(
  memoryHost({ 'generator.py': readFixture('pytorch', 'before') }),
  'generator.py',
  defaultSettings,
);

const init: WhatIfInit = {
  state: 'model',
  source: 'generator.py',
  model: null,
  choices: [],
  device: 'microcontroller',
  devices,
  budgetBytes: null,
};

/** The same source with a table of measurements beside it, of some of its layers. */
function measuredModels(names: readonly string[]): typeof models {
  const text = readFixture('pytorch', 'before');
  const layers = (models[0]?.graph.layers ?? []).flatMap((layer) => {
    if (!names.includes(layer.name)) return [];
    const bits = [1, 2, 4, 8].map((count) => ({ bits: count, psnr: 20, swd: 40 + 8 / count, rise: 8 / count }));
    return [{ name: layer.name, fingerprint: layerFingerprint(layer), bits }];
  });
  const network = { file: 'generator.py', model: 'Generator', sha256: 'ab', run: 'r1', swd: 40, nImages: 512, layers };
  const table = JSON.stringify({ version: 1, networks: [network] });
  const host = memoryHost({ 'generator.py': text, '.slimwise/sensitivity.json': table });
  return describeFile(host, 'generator.py', defaultSettings).models;
}

function ask(query: WhatIfQuery, from = models): WhatIfReport {
  const result = whatIf(from, query);
  if ('refused' in result)
    throw new ProblemError({ code: 'SWP_WHAT_IF_REFUSED', message: result.refused, hint: 'Open a model.' });
  return result;
}

function methods(change: Partial<MethodMap<WhatIfRequests>> = {}): MethodMap<WhatIfRequests> {
  return {
    ready: () => init,
    ask: (query) => ask(query),
    showDiff: () => ({ done: true, message: 'The diff is open.' }),
    apply: () => ({ done: true, message: 'Applied; one undo takes it back.' }),
    copyPlan: () => ({ done: true, message: 'Copied one stage of a plan.' }),
    writePlan: () => ({ done: true, message: 'Wrote one stage.' }),
    openLayer: () => null,
    pickChange: () => ({ choices: [] }),
    ...change,
  };
}

describe('the what-if page', () => {
  let browser: PageBrowser<WhatIfRequests>;
  before(async () => {
    mkdirSync(pictures, { recursive: true });
    browser = await launchPageBrowser({ entry: 'webview/whatIfPanel.ts' });
  });
  after(() => browser.close());

  async function show(options: Partial<ShowOptions<WhatIfRequests>> = {}): Promise<HostedPage> {
    const shown = await browser.show({ methods: () => methods(), ...options });
    await shown.page.locator('tbody tr').first().waitFor();
    await drawn(shown.page);
    return shown;
  }

  const weights = (shown: HostedPage): Promise<string> =>
    shown.page.locator('.sums > div', { hasText: 'Weights' }).locator('dd').first().innerText();

  it('counts anew while bits are chosen and a width is typed, all by keyboard', async () => {
    const shown = await show();
    const { page } = shown;
    assert.equal(await weights(shown), '3.73 MiB');
    await typeChoice(page.getByLabel('Bits of fc'), '1 bit', '1');
    await page.getByText(/^−3\.0\d MiB from/).waitFor();
    await page.getByLabel('Width of main.2').focus();
    await page.keyboard.type('32');
    await page.locator('.sums > div', { hasText: 'MACs' }).getByText('−').first().waitFor();
    // The first digit may have been asked about by itself.
    await eventually(() => {
      const last = shown.calls.filter(({ method }) => method === 'ask').at(-1);
      assert.deepEqual((last?.args as WhatIfQuery).choices, [
        { layer: 'main.2', action: { kind: 'channels', channels: 32 } },
        { layer: 'fc', action: { kind: 'bits', bits: 1 } },
      ]);
    });
    await shown.close();
  });

  it('fits a budget that was typed, and says why for each layer', async () => {
    const shown = await show();
    const { page } = shown;
    await page.getByLabel('Budget in KiB').fill('200');
    await pressEnter(page.locator('[data-action=fit]'));
    await page.getByText(/Bits chosen: the least summed sensitivity/).waitFor();
    await eventually(async () => {
      assert.equal(await page.locator('tr.reason').count(), 4);
      assert.match(await page.locator('tr.reason').first().innerText(), /^DoR \+99/);
      assert.match(await page.locator('.budget .verdict').innerText(), /^Fits/);
    });
    await page.getByLabel('Budget in KiB').fill('1');
    await pressEnter(page.locator('[data-action=fit]'));
    await page.getByText(/cannot be fitted: it is over the budget even with the fewest bits/).waitFor();
    await shown.close();
  });

  it('asks the host to apply what was chosen, and begins again then', async () => {
    const shown = await show();
    const { page, calls } = shown;
    await typeChoice(page.getByLabel('Bits of main.2'), '4 bit', '4');
    await page.getByText(/^−448 KiB from/).waitFor();
    await pressEnter(page.locator('[data-action=apply]'));
    await page.getByText('Applied; one undo takes it back.').waitFor();
    assert.deepEqual(calls.find(({ method }) => method === 'apply')?.args, {
      model: 'Generator',
      choices: [{ layer: 'main.2', action: { kind: 'bits', bits: 4 } }],
    });
    await page.getByText('as it is').first().waitFor();
    await eventually(async () => assert.deepEqual(((await shown.savedState()) as { choices: unknown }).choices, []));
    await shown.close();
  });

  it('prunes channels or weights of a layer beside its width and bits, and sends all of them', async () => {
    const shown = await show();
    const { page, calls } = shown;
    await page.getByLabel('Pruned percent of main.5').focus();
    await page.keyboard.type('50');
    await page.getByText(/^−\d+[\d.]* KiB from/).waitFor();
    await eventually(() => {
      const [asked] = (calls.filter(({ method }) => method === 'ask').at(-1)?.args as WhatIfQuery).choices;
      assert.deepEqual(asked?.action, { kind: 'prune', granularity: 'channel', share: 0.5 });
    });
    const channels = await weights(shown);
    await page.getByLabel('What is pruned of main.5').selectOption('weight');
    await page.waitForFunction(
      (before) => document.querySelector('what-if-page')?.shadowRoot?.querySelector('.sums dd')?.textContent !== before,
      channels,
    );
    await page.getByLabel('Bits of main.5').selectOption('4');
    await page.getByLabel('Width of main.2').fill('48');
    await page.locator('tr.changed', { hasText: 'main.2' }).waitFor();
    await pressEnter(page.locator('[data-action=apply]'));
    await page.getByText('Applied; one undo takes it back.').waitFor();
    assert.deepEqual((calls.find(({ method }) => method === 'apply')?.args as WhatIfEdit).choices, [
      { layer: 'main.2', action: { kind: 'channels', channels: 48 } },
      { layer: 'main.5', action: { kind: 'prune', granularity: 'weight', share: 0.5 } },
      { layer: 'main.5', action: { kind: 'bits', bits: 4 } },
    ]);
    await shown.close();
  });

  it('applies what was chosen last, however soon', async () => {
    const shown = await show();
    const { page, calls } = shown;
    await page.getByLabel('Bits of main.5').selectOption('4');
    await page.locator('[data-action=apply]:not([disabled])').waitFor();
    await page.evaluate(() => {
      const root = document.querySelector('what-if-page')?.shadowRoot;
      const bits = root?.querySelector<HTMLSelectElement>('select[aria-label="Bits of main.2"]');
      if (!bits) throw new Error('no bits of main.2');
      bits.value = '1';
      bits.dispatchEvent(new Event('change'));
      root?.querySelector<HTMLElement>('[data-action=apply]')?.click();
    });
    await page.getByText('Applied; one undo takes it back.').waitFor();
    assert.deepEqual((calls.find(({ method }) => method === 'apply')?.args as WhatIfEdit).choices, [
      { layer: 'main.5', action: { kind: 'bits', bits: 4 } },
      { layer: 'main.2', action: { kind: 'bits', bits: 1 } },
    ]);
    await shown.close();
  });

  it('takes what was picked from the host’s list of all changes into its choices', async () => {
    const choices: readonly WhatIfChoice[] = [
      { layer: 'main.2', action: { kind: 'rewrite', rewrite: { kind: 'separable' } } },
      { layer: 'fc', action: { kind: 'bits', bits: 1 } },
    ];
    const shown = await show({ methods: () => methods({ pickChange: () => ({ choices }) }) });
    const { page, calls } = shown;
    await pressEnter(page.getByLabel('All changes of main.2'));
    await page.locator('tr.changed', { hasText: 'main.2' }).getByText('separable').waitFor();
    assert.deepEqual(calls.find(({ method }) => method === 'pickChange')?.args, {
      model: 'Generator',
      layers: ['main.2'],
    });
    await eventually(async () => assert.equal(await page.getByLabel('Bits of fc').inputValue(), '1'));
    await page.locator('[data-action=whole]').click();
    await eventually(() => {
      assert.deepEqual(calls.filter(({ method }) => method === 'pickChange').at(-1)?.args, {
        model: 'Generator',
        layers: [],
      });
    });
    await shown.close();
  });

  it('has the user’s own devices in its list, also ones that are added while it is open', async () => {
    const board = ownProfile({ id: 'board', label: 'My board', budgetBytes: 300 * 1024 });
    let own = [...devices];
    const shown = await show({ methods: () => methods({ ready: () => ({ ...init, devices: own }) }) });
    const { page } = shown;
    assert.equal(await page.getByLabel('Budget in KiB').inputValue(), '256');
    own = [...devices, board];
    await shown.push({ type: 'settings' });
    const option = page.locator('vscode-option', { hasText: 'My board, 300 KiB' });
    await option.waitFor({ state: 'attached' });
    await chooseOption(page.locator('.budget vscode-dropdown').first(), option);
    await page.locator('input[name=budget]').and(page.getByLabel('Budget in KiB')).waitFor();
    await page.waitForFunction(
      () =>
        document.querySelector('what-if-page')?.shadowRoot?.querySelector<HTMLInputElement>('input[name=budget]')
          ?.value === '300',
    );
    await shown.close();
  });

  it('fits by what a run measured, names the source of each layer’s number, or predicts on demand', async () => {
    const measured = measuredModels(['fc', 'main.2', 'main.8']);
    const shown = await show({ methods: () => methods({ ask: (query) => ask(query, measured) }) });
    const { page } = shown;
    await page.getByText(/measured in r1 on 512 images: 3 of 4 layers/).waitFor();
    await page.getByLabel('Budget in KiB').fill('200');
    await pressEnter(page.locator('[data-action=fit]'));
    await page.getByText(/Bits chosen: .* \(measured; 1 of 4 predicted\)/).waitFor();
    await eventually(async () => {
      const sources = await page.locator('tbody .basis').allInnerTexts();
      assert.deepEqual(sources.filter((text) => text === 'predicted').length, 1);
      assert.ok(sources.filter((text) => text === 'measured').length >= 2, sources.join());
    });
    await page.screenshot({ path: `${pictures}what-if-measured.png` });
    assert.match(await page.locator('tr.reason', { hasText: 'predicted: it was not measured' }).innerText(), /DoR/);
    const byPrediction = page.locator('vscode-option', { hasText: 'by predicted sensitivity' });
    await chooseOption(page.locator('.budget vscode-dropdown').nth(1), byPrediction);
    await page.locator('[data-action=fit]').click();
    await page.getByText(/Bits chosen: .* \(predicted\)/).waitFor();
    await eventually(async () => assert.equal(await page.locator('tbody .basis').count(), 0));
    await shown.close();
  });

  it('says at its row why a choice is refused', async () => {
    const shown = await show();
    await shown.page.getByLabel('Width of main.8').focus();
    await shown.page.keyboard.type('9');
    await shown.page
      .getByRole('alert')
      .getByText(/Refused: .*output of the model/)
      .waitFor();
    assert.equal(await weights(shown), '3.73 MiB');
    await shown.close();
  });

  it('drops an answer that a newer question has overtaken', async () => {
    let release: () => void = () => undefined;
    const shown = await show({
      methods: () =>
        methods({
          ask: async (query) => {
            const isSlow = query.choices.some(({ action }) => action.kind === 'bits' && action.bits === 4);
            if (isSlow) await new Promise<void>((resolve) => (release = resolve));
            return ask(query);
          },
        }),
    });
    const { page, calls } = shown;
    await page.getByLabel('Bits of fc').selectOption('4');
    await eventually(() => assert.equal(calls.filter(({ method }) => method === 'ask').length, 2));
    await page.getByLabel('Bits of fc').selectOption('1');
    await page.getByText(/^−3\.0\d MiB from/).waitFor();
    const then = await weights(shown);
    release();
    // The page gets the late answer before the one to a question that is asked now.
    const verdict = (): Promise<string> => page.locator('.budget .verdict').innerText();
    const before = await verdict();
    await page.getByLabel('Budget in KiB').fill('77');
    await eventually(async () => assert.notEqual(await verdict(), before));
    assert.equal(await weights(shown), then);
    await shown.close();
  });

  it('sorts by cost and saving, and tries a suggestion that is no saving', async () => {
    const shown = await show();
    const { page } = shown;
    const order = (): Promise<string[]> =>
      page
        .locator('tbody tr[data-layer]')
        .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-layer') ?? ''));
    await page.getByRole('button', { name: 'MACs' }).focus();
    await page.keyboard.press('Enter');
    const rows = ask({ model: null, choices: [], budgetBytes: null, fit: false }).rows;
    const wanted = [...rows].sort((a, b) => (b.macs ?? 0) - (a.macs ?? 0)).map(({ name }) => name);
    await eventually(async () => assert.deepEqual(await order(), wanted));
    const widen = page.locator('.suggestions li', { hasText: 'Widen main.5' });
    assert.match(await widen.innerText(), /No saving/);
    assert.equal(await widen.locator('.good').count(), 0);
    await widen.locator('vscode-button').click();
    await page
      .locator('tr[data-layer="main.5"] input[aria-label^=Width]')
      .and(page.locator('tr.changed input'))
      .waitFor();
    assert.equal(await page.getByLabel('Width of main.5').inputValue(), '256');
    await shown.close();
  });

  it('says what to do where there is no model, and what went wrong where the host cannot answer', async () => {
    const none = await browser.show({ methods: () => methods({ ready: () => ({ state: 'empty' }) }) });
    await none.page.getByText('No model at the cursor.').waitFor();
    await none.close();
    const refused = await browser.show({
      methods: () => methods({ ready: () => ({ ...init, model: 'Other' }), ask: (query) => ask(query) }),
    });
    const alert = refused.page.getByRole('alert');
    await alert.getByText(/there is no model Other/).waitFor();
    await alert.getByText('SWP_WHAT_IF_REFUSED').waitFor();
    await refused.close();
  });

  for (const theme of ['dark', 'light', 'contrast'] as const) {
    it(`is legible in the ${theme} theme, and breaks no policy`, async () => {
      const shown = await show({ theme, height: 980 });
      await shown.page.getByLabel('Budget in KiB').fill('200');
      await shown.page.locator('[data-action=fit]').click();
      await shown.page.getByText(/Bits chosen/).waitFor();
      await legible(shown.page, 60);
      assert.deepEqual([await shown.violations(), shown.errors], [[], []]);
      await shown.page.screenshot({ path: `${pictures}what-if-${theme}.png` });
      await shown.close();
    });
  }
});
