/**
 * Values of a run lie as [channels][images][height · width], whatever the framework's order; a vector is
 * channels of size 1. This file says where an element of a framework's own tensor is in that order.
 */
import type { Layout, Shape } from '../../core/graph/shape.ts';

export interface ValueShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Elements of one image in the framework's order. */
  readonly order: 'vector' | Layout;
}

/** null: not a vector or an image of known size. */
export function valueShape(shape: Shape | null, layout: Layout): ValueShape | null {
  if (shape === null || !shape.every((dim) => typeof dim === 'number')) return null;
  const [, a = 1, b = 1, c = 1] = shape as readonly number[];
  if (shape.length === 2) return { channels: a, height: 1, width: 1, order: 'vector' };
  if (shape.length !== 4) return null;
  return layout === 'channelsFirst'
    ? { channels: a, height: b, width: c, order: layout }
    : { channels: c, height: a, width: b, order: layout };
}

export function sizeOfValue({ channels, height, width }: ValueShape): number {
  return channels * height * width;
}

export function sameShape(a: ValueShape | undefined, b: ValueShape | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.channels === b.channels && a.height === b.height && a.width === b.width && a.order === b.order;
}

/** From a place in our order ([channels][height · width]) to the index of the element in the framework's order. */
export function frameworkIndex({ channels, height, width, order }: ValueShape, place: number): number {
  if (order !== 'channelsLast') return place;
  const area = height * width;
  return (place % area) * channels + Math.floor(place / area);
}

/** The inverse of `frameworkIndex`. */
export function placeOfIndex({ channels, height, width, order }: ValueShape, index: number): number {
  if (order !== 'channelsLast') return index;
  return (index % channels) * height * width + Math.floor(index / channels);
}

/** [image][framework's order] → [channels][images][area]. */
export function bringIn(values: Float32Array, into: Float32Array, shape: ValueShape, images: number): void {
  const { channels, height, width, order } = shape;
  const area = height * width;
  const [perPlace, perChannel] = order === 'channelsLast' ? [channels, 1] : [1, area];
  let at = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let image = 0; image < images; image++) {
      let from = image * channels * area + channel * perChannel;
      for (let place = 0; place < area; place++, from += perPlace) into[at++] = values[from] ?? 0;
    }
  }
}

/** [channels][images][area] → [image][height][width][channels]. */
export function bringOut(values: Float32Array, shape: ValueShape, images: number): Float32Array {
  const { channels } = shape;
  const area = shape.height * shape.width;
  const out = new Float32Array(channels * area * images);
  if (channels === 3) {
    // Colours are most of what is drawn, and pixel by pixel is the fastest way.
    const [green, blue] = [images * area, 2 * images * area];
    for (let at = 0, to = 0; at < green; at++, to += 3) {
      out[to] = values[at] ?? 0;
      out[to + 1] = values[at + green] ?? 0;
      out[to + 2] = values[at + blue] ?? 0;
    }
    return out;
  }
  for (let channel = 0; channel < channels; channel++) {
    for (let image = 0; image < images; image++) {
      const from = (channel * images + image) * area;
      const to = image * area * channels + channel;
      for (let at = 0; at < area; at++) out[to + at * channels] = values[from + at] ?? 0;
    }
  }
  return out;
}
