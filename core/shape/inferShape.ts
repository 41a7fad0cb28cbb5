/**
 * The output shape of one operator from the shapes of its inputs: one total function over the operator
 * table. It never throws and never guesses: filling in a `'?'` of an input can only fill in `'?'`s of the
 * answer or reveal a mismatch. Inputs beyond those an operator takes are ignored.
 */
import { assertNever } from '../assertNever.ts';
import type { OpCall } from '../graph/ops.ts';
import type { Layout, Shape } from '../graph/shape.ts';
import {
  attentionShape,
  denseShape,
  embeddingShape,
  matmulShape,
  recurrentShape,
  reduceShape,
} from './contractShape.ts';
import { convShape, convTransposeShape } from './convShape.ts';
import { activationShape, broadcastShapes, layerNormShape, normShape } from './elementwiseShape.ts';
import {
  catShape,
  expandShape,
  flattenShape,
  gatherShape,
  padShape,
  permuteShape,
  reshapeShape,
  sliceShape,
  squeezeShape,
  stackShape,
  tileShape,
  unsqueezeShape,
} from './rearrangeShape.ts';
import { adaptivePoolShape, globalPoolShape, pixelShuffleShape, poolShape, upsampleShape } from './resampleShape.ts';
import { known, unknownShape, type ShapeResult } from './shapeResult.ts';

export type { ShapeResult } from './shapeResult.ts';

export function inferShape(call: OpCall, inputs: readonly (Shape | null)[], layout: Layout): ShapeResult {
  const input = inputs[0] ?? null;
  switch (call.op) {
    case 'input':
      return unknownShape(`the shape of input ${call.attributes.index + 1} is not given`);
    case 'parameter':
      return known(call.attributes.shape);
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
    case 'separable_conv2d':
      return convShape(call.attributes, input, layout);
    case 'conv1d_transpose':
    case 'conv2d_transpose':
    case 'conv3d_transpose':
      return convTransposeShape(call.attributes, input, layout);
    case 'dense':
      return denseShape(call.attributes, input);
    case 'embedding':
      return embeddingShape(call.attributes.features, input);
    case 'batch_norm':
      return normShape(call.attributes.features, 1, input, layout);
    case 'instance_norm':
    case 'group_norm':
      return normShape(call.attributes.features, call.attributes.groups ?? 1, input, layout);
    case 'layer_norm':
      return layerNormShape(call.attributes.features, call.attributes.axes, input);
    case 'activation':
      return activationShape(call.attributes, input, layout);
    case 'dropout':
    case 'affine':
    case 'elementwise':
    case 'identity':
      return known(input);
    case 'reshape':
      return reshapeShape(call.attributes.shape, input);
    case 'flatten':
      return flattenShape(call.attributes, input);
    case 'permute':
      return permuteShape(call.attributes.axes, input);
    case 'squeeze':
      return squeezeShape(call.attributes.axes, input);
    case 'unsqueeze':
      return unsqueezeShape(call.attributes.axis, input);
    case 'expand':
      return expandShape(call.attributes.shape, input);
    case 'tile':
      return tileShape(call.attributes.repeats, input);
    case 'slice':
      return sliceShape(call.attributes, input);
    case 'gather':
      return gatherShape(call.attributes, input);
    case 'pad':
      return padShape(call.attributes.pads, input);
    case 'upsample':
      return upsampleShape(call.attributes, input, layout);
    case 'pixel_shuffle':
      return pixelShuffleShape(call.attributes, input, layout);
    case 'max_pool':
    case 'avg_pool':
      return poolShape(call.attributes, input, layout);
    case 'adaptive_avg_pool':
    case 'adaptive_max_pool':
      return adaptivePoolShape(call.attributes.size, input, layout);
    case 'global_avg_pool':
    case 'global_max_pool':
      return globalPoolShape(call.attributes.keepDims, input, layout);
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'maximum':
      return broadcastShapes(inputs);
    case 'matmul':
      return matmulShape(call.attributes, input, inputs[1] ?? null);
    case 'cat':
      return catShape(call.attributes.axis, inputs);
    case 'stack':
      return stackShape(call.attributes.axis, inputs);
    case 'reduce':
      return reduceShape(call.attributes, input);
    case 'recurrent':
      return recurrentShape(call.attributes, input);
    case 'attention':
      return attentionShape(call.attributes.features, input);
    case 'unknown':
      return unknownShape(`Slimwise does not know the operator ${call.attributes.type}`);
    default:
      return assertNever(call);
  }
}
