/**
 * Counter-based random numbers: `rng(seed, step, purpose)` names a stream, and the stream depends on
 * nothing else, so the position in a run is all that a checkpoint needs to keep. Streams with different
 * names are independent; the same name gives the same numbers on every machine and JavaScript engine.
 * A stream holds at most 2³⁴ words. It is no source of secrets.
 */
import { normalQuantile } from './normalQuantile.ts';
import { philox4x32 } from './philox.ts';

export interface Rng {
  /** A whole number in [0, 2³²). */
  uint32(): number;
  /** In the open interval (0, 1), in steps of 2⁻³². */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  fillNormal(into: Float32Array): Float32Array;
  /** Uniform in [low, high). */
  fillUniform(into: Float32Array, low: number, high: number): Float32Array;
  /** A whole number in [0, n), each equally likely; n from 1 to 2³². */
  int(n: number): number;
  /** The numbers 0 … n−1 in random order. */
  permutation(n: number): Uint32Array;
}

/** The stream of `purpose` at `step`. `seed` is a whole number in [0, 2⁵³), `step` in [0, 2³²). */
export function rng(seed: number, step: number, purpose: string): Rng {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed ${seed} is not a whole number in [0, 2^53)`);
  if (!Number.isInteger(step) || step < 0 || step >= 2 ** 32) throw new RangeError(`step ${step} is not in [0, 2^32)`);
  const seedLow = seed >>> 0;
  const seedHigh = Math.floor(seed / 2 ** 32);
  const [purposeLow, purposeHigh] = hashText(purpose);
  const block = new Uint32Array(4);
  let blockIdx = 0;
  let used = 4;

  const uint32 = (): number => {
    if (used === 4) {
      philox4x32(block, blockIdx++, step, purposeLow, purposeHigh, seedLow, seedHigh);
      used = 0;
    }
    return block[used++] as number;
  };
  const uniform = (): number => (uint32() + 0.5) / 2 ** 32;
  const normal = (): number => normalQuantile(uniform());
  const int = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32)
      throw new RangeError(`int(${n}) needs a whole number in [1, 2^32]`);
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const word = uint32();
      if (word < limit) return word % n;
    }
  };

  return {
    uint32,
    uniform,
    normal,
    int,
    fillNormal(into) {
      for (let i = 0; i < into.length; i++) into[i] = normal();
      return into;
    },
    fillUniform(into, low, high) {
      for (let i = 0; i < into.length; i++) into[i] = low + (high - low) * (uint32() / 2 ** 32);
      return into;
    },
    permutation(n) {
      const order = Uint32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = int(i + 1);
        const swapped = order[i] as number;
        order[i] = order[j] as number;
        order[j] = swapped;
      }
      return order;
    },
  };
}

/** Two FNV-1a hashes of the UTF-16 units, with different offsets: enough to tell purposes apart. */
function hashText(text: string): readonly [number, number] {
  let low = 0x811c9dc5;
  let high = 0x050c5d1f;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + 0x9e37), 0x01000193);
  }
  return [low >>> 0, high >>> 0];
}
