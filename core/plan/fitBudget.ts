/**
 * Bits per layer that fit a byte limit at the least summed sensitivity: a knapsack with one choice per layer, solved
 * exactly by keeping, layer by layer, every pair of bytes and sensitivity that no other pair beats. Of equal sums the
 * fewer bytes win, then fewer bits in the earlier layers. Where a model has so many layers that the pairs would not
 * fit in memory they are thinned, and `isExact` says so.
 */
import type { WeightBits } from '../cost/weightBits.ts';

/** One way to store a layer. */
export interface LayerOption {
  readonly bits: WeightBits;
  readonly bytes: number;
  /** Cost in quality: any unit, summed over layers. */
  readonly sensitivity: number;
}

export interface FitLayer {
  readonly name: string;
  /** From most to fewest bits; the order settles ties. */
  readonly options: readonly LayerOption[];
}

export interface FittedBudget {
  readonly choices: readonly { readonly name: string; readonly option: LayerOption }[];
  readonly bytes: number;
  readonly sensitivity: number;
  readonly isExact: boolean;
}

interface State {
  readonly bytes: number;
  readonly sensitivity: number;
  readonly last: LayerOption | null;
  readonly before: State | null;
}

const maxStates = 4000;

/** null: even the fewest bits of every layer are over the limit. `fixedBytes` are those that no choice changes. */
export function fitBudget(layers: readonly FitLayer[], limitBytes: number, fixedBytes = 0): FittedBudget | null {
  let states: readonly State[] = [{ bytes: fixedBytes, sensitivity: 0, last: null, before: null }];
  const rest = layers.map(({ options }) => Math.min(...options.map(({ bytes }) => bytes)));
  let leastToCome = rest.reduce((sum, bytes) => sum + bytes, 0);
  let isExact = true;
  layers.forEach(({ options }, idx) => {
    leastToCome -= rest[idx] ?? 0;
    const room = limitBytes - leastToCome;
    const next = states.flatMap((before) =>
      options.flatMap((last): State[] => {
        const bytes = before.bytes + last.bytes;
        return bytes > room ? [] : [{ bytes, sensitivity: before.sensitivity + last.sensitivity, last, before }];
      }),
    );
    states = undominated(next);
    if (states.length <= maxStates) return;
    isExact = false;
    states = thinned(states);
  });
  let best: State | null = null;
  for (const state of states) {
    if (state.bytes > limitBytes) continue;
    if (best === null || state.sensitivity < best.sensitivity) best = state;
  }
  if (best === null) return null;
  const chosen: LayerOption[] = [];
  for (let state: State | null = best; state !== null; state = state.before) {
    if (state.last !== null) chosen.unshift(state.last);
  }
  const choices = layers.flatMap(({ name }, idx) => {
    const option = chosen[idx];
    return option === undefined ? [] : [{ name, option }];
  });
  return { choices, bytes: best.bytes, sensitivity: best.sensitivity, isExact };
}

/** By bytes, each of lower sensitivity than all with fewer bytes. */
function undominated(states: readonly State[]): readonly State[] {
  const sorted = [...states].sort((a, b) => a.bytes - b.bytes || a.sensitivity - b.sensitivity);
  const kept: State[] = [];
  let least = Infinity;
  for (const state of sorted) {
    if (state.sensitivity >= least) continue;
    least = state.sensitivity;
    kept.push(state);
  }
  return kept;
}

/** The best state of each of equally wide steps of bytes, so that both ends stay. */
function thinned(states: readonly State[]): readonly State[] {
  const first = states[0]?.bytes ?? 0;
  const width = ((states[states.length - 1]?.bytes ?? 0) - first + 1) / (maxStates / 2);
  const kept = new Map<number, State>();
  for (const state of states) kept.set(Math.floor((state.bytes - first) / width), state);
  const [least] = states;
  return least === undefined ? [] : [least, ...[...kept.values()].filter((state) => state !== least)];
}
