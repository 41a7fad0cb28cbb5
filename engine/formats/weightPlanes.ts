/**
 * Ternary and k-bit weights as bit planes. Each plane is laid out like the signs of a binary weight (`bitPlanes.ts`);
 * a value is the scale of its output channel times a whole number that the planes' bits spell. Ternary is −1, 0, 1:
 * the first plane says "not negative", the second "positive". k bits are the odd numbers from −(2ᵏ − 1) to 2ᵏ − 1:
 * plane b holds bit b of a code c, and the number is 2c − (2ᵏ − 1), so the grid has no zero and no level is wasted.
 * Training needs the same numbers: `weightScales` and `nearestLevel` define what is stored.
 */
import type { WeightBits } from '../../core/cost/weightBits.ts';
import { packSigns, rowLayout, valueIndex } from './bitPlanes.ts';

/** What a packed file stores in bits: 1 is ± (binary-weight networks), the others are bit planes. */
export type PackedBits = Exclude<WeightBits, 16 | 32>;
export type PlaneBits = Exclude<PackedBits, 1>;

export const planeBits: readonly PlaneBits[] = ['ternary', 2, 3, 4, 5, 6, 7, 8];

export function isPlaneBits(value: unknown): value is PlaneBits {
  return planeBits.some((bits) => bits === value);
}

export function nPlanes(bits: PackedBits): number {
  return bits === 'ternary' ? 2 : bits;
}

/** A value is scale · `unit` · Σ coefficient · (bit ? 1 : −1). */
export function planeCoefficients(bits: PackedBits): {
  readonly unit: number;
  readonly coefficients: readonly number[];
} {
  if (bits === 'ternary') return { unit: 0.5, coefficients: [1, 1] };
  return { unit: 1, coefficients: Array.from({ length: bits }, (_, b) => 2 ** b) };
}

/** The whole number nearest to `value / scale` on the grid of `bits`; what lies beyond its ends goes there. */
export function nearestLevel(bits: PackedBits, value: number, scale: number): number {
  if (scale === 0) return bits === 'ternary' ? 0 : 1;
  if (bits === 'ternary') return Math.abs(value) > scale / 2 ? Math.sign(value) : 0;
  const most = 2 ** bits - 1;
  // Ties go up, as zero does in a binary weight.
  const code = Math.floor((value / scale + most) / 2 + 0.5);
  return 2 * Math.max(0, Math.min(most, code)) - most;
}

/**
 * Step between levels, in standard deviations, that loses least of a normal distribution: J. Max, "Quantizing for
 * minimum distortion", 1960, table II (uniform output levels), by bits.
 */
const bestSteps: Readonly<Record<number, number>> = {
  2: 0.9957,
  3: 0.586,
  4: 0.3352,
  5: 0.1881,
  6: 0.1041,
  7: 0.0569,
  8: 0.0308,
};

/** Half the step between two of 2ᵏ levels, for a standard deviation of 1. */
export function halfBestStep(bits: Exclude<PlaneBits, 'ternary'>): number {
  return (bestSteps[bits] ?? 0) / 2;
}

/**
 * One per output channel. Ternary: the mean magnitude of the values above 0.7 of the mean magnitude (ternary weight
 * networks, Li et al. 2016, eq. 6). k bits: half the best step, times the root mean square.
 */
export function weightScales(
  bits: PlaneBits,
  shape: readonly number[],
  outAxis: number,
  values: Float32Array,
): Float32Array {
  const { nRows, inner, perRow } = rowLayout(shape, outAxis);
  const row = new Float64Array(perRow);
  return Float32Array.from({ length: nRows }, (_, output) => {
    for (let i = 0; i < perRow; i++) row[i] = values[valueIndex(output, i, nRows, inner)] ?? 0;
    if (bits !== 'ternary') {
      const rms = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / perRow);
      return rms * halfBestStep(bits);
    }
    const threshold = ternaryThreshold(row);
    let [sum, count] = [0, 0];
    for (const value of row) {
      if (Math.abs(value) <= threshold) continue;
      sum += Math.abs(value);
      count++;
    }
    return count === 0 ? 0 : sum / count;
  });
}

