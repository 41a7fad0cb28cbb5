/**
 * How long a comparison takes, so that a run can choose its sample count by a time budget instead of
 * finding out. Time is proportional to the images, levels and values per patch; the share that does not
 * depend on the values (sorting) was measured. One comparison timed on the machine at hand sets the scale.
 */
import { pyramidSizes } from './laplacianPyramid.ts';

export interface SwdWorkload {
  readonly nImages: number;
  readonly size: number;
  readonly channels: 1 | 3;
}

/** Sorting and comparing one projected patch costs about as much as projecting this many values. */
const sortingInValues = 20;

/** In units of one value of one patch; only ratios mean anything. */
export function swdWork({ nImages, size, channels }: SwdWorkload): number {
  return nImages * pyramidSizes(size).length * (channels * 49 + sortingInValues);
}

/** Seconds of one `compare`, from one that was timed. */
export function estimateSwdSeconds(workload: SwdWorkload, timed: { workload: SwdWorkload; seconds: number }): number {
  return (timed.seconds * swdWork(workload)) / swdWork(timed.workload);
}

/** The most images, up to `wanted`, whose comparison fits into `seconds`; never fewer than `least`. */
export function imagesForSeconds(
  seconds: number,
  wanted: number,
  least: number,
  timed: { workload: SwdWorkload; seconds: number },
): number {
  const perImage = timed.seconds / timed.workload.nImages;
  return Math.max(least, Math.min(wanted, Math.floor(seconds / perImage)));
}
