/**
 * What a layer's weights take in memory or in a file: all at fp32; kernels at int8; kernels at 1 bit.
 * Kernels are the matrices of convolutions and dense layers, which is what compression touches; each is
 * packed by itself (rounded up to whole bytes) and carries one fp32 scale per output channel. Biases,
 * normalization and its running statistics, and every other layer stay fp32 in all three.
 */
import type { WeightSpec } from '../graph/modelGraph.ts';
import type { OpCall } from '../graph/ops.ts';
import type { Shape } from '../graph/shape.ts';
import type { ByteReport } from '../report/analyzeReport.ts';
import { product } from '../shape/shapeResult.ts';
import { sizeOf } from './weightSpecs.ts';

const floatBytes = 4;

/** null where the weights are not known. */
export function layerBytes(call: OpCall, weights: readonly WeightSpec[] | null): ByteReport | null {
  if (weights === null) return null;
  let fp32 = 0;
  let int8 = 0;
  let binary = 0;
  for (const spec of weights) {
    const nWeights = sizeOf(spec);
    const nScales = scalesOf(call, spec);
    fp32 += nWeights * floatBytes;
    int8 += nScales === null ? nWeights * floatBytes : nWeights + nScales * floatBytes;
    binary += nScales === null ? nWeights * floatBytes : Math.ceil(nWeights / 8) + nScales * floatBytes;
  }
  return { fp32, int8, binary };
}

/** Bytes of one tensor; null where its shape is not known. */
export function activationBytes(shape: Shape | null, bytesPerValue = floatBytes): number | null {
  const nValues = shape === null ? '?' : product(shape);
  return nValues === '?' ? null : nValues * bytesPerValue;
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
