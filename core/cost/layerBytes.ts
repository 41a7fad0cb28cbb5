/**
 * The three sizes of a layer that every report shows: all weights at fp32, kernels at int8, kernels at 1 bit
 * (see weightBits.ts for what is counted). And the bytes of one activation.
 */
import type { WeightSpec } from '../graph/modelGraph.ts';
import type { OpCall } from '../graph/ops.ts';
import type { Shape } from '../graph/shape.ts';
import type { ByteReport } from '../report/analyzeReport.ts';
import { product } from '../shape/shapeResult.ts';
import { bytesAt } from './weightBits.ts';

const floatBytes = 4;

/** null where the weights are not known. */
export function layerBytes(call: OpCall, weights: readonly WeightSpec[] | null): ByteReport | null {
  const fp32 = bytesAt(32, call, weights);
  const int8 = bytesAt(8, call, weights);
  const binary = bytesAt(1, call, weights);
  return fp32 === null || int8 === null || binary === null ? null : { fp32, int8, binary };
}

/** Bytes of one tensor; null where its shape is not known. */
export function activationBytes(shape: Shape | null, bytesPerValue = floatBytes): number | null {
  const nValues = shape === null ? '?' : product(shape);
  return nValues === '?' ? null : nValues * bytesPerValue;
}
