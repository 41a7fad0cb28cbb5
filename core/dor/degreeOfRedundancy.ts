/**
 * Degree of redundancy of a layer's weights (PBGen, "Binarizing Weights Wisely"): how many more columns its
 * matrix product has than the space they must span. Deconvolution: c_i − h_i·w_i. Convolution, as published:
 * w_k·h_k·c_i − c_o; by the deconvolution's own derivation: w_k·h_k·c_i − h_o·w_o (`derived`).
 * Grouped layers use the channels of one group. A dense layer is a 1×1 deconvolution on a map of its
 * positions (one, as a rule: c_i − 1), which is our extension. Non-negative: fit for binarizing.
 */
import type { ConvAttributes, OpCall } from '../graph/ops.ts';
import type { Dim, Layout, Shape } from '../graph/shape.ts';
import type { DorReport } from '../report/analyzeReport.ts';
import { spatialOf } from '../shape/layoutAxes.ts';
import { product } from '../shape/shapeResult.ts';

export interface DorOptions {
  readonly conv: 'published' | 'derived';
}

/** null: not a layer with a degree of redundancy, or a size that the formula needs is not known. */
export function degreeOfRedundancy(
  call: OpCall,
  inputShape: Shape | null,
  outputShape: Shape | null,
  layout: Layout,
  options: DorOptions,
): DorReport | null {
  const terms = dorTerms(call, inputShape, outputShape, layout, options);
  return terms === null ? null : { value: terms.columns - terms.space, formula: terms.formula };
}

export interface DorTerms {
  readonly formula: DorReport['formula'];
  /** What the layer has: c_i of a deconvolution, w_k·h_k·c_i of a convolution (per group). */
  readonly columns: number;
  /** What is taken off: h_i·w_i, c_o or h_o·w_o. */
  readonly space: number;
  /** The formula with the numbers put in: `256 − 4·4`. */
  readonly filledIn: string;
}

/** The two terms whose difference is the degree of redundancy, and how to write them. */
export function dorTerms(
  call: OpCall,
  inputShape: Shape | null,
  outputShape: Shape | null,
  layout: Layout,
  options: DorOptions,
): DorTerms | null {
  switch (call.op) {
    case 'conv1d_transpose':
    case 'conv2d_transpose':
    case 'conv3d_transpose': {
      const grid = gridOf(call.attributes, inputShape, layout);
      return grid && termsOf('deconv', [call.attributes.inChannels / call.attributes.groups], grid);
    }
    case 'conv1d':
    case 'conv2d':
    case 'conv3d': {
      const { inChannels, outChannels, kernel, groups } = call.attributes;
      const columns = [...kernel, inChannels / groups];
      if (options.conv === 'published') return termsOf('conv', columns, [outChannels / groups]);
      const grid = gridOf(call.attributes, outputShape, layout);
      return grid && termsOf('conv-derived', columns, grid);
    }
    case 'dense': {
      const positions = inputShape === null ? '?' : product(inputShape.slice(1, -1));
      return positions === '?' ? null : termsOf('dense', [call.attributes.inFeatures], [positions]);
    }
    default:
      return null;
  }
}

function termsOf(formula: DorReport['formula'], columns: readonly number[], space: readonly number[]): DorTerms {
  return {
    formula,
    columns: multiply(columns),
    space: multiply(space),
    filledIn: `${columns.join('·')} − ${space.join('·')}`,
  };
}

/** The spatial sizes, all known; null otherwise. */
function gridOf(attributes: ConvAttributes, shape: Shape | null, layout: Layout): readonly number[] | null {
  if (shape === null) return null;
  const nSpatial = attributes.kernel.length;
  const unbatched = shape.length === nSpatial + 1 && layout === 'channelsFirst';
  const grid = unbatched ? shape.slice(1) : spatialOf(shape, layout);
  return grid.length === nSpatial && grid.every(isNumber) ? grid : null;
}

function isNumber(dim: Dim): dim is number {
  return dim !== '?';
}

function multiply(factors: readonly number[]): number {
  return factors.reduce((total, factor) => total * factor, 1);
}
