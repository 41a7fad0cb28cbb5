/**
 * Figs. 3, 5, 6, 9, 10, 11 and 16 and Tables I to III: what the settings draw and how far that is from the real
 * images. Each is drawn from the user's own runs; where no run has the settings that it compares, it says which
 * run would make it.
 */
import type { ChartSeries, ChartSpec } from '../../../../core/chart/chartSpec.ts';
import { intervalPoint, meanInterval } from '../../../../core/compare/interval.ts';
import type { FigureHead } from '../figureBlock.ts';
import type { Deconvolution, Letter } from './figureRun.ts';
import { missing, nameOf, pictureOf, type DocumentFigure, type OwnedView } from './figureTypes.ts';

const settingsRun = 'A plan with a stage { "family": "settings", "settings": "AtoH" } makes it.';

export function dorTable(layers: readonly Deconvolution[]): readonly DocumentFigure[] {
  const table: FigureHead = {
    id: 'table-1',
    label: 'Table I',
    title: 'Degree of redundancy of each deconvolution',
    note: 'cᵢ − hᵢ·wᵢ. The document’s DCGAN has 496, 192, −128 and −960.',
  };
  const chart: FigureHead = {
    id: 'fig-3',
    label: 'Fig. 3',
    title: 'Degree of redundancy by layer',
    note: 'It falls with depth; below zero a layer is more vulnerable to binarization.',
  };
  if (layers.length === 0) {
    const needs = 'The packed model of a finished run tells the layers.';
    return [missing(table, needs), missing(chart, needs)];
  }
  return [
    {
      head: table,
      kind: 'table',
      table: {
        columns: ['Layer number', 'Layer', 'Input channels', 'Degree of redundancy'],
        rows: layers.map(({ name, channelsIn, dor }, i) => [i + 1, name, channelsIn, dor]),
      },
    },
    {
      head: chart,
      kind: 'chart',
      spec: {
        title: chart.title,
        x: { label: 'deconvolution, in order', categories: layers.map(({ name }) => name) },
        y: { label: 'degree of redundancy' },
        series: [{ name: 'DoR', kind: 'bars', points: layers.map(({ dor }, x) => ({ x, y: dor })) }],
      },
    },
  ];
}

export function settingTable(views: readonly OwnedView[]): DocumentFigure {
  const head: FigureHead = { id: 'table-2', label: 'Table II', title: 'What each setting binarizes', note: '' };
  if (views.length === 0) return missing(head, settingsRun);
  return {
    head,
    wide: true,
    kind: 'table',
    table: {
      columns: ['Setting', 'Layers of G binarized', 'D binarized', 'Seeds'],
      rows: views.map(({ letter, label, layersG, layersD, swd }) => [
        letter ?? label,
        layersG.length === 0 ? 'none' : layersG.join(', '),
        layersD.length > 0 ? 'yes' : 'no',
        swd.length,
      ]),
    },
  };
}

export function swdTable(views: readonly OwnedView[]): DocumentFigure {
  const head: FigureHead = {
    id: 'table-3',
    label: 'Table III',
    title: 'Average SWD of the settings',
    note: '× 10³, mean over the pyramid levels; ± is the 95 % interval over the seeds. The document has A 44, B 38, C 45, D 67, E 449, F 67, H 34 on other data: compare within this table only.',
  };
  const measured = views.filter(({ swd }) => swd.length > 0);
  if (measured.length === 0) return missing(head, settingsRun);
  const full = meanInterval(measured.find(({ letter }) => letter === 'A')?.swd ?? []);
  return {
    head,
    wide: true,
    kind: 'table',
    table: {
      columns: ['Setting', 'Average SWD × 10³', '± (95 %)', 'n', 'Against A'],
      rows: measured.map((view) => {
        const interval = meanInterval(view.swd);
        const change = interval === null || full === null ? null : interval.mean / full.mean - 1;
        return [
          nameOf(view),
          rounded(interval?.mean ?? null),
          rounded(interval?.half ?? null),
          interval?.n ?? 0,
          change === null ? '–' : `${change < 0 ? '−' : '+'}${Math.abs(100 * change).toFixed(1)}\u00a0%`,
        ];
      }),
    },
  };
}

