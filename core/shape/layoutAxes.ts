/**
 * Where channels and spatial dimensions stand in a shape. A shape of rank 2 is batch and features in
 * both layouts. Axis 0 is always the batch.
 */
import type { Dim, Layout, Shape } from '../graph/shape.ts';

export function channelAxis(rank: number, layout: Layout): number {
  return layout === 'channelsFirst' ? Math.min(1, rank - 1) : rank - 1;
}

export function channelsOf(shape: Shape, layout: Layout): Dim {
  return shape[channelAxis(shape.length, layout)] ?? '?';
}

/** All dimensions except batch and channels. */
export function spatialOf(shape: Shape, layout: Layout): Shape {
  return layout === 'channelsFirst' ? shape.slice(2) : shape.slice(1, -1);
}

export function withChannelsAndSpatial(batch: Dim, channels: Dim, spatial: Shape, layout: Layout): Shape {
  return layout === 'channelsFirst' ? [batch, channels, ...spatial] : [batch, ...spatial, channels];
}