/** Values of at most this magnitude become 0 (ternary weight networks, eq. 7). */
export function ternaryThreshold(row: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += Math.abs(row[i] ?? 0);
  return (0.7 * sum) / row.length;
}

/** All planes one after the other, each rows × ceil(n / 8) bytes. `levels` are the whole numbers of the values. */
export function packLevels(
  bits: PlaneBits,
  shape: readonly number[],
  outAxis: number,
  levels: Int16Array,
): Uint8Array<ArrayBuffer> {
  const planes = Array.from({ length: nPlanes(bits) }, (_, plane) =>
    packSigns(
      shape,
      outAxis,
      Float32Array.from(levels, (level) => (bitOf(bits, level, plane) ? 1 : -1)),
    ),
  );
  const size = planes[0]?.length ?? 0;
  const all = new Uint8Array(size * planes.length);
  planes.forEach((plane, i) => all.set(plane, i * size));
  return all;
}

function bitOf(bits: PlaneBits, level: number, plane: number): boolean {
  if (bits === 'ternary') return plane === 0 ? level >= 0 : level > 0;
  return (((level + 2 ** bits - 1) / 2) & (1 << plane)) !== 0;
}

/** Levels times the scale of their channel, in the shape's own order. */
export function unpackLevels(
  bits: PlaneBits,
  shape: readonly number[],
  outAxis: number,
  scales: Float32Array,
  planes: Uint8Array,
): Float32Array {
  const { nRows, inner, perRow, bytesPerRow } = rowLayout(shape, outAxis);
  const { unit, coefficients } = planeCoefficients(bits);
  const planeBytes = nRows * bytesPerRow;
  const values = new Float32Array(nRows * perRow);
  for (let row = 0; row < nRows; row++) {
    const scale = scales[row] ?? 0;
    for (let i = 0; i < perRow; i++) {
      const [byte, bit] = [row * bytesPerRow + (i >> 3), i & 7];
      let sum = 0;
      for (let plane = 0; plane < coefficients.length; plane++) {
        const set = ((planes[plane * planeBytes + byte] ?? 0) >> bit) & 1;
        sum += set === 1 ? (coefficients[plane] ?? 0) : -(coefficients[plane] ?? 0);
      }
      values[valueIndex(row, i, nRows, inner)] = sum * unit * scale;
    }
  }
  return values;
}

/** The levels of trained values: on the given scales the nearest, on a ternary weight's own by its threshold. */
export function levelsOf(
  bits: PlaneBits,
  shape: readonly number[],
  outAxis: number,
  values: Float32Array,
  scales: Float32Array | null,
): { readonly levels: Int16Array; readonly scales: Float32Array } {
  const used = scales ?? weightScales(bits, shape, outAxis, values);
  const { nRows, inner, perRow } = rowLayout(shape, outAxis);
  const levels = new Int16Array(values.length);
  for (let output = 0; output < nRows; output++) {
    const scale = used[output] ?? 0;
    const at = (i: number): number => valueIndex(output, i, nRows, inner);
    const row = Float64Array.from({ length: perRow }, (_, i) => values[at(i)] ?? 0);
    const threshold = bits === 'ternary' && scales === null ? ternaryThreshold(row) : null;
    row.forEach((value, i) => {
      levels[at(i)] =
        threshold === null ? nearestLevel(bits, value, scale) : Math.abs(value) > threshold ? Math.sign(value) : 0;
    });
  }
  return { levels, scales: used };
}

/** What makes planes of `bits` unsound: a ternary weight that is positive and not "not negative". */
export function unsoundPlanes(bits: PlaneBits, planes: Uint8Array): string | null {
  if (bits !== 'ternary') return null;
  const size = planes.length / 2;
  for (let i = 0; i < size; i++) {
    if (((planes[size + i] ?? 0) & ~(planes[i] ?? 0)) !== 0) return 'has values that are positive and negative at once';
  }
  return null;
}
