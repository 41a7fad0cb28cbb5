/**
 * `tf.layers` around another layer (`bidirectional`, `timeDistributed`) and `dot`. The layer inside is no
 * row of its own: its weights and costs are those of the wrapper. A wrapped layer that is not followed
 * leaves the wrapper unknown.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import { given, numbersOf, readBoolean, readString, type BoundArguments } from '../arguments.ts';
import type { LayerKind } from './layerKind.ts';
import { asApplicable, isTfjsLayer, type TfjsLayer } from './tfjsLayer.ts';

function inner(config: BoundArguments): TfjsLayer | null {
  const layer = asApplicable(given(config, 'layer'));
  return layer !== null && isTfjsLayer(layer) ? layer : null;
}

/** Says why, once the input is there. */
function refuse(config: BoundArguments, inputs: readonly (Shape | null)[], why: string): null {
  if (inputs[0] != null) config.reason ??= why;
  return null;
}

function bidirectional(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const call = inner(config)?.learn(inputs) ?? null;
  if (call?.op !== 'recurrent') return refuse(config, inputs, 'what runs in both directions is not followed');
  if (mergeOf(config) === null) return refuse(config, inputs, 'how both directions are joined is not known');
  return { op: 'recurrent', attributes: { ...call.attributes, bidirectional: true } };
}

function mergeOf(config: BoundArguments): string | null {
  const merge = readString(config, 'mergeMode', 'concat');
  return merge !== null && ['concat', 'sum', 'ave', 'mul'].includes(merge) ? merge : null;
}

/** Only concatenation makes the output wider. */
function bidirectionalShape(config: BoundArguments, input: Shape | null): Shape | null {
  const single = inner(config)?.resultShape(input) ?? null;
  const merge = mergeOf(config);
  return single === null || merge === null
    ? null
    : merge !== 'concat'
      ? single
      : single.map((dim, axis) => (axis === single.length - 1 && dim !== '?' ? 2 * dim : dim));
}

/** A dense layer at every step is a dense layer on the last axis. */
function timeDistributed(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const [input] = inputs;
  const step: Shape | null = input == null ? null : [1, ...input.slice(2)];
  const call = inner(config)?.learn([step]) ?? null;
  return call?.op === 'dense' || call?.op === 'activation' || call?.op === 'dropout'
    ? call
    : refuse(config, inputs, 'what runs at every step is not followed');
}

/** Cells, or a list of cells of one kind and size on each other. */
function cellsOf(config: BoundArguments): readonly TfjsLayer[] | null {
  const value = given(config, 'cell');
  const items = value?.kind === 'list' && value.unknown === null ? value.items : value === undefined ? [] : [value];
  const cells = items.map((item) => {
    const cell = asApplicable(item);
    return cell !== null && isTfjsLayer(cell) ? cell : null;
  });
  return cells.length === 0 || cells.includes(null) ? null : (cells as TfjsLayer[]);
}

function rnn(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const cells = cellsOf(config);
  const why = "cells of one's own, or of several kinds or sizes, are not followed";
  const first = cells?.[0]?.learn(inputs) ?? null;
  if (cells === null || first?.op !== 'recurrent') return refuse(config, inputs, why);
  const { inFeatures, units } = first.attributes;
  const rest = cells.slice(1).map((cell) => cell.learn([[1, 1, units]]));
  const isSame = (call: OpCall | null): boolean =>
    call?.op === 'recurrent' &&
    call.attributes.cell === first.attributes.cell &&
    call.attributes.units === units &&
    call.attributes.bias === first.attributes.bias;
  if (!rest.every(isSame)) return refuse(config, inputs, why);
  return { op: 'recurrent', attributes: { ...first.attributes, inFeatures, layers: cells.length } };
}

function rnnShape(config: BoundArguments, input: Shape | null): Shape | null {
  const call = rnn(config, [input]);
  const isSequence = readBoolean(config, 'returnSequences', false);
  if (call?.op !== 'recurrent' || isSequence === null) return null;
  const { units } = call.attributes;
  return isSequence ? [1, input?.[1] ?? '?', units] : [1, units];
}

function dotShape(config: BoundArguments, inputs: readonly (Shape | null)[]): Shape | null {
  const [left, right] = inputs;
  const value = given(config, 'axes');
  const axes = value?.kind === 'number' ? [value.value, value.value] : value === undefined ? null : numbersOf(value);
  if (left == null || right == null || axes?.length !== 2) return null;
  const [one, two] = [axisOf(axes[0], left), axisOf(axes[1], right)];
  const rest = [
    ...left.slice(1).filter((_dim, at) => at + 1 !== one),
    ...right.slice(1).filter((_dim, at) => at + 1 !== two),
  ];
  return rest.length === 0 ? [1, 1] : [1, ...rest];
}

function axisOf(axis: number | undefined, shape: Shape): number {
  return axis === undefined ? -1 : axis < 0 ? shape.length + axis : axis;
}

export const wrapperLayers: Readonly<Record<string, LayerKind>> = {
  rnn: { type: 'RNN', build: rnn, outputShape: rnnShape },
  stackedRNNCells: { type: 'StackedRNNCells', build: () => null },
  bidirectional: { type: 'Bidirectional', build: bidirectional, outputShape: bidirectionalShape },
  timeDistributed: { type: 'TimeDistributed', build: timeDistributed },
  dot: {
    type: 'Dot',
    build: () => ({ op: 'elementwise', attributes: { fn: 'dot' } }),
    joinedShape: dotShape,
  },
};
