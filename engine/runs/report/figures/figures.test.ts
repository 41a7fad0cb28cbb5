/**
 * The document's figures from runs: letters follow what was binarized, numbers are those of the journal, absent
 * ones are absent, and Fig. 2 is what trying every combination gives.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent, RunEventBody, SettingResult } from '../../../../core/session/runEvent.ts';
import { initialRunState, reduceRunAll } from '../../../../core/session/runState.ts';
import { encodeGrid } from '../../../formats/png.ts';
import { finishedRun } from '../reportFixture.ts';
import { binarizationErrors } from './binarizationError.ts';
import { documentFigures } from './documentFigures.ts';
import { figureRun, letterOf, type FigureRun } from './figureRun.ts';
import type { DocumentFigure } from './figureTypes.ts';
import { renderFigures } from './renderFigures.ts';

const fixture = finishedRun(80);
const four = ['c1', 'c2', 'c3', 'c4'].map((name) => ({ name }));

describe('letters of Table II', () => {
  const rows: readonly (readonly [readonly string[], readonly string[], string | null])[] = [
    [[], [], 'A'],
    [['c1'], [], 'B'],
    [['c2'], [], 'C'],
    [['c3'], [], 'D'],
    [['c4'], [], 'E'],
    [['c1', 'c2', 'c3'], [], 'F'],
    [['c1', 'c2', 'c3', 'c4'], [], 'G'],
    [['c3', 'c2', 'c1'], ['d1'], 'H'],
    [['c1', 'c3'], [], null],
    [['project', 'c1'], [], null],
    [[], ['d1'], null],
  ];
  for (const [layersG, layersD, letter] of rows) {
    it(`${letter ?? 'none'} for G [${layersG.join(' ')}] and D [${layersD.join(' ')}]`, () => {
      assert.equal(letterOf(layersG, layersD, four), letter);
    });
  }

  it('with three deconvolutions: E is the last alone, H all but the last', () => {
    const three = four.slice(0, 3);
    assert.equal(letterOf(['c3'], [], three), 'E');
    assert.equal(letterOf(['c2'], [], three), 'C');
    assert.equal(letterOf(['c1', 'c2'], ['d'], three), 'H');
    assert.equal(letterOf(['c1'], [], []), null);
  });
});

describe('the binarization error of Fig. 2', () => {
  it('is the least over every sign vector and scale', () => {
    const [point] = binarizationErrors({ rows: 3, columns: [1], trials: 5, seed: 1 });
    // One column: α = |k| and the right sign reproduce the product.
    assert.ok(point?.errors.every((error) => error < 1e-7));
  });

  it('falls with the degree of redundancy, and follows from the seed', () => {
    const points = binarizationErrors({ rows: 6, columns: [6, 14], trials: 12, seed: 3 });
    const mean = (i: number): number => (points[i]?.errors ?? []).reduce((sum, error) => sum + error / 12, 0);
    assert.ok(mean(0) > 1.4 * mean(1), `${mean(0)} against ${mean(1)}`);
    assert.deepEqual(binarizationErrors({ rows: 6, columns: [6, 14], trials: 12, seed: 3 }), points);
  });
});

describe('figures of the document', function () {
  this.timeout(20_000);
  const ordinary = figureRun(asRead(fixture));

  it('stand in the document’s order, each drawn or saying what it needs', () => {
    const figures = documentFigures([ordinary]);
    assert.deepEqual(
      figures.map(({ head }) => head.label),
      [
        'Fig. 2',
        'Fig. 3',
        'Table I',
        'Table II',
        'Fig. 5',
        'Fig. 6',
        'Fig. 7',
        'Fig. 8',
        'Table III',
        'Fig. 9',
        'Fig. 10',
        'Fig. 11',
        'Table IV',
        'Fig. 12',
        'Fig. 13',
        'Fig. 14',
        'Fig. 15',
        'Fig. 16',
      ],
    );
    for (const figure of figures) if (figure.kind === 'missing') assert.match(figure.needs, /\w{4}/, figure.head.label);
  });

  it('of an experiment hold its means and intervals', () => {
    const figures = documentFigures([experiment('bce')]);
    const table = figure(figures, 'table-3');
    assert.ok(table.kind === 'table');
    assert.deepEqual(
      table.table.rows.map((row) => row.slice(1, 4)),
      [
        [40, 24.84, 3],
        [38, 24.84, 3],
        [67, 24.84, 3],
      ],
    );
    assert.equal(table.table.rows[1]?.[4], '−5.0\u00a0%');
    const nine = figure(figures, 'fig-9');
    assert.ok(nine.kind === 'chart');
    const [a] = nine.spec.series;
    assert.deepEqual(
      a?.points.map(({ y, low, high }) => [y, Math.round(low ?? 0), Math.round(high ?? 0)]),
      [
        [41, 16, 66],
        [39, 14, 64],
      ],
    );
    assert.equal(figure(figures, 'fig-11').kind, 'missing');
    assert.equal(figure(figures, 'fig-10').kind, 'missing');
  });

  it('take Fig. 10 from a least-squares run, and everything else from the other', () => {
    const figures = documentFigures([experiment('lsgan'), experiment('bce')]);
    assert.equal(figure(figures, 'fig-10').kind, 'pictures');
    assert.equal(figure(figures, 'fig-5').kind, 'pictures');
    // A run of fewer settings does not stand in for one that has them, whatever their losses.
    const few = documentFigures([experiment('lsgan'), widened({ 4: [8, 24] })]);
    const three = figure(few, 'table-3');
    assert.deepEqual(three.kind === 'table' && three.table.rows.length, 3);
  });

  it('take Figs. 7 and 8 from one run that binarizes the last layer at several widths', () => {
    const run = widened({ 4: [8, 24, 104], 1: [104], 2: [16, 104], 3: [104] });
    const figures = documentFigures([run, experiment('bce')]);
    const seven = figure(figures, 'fig-7');
    assert.ok(seven.kind === 'pictures');
    assert.deepEqual(
      seven.pictures.map(({ caption }) => caption),
      ['c = 8, DoR +4', 'c = 24, DoR +20', 'c = 104, DoR +100'],
    );
    assert.deepEqual(
      seven.chart?.spec.series[0]?.points.map(({ x, y }) => [x, y]),
      [
        [4, 92],
        [20, 76],
        [100, -4],
      ],
    );
    const eight = figure(figures, 'fig-8');
    assert.ok(eight.kind === 'pictures');
    // Every layer at the increase that all of them have, 96, although two have others too.
    assert.deepEqual(
      eight.pictures.map(({ caption }) => caption),
      ['none', ...four.map(({ name }) => `${name}, DoR +96`)],
    );
    assert.deepEqual(eight.chart?.spec.x.categories, ['none', ...four.map(({ name }) => name)]);
    const two = figure(figures, 'table-2');
    assert.ok(two.kind === 'table');
    assert.deepEqual(
      two.table.rows.map(([setting]) => setting),
      ['A', 'B', 'F'],
      'the run with most settings gives the other figures',
    );
  });

  it('take Figs. 7 and 8 from several runs where each has one width', () => {
    const figures = documentFigures([widened({ 4: [8] }), widened({ 4: [24] })]);
    assert.equal(figure(figures, 'fig-7').kind, 'pictures');
    assert.equal(figure(figures, 'fig-8').kind, 'missing');
  });

  it('make a page without a number that is none, whose names stay text', () => {
    const page = renderFigures([ordinary, experiment('bce')]);
    assert.doesNotMatch(page.replace(/base64,[A-Za-z0-9+/=]+/g, ''), /NaN|undefined|Infinity|\[object/);
    assert.ok(!page.includes('main.<b>'));
    assert.ok(page.includes('download="fig-2.svg"') && page.includes('download="fig-2.csv"'));
  });
});

function figure(figures: readonly DocumentFigure[], id: string): DocumentFigure {
  const found = figures.find(({ head }) => head.id === id);
  assert.ok(found, id);
  return found;
}

/** Settings A, B and D of four layers, three seeds each. */
function experiment(loss: string): FigureRun {
  const layers = [
    ['A', [], 40],
    ['B', ['c1'], 38],
    ['F', ['c1', 'c2', 'c3'], 67],
  ] as const;
  const bodies = layers.flatMap(([setting, layersG, swd]): RunEventBody[] => {
    const variant = {
      id: `${setting}-seed1`,
      label: setting,
      kind: 'setting',
      layersG,
      layersD: [],
      steps: 9,
    } as const;
    return [
      { type: 'variant', variant },
      { type: 'sample', variant: variant.id, step: 9, file: 'samples/x.png' },
      ...[-10, 0, 10].map((shift, i): RunEventBody => ({
        type: 'setting',
        result: result(setting, layersG, i + 1, swd + shift),
      })),
    ];
  });
  const { run } = fixture;
  const state = reduceRunAll(
    initialRunState,
    bodies.map((body, i): RunEvent => ({ ...body, at: i, seq: i + 1 })),
  );
  const png = encodeGrid(
    { values: new Float32Array(16), nImages: 1, height: 4, width: 4, channels: 1 },
    { columns: 1, gap: 0 },
  );
  const read = figureRun({
    record: { ...run.record(), plan: { train: { loss } } },
    state,
    image: () => png,
    file: () => null,
  });
  const named = four.map(({ name }) => ({ name, channelsIn: 8, channelsOut: 8, taps: 16, dor: 4 }));
  return {
    ...read,
    layers: named,
    views: read.views.map((view) => ({ ...view, letter: letterOf(view.layersG, view.layersD, named), layers: named })),
  };
}

