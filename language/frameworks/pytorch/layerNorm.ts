/** Normalization layers of `torch.nn`, with PyTorch's defaults. */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { BoundArguments } from '../arguments.ts';
import { given, isOpen, numbersOf, readBoolean, readInteger, readNumber } from '../arguments.ts';
import type { LayerBuilder } from './layerTable.ts';

function batchNormCall(bound: BoundArguments, features: number | null): OpCall | null {
  const eps = readNumber(bound, 'eps', 1e-5);
  const written = given(bound, 'momentum');
  const momentum = written?.kind === 'none' ? 0.1 : readNumber(bound, 'momentum', 0.1);
  const affine = readBoolean(bound, 'affine', true);
  const trackStats = readBoolean(bound, 'track_running_stats', true);
  if (features === null || eps === null || momentum === null || affine === null || trackStats === null) return null;
  return { op: 'batch_norm', attributes: { features, eps, momentum, scale: affine, center: affine, trackStats } };
}

const batchNorm: LayerBuilder = {
  signature: 'num_features eps momentum affine track_running_stats',
  build: (bound) => batchNormCall(bound, readInteger(bound, 'num_features')),
  buildFromInput: (bound, input) =>
    isOpen(bound, 'num_features') ? batchNormCall(bound, typeof input?.[1] === 'number' ? input[1] : null) : null,
  partialShape: (_bound, input) => input,
};

const lazyBatchNorm: LayerBuilder = {
  signature: 'eps momentum affine track_running_stats',
  build: () => null,
  buildFromInput: (bound, input) => batchNormCall(bound, typeof input?.[1] === 'number' ? input[1] : null),
};

const instanceNorm: LayerBuilder = {
  signature: 'num_features eps momentum affine track_running_stats',
  build(bound) {
    const features = readInteger(bound, 'num_features');
    const eps = readNumber(bound, 'eps', 1e-5);
    const affine = readBoolean(bound, 'affine', false);
    const trackStats = readBoolean(bound, 'track_running_stats', false);
    if (features === null || eps === null || affine === null || trackStats === null) return null;
    return { op: 'instance_norm', attributes: { features, eps, affine, trackStats } };
  },
};

const groupNorm: LayerBuilder = {
  signature: 'num_groups num_channels eps affine',
  build(bound) {
    const groups = readInteger(bound, 'num_groups');
    const features = readInteger(bound, 'num_channels');
    const eps = readNumber(bound, 'eps', 1e-5);
    const affine = readBoolean(bound, 'affine', true);
    if (groups === null || features === null || eps === null || affine === null) return null;
    return { op: 'group_norm', attributes: { groups, features, eps, affine } };
  },
};

const layerNorm: LayerBuilder = {
  signature: 'normalized_shape eps elementwise_affine',
  build(bound) {
    const value = given(bound, 'normalized_shape');
    const shape = value === undefined ? null : numbersOf(value);
    const eps = readNumber(bound, 'eps', 1e-5);
    const affine = readBoolean(bound, 'elementwise_affine', true);
    if (shape === null || eps === null || affine === null) {
      bound.reason ??= 'the argument normalized_shape is not known';
      return null;
    }
    const features = shape.reduce((total, dim) => total * dim, 1);
    const axes = shape.map((_dim, idx) => idx - shape.length);
    return { op: 'layer_norm', attributes: { features, eps, affine, axes } };
  },
};

export const normLayers: Readonly<Record<string, LayerBuilder>> = {
  BatchNorm1d: batchNorm,
  BatchNorm2d: batchNorm,
  BatchNorm3d: batchNorm,
  SyncBatchNorm: batchNorm,
  LazyBatchNorm1d: lazyBatchNorm,
  LazyBatchNorm2d: lazyBatchNorm,
  InstanceNorm1d: instanceNorm,
  InstanceNorm2d: instanceNorm,
  InstanceNorm3d: instanceNorm,
  GroupNorm: groupNorm,
  LayerNorm: layerNorm,
};
