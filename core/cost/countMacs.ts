/**
 * Multiply-accumulates of one operator. A transposed convolution is counted on its *input* grid
 * (c_i·c_o·k_h·k_w·h_i·w_i / groups): every input value meets every tap once, whatever is cropped afterwards.
 * A convolution is counted on its output grid, taps in the padding included. Normalization, activation,
 * pooling and bias additions count 0, as in the literature. null: a size that is needed is not known.
 */
import type { ConvAttributes, OpAttributeMap, OpCall } from '../graph/ops.ts';
import type { Dim, Layout, Shape } from '../graph/shape.ts';
import { product } from '../shape/shapeResult.ts';
import { spatialOf } from '../shape/layoutAxes.ts';
import { recurrentGates } from './weightSpecs.ts';

export function countMacs(
  call: OpCall,
  inputShapes: readonly (Shape | null)[],
  outputShape: Shape | null,
  layout: Layout,
): number | null {
  const input = inputShapes[0] ?? null;
  switch (call.op) {
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
      return convMacs(call.attributes, outputShape, layout);
    case 'conv1d_transpose':
    case 'conv2d_transpose':
    case 'conv3d_transpose':
      return convMacs(call.attributes, input, layout);
    case 'separable_conv2d': {
      const { inChannels, outChannels, kernel, depthMultiplier } = call.attributes;
      const perPosition = inChannels * depthMultiplier * (volume(kernel) + outChannels);
      return scaled(gridSize(outputShape, kernel.length, layout), perPosition);
    }
    case 'dense':
      return scaled(rowsOf(input), call.attributes.inFeatures * call.attributes.outFeatures);
    case 'matmul':
      return matmulMacs(call.attributes, input, outputShape);
    case 'recurrent':
      return scaled(rowsOf(input), recurrentMacsPerStep(call.attributes));
    case 'attention':
      return attentionMacs(call.attributes.features, input, inputShapes[1] ?? input);
    case 'unknown':
      return call.attributes.macs ?? null;
    default:
      return 0;
  }
}

/**
 * The count of tools that multiply a layer's weights by its output positions (torchinfo, and many tables):
 * for a transposed convolution with stride 2 it is 4 times ours. Only for saying why figures differ.
 */
export function countMacsOutputBased(
  call: OpCall,
  inputShapes: readonly (Shape | null)[],
  outputShape: Shape | null,
  layout: Layout,
): number | null {
  switch (call.op) {
    case 'conv1d_transpose':
    case 'conv2d_transpose':
    case 'conv3d_transpose':
      return convMacs(call.attributes, outputShape, layout);
    default:
      return countMacs(call, inputShapes, outputShape, layout);
  }
}

/** Every position of `grid` meets the whole kernel of its group. */
function convMacs(attributes: ConvAttributes, grid: Shape | null, layout: Layout): number | null {
  const { inChannels, outChannels, kernel, groups } = attributes;
  return scaled(gridSize(grid, kernel.length, layout), (inChannels / groups) * outChannels * volume(kernel));
}

/** Positions of a feature map, times its batch; PyTorch's form without a batch is one image. */
function gridSize(shape: Shape | null, nSpatial: number, layout: Layout): Dim {
  if (shape === null) return '?';
  if (shape.length === nSpatial + 1 && layout === 'channelsFirst') return product(shape.slice(1));
  return product([shape[0] ?? '?', ...spatialOf(shape, layout)]);
}

function rowsOf(shape: Shape | null): Dim {
  return shape === null ? '?' : product(shape.slice(0, -1));
}

function matmulMacs(
  attributes: OpAttributeMap['matmul'],
  left: Shape | null,
  outputShape: Shape | null,
): number | null {
  if (left === null || outputShape === null) return null;
  const contracted = attributes.transposeA && left.length > 1 ? left[left.length - 2] : left[left.length - 1];
  return contracted === undefined || contracted === '?' ? null : scaled(product(outputShape), contracted);
}

function recurrentMacsPerStep(attributes: OpAttributeMap['recurrent']): number {
  const { cell, inFeatures, units, layers, bidirectional } = attributes;
  const directions = bidirectional ? 2 : 1;
  let total = 0;
  for (let depth = 0; depth < layers; depth++) {
    const features = depth === 0 ? inFeatures : units * directions;
    total += directions * recurrentGates(cell) * units * (features + units);
  }
  return total;
}

/** Four projections, the scores and their product with the values. The batch must be 1, on whichever axis. */
function attentionMacs(features: number, query: Shape | null, key: Shape | null): number | null {
  const nQueries = sequenceLength(query);
  const nKeys = sequenceLength(key);
  if (nQueries === null || nKeys === null) return null;
  return 2 * features * features * (nQueries + nKeys) + 2 * nQueries * nKeys * features;
}

function sequenceLength(shape: Shape | null): number | null {
  const rows = rowsOf(shape);
  if (shape === null || rows === '?') return null;
  return shape.length === 2 || shape.slice(0, -1).includes(1) ? rows : null;
}

function scaled(positions: Dim, perPosition: number): number | null {
  return positions === '?' ? null : positions * perPosition;
}

function volume(kernel: readonly number[]): number {
  return kernel.reduce((total, size) => total * size, 1);
}