/** Setting E with each layer's input channels at the given numbers, one at a time; 8 elsewhere. */
function widened(channels: Readonly<Record<number, readonly number[]>>): FigureRun {
  const run = experiment('bce');
  const [view] = run.views;
  assert.ok(view !== undefined);
  const views = Object.entries(channels).flatMap(([number, widths]) =>
    widths.map((channelsIn) => ({
      ...view,
      letter: 'E' as const,
      layersG: ['c4'],
      layers: run.layers.map((layer, i) =>
        i + 1 === Number(number) ? { ...layer, channelsIn, dor: channelsIn - 4 } : layer,
      ),
      swd: [100 - channelsIn],
    })),
  );
  return { ...run, views };
}

function result(setting: string, layersG: readonly string[], seed: number, swd: number): SettingResult {
  return {
    setting,
    seed,
    variant: `${setting}-seed${seed}`,
    layersG,
    layersD: [],
    swd,
    levels: [
      { resolution: 32, swd: swd - 1 },
      { resolution: 16, swd: swd + 1 },
    ],
    psnr: null,
    balance: null,
    fileBytes: 100,
    model: 'none.safetensors',
    eq3: [],
    stepMs: 10,
  };
}

function asRead({ run }: ReturnType<typeof finishedRun>): Parameters<typeof figureRun>[0] {
  const journal = run.readJournal();
  assert.ok(journal.ok);
  return {
    record: run.record(),
    state: reduceRunAll(initialRunState, journal.value.events),
    image: (name) => bytesOf(run.readImage(name)),
    file: (name) => bytesOf(run.readArtifact(name)),
  };
}

function bytesOf(read: { readonly ok: boolean; readonly value?: Uint8Array | null }): Uint8Array | null {
  return read.ok ? (read.value ?? null) : null;
}
