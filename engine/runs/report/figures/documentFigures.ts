/**
 * The figures and tables of the PBGen document from the user's own runs: Figs. 2, 3 and 5 to 16 and Tables I to
 * IV, in the document's order. Of several runs the one with most settings gives them; one with the least-squares
 * loss gives Fig. 10, and all of them together Figs. 7 and 8. A figure that the runs cannot give stays in its
 * place and says which run would make it.
 */
import type { FigureHead } from '../figureBlock.ts';
import { intervalPoint } from '../../../../core/compare/interval.ts';
import { binarizationErrors, figureTwo } from './binarizationError.ts';
import { competition, savings } from './competitionFigures.ts';
import type { FigureRun } from './figureRun.ts';
import type { DocumentFigure, OwnedView } from './figureTypes.ts';
import { dorTable, pictureSheet, settingTable, swdAgainstDor, swdByResolution, swdTable } from './settingFigures.ts';
import { memoryAgainstWidth, wideningEach, wideningLast } from './wideningFigures.ts';

const leastSquares = 'lsgan';

export function documentFigures(runs: readonly FigureRun[]): readonly DocumentFigure[] {
  const own = (run: FigureRun): readonly OwnedView[] => run.views.map((view) => ({ ...view, run }));
  const all = runs.flatMap(own);
  // Widths are compared between runs, everything else within one: other data or steps are another experiment.
  const other = fullest(runs.filter(({ loss }) => loss !== leastSquares));
  const any = fullest(runs);
  const main = other !== undefined && any !== undefined && nSettings(other) >= nSettings(any) ? other : any;
  const views = main === undefined ? [] : distinct(own(main));
  const leastSquaresRun = fullest(runs.filter(({ loss }) => loss === leastSquares));
  const squared = leastSquaresRun === undefined ? [] : distinct(own(leastSquaresRun));
  const layers = main?.layers ?? [];
  const sheet = (id: string, label: string, title: string): FigureHead => ({
    id,
    label,
    title,
    note: 'The same latents through every setting of a run, at its last step.',
  });
  const [tableOne, figureThree] = dorTable(layers);
  return [
    figureTwoOf(main?.record.seed ?? 1),
    ...(figureThree === undefined ? [] : [figureThree]),
    ...(tableOne === undefined ? [] : [tableOne]),
    settingTable(views),
    pictureSheet(
      sheet('fig-5', 'Fig. 5', 'Images generated under different settings'),
      views,
      'A run that logs samples makes it.',
    ),
    swdAgainstDor(views),
    wideningLast(all),
    wideningEach(all),
    swdTable(views),
    swdByResolution(
      {
        id: 'fig-9',
        label: 'Fig. 9',
        title: 'SWD by resolution: settings A and B',
        note: 'The document finds B below A at every resolution.',
      },
      views,
      ['A', 'B'],
    ),
    pictureSheet(
      sheet('fig-10', 'Fig. 10', 'Images generated with the least-squares loss'),
      squared,
      'A run with "train": { "loss": "lsgan" } makes it; give it together with this one to `slimwise runs figures`.',
    ),
    swdByResolution(
      {
        id: 'fig-11',
        label: 'Fig. 11',
        title: 'SWD by resolution: settings D and F',
        note: 'The document finds both close: the least redundant layer decides.',
      },
      views,
      ['D', 'F'],
    ),
    savings(views),
    memoryAgainstWidth(layers),
    competition(views, 13, 'F'),
    competition(views, 14, 'H'),
    competition(views, 15, 'A'),
    swdByResolution(
      { id: 'fig-16', label: 'Fig. 16', title: 'SWD by resolution under all settings', note: '' },
      views,
      'all',
    ),
  ];
}

/** The run with most of Table II's settings, and among those the one with most seeds. */
export function fullest(runs: readonly FigureRun[]): FigureRun | undefined {
  const measured = ({ views }: FigureRun): number => {
    // A generator at several widths is one setting several times, which says nothing about the others.
    const seeds = new Map<string, number>();
    for (const { letter, swd } of views)
      if (letter !== null) seeds.set(letter, Math.max(seeds.get(letter) ?? 0, swd.length));
    return [...seeds.values()].reduce((sum, nSeeds) => sum + 1000 + nSeeds, 0);
  };
  return runs.reduce<FigureRun | undefined>(
    (best, run) => (best === undefined || measured(run) > measured(best) ? run : best),
    undefined,
  );
}

function nSettings({ views }: FigureRun): number {
  return new Set(views.flatMap(({ letter }) => letter ?? [])).size;
}

/** One view per setting and label: the one with most seeds, in the order of letters. */
function distinct(views: readonly OwnedView[]): readonly OwnedView[] {
  const best = new Map<string, OwnedView>();
  for (const view of views) {
    const key = view.letter ?? `~${view.label}`;
    const known = best.get(key);
    if (known === undefined || known.swd.length < view.swd.length) best.set(key, view);
  }
  return [...best].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, view]) => view);
}

function figureTwoOf(seed: number): DocumentFigure {
  const head: FigureHead = {
    id: 'fig-2',
    label: 'Fig. 2',
    title: 'Binarization error against the degree of redundancy',
    note: `A layer as a matrix product with sᵢ = ${figureTwo.rows} (the document has 20): the least error over all sign vectors, each tried; mean of ${figureTwo.trials} random layers and its 95 % interval. It needs no training, only the seed (${seed}).`,
  };
  const points = binarizationErrors({ ...figureTwo, seed }).map(({ dor, errors }) => intervalPoint(dor, errors));
  return {
    head,
    kind: 'chart',
    spec: {
      title: head.title,
      x: { label: 'degree of redundancy, cᵢ − sᵢ' },
      y: { label: 'relative binarization error', fromZero: true },
      series: [{ name: 'least error', kind: 'line', points }],
    },
  };
}
