/** Normalization, activation, dropout and noise layers of Keras, with Keras' defaults. */
import type { ActivationName, OpCall } from '../../../core/graph/ops.ts';
import type { WeightSpec } from '../../../core/graph/modelGraph.ts';
import type { Shape } from '../../../core/graph/shape.ts';
import type { BoundArguments } from '../arguments.ts';
import { given, numbersOf, readBoolean, readInteger, readNumber } from '../arguments.ts';
import { activationCall } from './kerasActivation.ts';
import type { KerasBuilder } from './kerasLayer.ts';

/** Features along `axis`, by default the last. */
function featuresOf(bound: BoundArguments, input: Shape | null): number | null {
  const axis = readInteger(bound, 'axis', -1);
  if (axis === null || input === null) return null;
  const dim = input[axis < 0 ? input.length + axis : axis];
  return typeof dim === 'number' ? dim : null;
}

const batchNorm: KerasBuilder = {
  signature: 'axis momentum epsilon center scale',
  build(bound, [input = null]) {
    const features = featuresOf(bound, input);
    const momentum = readNumber(bound, 'momentum', 0.99);
    const eps = readNumber(bound, 'epsilon', 1e-3);
    const center = readBoolean(bound, 'center', true);
    const scale = readBoolean(bound, 'scale', true);
    if (features === null || momentum === null || eps === null || center === null || scale === null) return null;
    // Stored in PyTorch's convention.
    const kept = Number((1 - momentum).toPrecision(12));
    return { op: 'batch_norm', attributes: { features, eps, momentum: kept, scale, center, trackStats: true } };
  },
};

/** Over one axis, or over several at once: then each place has a scale of its own. */
const layerNorm: KerasBuilder = {
  signature: 'axis epsilon center scale',
  build(bound, [input = null]) {
    const sizes = learnedSize(bound, input);
    const eps = readNumber(bound, 'epsilon', 1e-3);
    const center = readBoolean(bound, 'center', true);
    const scale = readBoolean(bound, 'scale', true);
    if (sizes === null || eps === null || center === null || scale === null) return null;
    if (sizes.length !== 1) return { op: 'elementwise', attributes: { fn: 'layer_norm' } };
    return { op: 'layer_norm', attributes: { features: sizes[0] ?? 0, eps, affine: true, axes: [-1] } };
  },
  weights(bound, input) {
    const sizes = learnedSize(bound, input);
    return sizes === null ? null : scalesOf(bound, sizes);
  },
};

/** Divides by the root of the mean square: a scale and no offset. */
const rmsNorm: KerasBuilder = {
  signature: 'axis epsilon',
  build: (bound, [input = null]) => (learnedSize(bound, input) === null ? null : RMS),
  weights(bound, input) {
    const size = learnedSize(bound, input);
    return size === null ? null : [{ name: 'scale', shape: size, trainable: true }];
  },
};

const RMS: OpCall = { op: 'elementwise', attributes: { fn: 'rms_norm' } };

function grouped(op: 'instance_norm' | 'group_norm'): KerasBuilder {
  return {
    signature: op === 'group_norm' ? 'groups axis epsilon center scale' : 'axis epsilon center scale',
    build(bound, [input = null]) {
      const features = hasOneScale(bound) ? (input?.[input.length - 1] ?? null) : featuresOf(bound, input);
      const eps = readNumber(bound, 'epsilon', 1e-3);
      const groups = op === 'group_norm' ? readInteger(bound, 'groups', 32) : 1;
      if (typeof features !== 'number' || eps === null || groups === null) return null;
      return op === 'group_norm'
        ? { op, attributes: { features, eps, affine: true, groups } }
        : { op, attributes: { features, eps, affine: true } };
    },
    weights(bound, input) {
      const size = hasOneScale(bound) ? 1 : featuresOf(bound, input);
      return size === null ? null : scalesOf(bound, [size]);
    },
  };
}

/** Scale and offset of this shape each, as far as the layer has them. */
function scalesOf(bound: BoundArguments, shape: readonly number[]): readonly WeightSpec[] | null {
  const parts = [readBoolean(bound, 'scale', true), readBoolean(bound, 'center', true)];
  if (parts.includes(null)) return null;
  return ['gamma', 'beta']
    .filter((_name, idx) => parts[idx] === true)
    .map((name) => ({ name, shape, trainable: true }));
}

/** One scale and offset for all channels: `InstanceNormalization(axis=None)`. */
function hasOneScale(bound: BoundArguments): boolean {
  return given(bound, 'axis')?.kind === 'none';
}

