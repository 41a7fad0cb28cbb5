/**
 * Figs. 13 to 15 and Table IV: how generator and discriminator compete when one, both or none of them is
 * binarized, with what G draws along the way; and what binarizing saves, measured where the run measured it and
 * named as arithmetic where it is.
 */
import { movingMean } from '../../../../core/chart/movingMean.ts';
import type { ChartPoint } from '../../../../core/chart/chartSpec.ts';
import { computationShare, memoryShare } from '../../../../core/memory/eq3.ts';
import { formatBytes } from '../../../../core/format/numbers.ts';
import type { FigureHead } from '../figureBlock.ts';
import type { Letter } from './figureRun.ts';
import { missing, nameOf, pictureOf, type DocumentFigure, type OwnedView } from './figureTypes.ts';

const smoothingShare = 0.02;
const nPictures = 4;

export function competition(views: readonly OwnedView[], number: 13 | 14 | 15, letter: Letter): DocumentFigure {
  const what = {
    13: 'a binarized generator against a full-precision discriminator',
    14: 'generator and discriminator binarized',
    15: 'both at full precision',
  }[number];
  const view = views.find((each) => each.letter === letter);
  const head: FigureHead = {
    id: `fig-${number}`,
    label: `Fig. ${number}`,
    title: `Competition under setting ${letter}: ${what}`,
    note:
      view === undefined
        ? ''
        : `${nameOf(view)}. Faint: every step; strong: the mean of the steps around it. ${balanceText(view)}${epochText(view)}`,
  };
  const losses = view?.variant?.losses ?? [];
  if (view === undefined || losses.length < 2)
    return missing(
      head,
      `It needs setting ${letter}. A plan with a stage { "family": "settings", "settings": "AtoH" } makes it.`,
    );
  const radius = Math.round(losses.length * smoothingShare);
  const series = (['lossD', 'lossG'] as const).flatMap((which, color) => {
    const name = which === 'lossD' ? 'discriminator' : 'generator';
    const points: readonly ChartPoint[] = losses.map((point) => ({ x: point.step, y: point[which] }));
    const means = movingMean(
      points.map(({ y }) => y),
      radius,
    );
    const mean = points.map(({ x }, i) => ({ x, y: means[i] ?? Number.NaN }));
    return [
      { name: `${name}, every step`, kind: 'line', color: 1 - color, faint: true, points } as const,
      { name, kind: 'line', color: 1 - color, dashed: which === 'lossG', points: mean } as const,
    ];
  });
  const sorted = losses
    .flatMap(({ lossD, lossG }) => [lossD, lossG])
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const highest = (sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 1) * 1.08;
  return {
    head,
    kind: 'chart',
    spec: { title: head.title, x: { label: 'step' }, y: { label: 'loss', fromZero: true, highest }, series },
    pictures: pictureSteps(view).flatMap((step) => pictureOf(view, `step ${step}`, step) ?? []),
  };
}

/** Evenly over the logged steps, with the first and the last. */
function pictureSteps({ variant }: OwnedView): readonly number[] {
  const steps = (variant?.samples ?? []).map(({ step }) => step);
  if (steps.length <= nPictures) return steps;
  return Array.from(
    { length: nPictures },
    (_, i) => steps[Math.round((i * (steps.length - 1)) / (nPictures - 1))] ?? 0,
  );
}

function balanceText({ result }: OwnedView): string {
  const balance = result?.balance;
  if (balance === undefined || balance === null) return '';
  const ratio =
    balance.ratio === null ? '' : `Over the last quarter, loss of G is ${balance.ratio.toFixed(1)} times that of D. `;
  const vanished = balance.vanishedAt === null ? '' : `The competition vanished at step ${balance.vanishedAt}. `;
  return `${ratio}${vanished}`;
}

function epochText({ run, variant }: OwnedView): string {
  const { plan, data } = run.record;
  const train = typeof plan === 'object' && plan !== null && 'train' in plan ? plan.train : null;
  const batch = typeof train === 'object' && train !== null && 'batch' in train ? Number(train.batch) : Number.NaN;
  const steps = variant?.losses.at(-1)?.step ?? 0;
  const epochs = (steps * batch) / data.nImages;
  return Number.isFinite(epochs) ? `${steps} steps are ${epochs.toFixed(1)} passes over the images.` : '';
}

/** Table IV. */
export function savings(views: readonly OwnedView[]): DocumentFigure {
  const head: FigureHead = {
    id: 'table-4',
    label: 'Table IV',
    title: 'What binarizing saves',
    note: 'Files and training time are measured; eq. (3) and computation are arithmetic over the deconvolutions’ kernels. The document has 1.96× inference, 1.32× training and 25.81× memory, its computation by formula. Inference of the packed file is timed by `slimwise bench-model`.',
  };
  const full = views.find(({ letter }) => letter === 'A');
  const others = views.filter(({ letter }) => letter === 'F' || letter === 'H' || letter === 'G');
  if (full === undefined || others.length === 0)
    return missing(
      head,
      'It needs settings A and F. A plan with a stage { "family": "settings", "settings": "AtoH" } makes it.',
    );
  return {
    head,
    wide: true,
    kind: 'table',
    table: {
      columns: [
        'Setting',
        'Whole file',
        'Smaller, measured',
        'Memory by eq. (3)',
        'Computation by eq. (3)',
        's / step, measured',
        'Training speed, measured',
      ],
      rows: [full, ...others].map((view) => {
        const { nTotal, nBinarized } = kernels(view);
        const bytes = bytesOf(view);
        const fullBytes = bytesOf(full);
        return [
          nameOf(view),
          formatBytes(bytes).replace(' ', '\u00a0'),
          bytes === null || fullBytes === null ? null : times(fullBytes / bytes),
          nTotal === 0 ? null : times(1 / memoryShare(nBinarized, nTotal)),
          nTotal === 0 ? null : times(1 / computationShare(nBinarized, nTotal)),
          view.stepMs === null ? null : (view.stepMs / 1000).toFixed(3),
          view.stepMs === null || full.stepMs === null ? null : times(full.stepMs / view.stepMs),
        ];
      }),
    },
  };
}

function kernels({ layers, layersG }: OwnedView): { readonly nTotal: number; readonly nBinarized: number } {
  const sizes = layers.map(({ name, channelsIn, channelsOut, taps }) => ({
    n: channelsIn * channelsOut * taps,
    binary: layersG.includes(name),
  }));
  return {
    nTotal: sizes.reduce((sum, { n }) => sum + n, 0),
    nBinarized: sizes.reduce((sum, { n, binary }) => sum + (binary ? n : 0), 0),
  };
}

function bytesOf({ result, layersG, layersD, run }: OwnedView): number | null {
  if (result !== undefined) return result.fileBytes;
  const { summary } = run.state;
  if (summary === null) return null;
  if (layersG.length === 0) return summary.fileBytesBefore;
  const offered = summary.binarizedG.join() === layersG.join() && summary.binarizedD.join() === layersD.join();
  return offered ? summary.fileBytesAfter : null;
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}
