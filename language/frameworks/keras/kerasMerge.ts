/** Merging layers of Keras: they take a list of tensors. */
import { readInteger } from '../arguments.ts';
import type { KerasBuilder } from './kerasLayer.ts';

function elementwise(op: 'add' | 'sub' | 'mul' | 'maximum'): KerasBuilder {
  return { signature: '', isMerge: true, build: () => ({ op, attributes: {} }) };
}

const concatenate: KerasBuilder = {
  signature: 'axis',
  isMerge: true,
  build(bound, inputs) {
    const axis = readInteger(bound, 'axis', -1);
    const rank = inputs.find((shape) => shape !== null)?.length;
    if (axis === null || rank === undefined) return null;
    return { op: 'cat', attributes: { axis: axis < 0 ? rank + axis : axis } };
  },
};

const dot: KerasBuilder = { signature: 'axes', isMerge: true, build: () => null };

export const mergeBuilders: Readonly<Record<string, KerasBuilder>> = {
  Add: elementwise('add'),
  Subtract: elementwise('sub'),
  Multiply: elementwise('mul'),
  Average: elementwise('add'),
  Maximum: elementwise('maximum'),
  Minimum: elementwise('maximum'),
  Concatenate: concatenate,
  Dot: dot,
};
