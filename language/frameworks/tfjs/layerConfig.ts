/**
 * Reading the configuration object of a TF.js layer (`{ filters: 64, kernelSize: [5, 5] }`) and what all
 * layers share: input shapes, names, activations. What is not known comes back as null, with the reason
 * kept in the bound arguments.
 */
import type { ActivationName } from '../../../core/graph/ops.ts';
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { CallArguments } from '../../interpreter/library.ts';
import type { Value } from '../../interpreter/values.ts';
import { given, readString, type BoundArguments } from '../arguments.ts';

const plain: ReadonlySet<Value['kind']> = new Set(['undefined', 'none', 'number', 'string', 'bool', 'list', 'tuple']);

/** The options of a call whose last argument is an object; methods put other arguments before it. */
export function configOf(args: CallArguments, position = 0): BoundArguments {
  const value = args.positional[position];
  const values = new Map<string, Value>();
  if (value?.kind === 'dict') {
    for (const { key, value: item } of value.entries.values()) if (key.kind === 'string') values.set(key.value, item);
    return { values, reason: null, open: value.open ?? args.open };
  }
  // TF.js reads its options from whatever it is given: `leakyReLU(0.2)` has none.
  const isAbsent = value === undefined || plain.has(value.kind);
  const hidden = value?.kind === 'unknown' ? value.reason : 'the options of this layer are not known';
  return { values, reason: null, open: isAbsent ? args.open : hidden };
}

/** `inputShape`, `batchInputShape` or `inputDim`, with batch 1; null: not given. */
export function inputShapeOf(config: BoundArguments): Shape | null {
  const batched = given(config, 'batchInputShape') ?? given(config, 'batchShape');
  if (batched !== undefined) {
    const dims = dimsOf(batched);
    return dims === null ? null : [1, ...dims.slice(1)];
  }
  const shape = given(config, 'inputShape') ?? given(config, 'shape');
  if (shape !== undefined) {
    const dims = dimsOf(shape);
    return dims === null ? null : [1, ...dims];
  }
  const dim = given(config, 'inputDim');
  return dim?.kind === 'number' && !config.values.has('outputDim') ? [1, dim.value] : null;
}

/** Sizes of a list; null and unknown entries are `'?'`. Null where it is no list of known length. */
export function dimsOf(value: Value): Shape | null {
  if (value.kind === 'number') return [value.value];
  if (value.kind !== 'tuple' && (value.kind !== 'list' || value.unknown !== null)) return null;
  return value.items.map((item): Dim =>
    item.kind === 'number' && Number.isInteger(item.value) && item.value > 0 ? item.value : '?',
  );
}

const activations: Readonly<Record<string, ActivationName>> = {
  relu: 'relu',
  relu6: 'relu6',
  elu: 'elu',
  selu: 'selu',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  hardSigmoid: 'hard_sigmoid',
  hard_sigmoid: 'hard_sigmoid',
  softmax: 'softmax',
  logSoftmax: 'log_softmax',
  softplus: 'softplus',
  softsign: 'softsign',
  swish: 'silu',
  silu: 'silu',
  mish: 'mish',
  gelu: 'gelu',
  gelu_new: 'gelu',
  linear: 'linear',
};

/** The activation named in the options; null for none and for `linear`; undefined where it is not known. */
export function activationOf(config: BoundArguments): ActivationName | null | undefined {
  const value = given(config, 'activation');
  if (value === undefined || value.kind === 'none') return config.open === null ? null : undefined;
  const name = readString(config, 'activation', 'linear');
  const activation = name === null ? undefined : activations[name];
  return activation === 'linear' ? null : activation;
}

export function activationNamed(name: string): ActivationName | null {
  return activations[name] ?? null;
}
