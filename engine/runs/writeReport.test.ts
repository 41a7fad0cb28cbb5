/**
 * The report page from a whole run on a disk in memory: everything that was measured stands in it, nothing
 * is loaded from elsewhere, and names from the user's files stay text.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { movingMean } from '../../core/chart/movingMean.ts';
import { runFiles } from '../../core/session/runRecord.ts';
import { initialRunState } from '../../core/session/runState.ts';
import { memoryDisk } from './memoryDisk.ts';
import { html } from './report/html.ts';
import { thin } from './report/lossChart.ts';
import { buildReportData, type ReportData } from './report/reportData.ts';
import { finishedRun, platform } from './report/reportFixture.ts';
import { axisTicks, bytesText } from './report/reportNumbers.ts';
import { renderReport } from './report/renderReport.ts';
import { newRun } from './runStoreFixture.ts';
import { writeReport } from './writeReport.ts';

const { run, fullBytes, packedBytes } = finishedRun(1000);
const written = writeReport(run, platform);
assert.ok(written.ok, JSON.stringify(written));
const text = (name: string): string => {
  const bytes = run.readArtifact(name);
  assert.ok(bytes.ok && bytes.value !== null);
  return new TextDecoder().decode(bytes.value);
};
const page = text(runFiles.report).replace(/\s+/g, ' ');
const data = JSON.parse(text(runFiles.reportData)) as ReportData;

describe('the report', () => {
  it('stands alone: no link, no resource from elsewhere, and no script but its own, by its hash', () => {
    const whole = text(runFiles.report);
    const scripts = [...whole.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, body = '']) => body);
    assert.equal(scripts.length, 1);
    const hash = createHash('sha256')
      .update(scripts[0] ?? '')
      .digest('base64');
    assert.ok(
      page.includes(
        `content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'"`,
      ),
    );
    assert.doesNotMatch(scripts[0] ?? '', /fetch|XMLHttpRequest|WebSocket|https?:\/\/(?!www\.w3\.org)|eval|innerHTML/);
    assert.equal(/<script |<link|<iframe|@import|\burl\(|javascript:| on[a-z]+="/i.exec(page)?.[0], undefined);
    assert.deepEqual(
      [...page.replace(/<script>.*<\/script>/, '').matchAll(/(?:src|href)="([^"]{0,24})/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^(data:(image\/png;base64,|image\/svg\+xml;|text\/csv;)|#)/.test(target)),
      [],
    );
    assert.ok(page.includes('prefers-color-scheme: dark'));
  });
  it('shows names from the user’s files as text', () => {
    assert.ok(!page.includes('<script>alert(') && !page.includes('main.<b>') && !page.includes('<i>and</i>'));
    assert.ok(page.includes('DCGAN &#60;script&#62;alert(1)&#60;/script&#62;'));
  });
  it('shows the way between the fixed latents with how far its images are from each other', () => {
    const section = page.slice(page.indexOf('id="between"'), page.indexOf('id="decisions"'));
    assert.ok(section.includes('spherical interpolation (slerp)'));
    assert.equal(section.match(/src="data:image\/png/g)?.length, 2, 'full precision and the compressed generator');
    const csv = decodeURIComponent(/href="data:text\/csv;charset=utf-8,([^"]+)/.exec(section)?.[1] ?? '').split(
      /\r?\n/,
    );
    assert.equal(csv.length >= 9, true);
    const row = (leg: number): readonly number[] => (csv[leg] ?? '').split(',').slice(1).map(Number);
    const [mean = 0, largest = 0] = row(1);
    assert.ok(mean > 0 && mean === largest, `one level from frame to frame: ${csv[1]}`);
    const [last = 0, jump = 0] = row(8);
    assert.ok(jump === 63 * mean && last === (7 * mean + jump) / 8, `the last leg leads back: ${csv[8]}`);
  });
  it('puts the whole file first, by its bytes on disk', () => {
    const comma = (n: number) => n.toLocaleString('en-US');
    assert.ok(page.includes(`${comma(fullBytes)} → ${comma(packedBytes)} bytes`));
    assert.ok(page.indexOf('whole file') < page.indexOf('SWD'));
    assert.equal(data.summary?.ratio, fullBytes / packedBytes);
  });
  it('accounts for every byte of the packed file, and gives eq. (3) by what is counted', () => {
    const account = data.account;
    assert.ok(account);
    assert.equal(account.planeBytes, (256 * 128 * 16 + 128 * 64 * 16) / 8 + 4096 * 13);
    assert.equal(account.scaleBytes, 4 * (128 + 4096 + 64));
    assert.equal(account.planeBytes + account.scaleBytes + account.floatBytes + account.headerBytes, packedBytes);
    const [deconvolutions, kernels] = account.equation;
    const deconvolutionWeights = 256 * 128 * 16 + 128 * 64 * 16;
    assert.deepEqual([deconvolutions?.n, deconvolutions?.k], [deconvolutionWeights + 64 * 16, deconvolutionWeights]);
    assert.deepEqual(
      [kernels?.n, kernels?.k],
      [deconvolutionWeights + 64 * 16 + 409_600, deconvolutionWeights + 409_600],
    );
    assert.ok(Math.abs((kernels?.ratio ?? 0) - (32 * 1_065_984) / (1_064_960 + 32 * 1024)) < 1e-9);
  });
  it('has a row for every layer with its decision, and says how T was obtained', () => {
    const rows = [...page.matchAll(/<tr>[\s\S]*?<\/tr>/g)].map(([row]) => row.replace(/<[^>]*>|\s+/g, ' '));
    for (const [layer, dor, decision] of [
      ['main.0', '240', 'accepted'],
      ['fc', '99', 'accepted'],
      ['main.6', '−192', 'not accepted'],
    ] as const) {
      assert.ok(
        rows.some((row) => row.includes(` ${layer} `) && row.includes(` ${dor} `) && row.includes(decision)),
        layer,
      );
    }
    assert.ok(page.includes('T = 2.92·s·√(1 + 1/3) = 2.87') && page.includes('36.2, 37.9, 37.1'));
  });
  it('has a table behind every loss chart, and all steps in report.json', () => {
    const nCharts = [...page.matchAll(/aria-label="Losses of/g)].length;
    assert.equal(nCharts, 9);
    assert.equal([...page.matchAll(/<caption>\s*[^<]*every 25th step/g)].length, nCharts);
    assert.ok(data.variants.every(({ losses }) => losses.length === 1000));
  });
  it('has pictures with words, and labels for every section', () => {
    const nPictures = [...page.matchAll(/<img /g)].length;
    assert.ok(nPictures >= 11, `${nPictures}`);
    assert.equal([...page.matchAll(/<img alt="[^"]+"/g)].length, nPictures);
    for (const [, id] of page.matchAll(/aria-labelledby="([^"]+)"/g)) assert.ok(page.includes(`id="${id ?? ''}"`));
  });
  it('states what it rests on: seed, short, machine, fingerprint, and what cannot be compared', () => {
    for (const words of [
      'short run',
      'one seed (1)',
      'Test CPU',
      'not comparable with the PBGen document',
      '3 repetitions',
      'Not',
    ]) {
      assert.ok(page.toLowerCase().includes(words.toLowerCase()), words);
    }
  });
  it('never prints NaN, undefined or Infinity', () => {
    assert.equal(/NaN|undefined|Infinity|\[object/.exec(page.replace(/base64,[A-Za-z0-9+/=]+/g, '')), null);
  });
  it('of an experiment has a row per setting with its interval, in place of Algorithm 1', () => {
    const experiment = newRun(memoryDisk());
    for (const [setting, seed, swd] of [
      ['A', 1, 40],
      ['A', 2, 42],
      ['B', 1, 40],
      ['B', 2, 42.1],
      ['F', 1, 44],
    ] as const) {
      const layersG = setting === 'A' ? [] : ['main.<i>0</i>'];
      const result = {
        setting,
        seed,
        variant: `${setting}-${seed}`,
        layersG,
        layersD: [],
        swd,
        levels: [],
        psnr: null,
      };
      const rest = { balance: null, fileBytes: 2048, model: 'none', eq3: [], stepMs: 100 };
      assert.ok(experiment.appendEvent({ type: 'setting', result: { ...result, ...rest } }).ok);
    }
    assert.ok(writeReport(experiment, platform).ok);
    const bytes = experiment.readArtifact(runFiles.report);
    assert.ok(bytes.ok && bytes.value !== null);
    const html = new TextDecoder().decode(bytes.value).replace(/\s+/g, ' ');
    assert.match(html, /What each setting came to/);
    assert.match(html, />41\.0 ± 12\.7 \(n = 2\)</);
    assert.match(html, />44\.0 \(n = 1\)</);
    assert.match(
      html,
      /B ≈ A: binarizing the most redundant layer costs nothing.*>\+0\.1 ± 0\.6 over 2 seeds.*>holds</,
    );
    assert.doesNotMatch(html, /Algorithm 1 of PBGen|main\.<i>/);
  });
  it('of a run without results says so, and needs no picture', () => {
    const early = newRun(memoryDisk());
    const empty = renderReport({
      data: buildReportData(early.record(), initialRunState, platform, null),
      images: new Map(),
      settings: null,
      walk: null,
      figures: null,
    });
    assert.match(empty, /has no result yet/);
    assert.doesNotMatch(empty, /NaN|undefined|<img/);
    assert.ok(writeReport(early, platform).ok);
  });
});

describe('parts of the report', () => {
  it('html escapes what is inserted, nested markup excepted', () => {
    assert.equal(
      html`<p title="${'"><img>'}">${[html`<b>${'<&'}</b>`, null, 7]}</p>`.text,
      '<p title="&#34;&#62;&#60;img&#62;"><b>&#60;&#38;</b>7</p>',
    );
  });
  it('thinning keeps the extremes', () => {
    const points = Array.from({ length: 100_000 }, (_, step) => ({
      step,
      value: step === 54_321 ? 9 : Math.sin(step),
    }));
    const kept = thin(points);
    assert.ok(kept.length < 1000 && kept.some(({ value }) => value === 9));
    assert.ok(kept.every(({ step }, i) => i === 0 || step >= (kept[i - 1]?.step ?? 0)));
  });
  it('the moving mean is centred and uses what is there at the ends', () => {
    assert.deepEqual(movingMean([1, 2, 6], 1), [1.5, 3, 4]);
    assert.deepEqual(movingMean([1, 2, 6], 0), [1, 2, 6]);
  });
  it('axis ticks are round', () => {
    assert.deepEqual(axisTicks(0, 2.1, 4), [0, 1, 2]);
    assert.deepEqual(axisTicks(35.9, 49.9, 8), [36, 38, 40, 42, 44, 46, 48]);
    assert.deepEqual(axisTicks(1, 1, 5), [1]);
  });
  it('bytes have three digits', () => {
    assert.deepEqual([0, 999, 1023, 1024, 175_348, 4_282_460].map(bytesText), [
      '0 bytes',
      '999 bytes',
      '1.00 KiB',
      '1.00 KiB',
      '171 KiB',
      '4.08 MiB',
    ]);
  });
});
