/**
 * Functional layers with the weights as arguments (`F.conv2d(x, weight)`), pooling and resizing. A weight
 * that belongs to a layer makes the call a run of that layer.
 */
import type { ConvAttributes, OpCall } from '../../../core/graph/ops.ts';
import type { Dim } from '../../../core/graph/shape.ts';
import { foreign, unknown } from '../../interpreter/values.ts';
import { given, readSizes, readString, sizesOf } from '../arguments.ts';
import { poolCall } from './layerPool.ts';
import type { TorchFunction } from './functionArguments.ts';
import { bindTo, firstTensor, sizesAfter } from './functionArguments.ts';
import type { LayerRecord } from '../recorder.ts';
import type { TensorObject } from './torchTensor.ts';
import { apply, freeTensor, tensorOf } from './torchTensor.ts';

function functionalConv(nSpatial: 1 | 2 | 3, transposed: boolean): TorchFunction {
  const signature = transposed
    ? 'input weight bias stride padding output_padding groups dilation'
    : 'input weight bias stride padding dilation groups';
  return (args, context) => {
    const tensor = firstTensor(args);
    const bound = bindTo(signature, args);
    const weight = tensorOf(given(bound, 'weight'));
    if (tensor === null) return null;
    const shape = weight?.shape ?? null;
    const stride = readSizes(bound, 'stride', nSpatial, 1);
    const written = given(bound, 'padding');
    const padding = written?.kind === 'string' ? 'same' : readSizes(bound, 'padding', nSpatial, 0);
    const dilation = readSizes(bound, 'dilation', nSpatial, 1);
    const groupsValue = given(bound, 'groups');
    const groups = groupsValue === undefined ? 1 : groupsValue.kind === 'number' ? groupsValue.value : null;
    const outputPadding = transposed ? readSizes(bound, 'output_padding', nSpatial, 0) : [];
    const isKnown =
      shape?.length === nSpatial + 2 &&
      !shape.includes('?') &&
      stride &&
      padding &&
      dilation &&
      groups &&
      outputPadding;
    if (!isKnown) {
      const rest = Array.from({ length: nSpatial }, (): Dim => '?');
      const channels = transposed ? '?' : (shape?.[0] ?? '?');
      return apply(context, { op: 'unknown', attributes: { type: `conv${nSpatial}d` } }, [tensor], {
        shape: [tensor.shape?.[0] ?? '?', channels, ...rest],
        unknown: bound.reason ?? 'the weights of this convolution are not known',
      });
    }
    const [first, second, ...kernel] = shape as number[];
    const attributes: ConvAttributes = {
      inChannels: transposed ? (first ?? 0) : (second ?? 0) * groups,
      outChannels: transposed ? (second ?? 0) * groups : (first ?? 0),
      kernel,
      stride,
      padding,
      dilation,
      groups,
      bias: tensorOf(given(bound, 'bias')) !== null,
    };
    const call = (
      transposed
        ? { op: `conv${nSpatial}d_transpose`, attributes: { ...attributes, outputPadding } }
        : { op: `conv${nSpatial}d`, attributes }
    ) as OpCall;
    return apply(context, call, [tensor], { layer: ownerOf(weight, call) });
  };
}

/** The layer that a functional call runs: the one its weight belongs to, where it is of the same kind. */
function ownerOf(weight: TensorObject | null, call: OpCall): LayerRecord | null {
  const owner = weight?.weightOf ?? null;
  return owner !== null && owner.call.op === call.op ? owner : null;
}

const linear: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const bound = bindTo('input weight bias', args);
  const weight = tensorOf(given(bound, 'weight'));
  if (tensor === null) return null;
  const [outFeatures, inFeatures] = weight?.shape ?? [];
  if (typeof outFeatures !== 'number' || typeof inFeatures !== 'number') {
    const shape = tensor.shape === null ? null : [...tensor.shape.slice(0, -1), '?' as const];
    return apply(context, { op: 'unknown', attributes: { type: 'linear' } }, [tensor], { shape });
  }
  const bias = tensorOf(given(bound, 'bias')) !== null;
  const call: OpCall = { op: 'dense', attributes: { inFeatures, outFeatures, bias } };
  return apply(context, call, [tensor], { layer: ownerOf(weight, call) });
};

/** `F.interpolate(x, size=None, scale_factor=None, mode='nearest')`. */
export const interpolate: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const bound = bindTo('input size scale_factor mode align_corners', args);
  if (tensor === null) return null;
  const nSpatial = tensor.shape === null ? 2 : tensor.shape.length - 2;
  const sizeValue = given(bound, 'size');
  const scaleValue = given(bound, 'scale_factor');
  const mode = readString(bound, 'mode', 'nearest') ?? 'nearest';
  const kind = mode === 'bilinear' || mode === 'bicubic' || mode === 'trilinear' ? mode : 'nearest';
  const size = sizeValue === undefined || sizeValue.kind === 'none' ? null : sizesOf(sizeValue, nSpatial);
  const scale = scaleValue === undefined ? null : scalesOf(scaleValue, nSpatial);
  if (size !== null || scale !== null) {
    return apply(context, { op: 'upsample', attributes: { scale: size === null ? scale : null, size, mode: kind } }, [
      tensor,
    ]);
  }
  const items = sizeValue?.kind === 'tuple' || sizeValue?.kind === 'list' ? sizeValue.items : [];
  const dims = Array.from({ length: nSpatial }, (_unused, axis): Dim => {
    const item = items[axis];
    return item?.kind === 'number' ? item.value : '?';
  });
  return apply(context, { op: 'unknown', attributes: { type: 'interpolate' } }, [tensor], {
    shape: tensor.shape === null ? null : [...tensor.shape.slice(0, 2), ...dims],
    unknown: 'the size that is resized to is not known',
  });
};

