/**
 * Weights as the kernels read them. Bits: for each chunk of at most 32 groups of eight input channels, for each
 * bit plane, rows in order (output channel, tap) with one byte per group, the first channel in the lowest bit;
 * so the same number of bits as in the file, up to whole bytes. fp32: rows [output channel][tap][input channel].
 * The reader of a weight says where a value stands in the framework's own order.
 */
import type { KernelMemory } from './kernelMemory.ts';
import type { TapGeometry } from './tapGeometry.ts';

/**
 * Value = Σ planes coefficient · (bit ? +1 : −1), times the output channel's alpha, which is applied at the end.
 * Ternary is two planes with coefficients 1, 1 and half the scale; k bits are coefficients 1, 2, 4, …
 */
export interface BitWeights {
  readonly kind: 'bits';
  readonly inChannels: number;
  readonly outChannels: number;
  /** One row per output channel, `ceil(inChannels · nTaps / 8)` bytes, first value in the lowest bit. */
  readonly planes: readonly { readonly coefficient: number; readonly bytes: Uint8Array }[];
  /** The order of the values in a row. */
  readonly order: 'channelsFirst' | 'tapsFirst';
}

export interface FloatWeights {
  readonly kind: 'float';
  readonly inChannels: number;
  readonly outChannels: number;
  readonly values: Float32Array;
  /** Distance in `values` of neighbouring output channels, taps and input channels. */
  readonly steps: { readonly output: number; readonly tap: number; readonly input: number };
}

export type TapWeights = BitWeights | FloatWeights;

/** What a layer keeps of its weights once they are placed: not their values, which would be a second copy. */
export interface WeightShape {
  readonly kind: TapWeights['kind'];
  readonly inChannels: number;
  readonly outChannels: number;
  /** Of the bit planes; none for fp32. */
  readonly coefficients: readonly number[];
}

export function weightShape(weights: TapWeights): WeightShape {
  const { kind, inChannels, outChannels } = weights;
  const coefficients = weights.kind === 'bits' ? weights.planes.map((plane) => plane.coefficient) : [];
  return { kind, inChannels, outChannels, coefficients };
}

/** i16 sums of 32 · 8 values of at most 127 stay below 2¹⁵; 32 tables of 16 KB fit a second-level cache. */
export const groupsPerChunk = 32;

/** Addresses of one pass's weights, in the order in which they are used. */
export interface PassWeights {
  /** Per chunk, per plane; a single entry for fp32. */
  readonly chunks: readonly (readonly number[])[];
}

export function chunkGroups(inChannels: number): readonly number[] {
  const groups = Math.ceil(inChannels / 8);
  const sizes: number[] = [];
  for (let from = 0; from < groups; from += groupsPerChunk) sizes.push(Math.min(groupsPerChunk, groups - from));
  return sizes;
}

/** Copies the weights into the kernels' memory. */
export function placeWeights(memory: KernelMemory, weights: TapWeights, geometry: TapGeometry): readonly PassWeights[] {
  const nTaps = geometry.window.kernel[0] * geometry.window.kernel[1];
  return geometry.passes.map((pass) => {
    const taps = pass.taps.map((tap) => tap.index);
    if (weights.kind === 'float') return { chunks: [[placeFloats(memory, weights, taps)]] };
    let group = 0;
    const chunks = chunkGroups(weights.inChannels).map((groups) => {
      const from = group;
      group += groups;
      return weights.planes.map(({ bytes }) => placeBits(memory, weights, bytes, { nTaps, taps, from, groups }));
    });
    return { chunks };
  });
}

interface BitBlock {
  /** Of the whole kernel. */
  readonly nTaps: number;
  /** Those of this pass. */
  readonly taps: readonly number[];
  /** First group, and how many. */
  readonly from: number;
  readonly groups: number;
}

function placeBits(
  memory: KernelMemory,
  { inChannels, outChannels, order }: BitWeights,
  bits: Uint8Array,
  { nTaps, taps, from, groups }: BitBlock,
): number {
  const rowBytes = Math.ceil((inChannels * nTaps) / 8);
  const size = outChannels * taps.length * groups;
  const at = memory.allocate(size);
  const to = memory.bytes(at, size);
  const [tapStep, channelStep] = order === 'channelsFirst' ? [1, nTaps] : [inChannels, 1];
  let position = 0;
  for (let output = 0; output < outChannels; output++) {
    const row = output * rowBytes;
    for (const tap of taps) {
      for (let group = from; group < from + groups; group++) {
        let byte = 0;
        const nBits = Math.min(8, inChannels - group * 8);
        let index = tap * tapStep + group * 8 * channelStep;
        for (let bit = 0; bit < nBits; bit++, index += channelStep) {
          byte |= (((bits[row + (index >> 3)] ?? 0) >> (index & 7)) & 1) << bit;
        }
        to[position++] = byte;
      }
    }
  }
  return at;
}

function placeFloats(memory: KernelMemory, weights: FloatWeights, taps: readonly number[]): number {
  const { inChannels, outChannels, values, steps } = weights;
  const size = outChannels * taps.length * inChannels;
  const at = memory.allocate(size * 4);
  const to = memory.floats(at, size);
  let position = 0;
  for (let output = 0; output < outChannels; output++) {
    for (const tap of taps) {
      const from = output * steps.output + tap * steps.tap;
      for (let input = 0; input < inChannels; input++) to[position++] = values[from + input * steps.input] ?? 0;
    }
  }
  return at;
}
