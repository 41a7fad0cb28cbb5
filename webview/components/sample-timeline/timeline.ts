/**
 * Steps of one slider over several grids of samples. Every logged step of every shown variant is a stop;
 * where a variant has no grid at a stop, its nearest earlier one is shown and labelled with its own
 * step, never passed off as the slider's. Pure.
 */
type Samples = readonly { readonly step: number }[];

/** All logged steps of the variants, ascending, each once. */
export function timelineSteps(variants: readonly ({ readonly samples: Samples } | null)[]): readonly number[] {
  const steps = new Set<number>();
  for (const variant of variants) for (const sample of variant?.samples ?? []) steps.add(sample.step);
  return [...steps].sort((a, b) => a - b);
}

/** The step that a variant shows at a stop: its own, the nearest earlier, or its first. */
export function shownStep(samples: Samples, stop: number): number | null {
  let from = 0;
  let to = samples.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((samples[middle]?.step ?? Number.POSITIVE_INFINITY) <= stop) from = middle + 1;
    else to = middle;
  }
  return samples[Math.max(0, from - 1)]?.step ?? null;
}

/** Position of the chosen step in the stops; the last one when nothing is chosen (it follows the run). */
export function stopIndex(steps: readonly number[], chosen: number | null): number {
  if (chosen === null) return steps.length - 1;
  let position = 0;
  while (position + 1 < steps.length && (steps[position + 1] ?? 0) <= chosen) position++;
  return steps.length === 0 ? -1 : position;
}

/** The choice that a position stands for: the last one means "follow". */
export function chosenStep(steps: readonly number[], position: number): number | null {
  return position >= steps.length - 1 ? null : (steps[Math.max(0, position)] ?? null);
}
