/**
 * Whether generator and discriminator still compete, as a number from their losses. PBGen shows it in Figs. 13
 * to 15: with only G binarized, D's loss falls to nothing early, G's rises, and the images stop improving.
 * The ratio is taken over the last quarter of the training; the step of collapse over all of it.
 */
import type { LossName } from '../plan/trainFields.ts';
import type { LossBalance } from './runEvent.ts';

export interface LossAtStep {
  readonly step: number;
  readonly lossD: number;
  readonly lossG: number;
}

/** D's loss when it cannot tell real from generated at all; null where the loss has no such value. */
export function uninformedLossD(loss: LossName): number | null {
  switch (loss) {
    case 'bce': // 2·ln 2
      return 2 * Math.LN2;
    case 'lsgan': // ½·¼ + ½·¼ at D = ½
      return 0.25;
    case 'hinge': // 1 + 1 at D = 0
      return 2;
    case 'wgan':
    case 'wgan-gp':
      return null;
  }
}

/** Below this share of its uninformed value D's loss says that it tells nearly everything apart. */
const vanishedShare = 0.1;
/** Losses of single batches are noisy: a mean over this share of the steps, at least ten, is compared. */
const windowShare = 0.05;
const smallestWindow = 10;

/** `points` in the order of their steps; null without any. */
export function lossBalance(points: readonly LossAtStep[], loss: LossName): LossBalance | null {
  if (points.length === 0) return null;
  const last = points.slice(Math.floor((points.length * 3) / 4));
  const meanLossG = mean(last.map(({ lossG }) => lossG));
  const meanLossD = mean(last.map(({ lossD }) => lossD));
  const uninformed = uninformedLossD(loss);
  return {
    meanLossG,
    meanLossD,
    // A hinge G's loss can be negative; a ratio of such losses says nothing.
    ratio: uninformed !== null && loss !== 'hinge' && meanLossD > 0 ? meanLossG / meanLossD : null,
    vanishedAt: uninformed === null ? null : vanishedAt(points, uninformed * vanishedShare),
  };
}

/** The first step from which every window's mean stays below the limit; null where the last one does not. */
function vanishedAt(points: readonly LossAtStep[], limit: number): number | null {
  const width = Math.max(smallestWindow, Math.floor(points.length * windowShare));
  if (points.length < width) return null;
  let sum = 0;
  let since: number | null = null;
  for (const [i, { lossD, step }] of points.entries()) {
    sum += lossD - (i >= width ? (points[i - width]?.lossD ?? 0) : 0);
    if (i < width - 1) continue;
    if (sum / width >= limit) since = null;
    else since ??= step;
  }
  return since;
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
