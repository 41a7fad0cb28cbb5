/** Comparing runs: intervals by Student's t, seeds of a setting as one row, plan differences, no invented number. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent, RunEventBody, SettingResult, VariantInfo } from '../session/runEvent.ts';
import type { RunRecord } from '../session/runRecord.ts';
import { initialRunState, reduceRunAll } from '../session/runState.ts';
import { compareRuns, comparisonData, comparisonTable } from './compareRuns.ts';
import { meanInterval } from './interval.ts';
import { planDifferences } from './planDifferences.ts';
import { digestRun, type RunDigest } from './runDigest.ts';
import { weightBitsText } from './weightBitsText.ts';

describe('the mean of repeated measurements', () => {
  it('has the interval of Student’s t', () => {
    // R: t.test(c(36, 38, 37))$conf.int is 34.51586 to 39.48414.
    const interval = meanInterval([36, 38, 37]);
    assert.equal(interval?.mean, 37);
    assert.ok(Math.abs((interval?.half ?? 0) - 2.48414) < 2e-4);
  });

  it('has none for one value, and is nothing for no value', () => {
    assert.deepEqual(meanInterval([5]), { n: 1, mean: 5, deviation: null, half: null });
    assert.equal(meanInterval([Number.NaN]), null);
  });
});

describe('differences of plans', () => {
  it('names fields by path and stages by id, with every plan’s value', () => {
    const plan = (steps: number, stages: readonly object[]): object => ({
      name: String(steps),
      train: { steps, batch: 32 },
      stages,
    });
    const find = { id: 'find', family: 'search', repetitions: 3 };
    assert.deepEqual(
      planDifferences([
        plan(100, [find]),
        plan(200, [
          { id: 'bin', family: 'precision' },
          { ...find, repetitions: 4 },
        ]),
      ]),
      [
        { field: 'train.steps', values: ['100', '200'] },
        { field: 'stages.find.repetitions', values: ['3', '4'] },
        { field: 'stages.bin', values: ['–', '"precision", 2 fields'] },
      ],
    );
  });

  it('takes anything for a plan', () => {
    assert.deepEqual(
      planDifferences([null, 7, {}]).map(({ field }) => field),
      [''],
    );
    assert.deepEqual(planDifferences([]), []);
  });
});

describe('a comparison of runs', () => {
  const trained = digestRun(record('20261122-010101-aaaa'), stateOf(trainedRun(1000)));
  const experiment = digestRun(record('20261122-020202-bbbb', 'A to H'), stateOf(settingsRun()));

  it('judges a run by its final variant, and an experiment by its settings', () => {
    const { rows } = compareRuns([trained, experiment], 'results');
    assert.deepEqual(
      rows.map(({ name, swd }) => [name, swd]),
      [
        ['Run', [38]],
        ['A to H: Setting A', [40, 42]],
        ['A to H: Setting F', [44]],
      ],
    );
  });

  it('writes intervals, scatter and what is not known', () => {
    const table = comparisonTable(compareRuns([trained, experiment], 'results'));
    const cell = (row: number, column: string): unknown => table.rows[row]?.[table.columns.indexOf(column)];
    assert.equal(cell(0, 'SWD × 10³'), '38.0 (n = 1, s = 1.20)');
    assert.equal(cell(1, 'SWD × 10³'), '41.0 ± 12.7 (n = 2)');
    assert.equal(cell(0, 'Smaller'), '20.0×');
    assert.equal(cell(0, 'Bits'), '1');
    assert.equal(cell(1, 'Bits'), '32');
    assert.equal(cell(1, 'PSNR'), '–');
    assert.equal(cell(2, 'PSNR'), '21.5 dB');
    assert.equal(cell(1, 'Seed'), '1, 2');
    const data = comparisonData(compareRuns([trained], 'results'));
    assert.equal(data.rows[0]?.[data.columns.indexOf('swdCi95Half')], null);
    assert.equal(data.rows[0]?.[data.columns.indexOf('secondsPerStep')], 0.1);
  });

  it('shows everything that a run trained, with distinct names for runs of one name', () => {
    const again: RunDigest = {
      ...trained,
      id: '20261122-030303-cccc',
      rows: trained.rows.map((row) => ({ ...row, key: `again/${row.variant}` })),
    };
    const names = compareRuns([trained, again], 'all').rows.map(({ name }) => name);
    assert.deepEqual(names, [
      'Run (010101-aaaa): Full precision',
      'Run (010101-aaaa): Final',
      'Run (030303-cccc): Full precision',
      'Run (030303-cccc): Final',
    ]);
  });

  it('keeps the extremes of long runs and the last step, in a message of bounded size', () => {
    const long = digestRun(record('r'), stateOf(trainedRun(100_000)));
    assert.ok(JSON.stringify(long).length < 1_000_000);
    const full = long.rows.find(({ variant }) => variant === 'full');
    assert.ok(
      full?.losses.some(({ lossG }) => lossG === 99),
      'the spike',
    );
    assert.equal(full?.losses.at(-1)?.step, 100_000);
    // The mean is taken before anything is left out, so the spike is spread over 2 % of the steps.
    const means = full?.meanLosses ?? [];
    assert.ok(200 < means.length && means.length <= 300, `${means.length}`);
    assert.equal(means.at(-1)?.step, 100_000);
    assert.ok(means.every(({ lossG }) => Math.abs(lossG - 1) < 0.2));
    assert.equal(full?.sampleSteps[0], 0);
  }).timeout(30_000);

  it('says why numbers cannot be held against each other', () => {
    const other = { ...trained, id: 'x', plan: { data: { images: 'other' } }, short: true };
    const { caveats } = compareRuns([trained, other], 'results');
    assert.ok(caveats.some((text) => /different images/.test(text)));
    assert.ok(caveats.some((text) => /short/.test(text)));
    assert.ok(caveats.some((text) => /measured once/.test(text)));
  });

  it('draws every step of few rows, and of many only the mean', () => {
    const [loss] = compareRuns([trained], 'all').charts;
    assert.deepEqual(
      loss?.series.map(({ name, faint }) => [name, faint === true]),
      [
        ['Full precision, every step', true],
        ['Full precision', false],
        ['Final, every step', true],
        ['Final', false],
      ],
    );
    const copies = ['b', 'c'].map((id) => ({ ...trained, id }));
    const [many] = compareRuns([trained, ...copies], 'all').charts;
    assert.equal(many?.series.length, 6);
    assert.ok(many?.series.every(({ faint }) => faint !== true));
  });

  it('writes a stage that only some plans have as one line', () => {
    const find = { id: 'find', family: 'search', steps: 9, select: { kind: 'deconv' } };
    const pack = { id: 'pack', family: 'precision', steps: 3 };
    assert.deepEqual(planDifferences([{ stages: [find, pack] }, { stages: [{ ...pack, steps: 4 }] }]), [
      { field: 'stages.find', values: ['"search", 4 fields', '–'] },
      { field: 'stages.pack.steps', values: ['3', '4'] },
    ]);
  });

  it('reads bits from the plan, and says ? for what it does not know', () => {
    const withRep = (rep: unknown): unknown => ({ stages: [{ family: 'precision', rep }] });
    assert.equal(weightBitsText(withRep({ kind: 'int', bits: 4 }), ['a']), '4');
    assert.equal(weightBitsText(withRep({ kind: 'novel' }), ['a']), '?');
    assert.equal(weightBitsText(withRep({ kind: 'binary' }), []), '32');
    assert.equal(weightBitsText(null, ['a']), '?');
  });
});

function variant(id: string, kind: VariantInfo['kind'], label: string, layersG: readonly string[]): VariantInfo {
  return { id, kind, label, layersG, layersD: [], steps: 10 };
}

function trainedRun(nSteps: number): readonly RunEventBody[] {
  const full = variant('full', 'full', 'Full precision', []);
  const final = variant('final', 'final', 'Final', ['main.0']);
  const steps = Array.from({ length: nSteps }, (_, i): RunEventBody => ({
    type: 'step',
    variant: 'full',
    step: i + 1,
    lossD: 0.7,
    lossG: i === 77 ? 99 : 1 + Math.sin(i),
    stepMs: 100,
  }));
  return [
    { type: 'variant', variant: full },
    { type: 'sample', variant: 'full', step: 0, file: 'samples/full-000000.png' },
    ...steps,
    evaluation('full', 36),
    { type: 'noise', values: [36, 37], mean: 36.5, deviation: 1.2, threshold: 3, how: '' },
    { type: 'variant', variant: final },
    { type: 'step', variant: 'final', step: 1, lossD: 0.7, lossG: 1, stepMs: 100 },
    evaluation('final', 38),
    {
      type: 'finished',
      summary: {
        fileBytesBefore: 2000,
        fileBytesAfter: 100,
        ratio: 20,
        swdFull: 36.5,
        swdFinal: 38,
        noise: 1.2,
        threshold: 3,
        withinThreshold: true,
        binarizedG: ['main.0'],
        binarizedD: [],
        secondsTotal: 9,
      },
      model: 'm',
      report: 'r',
      grid: 'g',
    },
  ];
}

function settingsRun(): readonly RunEventBody[] {
  const result = (setting: string, seed: number, swd: number, psnr: number | null): RunEventBody => ({
    type: 'setting',
    result: {
      setting,
      seed,
      variant: `${setting}-seed${seed}`,
      layersG: setting === 'A' ? [] : ['main.0', 'main.3'],
      layersD: [],
      swd,
      levels: [
        { resolution: 32, swd: swd - 1 },
        { resolution: 16, swd: swd + 1 },
      ],
      psnr,
      balance: null,
      fileBytes: setting === 'A' ? 2000 : 100,
      model: '',
      eq3: [],
      stepMs: 100,
    } satisfies SettingResult,
  });
  return [result('F', 1, 44, 21.5), result('A', 2, 42, null), result('A', 1, 40, null)];
}

function evaluation(id: string, swd: number): RunEventBody {
  return { type: 'evaluation', variant: id, step: 10, swd, levels: [{ resolution: 32, swd }], nImages: 9 };
}

function stateOf(bodies: readonly RunEventBody[]) {
  return reduceRunAll(
    initialRunState,
    bodies.map((body, i): RunEvent => ({ ...body, at: i, seq: i + 1 })),
  );
}

function record(id: string, name = 'Run'): RunRecord {
  return {
    format: 1,
    id,
    name,
    createdAt: '2026-11-22T01:01:01Z',
    status: 'finished',
    planPath: '',
    plan: { data: { images: 'x' }, stages: [{ family: 'search' }] },
    short: false,
    backend: 'cpu',
    threads: 1,
    seed: 1,
    sources: {},
    data: { fingerprint: '', nImages: 9 },
    versions: {},
    summary: null,
  };
}