function activation(fn: ActivationName, name: string | null = null, otherwise?: number): KerasBuilder {
  return {
    signature: name ?? '',
    build(bound): OpCall {
      if (name === null) return { op: 'activation', attributes: { fn } };
      const renamed = given(bound, 'negative_slope');
      const alpha = renamed?.kind === 'number' ? renamed.value : readNumber(bound, name, otherwise);
      return { op: 'activation', attributes: alpha === null ? { fn } : { fn, alpha } };
    },
  };
}

const prelu: KerasBuilder = {
  signature: 'alpha_initializer alpha_regularizer alpha_constraint shared_axes',
  build(bound, [input = null]) {
    const shared = given(bound, 'shared_axes');
    const axes = shared?.kind === 'list' || shared?.kind === 'tuple' ? shared.items : [];
    const isShared = (axis: number): boolean => axes.some((item) => item.kind === 'number' && item.value === axis);
    const dims = input?.slice(1).filter((_dim, idx) => !isShared(idx + 1)) ?? [];
    if (input === null || dims.includes('?')) return null;
    const features = dims.reduce<number>((total, dim) => total * (dim as number), 1);
    return { op: 'activation', attributes: { fn: 'prelu', features } };
  },
};

const named: KerasBuilder = {
  signature: 'activation',
  build(bound) {
    const value = given(bound, 'activation');
    return value === undefined ? null : (activationCall(value) ?? { op: 'activation', attributes: { fn: 'linear' } });
  },
};

const dropout: KerasBuilder = {
  signature: 'rate',
  build: (bound) => ({ op: 'dropout', attributes: { rate: readNumber(bound, 'rate', 0.5) ?? 0.5 } }),
};

const elementwise = (fn: string): KerasBuilder => ({
  signature: 'value',
  build: () => ({ op: 'elementwise', attributes: { fn } }),
});

/** Learns mean, variance and how many it has seen (`adapt`), unless the source says mean and variance. */
const normalization: KerasBuilder = {
  signature: 'axis mean variance invert',
  build: (bound, inputs) => (learnedSize(bound, inputs[0] ?? null) === null ? null : NORMALIZED),
  weights(bound, input) {
    const size = learnedSize(bound, input);
    if (size === null) return null;
    const specs: WeightSpec[] = ['mean', 'variance'].map((name) => ({ name, shape: size, trainable: false }));
    return given(bound, 'mean') !== undefined ? [] : [...specs, { name: 'count', shape: [], trainable: false }];
  },
};

const NORMALIZED: OpCall = { op: 'elementwise', attributes: { fn: 'normalization' } };

/** Sizes of the axes that keep statistics of their own. */
function learnedSize(bound: BoundArguments, input: Shape | null): readonly number[] | null {
  const value = given(bound, 'axis');
  if (input === null) return null;
  const axes = value === undefined ? [-1] : value.kind === 'none' ? [] : numbersOf(value);
  const sizes = axes?.map((axis) => input[axis < 0 ? input.length + axis : axis]) ?? ['?'];
  return sizes.every((size) => typeof size === 'number') ? sizes : null;
}

export const normBuilders: Readonly<Record<string, KerasBuilder>> = {
  BatchNormalization: batchNorm,
  SyncBatchNormalization: batchNorm,
  LayerNormalization: layerNorm,
  RMSNormalization: rmsNorm,
  InstanceNormalization: grouped('instance_norm'),
  GroupNormalization: grouped('group_norm'),
  Activation: named,
  ReLU: activation('relu'),
  LeakyReLU: activation('leaky_relu', 'alpha', 0.3),
  ELU: activation('elu', 'alpha', 1),
  PReLU: prelu,
  Softmax: activation('softmax'),
  ThresholdedReLU: elementwise('thresholded_relu'),
  Dropout: dropout,
  SpatialDropout1D: dropout,
  SpatialDropout2D: dropout,
  SpatialDropout3D: dropout,
  AlphaDropout: dropout,
  GaussianDropout: dropout,
  GaussianNoise: elementwise('gaussian_noise'),
  ActivityRegularization: elementwise('activity_regularization'),
  Masking: elementwise('masking'),
  Rescaling: elementwise('rescaling'),
  RandomFlip: elementwise('random_flip'),
  RandomRotation: elementwise('random_rotation'),
  RandomZoom: elementwise('random_zoom'),
  RandomTranslation: elementwise('random_translation'),
  RandomContrast: elementwise('random_contrast'),
  RandomBrightness: elementwise('random_brightness'),
  UnitNormalization: elementwise('unit_normalization'),
  Discretization: elementwise('discretization'),
  Normalization: normalization,
};
