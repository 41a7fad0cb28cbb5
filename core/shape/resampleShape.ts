/**
 * Output shapes of operators that change only the spatial grid: pooling, adaptive and global pooling,
 * upsampling, and moving channels to space and back. One image without a batch is accepted in PyTorch's layout.
 */
import type { OpAttributeMap, PoolAttributes } from '../graph/ops.ts';
import type { Dim, Layout, Shape } from '../graph/shape.ts';
import { channelsOf, spatialOf, withChannelsAndSpatial } from './layoutAxes.ts';
import { known, mismatch, showShape, type ShapeResult } from './shapeResult.ts';
import { paddingAt, poolLength } from './windowSize.ts';

export function poolShape(attributes: PoolAttributes, input: Shape | null, layout: Layout): ShapeResult {
  const { kernel, stride, dilation, ceilMode } = attributes;
  return mapSpatial(kernel.length, input, layout, `a ${kernel.join('×')} window`, (length, axis) =>
    length === '?'
      ? '?'
      : poolLength(
          length,
          {
            kernel: kernel[axis] ?? 1,
            stride: stride[axis] ?? kernel[axis] ?? 1,
            padding: paddingAt(attributes, axis),
            dilation: dilation?.[axis] ?? 1,
          },
          ceilMode ?? false,
        ),
  );
}

export function adaptivePoolShape(size: readonly number[], input: Shape | null, layout: Layout): ShapeResult {
  return mapSpatial(size.length, input, layout, 'the pooling', (_length, axis) => size[axis] ?? '?');
}

export function globalPoolShape(keepDims: boolean, input: Shape | null, layout: Layout): ShapeResult {
  if (input === null) return known(null);
  if (input.length < 3) return mismatch(`expects an input with spatial dimensions, gets ${showShape(input)}`);
  const ones = spatialOf(input, layout).map(() => 1);
  return known(withChannelsAndSpatial(input[0] ?? '?', channelsOf(input, layout), keepDims ? ones : [], layout));
}

export function upsampleShape(
  attributes: OpAttributeMap['upsample'],
  input: Shape | null,
  layout: Layout,
): ShapeResult {
  const { scale, size } = attributes;
  const nSpatial = (size ?? scale ?? []).length;
  return mapSpatial(nSpatial, input, layout, 'the resizing', (length, axis) => {
    if (size) return size[axis] ?? '?';
    return length === '?' ? '?' : Math.floor(length * (scale?.[axis] ?? 1));
  });
}

export function pixelShuffleShape(
  attributes: OpAttributeMap['pixel_shuffle'],
  input: Shape | null,
  layout: Layout,
): ShapeResult {
  if (input === null) return known(null);
  const { factor, inverse } = attributes;
  if (input.length !== 4) return mismatch(`expects an input with 2 spatial dimensions, gets ${showShape(input)}`);
  const area = factor * factor;
  const channels = channelsOf(input, layout);
  const spatial = spatialOf(input, layout);
  const divided = inverse ? spatial : [channels];
  const divisor = inverse ? factor : area;
  if (divided.some((dim) => dim !== '?' && dim % divisor !== 0)) {
    return mismatch(`${inverse ? 'height and width' : 'channels'} of ${showShape(input)} do not divide by ${divisor}`);
  }
  const scaled = spatial.map((dim): Dim => (dim === '?' ? '?' : inverse ? dim / factor : dim * factor));
  const moved: Dim = channels === '?' ? '?' : inverse ? channels * area : channels / area;
  return known(withChannelsAndSpatial(input[0] ?? '?', moved, scaled, layout));
}

function mapSpatial(
  nSpatial: number,
  input: Shape | null,
  layout: Layout,
  what: string,
  lengthAt: (length: Dim, axis: number) => Dim,
): ShapeResult {
  if (input === null) return known(null);
  if (input.length === nSpatial + 1 && layout === 'channelsFirst') {
    const batched = mapSpatial(nSpatial, [1, ...input], layout, what, lengthAt);
    return batched.kind === 'shape' && batched.shape !== null ? known(batched.shape.slice(1)) : batched;
  }
  if (input.length !== nSpatial + 2) {
    return mismatch(`expects an input with ${nSpatial} spatial dimensions, gets ${showShape(input)}`);
  }
  const spatial = spatialOf(input, layout).map(lengthAt);
  if (spatial.some((dim) => dim !== '?' && dim < 1))
    return mismatch(`${what} does not fit the input ${showShape(input)}`);
  return known(withChannelsAndSpatial(input[0] ?? '?', channelsOf(input, layout), spatial, layout));
}
