/**
 * How many bits a layer's kernel takes per weight, and what the layer then weighs. Kernels are the matrices of
 * convolutions and dense layers, which is what compression touches; each is packed by itself (rounded up to whole
 * bytes). Below 16 bits a kernel carries one fp32 scale per output channel; ternary weights take two bit planes.
 * A pruned kernel is stored sparsely where that takes less.
 * Biases, normalization and its running statistics, and every other layer stay fp32 at any setting.
 */
import type { WeightSpec } from '../graph/modelGraph.ts';
import type { OpCall } from '../graph/ops.ts';
import { indexBits, sparseBytes } from './sparseBytes.ts';
import { sizeOf } from './weightSpecs.ts';

/** Bits per weight of a kernel, from most to fewest. */
export const weightBits = [32, 16, 8, 7, 6, 5, 4, 3, 2, 'ternary', 1] as const;
export type WeightBits = (typeof weightBits)[number];

/** `1 bit`, `4 bits`, `ternary (2 bits)`: how a number of bits reads in a sentence. */
export function bitsText(bits: WeightBits): string {
  return bits === 1 ? '1 bit' : bits === 'ternary' ? 'ternary (2 bits)' : `${bits} bits`;
}

const floatBytes = 4;

/**
 * Bytes of all weights of a layer with its kernels at `bits` and `prunedShare` of each kernel's weights zero; null
 * where the weights are not known.
 */
export function bytesAt(
  bits: WeightBits,
  call: OpCall,
  weights: readonly WeightSpec[] | null,
  prunedShare = 0,
): number | null {
  if (weights === null) return null;
  let bytes = 0;
  for (const spec of weights) {
    const nWeights = sizeOf(spec);
    const nScales = scalesOf(call, spec);
    const dense = nScales === null ? nWeights * floatBytes : kernelBytes(bits, nWeights, nScales);
    bytes += nScales === null || prunedShare === 0 ? dense : Math.min(dense, prunedBytes());

    function prunedBytes(): number {
      const kernel = {
        nWeights,
        zeroShare: prunedShare,
        valueBits: bits === 'ternary' ? 1 : bits,
        indexBits: call.op === 'dense' ? indexBits.dense : indexBits.convolution,
      };
      return sparseBytes(kernel) + scaleBytes(bits, nScales ?? 0);
    }
  }
  return bytes;
}

/** True where the layer owns a kernel, so that its bits can be chosen. */
export function hasKernel(call: OpCall, weights: readonly WeightSpec[] | null): boolean {
  return weights?.some((spec) => scalesOf(call, spec) !== null) === true;
}

/** Storage bits per weight: ternary weights are two planes. */
export function storedBits(bits: WeightBits): number {
  return bits === 'ternary' ? 2 : bits;
}

function kernelBytes(bits: WeightBits, nWeights: number, nScales: number): number {
  const packed = Math.ceil((nWeights * storedBits(bits)) / 8);
  return packed + scaleBytes(bits, nScales);
}

function scaleBytes(bits: WeightBits, nScales: number): number {
  return bits === 32 || bits === 16 ? 0 : nScales * floatBytes;
}

/** Output channels of a kernel, one scale each; null for a weight that is no kernel. */
function scalesOf(call: OpCall, spec: WeightSpec): number | null {
  if (spec.shape.length < 2) return null;
  switch (call.op) {
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
    case 'conv1d_transpose':
    case 'conv2d_transpose':
    case 'conv3d_transpose':
      return call.attributes.outChannels;
    case 'separable_conv2d': {
      const { inChannels, outChannels, depthMultiplier } = call.attributes;
      return spec.name === 'depthwise_kernel' ? inChannels * depthMultiplier : outChannels;
    }
    case 'dense':
      return call.attributes.outFeatures;
    default:
      return null;
  }
}
