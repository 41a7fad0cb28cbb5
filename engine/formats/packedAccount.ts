/**
 * What the weights of a packed file should take and do take: eq. (3) of PBGen, bits for coded weights and 32 for the
 * others, then the scales that it does not count, then the tensors as they are stored (rows padded to bytes) and the
 * whole file. Every count is of this file; nothing is estimated.
 */
import type { PackedModel, PackedWeight } from './packedModel.ts';

export interface PackedAccount {
  /** Entries of all weights (N), and of those that are coded (K). */
  readonly nWeights: number;
  readonly nCoded: number;
  /** (Σ bits of the coded + 32 (N − K)) / 8: eq. (3) where all coded weights are binary. */
  readonly eq3Bytes: number;
  readonly scaleBytes: number;
  /** Planes, scales and floats as stored. */
  readonly tensorBytes: number;
  /** The same entries at 32 bits. */
  readonly fp32Bytes: number;
}

export function packedAccount({ weights }: Pick<PackedModel, 'weights'>): PackedAccount {
  let [nWeights, nCoded, bits, scaleBytes, tensorBytes] = [0, 0, 0, 0, 0];
  for (const weight of weights.values()) {
    const count = weight.shape.reduce((product, size) => product * size, 1);
    nWeights += count;
    bits += count * bitsOf(weight);
    if (weight.kind === 'float') {
      tensorBytes += weight.values.byteLength;
      continue;
    }
    nCoded += count;
    scaleBytes += weight.scales.byteLength;
    tensorBytes += weight.scales.byteLength + weight.planes.byteLength;
  }
  return { nWeights, nCoded, eq3Bytes: bits / 8, scaleBytes, tensorBytes, fp32Bytes: nWeights * 4 };
}

function bitsOf(weight: PackedWeight): number {
  if (weight.kind === 'float') return 32;
  if (weight.kind === 'binary') return 1;
  return weight.bits === 'ternary' ? 2 : weight.bits;
}
