/**
 * Recurrent layers of Keras: `LSTM`, `GRU`, `SimpleRNN`, their cells, and the recurrent convolutions. The output
 * is the last step's unless `return_sequences` says otherwise; `return_state` gives the states after it. A
 * recurrent convolution is counted at every time step: the input's convolution and the state's, for each gate.
 */
import type { WeightSpec } from '../../../core/graph/modelGraph.ts';
import type { ConvAttributes, OpCall } from '../../../core/graph/ops.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import { weightSpecs } from '../../../core/cost/weightSpecs.ts';
import { inferShape } from '../../../core/shape/inferShape.ts';
import type { BoundArguments } from '../arguments.ts';
import { given, readBoolean, readInteger } from '../arguments.ts';
import { convAttributes } from './kerasConv.ts';
import type { KerasBuilder } from './kerasLayer.ts';

type Cell = 'lstm' | 'gru' | 'rnn';

/** How many states `return_state` gives; null where that is not known. */
function nStates(bound: BoundArguments, cell: Cell): number | null {
  const isGiven = readBoolean(bound, 'return_state', false);
  return isGiven === null ? null : !isGiven ? 0 : cell === 'lstm' ? 2 : 1;
}

function recurrent(cell: Cell): KerasBuilder {
  const build = (bound: BoundArguments, [input = null]: readonly (Shape | null)[]): OpCall | null => {
    const units = readInteger(bound, 'units');
    const inFeatures = input?.[2];
    const bias = readBoolean(bound, 'use_bias', true);
    if (units === null || typeof inFeatures !== 'number' || nStates(bound, cell) === null || bias === null) return null;
    const attributes = { cell, inFeatures, units, layers: 1, bidirectional: false, ...(bias ? {} : { bias }) };
    return { op: 'recurrent', attributes };
  };
  return {
    signature: 'units activation',
    build,
    // Only the last step, unless the layer returns them all.
    outputShape(bound, input) {
      const units = readInteger(bound, 'units');
      const isSequence = readBoolean(bound, 'return_sequences', false);
      if (units === null || isSequence === null) return null;
      return isSequence ? [1, input?.[1] ?? '?', units] : [1, units];
    },
    states(bound) {
      const units = readInteger(bound, 'units');
      return Array.from({ length: nStates(bound, cell) ?? 0 }, (): Shape | null =>
        units === null ? null : [1, units],
      );
    },
    // Keras 2 and 3 reset after the product by default, with a second bias.
    weights(bound, input) {
      const call = build(bound, [input]);
      const resetsAfter = cell !== 'gru' || readBoolean(bound, 'reset_after', true);
      if (call === null || resetsAfter === null) return null;
      const specs = weightSpecs(call, 'keras') ?? [];
      return resetsAfter ? specs : specs.map(withOneBias);
    },
  };
}

function withOneBias(spec: WeightSpec): WeightSpec {
  return spec.name === 'bias' ? { ...spec, shape: spec.shape.slice(-1) } : spec;
}

/** One step of a sequence of feature maps. */
function stepOf(input: Shape | null): Shape | null {
  return input === null || input.length < 3 ? null : [1, ...input.slice(2)];
}

function isFirst(bound: BoundArguments): boolean {
  const format = given(bound, 'data_format');
  return format?.kind === 'string' && format.value === 'channels_first';
}

interface RecurrentConvolution {
  readonly attributes: ConvAttributes;
  /** Output of one step. */
  readonly step: Shape | null;
}

function read(bound: BoundArguments, input: Shape | null, nSpatial: 1 | 2 | 3): RecurrentConvolution | null {
  const step = stepOf(input);
  const attributes = convAttributes(bound, step, nSpatial);
  if (attributes === null) return null;
  const call = { op: `conv${nSpatial}d`, attributes } as OpCall;
  const result = inferShape(call, [step], isFirst(bound) ? 'channelsFirst' : 'channelsLast');
  return { attributes, step: result.kind === 'shape' ? result.shape : null };
}

function convLstm(nSpatial: 1 | 2 | 3): KerasBuilder {
  const type = `ConvLSTM${nSpatial}D`;
  return {
    signature: 'filters kernel_size strides padding data_format dilation_rate activation recurrent_activation use_bias',
    build(bound, [input = null]) {
      const found = read(bound, input, nSpatial);
      if (found === null || readBoolean(bound, 'return_sequences', false) === null) return null;
      const { attributes, step } = found;
      const { inChannels, outChannels } = attributes;
      const taps = attributes.kernel.reduce((total, size) => total * size, 1);
      const dims: readonly Dim[] = [input?.[1] ?? '?', ...(step ?? ['?'])];
      const sizes = dims.every((dim) => typeof dim === 'number') ? dims : null;
      // Time steps times the output's values, each of which the four gates make from all taps and channels.
      const values = sizes?.reduce((total, size) => total * size, 1);
      const perValue = 4 * taps * (inChannels + outChannels);
      return { op: 'unknown', attributes: { type, ...(values === undefined ? {} : { macs: values * perValue }) } };
    },
    weights(bound, input) {
      const found = read(bound, input, nSpatial);
      if (found === null) return null;
      const { kernel, inChannels, outChannels, bias } = found.attributes;
      const gates = 4 * outChannels;
      return [
        { name: 'kernel', shape: [...kernel, inChannels, gates], trainable: true },
        { name: 'recurrent_kernel', shape: [...kernel, outChannels, gates], trainable: true },
        ...(bias ? [{ name: 'bias', shape: [gates], trainable: true }] : []),
      ];
    },
    outputShape(bound, input) {
      const step = read(bound, input, nSpatial)?.step ?? null;
      const isSequence = readBoolean(bound, 'return_sequences', false);
      if (step === null || isSequence === null) return null;
      return isSequence ? [1, input?.[1] ?? '?', ...step.slice(1)] : step;
    },
    states(bound, input) {
      const step = read(bound, input, nSpatial)?.step ?? null;
      return Array.from({ length: nStates(bound, 'lstm') ?? 0 }, () => step);
    },
  };
}

export const recurrentBuilders: Readonly<Record<string, KerasBuilder>> = {
  LSTM: recurrent('lstm'),
  GRU: recurrent('gru'),
  SimpleRNN: recurrent('rnn'),
  CuDNNLSTM: recurrent('lstm'),
  CuDNNGRU: recurrent('gru'),
  LSTMCell: recurrent('lstm'),
  GRUCell: recurrent('gru'),
  SimpleRNNCell: recurrent('rnn'),
  ConvLSTM1D: convLstm(1),
  ConvLSTM2D: convLstm(2),
  ConvLSTM3D: convLstm(3),
};
