/**
 * Figs. 7, 8 and 12: what happens when a layer is given more input channels, and so more redundancy. Figs. 7 and 8
 * are the document's causal evidence: settings of one plan that name generators of other widths, or a run for each
 * width; Fig. 12 is arithmetic over the generator at hand and needs none.
 */
import type { FigureHead } from '../figureBlock.ts';
import { memoryShare } from '../../../../core/memory/eq3.ts';
import { intervalPoint, meanInterval } from '../../../../core/compare/interval.ts';
import type { Deconvolution } from './figureRun.ts';
import { missing, pictureOf, type DocumentFigure, type OwnedView } from './figureTypes.ts';

const widthsPlan =
  'A plan whose settings binarize the last layer of generators of several widths makes it: samples/dcgan/pbgen-widths.json. Runs of single widths can be figured together with `slimwise runs figures <run> <run> …`.';

/** Fig. 7: setting E with more and more input channels of the last layer, and of no other. */
export function wideningLast(views: readonly OwnedView[]): DocumentFigure {
  const head: FigureHead = {
    id: 'fig-7',
    label: 'Fig. 7',
    title: 'Setting E with different numbers of input channels of the last layer',
    note: 'More input channels of the binarized layer raise its degree of redundancy, and that of no other layer.',
  };
  const lasts = lastAlone(views);
  const base = narrowest(lasts);
  const chosen = base === undefined ? [] : distinctWidths([base, ...lasts.filter((view) => isWiderIn(view, base, -1))]);
  if (chosen.length < 2)
    return missing(head, `It needs setting E at two widths of the last layer at least. ${widthsPlan}`);
  const name = (view: OwnedView): string => {
    const last = view.layers.at(-1);
    return `c = ${last?.channelsIn ?? '?'}, DoR ${signed(last?.dor ?? 0)}`;
  };
  return {
    ...sheet(head, chosen, name),
    chart: {
      head: {
        ...head,
        id: 'fig-7-swd',
        title: 'The same generators: SWD against the degree of redundancy of the last layer',
        note: 'The document shows pictures only. If redundancy is what counts, SWD falls from left to right.',
      },
      spec: {
        title: 'SWD against the degree of redundancy of the last layer, which is binarized',
        x: { label: 'degree of redundancy of the last layer' },
        y: { label: 'SWD × 10³', fromZero: true, lowest: 0 },
        series: [
          {
            name: 'setting E',
            kind: 'line',
            points: chosen.map((view) => intervalPoint(view.layers.at(-1)?.dor ?? 0, view.swd)),
          },
        ],
      },
    },
  };
}

/** Fig. 8: the last layer binarized, and each layer in turn made more redundant, by as much where the runs allow. */
export function wideningEach(views: readonly OwnedView[]): DocumentFigure {
  const head: FigureHead = {
    id: 'fig-8',
    label: 'Fig. 8',
    title: 'The last layer binarized, with more input channels of one layer at a time',
    note: 'The document finds that only the binarized layer’s own redundancy helps.',
  };
  const lasts = lastAlone(views);
  const base = narrowest(lasts);
  const chosen = base === undefined ? [] : eachWidened(lasts, base);
  if (base === undefined || chosen.length < 2) {
    return missing(
      head,
      `It needs setting E of the unchanged generator, and of generators in which another layer each was widened. ${widthsPlan}`,
    );
  }
  const names = new Map<OwnedView, string>([
    [base, 'none'],
    ...chosen.map(({ view, layer, increase }) => [view, `${layer}, DoR +${increase}`] as const),
  ]);
  const all = [...names.keys()];
  return {
    ...sheet(head, all, (view) => names.get(view) ?? ''),
    chart: {
      head: {
        ...head,
        id: 'fig-8-swd',
        title: 'The same generators: SWD by the layer that was made more redundant',
        note: 'If only the binarized layer’s own redundancy helps, the last bar is the lowest.',
      },
      spec: {
        title: 'SWD with the last layer binarized, by the layer that was made more redundant',
        x: { label: 'layer made more redundant', categories: ['none', ...chosen.map(({ layer }) => layer)] },
        y: { label: 'SWD × 10³', fromZero: true, lowest: 0 },
        series: [{ name: 'setting E', kind: 'bars', points: all.map((view, x) => intervalPoint(x, view.swd)) }],
      },
    },
  };
}

/**
 * Views that binarize the last layer alone: of the run that has most widths of them, because between runs steps,
 * images and seeds may differ too; of all runs together where each has one.
 */
function lastAlone(views: readonly OwnedView[]): readonly OwnedView[] {
  const lasts = views.filter(({ letter, layers }) => letter === 'E' && layers.length > 0);
  const runs = [...new Set(lasts.map(({ run }) => run))].map((run) => lasts.filter((view) => view.run === run));
  const nWidths = (own: readonly OwnedView[]): number =>
    new Set(own.map(({ layers }) => layers.map(({ channelsIn }) => channelsIn).join())).size;
  const most = runs.reduce<readonly OwnedView[]>((best, own) => (nWidths(own) > nWidths(best) ? own : best), []);
  return nWidths(most) > 1 ? most : lasts;
}

function narrowest(views: readonly OwnedView[]): OwnedView | undefined {
  return [...views].sort((a, b) => totalChannels(a) - totalChannels(b))[0];
}

