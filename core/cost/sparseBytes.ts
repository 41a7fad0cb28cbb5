/**
 * What a kernel takes when only its non-zero weights are stored, each with its distance to the one before: the
 * relative index of Deep Compression (Han et al. 2016, section 2), with 8 bits of distance for convolutions and 5 for
 * dense layers as there. A longer run of zeros needs filler zeros; how many depends on which weights are zero, so the
 * count is the most that any pattern of zeros can need, and never too small.
 */

export interface SparseKernel {
  readonly nWeights: number;
  /** Share of the weights that are zero, 0 to 1; as many are zero as whole weights fit in it. */
  readonly zeroShare: number;
  /** Bits of one stored value. */
  readonly valueBits: number;
  readonly indexBits: number;
}

/** Bits of distance that Deep Compression uses. */
export const indexBits = { convolution: 8, dense: 5 } as const;

/** Weights that are set to zero. */
export function zeroedWeights({ nWeights, zeroShare }: Pick<SparseKernel, 'nWeights' | 'zeroShare'>): number {
  // The guard keeps 0.3 of 10 weights at 3 and not at 2 (0.3 × 10 is below 3 in floating point).
  return Math.min(nWeights, Math.floor(nWeights * zeroShare + 1e-9));
}

/** Bytes of the stored stream at most: values, distances and fillers, without scales. */
export function sparseBytes(kernel: SparseKernel): number {
  const nZeros = zeroedWeights(kernel);
  // A filler stands for itself and the 2^b − 1 zeros before it.
  const nFillers = Math.floor(nZeros / 2 ** kernel.indexBits);
  return Math.ceil(((kernel.nWeights - nZeros + nFillers) * (kernel.valueBits + kernel.indexBits)) / 8);
}
