/**
 * Output shapes of convolutions and transposed convolutions in 1, 2 and 3 dimensions, plain, grouped,
 * dilated and separable. Channels are checked before sizes, since a wrong channel count is what people
 * get wrong. PyTorch also takes one image without a batch dimension; so does this.
 */
import type { ConvAttributes, ConvTransposeAttributes } from '../graph/ops.ts';
import type { Dim, Layout, Shape } from '../graph/shape.ts';
import { channelsOf, spatialOf, withChannelsAndSpatial } from './layoutAxes.ts';
import { known, mismatch, showShape, type ShapeResult } from './shapeResult.ts';
import { convLength, convTransposeLength, paddingAt, type Window } from './windowSize.ts';

export function convShape(attributes: ConvAttributes, input: Shape | null, layout: Layout): ShapeResult {
  return slide(attributes, input, layout, (length, axis) => convLength(length, windowAt(attributes, axis)));
}

export function convTransposeShape(
  attributes: ConvTransposeAttributes,
  input: Shape | null,
  layout: Layout,
): ShapeResult {
  for (const [axis, extra] of attributes.outputPadding.entries()) {
    const stride = attributes.stride[axis] ?? 1;
    const dilation = attributes.dilation[axis] ?? 1;
    if (extra !== 0 && extra >= Math.max(stride, dilation)) {
      return mismatch(
        `output padding ${extra} must be smaller than the stride ${stride}` +
          (dilation > 1 ? ` or the dilation ${dilation}` : ''),
      );
    }
  }
  return slide(attributes, input, layout, (length, axis) =>
    convTransposeLength(length, windowAt(attributes, axis), attributes.outputPadding[axis] ?? 0),
  );
}

function slide(
  attributes: ConvAttributes,
  input: Shape | null,
  layout: Layout,
  lengthAt: (length: number, axis: number) => number,
): ShapeResult {
  const { inChannels, outChannels, groups, kernel } = attributes;
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    return mismatch(`${inChannels} input and ${outChannels} output channels do not divide into ${groups} groups`);
  }
  const nSpatial = kernel.length;
  if (input === null) {
    const spatial = kernel.map((): Dim => '?');
    // Without the rank, PyTorch's form without a batch is possible too, so nothing is said about it there.
    return known(layout === 'channelsFirst' ? null : withChannelsAndSpatial('?', outChannels, spatial, layout));
  }
  if (input.length === nSpatial + 1 && layout === 'channelsFirst') {
    const batched = slide(attributes, [1, ...input], layout, lengthAt);
    return batched.kind === 'shape' && batched.shape !== null ? known(batched.shape.slice(1)) : batched;
  }
  if (input.length !== nSpatial + 2) {
    return mismatch(`expects an input with ${nSpatial} spatial dimensions, gets ${showShape(input)}`);
  }
  const channels = channelsOf(input, layout);
  if (channels !== '?' && channels !== inChannels) {
    return mismatch(`expects ${inChannels} input channels, gets ${channels} (input ${showShape(input)})`);
  }
  const spatial: Dim[] = [];
  for (const [axis, length] of spatialOf(input, layout).entries()) {
    const result = length === '?' ? '?' : lengthAt(length, axis);
    if (result !== '?' && result < 1) {
      return mismatch(`a ${kernel.join('×')} kernel does not fit the input ${showShape(input)}`);
    }
    spatial.push(result);
  }
  return known(withChannelsAndSpatial(input[0] ?? '?', outChannels, spatial, layout));
}

function windowAt(attributes: ConvAttributes, axis: number): Window {
  const { kernel, stride, dilation } = attributes;
  return {
    kernel: kernel[axis] ?? 1,
    stride: stride[axis] ?? 1,
    padding: paddingAt(attributes, axis),
    dilation: dilation[axis] ?? 1,
  };
}
