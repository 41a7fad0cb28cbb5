/**
 * What the first operators on an input demand of it: a convolution its channels, a linear layer its width.
 * Used where no call shows a shape. Only what the model cannot do without is said; the rest is `?`.
 */
import type { Shape } from '../../core/graph/shape.ts';
import type { NodeRecord, Recorder } from '../frameworks/recorder.ts';

export function demandedShape(recorder: Recorder, input: number): Shape | null {
  for (const node of recorder.nodes) {
    if (!node.inputs.includes(input)) continue;
    const shape = demandOf(recorder, node, 0);
    if (shape !== null) return shape;
  }
  return null;
}

/** What one operator demands of its input; looks through operators that keep the shape. */
function demandOf(recorder: Recorder, node: NodeRecord, depth: number): Shape | null {
  const { call } = node;
  switch (call.op) {
    case 'conv1d':
    case 'conv1d_transpose':
      return [1, call.attributes.inChannels, '?'];
    case 'conv2d':
    case 'conv2d_transpose':
      return [1, call.attributes.inChannels, '?', '?'];
    case 'conv3d':
    case 'conv3d_transpose':
      return [1, call.attributes.inChannels, '?', '?', '?'];
    case 'dense':
      return [1, call.attributes.inFeatures];
    case 'pad':
    case 'activation':
    case 'dropout':
    case 'identity':
    case 'affine':
      return depth > 8 ? null : demandOfConsumer(recorder, node.id, depth + 1);
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

function demandOfConsumer(recorder: Recorder, id: number, depth: number): Shape | null {
  const consumer = recorder.nodes.find((node) => node.inputs.includes(id));
  return consumer === undefined ? null : demandOf(recorder, consumer, depth);
}

/** Each dimension from whichever of the two knows it; the first wins where they differ. */
export function mergeShapes(first: Shape | null, second: Shape | null): Shape | null {
  if (first === null || second === null) return first ?? second;
  if (first.length !== second.length) return first;
  return first.map((dim, axis) => (dim === '?' ? (second[axis] ?? '?') : dim));
}
