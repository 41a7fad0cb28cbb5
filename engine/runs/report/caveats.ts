/**
 * What a reader must know before believing a report, derived from the run itself: how long it trained, how
 * many images and repetitions its numbers rest on, and why they cannot be held against the document's.
 */
import { countText } from './reportNumbers.ts';
import type { ReportData } from './reportData.ts';

export function caveats(data: ReportData): readonly string[] {
  const list: string[] = [];
  const steps = data.variants.find(({ kind }) => kind === 'full')?.losses.at(-1)?.step;
  if (steps !== undefined) {
    list.push(
      `The full-precision network trained ${countText(steps)} steps. The DCGAN code that the document builds on trains 25 epochs of CelebA, tens of thousands of steps: what is drawn and decided here is about early training.`,
    );
  }
  if (data.short) {
    list.push(
      'This was a short run, with a fraction of the plan’s steps and images: it shows that the path works and which layers react first. A decision for a product needs the whole run.',
    );
  }
  const evaluation = data.variants.flatMap(({ evaluations }) => evaluations).at(0);
  const resolutions = evaluation?.levels.map(({ resolution }) => resolution) ?? [];
  list.push(
    `SWD here is not comparable with the PBGen document’s: it used 64×64 colour images of CelebA at three pyramid levels; this run has ${resolutions.length === 0 ? 'other images' : `${resolutions.join(' and ')} pixels as its level${resolutions.length === 1 ? '' : 's'}`} and its own data. Compare numbers within this report only.`,
  );
  if (data.noise !== null) {
    list.push(
      `The noise of SWD rests on ${data.noise.values.length} repetitions at full precision, so it is itself known only roughly.`,
    );
  }
  list.push(`All of this is one seed (${data.seed}); another seed may decide differently near the threshold.`);
  list.push(
    'Sizes are those of files on disk. The document’s ratio of 25.81× counts something else, and could not be reproduced by any natural counting; no ratio here is copied from it.',
  );
  return list;
}