/** Figs. 5 and 10: the pictures of every setting. */
export function pictureSheet(head: FigureHead, views: readonly OwnedView[], needs: string): DocumentFigure {
  const pictures = views.flatMap((view) => pictureOf(view, nameOf(view)) ?? []);
  if (pictures.length === 0) return missing(head, needs);
  return {
    head,
    wide: true,
    kind: 'pictures',
    pictures,
    table: {
      columns: ['Setting', 'Step', 'SWD × 10³'],
      rows: views.map((view) => [
        nameOf(view),
        view.variant?.samples.at(-1)?.step ?? null,
        rounded(meanInterval(view.swd)?.mean ?? null),
      ]),
    },
  };
}

/** Fig. 6: each layer alone, against its degree of redundancy. */
export function swdAgainstDor(views: readonly OwnedView[]): DocumentFigure {
  const head: FigureHead = {
    id: 'fig-6',
    label: 'Fig. 6',
    title: 'SWD against the degree of redundancy of the one binarized layer',
    note: 'The document finds SWD falling with DoR above zero, and more than five times as high for its one layer at −960.',
  };
  const singles = views.flatMap((view) => {
    const dor = view.layersG.length === 1 && view.layersD.length === 0 ? dorOf(view, view.layersG[0] ?? '') : null;
    return dor === null ? [] : [{ view, dor }];
  });
  if (singles.length < 2) return missing(head, `It needs settings that binarize one layer each. ${settingsRun}`);
  const resolutions = resolutionsOf(singles.map(({ view }) => view));
  const sorted = singles.sort((a, b) => a.dor - b.dor);
  return {
    head,
    kind: 'chart',
    spec: {
      title: head.title,
      x: { label: 'degree of redundancy of the binarized layer' },
      y: { label: 'SWD × 10³', fromZero: true, lowest: 0 },
      series: resolutions.map((resolution): ChartSeries => ({
        name: `${resolution} × ${resolution}`,
        kind: 'line',
        points: sorted.map(({ view, dor }) => intervalPoint(dor, valuesAt(view, resolution))),
      })),
    },
  };
}

/** Figs. 9, 11 and 16: SWD by resolution for some of the settings. */
export function swdByResolution(
  head: FigureHead,
  views: readonly OwnedView[],
  letters: readonly Letter[] | 'all',
): DocumentFigure {
  const chosen = views.filter(
    ({ letter, levels }) => levels.length > 0 && (letters === 'all' || (letter !== null && letters.includes(letter))),
  );
  if (chosen.length < 2) {
    return missing(
      head,
      `It needs ${letters === 'all' ? 'at least two settings' : `settings ${letters.join(' and ')}`}. ${settingsRun}`,
    );
  }
  return { head, kind: 'chart', spec: resolutionChart(head.title, chosen) };
}

function resolutionChart(title: string, views: readonly OwnedView[]): ChartSpec {
  const resolutions = [...resolutionsOf(views)].reverse();
  return {
    title,
    x: { label: 'resolution, pixels', categories: resolutions.map((size) => `${size}×${size}`) },
    y: { label: 'SWD × 10³', fromZero: true, lowest: 0 },
    series: views.map((view, i) => ({
      name: nameOf(view),
      kind: 'line',
      color: i,
      dashed: i >= 4,
      points: resolutions.map((resolution, x) => intervalPoint(x, valuesAt(view, resolution))),
    })),
  };
}

/** Finest first. */
function resolutionsOf(views: readonly OwnedView[]): readonly number[] {
  return [...new Set(views.flatMap(({ levels }) => levels.map(({ resolution }) => resolution)))].sort((a, b) => b - a);
}

function valuesAt({ levels }: OwnedView, resolution: number): readonly number[] {
  return levels.find((level) => level.resolution === resolution)?.values ?? [];
}

function dorOf({ layers, run }: OwnedView, name: string): number | null {
  return (
    layers.find((layer) => layer.name === name)?.dor ??
    run.state.decisions.find(({ layer }) => layer === name)?.dor ??
    null
  );
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
