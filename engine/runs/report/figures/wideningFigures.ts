/**
 * Figs. 7, 8 and 12: what happens when a layer is given more input channels, and so more redundancy. Figs. 7 and 8
 * are the document's causal evidence and need one run per width (the generator's own argument, or `widen` of a
 * plan); Fig. 12 is arithmetic over the generator at hand and needs none.
 */
import type { FigureHead } from '../figureBlock.ts';
import { memoryShare } from '../../../../core/memory/eq3.ts';
import { meanInterval } from '../../../../core/compare/interval.ts';
import type { Deconvolution } from './figureRun.ts';
import { missing, pictureOf, type DocumentFigure, type OwnedView } from './figureTypes.ts';

/** Fig. 7: setting E with more and more input channels of the last layer. */
export function wideningLast(views: readonly OwnedView[]): DocumentFigure {
  const head: FigureHead = {
    id: 'fig-7',
    label: 'Fig. 7',
    title: 'Setting E with different numbers of input channels of the last layer',
    note: 'More input channels of the binarized layer raise its degree of redundancy, and that of no other layer.',
  };
  const lasts = byLastChannels(views.filter(({ letter, layers }) => letter === 'E' && layers.length > 0));
  if (lasts.length < 2) {
    return missing(
      head,
      'It needs setting E at two widths of the last layer at least: a run for each, figured together with `slimwise runs figures <run> <run> …`.',
    );
  }
  return sheet(head, lasts, ({ layers }) => {
    const last = layers.at(-1);
    return `c = ${last?.channelsIn ?? '?'}, DoR ${signed(last?.dor ?? 0)}`;
  });
}

/** Fig. 8: the last layer binarized, and each layer in turn made more redundant. */
export function wideningEach(views: readonly OwnedView[]): DocumentFigure {
  const head: FigureHead = {
    id: 'fig-8',
    label: 'Fig. 8',
    title: 'The last layer binarized, with more input channels of one layer at a time',
    note: 'The document finds that only the binarized layer’s own redundancy helps.',
  };
  const lasts = views.filter(({ letter, layers }) => letter === 'E' && layers.length > 0);
  const narrowest = [...lasts].sort((a, b) => totalChannels(a) - totalChannels(b))[0];
  const widened =
    narrowest === undefined
      ? []
      : lasts.flatMap((view) => {
          const wider = view.layers.filter(
            ({ channelsIn }, i) => channelsIn > (narrowest.layers[i]?.channelsIn ?? Infinity),
          );
          return view.layers.length === narrowest.layers.length && wider.length === 1
            ? [{ view, layer: wider[0]?.name ?? '' }]
            : [];
        });
  if (narrowest === undefined || new Set(widened.map(({ layer }) => layer)).size < 2) {
    return missing(
      head,
      'It needs setting E of the unchanged generator, and of generators in which another layer each was widened, as one run each.',
    );
  }
  const names = new Map<OwnedView, string>([
    [narrowest, 'none widened'],
    ...widened.map(({ view, layer }) => [view, `${layer} widened`] as const),
  ]);
  return sheet(head, [...names.keys()], (view) => names.get(view) ?? '');
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

function sheet(head: FigureHead, views: readonly OwnedView[], caption: (view: OwnedView) => string): DocumentFigure {
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

function byLastChannels(views: readonly OwnedView[]): readonly OwnedView[] {
  const seen = new Map(views.map((view) => [view.layers.at(-1)?.channelsIn ?? 0, view]));
  return [...seen].sort(([a], [b]) => a - b).map(([, view]) => view);
}

function totalChannels({ layers }: OwnedView): number {
  return layers.reduce((sum, { channelsIn }) => sum + channelsIn, 0);
}

function weightsOf({ channelsIn, channelsOut, taps }: Deconvolution): number {
  return channelsIn * channelsOut * taps;
}

function signed(value: number): string {
  return value < 0 ? `−${-value}` : `+${value}`;
}
