/**
 * What the first operators on an input demand of it: a convolution its channels, a linear layer its width.
 * Used where no call shows a shape. Only what the model cannot do without is said; the rest is `?`.
 */
import type { Layout, Shape } from '../../core/graph/shape.ts';
import type { NodeRecord, Recorder } from '../frameworks/recorder.ts';

export function demandedShape(recorder: Recorder, input: number, layout: Layout): Shape | null {
  for (const node of recorder.nodes) {
    if (!node.inputs.includes(input)) continue;
    const shape = demandOf({ recorder, layout }, node, input, 0);
    if (shape !== null) return shape;
  }
  return null;
}

interface Demanding {
  readonly recorder: Recorder;
  readonly layout: Layout;
}

/** What one operator demands of its input; looks through operators that keep the shape. */
function demandOf(from: Demanding, node: NodeRecord, input: number, depth: number): Shape | null {
  const { call } = node;
  // A model inside of this one has an input layer, which says what it takes.
  if (node.layer?.call.op === 'input') return node.shape;
  if (node.layer?.declared !== undefined) return node.layer.declared;
  switch (call.op) {
    case 'conv1d':
    case 'conv1d_transpose':
      return imageShape(from.layout, call.attributes.inChannels, 1);
    case 'conv2d':
    case 'conv2d_transpose':
      return imageShape(from.layout, call.attributes.inChannels, 2);
    case 'conv3d':
    case 'conv3d_transpose':
      return imageShape(from.layout, call.attributes.inChannels, 3);
    case 'dense':
      return [1, call.attributes.inFeatures];
    case 'pad':
    case 'activation':
    case 'dropout':
    case 'identity':
    case 'affine':
      return depth > 8 ? null : demandOfConsumer(from, node.id, depth + 1);
    case 'cat': {
      // What is joined must fill the rest of what the next layer takes.
      const whole = depth > 8 ? null : demandOfConsumer(from, node.id, depth + 1);
      return whole === null ? null : restOf(from.recorder, node, input, whole);
    }
    case 'reshape': {
      // `x.view(-1, 784)` takes anything of 784 values, so a flat input fits.
      const [first, second] = call.attributes.shape;
      const isFlat = call.attributes.shape.length === 2 && first === -1 && second !== undefined && second > 0;
      return isFlat ? [1, second] : null;
    }
    default:
      return null;
  }
}

function imageShape(layout: Layout, channels: number, nDims: number): Shape {
  const sizes = Array.from({ length: nDims }, () => '?' as const);
  return layout === 'channelsLast' ? [1, ...sizes, channels] : [1, channels, ...sizes];
}

function demandOfConsumer(from: Demanding, id: number, depth: number): Shape | null {
  const consumer = from.recorder.nodes.find((node) => node.inputs.includes(id));
  return consumer === undefined ? null : demandOf(from, consumer, id, depth);
}

/** The part of a concatenation that is left for one input, where all others are known. */
function restOf(recorder: Recorder, node: NodeRecord, input: number, whole: Shape): Shape | null {
  if (node.call.op !== 'cat') return null;
  const axis = node.call.attributes.axis < 0 ? whole.length + node.call.attributes.axis : node.call.attributes.axis;
  const others = node.inputs.filter((id) => id !== input).map((id) => recorder.nodes[id]?.shape ?? null);
  if (others.length !== node.inputs.length - 1) return null;
  let rest = whole[axis];
  for (const shape of others) {
    const dim = shape?.length === whole.length ? shape[axis] : undefined;
    if (rest === undefined || rest === '?' || dim === undefined || dim === '?') return null;
    rest -= dim;
  }
  if (rest === undefined || rest === '?' || rest < 1) return null;
  const known = (at: number): Shape[number] =>
    others.map((shape) => shape?.[at] ?? '?').find((dim) => dim !== '?') ?? '?';
  const size = rest;
  return whole.map((dim, at) => (at === axis ? size : at === 0 ? 1 : dim === '?' ? known(at) : dim));
}

/** Each dimension from whichever of the two knows it; the first wins where they differ. */
export function mergeShapes(first: Shape | null, second: Shape | null): Shape | null {
  if (first === null || second === null) return first ?? second;
  if (first.length !== second.length) return first;
  return first.map((dim, axis) => (dim === '?' ? (second[axis] ?? '?') : dim));
}
