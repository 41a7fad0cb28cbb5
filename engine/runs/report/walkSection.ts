/**
 * The way between the run's fixed latents in the report: full precision beside the compressed generator, at their
 * last logged steps, a leg in each row. The table behind it says how far neighbouring images are from each other,
 * so that a jump, or a way along which nothing changes, is a number too. Runs that drew no way have no section.
 */
import { decode } from 'fast-png';
import { frameIn } from '../../../core/session/walkGrid.ts';
import { nWalkFrames, nWalkLatents, planLatents, walkStride, walkWords } from '../../../core/session/latentWalk.ts';
import type { ChartTable } from '../../../core/chart/chartTable.ts';
import type { FigureRun, View } from './figures/figureRun.ts';
import { pictureFigure } from './figureBlock.ts';
import { html, type Markup } from './html.ts';

export interface WalkPicture {
  readonly caption: string;
  readonly step: number;
  readonly png: Uint8Array;
}

export function walkSection(run: FigureRun): Markup | null {
  const pictures = comparedViews(run).flatMap((view) => walkOf(run, view) ?? []);
  if (pictures.length === 0) return null;
  const words = walkWords(planLatents(run.record.plan));
  return html`<section class="between" aria-labelledby="between">
    <h2 id="between">Between the fixed latents</h2>
    <p class="about">
      From one latent of the first row of samples to the next, and from the last back to the first, by ${words}: a leg
      in each row, in ${walkStride} steps. The same way through every generator.
    </p>
    ${pictureFigure(
      {
        id: 'interpolation',
        label: '',
        title: 'Latent interpolation',
        note: 'Change: mean absolute difference of neighbouring images, in levels of 255.',
      },
      pictures.map(({ caption, step, png }) => ({
        caption: `${caption}, step ${step}`,
        uri: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
      })),
      walkTable(pictures),
    )}
  </section>`;
}

/** Full precision, and what the run offers; before there is a result, the last that was trained. */
function comparedViews({ views, state }: FigureRun): readonly View[] {
  const isFull = ({ layersG, layersD }: View): boolean => layersG.length === 0 && layersD.length === 0;
  const { summary } = state;
  const same = (a: readonly string[], b: readonly string[]): boolean => [...a].sort().join() === [...b].sort().join();
  const full = views.find(isFull);
  const others = views.filter((view) => !isFull(view));
  const offered =
    summary === null
      ? others.at(-1)
      : others.findLast((view) => same(view.layersG, summary.binarizedG) && same(view.layersD, summary.binarizedD));
  return [full, offered ?? others.at(-1)].filter((view) => view !== undefined);
}

function walkOf(run: FigureRun, { label, variant }: View): WalkPicture | null {
  const sample = variant?.samples.at(-1);
  const png = sample?.walk === undefined ? null : run.image(sample.walk);
  return sample === undefined || png === null ? null : { caption: label, step: sample.step, png };
}

/** One row for each leg. */
export function walkTable(pictures: readonly WalkPicture[]): ChartTable {
  const changes = pictures.map(({ png }) => frameChanges(png));
  return {
    columns: ['Leg', ...pictures.flatMap(({ caption }) => [`${caption}, mean change`, `${caption}, largest`])],
    rows: Array.from({ length: nWalkLatents }, (_, leg) => [
      `${leg + 1} → ${((leg + 1) % nWalkLatents) + 1}`,
      ...changes.flatMap((all) => {
        const ofLeg = all?.slice(leg * walkStride, (leg + 1) * walkStride) ?? [];
        if (ofLeg.length === 0) return [null, null];
        return [ofLeg.reduce((sum, value) => sum + value, 0) / ofLeg.length, Math.max(...ofLeg)].map(
          (value) => Math.round(value * 100) / 100,
        );
      }),
    ]),
  };
}

/** From each frame to the next one, the last to the first; null where the picture is no such grid. */
function frameChanges(png: Uint8Array): readonly number[] | null {
  const { width, height, channels, data } = decode(png);
  const first = frameIn({ width, height }, 0);
  if (first === null) return null;
  return Array.from({ length: nWalkFrames }, (_, frame) => {
    const [a, b] = [frame, (frame + 1) % nWalkFrames].map((each) => frameIn({ width, height }, each) ?? first) as [
      typeof first,
      typeof first,
    ];
    let sum = 0;
    for (let y = 0; y < first.height; y++) {
      const [fromA, fromB] = [(a.y + y) * width + a.x, (b.y + y) * width + b.x];
      for (let i = 0; i < first.width * channels; i++) {
        sum += Math.abs((data[fromA * channels + i] ?? 0) - (data[fromB * channels + i] ?? 0));
      }
    }
    return sum / (first.width * first.height * channels);
  });
}
