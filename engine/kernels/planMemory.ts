/**
 * Where the values of a run lie: each from the step that makes it to the last that reads it, first fit. An
 * in-place step takes over its input's place when nobody reads that input later.
 */
import type { GeneratorStep } from './generatorStep.ts';

export interface MemoryPlan {
  /** Byte offset of each value. */
  readonly offsets: ReadonlyMap<number, number>;
  readonly bytes: number;
}

export function planMemory(
  steps: readonly GeneratorStep[],
  input: number,
  output: number,
  bytesOf: (value: number) => number,
  images: number,
): MemoryPlan {
  const lastUse = new Map<number, number>([[input, -1]]);
  steps.forEach((step, i) => step.inputs.forEach((value) => lastUse.set(value, i)));
  lastUse.set(output, steps.length);
  const offsets = new Map<number, number>();
  let living: { readonly value: number; readonly from: number; readonly to: number }[] = [];
  let bytes = 0;
  const put = (value: number, at: number): void => {
    const to = at + aligned(bytesOf(value));
    offsets.set(value, at);
    living.push({ value, from: at, to });
    living.sort((a, b) => a.from - b.from);
    bytes = Math.max(bytes, to);
  };
  put(input, 0);
  steps.forEach((step, i) => {
    const [first = input] = step.inputs;
    const reuse = step.inPlace === 'always' || (step.inPlace === 'whenAlone' && images === 1);
    const ends = (value: number): boolean => (lastUse.get(value) ?? -1) <= i;
    if (step.output === first) {
      // It changes a value where it lies.
    } else if (reuse && ends(first) && !step.inputs.slice(1).includes(first)) {
      const at = offsets.get(first) ?? 0;
      living = living.filter((entry) => entry.value !== first);
      put(step.output, at);
    } else {
      const size = aligned(bytesOf(step.output));
      let at = 0;
      for (const entry of living) {
        if (entry.from - at >= size) break;
        at = Math.max(at, entry.to);
      }
      put(step.output, at);
    }
    living = living.filter((entry) => entry.value === step.output || !ends(entry.value));
  });
  return { offsets, bytes };
}

/** Kernels work on whole registers. */
function aligned(bytes: number): number {
  return (bytes + 31) & ~15;
}
