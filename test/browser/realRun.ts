/**
 * Pictures of the run panel and the comparison with real runs: `tsx test/browser/realRun.ts <run folder> [another]`.
 * Everything shown, samples too, is read from the folders; written to media/screenshots as the README shows them.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestRun } from '../../core/compare/runDigest.ts';
import type { CompareRequests } from '../../core/session/compareProtocol.ts';
import type { PanelRequests } from '../../core/session/panelProtocol.ts';
import { realDisk } from '../../engine/runs/diskPort.ts';
import { parseJournal } from '../../engine/runs/journal.ts';
import { readRun } from '../../engine/runs/readRun.ts';
import { launchPageBrowser } from './hostedPage.ts';

const out = fileURLToPath(new URL('../../media/screenshots/', import.meta.url));
const folders = process.argv.slice(2);
const runs = folders.map((folder) => {
  const read = readRun(realDisk, folder);
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
});
const [run] = runs;
if (run === undefined) throw new Error('name a run folder');
mkdirSync(out, { recursive: true });
const picture = (path: string): Uint8Array => {
  const [, , id = '', name = ''] = path.split('/');
  const folder = folders.find((each) => basename(each) === id) ?? '';
  return readFileSync(name === 'real.png' ? join(folder, name) : join(folder, 'samples', name));
};
const { events } = parseJournal(readFileSync(join(run.folder, 'journal.jsonl')), '');
const uriOf = (
  origin: string,
  id: string,
  variant: string,
  step: number,
  which: 'file' | 'walk' = 'file',
): { readonly uri: string } => {
  const samples = runs
    .find(({ record }) => record.id === id)
    ?.state.variants.find(({ info }) => info.id === variant)?.samples;
  const file = samples?.find((sample) => sample.step === step)?.[which] ?? '';
  return { uri: `${origin}/samples/${id}/${basename(file)}` };
};

const panels = await launchPageBrowser<PanelRequests>({ entry: 'webview/runPanel.ts', runId: run.record.id, picture });
for (const theme of ['dark', 'light'] as const) {
  const shown = await panels.show({
    theme,
    width: 1400,
    height: 1010,
    methods: (origin) => ({
      ready: () => ({ record: run.record, events, live: false, trusted: true }),
      sample: ({ variant, step }) => uriOf(origin, run.record.id, variant, step),
      walk: ({ variant, step }) => uriOf(origin, run.record.id, variant, step, 'walk'),
      saveWalk: () => null,
      cancel: () => null,
      pause: () => null,
      resume: () => null,
      continueRun: () => null,
      openReport: () => null,
      revealModel: () => null,
      exploreLatents: () => null,
      exportModel: () => null,
      openLayer: () => null,
      realSample: () => ({ uri: `${origin}/samples/${run.record.id}/real.png` }),
    }),
  });
  await shown.page.locator('loss-chart .u-over').waitFor();
  await shown.page.locator('sample-tile img').nth(1).waitFor();
  await shown.page.locator('[data-variant="full"]').first().click();
  const slider = shown.page.locator('sample-timeline input');
  const nStops = Number(await slider.getAttribute('max')) + 1;
  await slider.focus();
  for (let i = 0; i < 3; i++) await shown.page.keyboard.press('PageDown');
  await shown.page.waitForTimeout(500);
  await shown.page.screenshot({ path: `${out}run-1000-steps-${theme}.png` });
  // The way between two latents as full precision and the compressed generator draw it in the end.
  await slider.press('End');
  await shown.page.locator('[data-variant="final"]').first().click();
  const strip = shown.page.locator('latent-strip');
  await strip.locator('walk-row[data-variant="final"] canvas.leg').waitFor();
  for (let i = 0; i < 2; i++) await strip.locator('input').press('PageUp');
  for (let i = 0; i < 4; i++) await strip.locator('input').press('ArrowRight');
  await shown.page.waitForTimeout(500);
  await strip.screenshot({ path: `${out}interpolation-${theme}.png` });
  console.log(
    `${theme}: ${nStops} logged steps; ${shown.errors.length} errors; ${(await shown.violations()).length} refusals`,
  );
  await shown.close();
}
await panels.close();

const comparisons = await launchPageBrowser<CompareRequests>({ entry: 'webview/comparePanel.ts', runId: '', picture });
for (const theme of ['dark', 'light'] as const) {
  const shown = await comparisons.show({
    theme,
    width: 1400,
    height: 1000,
    methods: (origin) => ({
      ready: () => ({ runs: runs.map(({ record, state }) => digestRun(record, state)) }),
      sample: ({ run: id, variant, step }) => uriOf(origin, id, variant, step),
      openRun: () => null,
      save: () => true,
    }),
  });
  await shown.page.locator('compare-grids sample-tile img').first().waitFor();
  await shown.page.waitForTimeout(500);
  await shown.page.screenshot({ path: `${out}compare-${theme}.png`, fullPage: true });
  await shown.close();
}
await comparisons.close();
