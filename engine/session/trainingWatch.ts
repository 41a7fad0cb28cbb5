/**
 * Looks at a training as a person would who glances at the curves: a discriminator that has won, losses that run
 * away, samples that are all alike. Each is said once per variant, in plain words, and changes nothing; a loss
 * that is no number is not a matter of looking and ends the session elsewhere.
 */
import type { Problem } from '../../core/problem.ts';
import { uninformedLossD } from '../../core/session/lossBalance.ts';
import type { LossName } from '../../core/plan/trainFields.ts';
import { modeCollapse, oneSidedTraining, trainingDiverges } from './problems.ts';

export interface TrainingWatch {
  /** After each step; the warnings that it gives cause for. */
  step(step: number, lossD: number, lossG: number): readonly Problem[];
  /** At each sample: pixel variance among generated images as a share of that among real ones. */
  sample(step: number, diversity: number): readonly Problem[];
}

/** Steps that a mean is taken over; a GAN's losses jump from batch to batch. */
const window = 50;
/** D's loss below this share of what it is without any information: it tells nearly everything apart. */
const wonShare = 0.1;
/** A mean loss so many times its first window's (and one beside it, for losses near 0) has run away. */
const runawayFactor = 10;
/** Real images vary ten times as much as those of a collapsed generator, twice in a row. */
const collapsedShare = 0.1;
/** A generator that has just begun draws the same grey for every latent. */
const earliestCollapse = 100;

export function createTrainingWatch(variant: string, loss: LossName): TrainingWatch {
  const losses: { readonly lossD: number; readonly lossG: number }[] = [];
  const said = new Set<string>();
  const once = (problem: Problem): readonly Problem[] => {
    if (said.has(problem.code)) return [];
    said.add(problem.code);
    return [problem];
  };
  const uninformed = uninformedLossD(loss);
  let first: { readonly lossD: number; readonly lossG: number } | null = null;
  let alikeBefore = false;
  return {
    step(step, lossD, lossG) {
      losses.push({ lossD, lossG });
      if (losses.length < window) return [];
      if (losses.length > window) losses.shift();
      const mean = meanOf(losses);
      if (first === null) {
        first = mean;
        return [];
      }
      const won = uninformed !== null && mean.lossD < wonShare * uninformed;
      const ranAway =
        Math.abs(mean.lossG) > runawayFactor * (Math.abs(first.lossG) + 1) ||
        Math.abs(mean.lossD) > runawayFactor * (Math.abs(first.lossD) + 1);
      return [
        ...(won ? once(oneSidedTraining(variant, step, mean.lossD, mean.lossG)) : []),
        ...(ranAway ? once(trainingDiverges(variant, step, first, mean)) : []),
      ];
    },
    sample(step, diversity) {
      const alike = step >= earliestCollapse && diversity < collapsedShare;
      const twice = alike && alikeBefore;
      alikeBefore = alike;
      return twice ? once(modeCollapse(variant, step, diversity)) : [];
    },
  };
}

function meanOf(losses: readonly { readonly lossD: number; readonly lossG: number }[]): {
  readonly lossD: number;
  readonly lossG: number;
} {
  const sum = losses.reduce((total, { lossD, lossG }) => ({ lossD: total.lossD + lossD, lossG: total.lossG + lossG }));
  return { lossD: sum.lossD / losses.length, lossG: sum.lossG / losses.length };
}

/**
 * Half the mean squared distance between two images of a set, per pixel: the variance of each pixel over the
 * set, averaged over the pixels.
 */
export function pixelVariance(values: Float32Array, nImages: number): number {
  const perImage = values.length / nImages;
  let total = 0;
  for (let pixel = 0; pixel < perImage; pixel++) {
    let [sum, squares] = [0, 0];
    for (let image = 0; image < nImages; image++) {
      const value = values[image * perImage + pixel] ?? NaN;
      sum += value;
      squares += value * value;
    }
    total += squares / nImages - (sum / nImages) ** 2;
  }
  return total / perImage;
}