/** Whether one layer, and no other, has more input channels than in `base`; −1 means the last. */
function isWiderIn(view: OwnedView, base: OwnedView, layerIdx: number): boolean {
  const position = layerIdx < 0 ? base.layers.length + layerIdx : layerIdx;
  return (
    view.layers.length === base.layers.length &&
    view.layers.every(({ channelsIn }, i) => {
      const before = base.layers[i]?.channelsIn ?? 0;
      return i === position ? channelsIn > before : channelsIn === before;
    })
  );
}

interface Widened {
  readonly view: OwnedView;
  readonly layer: string;
  /** Of its degree of redundancy. */
  readonly increase: number;
}

/** One view per layer, in the layers' order: of several widths the one whose increase the other layers have too. */
function eachWidened(views: readonly OwnedView[], base: OwnedView): readonly Widened[] {
  const ofLayer = base.layers.map(({ name, dor }, i) =>
    views.flatMap((view): Widened[] =>
      isWiderIn(view, base, i) ? [{ view, layer: name, increase: (view.layers[i]?.dor ?? 0) - dor }] : [],
    ),
  );
  const increases = ofLayer.flatMap((widened) => [...new Set(widened.map(({ increase }) => increase))]);
  const shared = increases.reduce(
    (best, increase) => (count(increases, increase) > count(increases, best) ? increase : best),
    increases[0] ?? 0,
  );
  return ofLayer.flatMap(
    (widened) => [...widened].sort((a, b) => Math.abs(a.increase - shared) - Math.abs(b.increase - shared))[0] ?? [],
  );
}

function count(values: readonly number[], value: number): number {
  return values.filter((each) => each === value).length;
}

/** Fig. 12: memory of the deconvolutions against the input channels of the last one, by eq. (3). */
export function memoryAgainstWidth(layers: readonly Deconvolution[]): DocumentFigure {
  const head: FigureHead = {
    id: 'fig-12',
    label: 'Fig. 12',
    title: 'Memory of the deconvolutions against the input channels of the last one',
    note: 'Arithmetic, eq. (3), over kernels of the deconvolutions only, as a share of this generator at full precision: layers with DoR ≥ 0 are binarized. The last layer joins them where its DoR reaches 0.',
  };
  const last = layers.at(-1);
  const before = layers.at(-2);
  if (last === undefined || before === undefined)
    return missing(head, 'The packed model of a finished run tells the layers.');
  const total = layers.reduce((sum, layer) => sum + weightsOf(layer), 0);
  const threshold = last.channelsIn - last.dor;
  const widths = widthsAround(last.channelsIn, threshold);
  const points = widths.map((width) => {
    const changed = layers.map((layer) =>
      layer === last
        ? { ...layer, channelsIn: width, dor: width - threshold }
        : layer === before
          ? { ...layer, channelsOut: width }
          : layer,
    );
    const n = changed.reduce((sum, layer) => sum + weightsOf(layer), 0);
    const k = changed.reduce((sum, layer) => sum + (layer.dor >= 0 ? weightsOf(layer) : 0), 0);
    return { x: width, y: (memoryShare(k, n) * n) / total };
  });
  return {
    head,
    kind: 'chart',
    spec: {
      title: head.title,
      x: { label: `input channels of ${last.name}` },
      y: { label: 'memory, share of the original', fromZero: true },
      series: [{ name: 'memory', kind: 'line', points }],
    },
  };
}

function widthsAround(now: number, threshold: number): readonly number[] {
  const most = Math.max(threshold * 1.25, now * 1.5);
  const steps = Array.from({ length: 24 }, (_, i) => Math.round(now + (i * (most - now)) / 23));
  return [...new Set([...steps, threshold - 1, threshold])]
    .filter((width) => width >= Math.min(now, threshold))
    .sort((a, b) => a - b);
}

function sheet(
  head: FigureHead,
  views: readonly OwnedView[],
  caption: (view: OwnedView) => string,
): Extract<DocumentFigure, { kind: 'pictures' }> {
  return {
    head,
    wide: true,
    kind: 'pictures',
    pictures: views.flatMap((view) => pictureOf(view, caption(view)) ?? []),
    table: {
      columns: ['Generator', 'DoR of the binarized layer', 'SWD × 10³', 'Run'],
      rows: views.map((view) => [
        caption(view),
        view.layers.at(-1)?.dor ?? null,
        meanInterval(view.swd)?.mean ?? null,
        view.run.record.id,
      ]),
    },
  };
}

/** One for each number of input channels of the last layer, ascending: the one with most seeds. */
function distinctWidths(views: readonly OwnedView[]): readonly OwnedView[] {
  const best = new Map<number, OwnedView>();
  for (const view of views) {
    const width = view.layers.at(-1)?.channelsIn ?? 0;
    const known = best.get(width);
    if (known === undefined || known.swd.length < view.swd.length) best.set(width, view);
  }
  return [...best].sort(([a], [b]) => a - b).map(([, view]) => view);
}

function totalChannels({ layers }: OwnedView): number {
  return layers.reduce((sum, { channelsIn }) => sum + channelsIn, 0);
}

function weightsOf({ channelsIn, channelsOut, taps }: Deconvolution): number {
  return channelsIn * channelsOut * taps;
}

function signed(value: number): string {
  return value < 0 ? `−${-value}` : value === 0 ? '0' : `+${value}`;
}