export function scalesOf(value: Parameters<typeof sizesOf>[0], count: number): readonly number[] | null {
  const items = value.kind === 'tuple' || value.kind === 'list' ? value.items : [value];
  const numbers = items.map((item) => (item.kind === 'number' ? item.value : null));
  if (numbers.includes(null)) return null;
  return Array.from({ length: count }, (_unused, axis) => numbers[axis] ?? numbers[0] ?? 1);
}

function functionalPool(op: 'max_pool' | 'avg_pool', nSpatial: number): TorchFunction {
  const signature =
    op === 'max_pool'
      ? 'input kernel_size stride padding dilation ceil_mode return_indices'
      : 'input kernel_size stride padding ceil_mode count_include_pad';
  return (args, context) => {
    const tensor = firstTensor(args);
    const bound = bindTo(signature, args);
    if (tensor === null) return null;
    const call = poolCall(bound, op, nSpatial);
    if (call === null) return unknown(bound.reason ?? 'the window of this pooling is not known');
    return apply(context, call, [tensor]);
  };
}

function functionalAdaptive(op: 'adaptive_avg_pool' | 'adaptive_max_pool', nSpatial: number): TorchFunction {
  return (args, context) => {
    const tensor = firstTensor(args);
    const bound = bindTo('input output_size', args);
    const value = given(bound, 'output_size');
    const size = value === undefined ? null : sizesOf(value, nSpatial);
    if (tensor === null) return null;
    return size === null
      ? unknown('the size of this pooling is not known')
      : apply(context, { op, attributes: { size } }, [tensor]);
  };
}

const normalized: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  return tensor === null ? null : apply(context, { op: 'elementwise', attributes: { fn: 'normalization' } }, [tensor]);
};

const embedding: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const weight = tensorOf(args.positional[1] ?? args.keywords.get('weight'));
  const [count, features] = weight?.shape ?? [];
  if (tensor === null || typeof count !== 'number' || typeof features !== 'number') return null;
  const call: OpCall = { op: 'embedding', attributes: { count, features } };
  return apply(context, call, [tensor], { layer: ownerOf(weight, call) });
};

const unfold: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  return tensor === null
    ? null
    : apply(context, { op: 'unknown', attributes: { type: 'unfold' } }, [tensor], {
        shape: null,
        unknown: 'unfolded windows',
      });
};

const gridSample: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const grid = tensorOf(args.positional[1] ?? args.keywords.get('grid'));
  if (tensor === null) return null;
  const spatial = grid?.shape?.slice(1, -1) ?? tensor.shape?.slice(2).map((): Dim => '?') ?? [];
  const shape = tensor.shape === null ? null : [...tensor.shape.slice(0, 2), ...spatial];
  return apply(context, { op: 'unknown', attributes: { type: 'grid_sample' } }, [tensor], { shape });
};

/** A place for every position of an image of this size: `N×H×W×2`, of a volume `N×D×H×W×3` (`F.affine_grid`). */
const affineGrid: TorchFunction = (args, context) => {
  const size = sizesAfter(args, 1, 'size');
  const isKnown = size !== null && size.length > 2;
  const shape = isKnown ? [...size.slice(0, 1), ...size.slice(2), size.length - 2] : null;
  return freeTensor(context, shape, isKnown ? null : 'a sampling grid');
};

export const layerFunctions: Readonly<Record<string, TorchFunction>> = {
  conv1d: functionalConv(1, false),
  conv2d: functionalConv(2, false),
  conv3d: functionalConv(3, false),
  conv_transpose1d: functionalConv(1, true),
  conv_transpose2d: functionalConv(2, true),
  conv_transpose3d: functionalConv(3, true),
  linear,
  interpolate,
  upsample: interpolate,
  upsample_nearest: interpolate,
  upsample_bilinear: interpolate,
  max_pool1d: functionalPool('max_pool', 1),
  max_pool2d: functionalPool('max_pool', 2),
  max_pool3d: functionalPool('max_pool', 3),
  avg_pool1d: functionalPool('avg_pool', 1),
  avg_pool2d: functionalPool('avg_pool', 2),
  avg_pool3d: functionalPool('avg_pool', 3),
  adaptive_avg_pool1d: functionalAdaptive('adaptive_avg_pool', 1),
  adaptive_avg_pool2d: functionalAdaptive('adaptive_avg_pool', 2),
  adaptive_max_pool2d: functionalAdaptive('adaptive_max_pool', 2),
  batch_norm: normalized,
  instance_norm: normalized,
  group_norm: normalized,
  layer_norm: normalized,
  local_response_norm: normalized,
  embedding,
  unfold,
  fold: unfold,
  grid_sample: gridSample,
  affine_grid: affineGrid,
  one_hot: (args, context) => {
    const tensor = firstTensor(args);
    const count = args.positional[1] ?? args.keywords.get('num_classes');
    if (tensor === null) return null;
    const last: Dim = count?.kind === 'number' ? count.value : '?';
    const shape = tensor.shape === null ? null : [...tensor.shape, last];
    return apply(context, { op: 'unknown', attributes: { type: 'one_hot' } }, [tensor], { shape });
  },
  identity: (args) => {
    const tensor = firstTensor(args);
    return tensor === null ? null : foreign(tensor);
  },
};
