/**
 * The `tf.layers.*` factories that change shapes or join tensors and own no weights: reshaping, padding,
 * cropping, pooling, resizing, merging. Shapes of the options leave the batch out; the operator table has it in.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Layout, Shape } from '../../../core/graph/shape.ts';
import { given, numbersOf, readInteger, readSizes, readString, type BoundArguments } from '../arguments.ts';
import { layoutOf, paddingOf, type LayerKind } from './layerKind.ts';

function rankOf(inputs: readonly (Shape | null)[]): number | null {
  return inputs[0]?.length ?? null;
}

function flatten(_config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const rank = rankOf(inputs);
  return rank === null ? null : { op: 'flatten', attributes: { startAxis: 1, endAxis: rank - 1 } };
}

/** The batch is left open (−1) unless the target itself leaves a size open. */
function reshape(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const value = given(config, 'targetShape');
  const items = value === undefined ? null : openSizes(value);
  if (items === null) {
    config.reason ??= value?.kind === 'unknown' ? value.reason : 'the target shape is not known';
    return null;
  }
  const input = inputs[0] ?? null;
  const isOpen = items.includes(-1);
  if (input === null || input.includes('?')) {
    if (input === null && isOpen) return null;
    return { op: 'reshape', attributes: { shape: [isOpen ? 1 : -1, ...items] } };
  }
  const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);
  const free = product(input.slice(1) as readonly number[]) / product(items.filter((item) => item !== -1));
  // What does not fit is told so by the shape rule, which must not put the rest into the batch.
  if (isOpen ? !Number.isInteger(free) : free !== 1) return { op: 'reshape', attributes: { shape: [1, ...items] } };
  return { op: 'reshape', attributes: { shape: [-1, ...items.map((item) => (item === -1 ? free : item))] } };
}

/** Whole sizes, with −1 for one that is left open, or is not known: what is left of the elements, either way. */
function openSizes(value: NonNullable<ReturnType<typeof given>>): readonly number[] | null {
  if (value.kind !== 'list' && value.kind !== 'tuple') return null;
  if (value.kind === 'list' && value.unknown !== null) return null;
  const sizes = value.items.map((item) =>
    item.kind === 'none' || item.kind === 'unknown'
      ? -1
      : item.kind === 'number' && Number.isInteger(item.value)
        ? item.value
        : null,
  );
  return sizes.includes(null) || sizes.filter((size) => size === -1).length > 1 ? null : (sizes as number[]);
}

function permute(config: BoundArguments): OpCall | null {
  const dims = given(config, 'dims');
  const axes = dims === undefined ? null : numbersOf(dims);
  return axes === null ? null : { op: 'permute', attributes: { axes: [0, ...axes] } };
}

function repeatVector(config: BoundArguments, inputs: readonly (Shape | null)[]): OpCall | null {
  const count = readInteger(config, 'n');
  const features = inputs[0]?.[1];
  if (count === null || typeof features !== 'number') return null;
  return { op: 'expand', attributes: { shape: [1, count, features] } };
}

function upSampling2d(config: BoundArguments): OpCall | null {
  const scale = readSizes(config, 'size', 2, 2);
  const mode = readString(config, 'interpolation', 'nearest');
  if (scale === null || (mode !== 'nearest' && mode !== 'bilinear')) return null;
  return { op: 'upsample', attributes: { scale, size: null, mode } };
}

function upSampling1d(config: BoundArguments): OpCall | null {
  const scale = readSizes(config, 'size', 1, 2);
  return scale === null ? null : { op: 'upsample', attributes: { scale, size: null, mode: 'nearest' } };
}

function resizing(config: BoundArguments): OpCall | null {
  const height = readInteger(config, 'height');
  const width = readInteger(config, 'width');
  const mode = readString(config, 'interpolation', 'bilinear');
  if (height === null || width === null || (mode !== 'nearest' && mode !== 'bilinear')) return null;
  return { op: 'upsample', attributes: { scale: null, size: [height, width], mode } };
}

function centerCropShape(config: BoundArguments, input: Shape | null): Shape | null {
  const height = readInteger(config, 'height');
  const width = readInteger(config, 'width');
  return height === null || width === null || input?.length !== 4 ? null : [1, height, width, input[3] ?? '?'];
}

/** `padding` or `cropping`: one number, `[height, width]`, or `[[top, bottom], [left, right]]`. */
function borders(config: BoundArguments, name: string): readonly (readonly [number, number])[] | null {
  const value = given(config, name);
  if (value === undefined) return config.open === null ? pairs([1, 1]) : null;
  if (value.kind === 'number') return pairs([value.value, value.value]);
  if (value.kind !== 'list' && value.kind !== 'tuple') return null;
  const sides = value.items.map((item) => (item.kind === 'number' ? [item.value, item.value] : numbersOf(item)));
  return sides.every((side) => side?.length === 2) ? (sides as [number, number][]) : null;
}

function pairs(sizes: readonly number[]): readonly (readonly [number, number])[] {
  return sizes.map((size) => [size, size] as const);
}

/** Paddings count from the last axis, and channels get none. */
function withChannels(
  sides: readonly (readonly [number, number])[],
  layout: Layout,
): readonly (readonly [number, number])[] {
  return layout === 'channelsFirst' ? sides : [...sides, [0, 0]];
}

function zeroPadding2d(config: BoundArguments): OpCall | null {
  const sides = borders(config, 'padding');
  const layout = layoutOf(config);
  if (sides === null || layout === null) return null;
  return { op: 'pad', attributes: { pads: withChannels(sides, layout), mode: 'constant' } };
}

function cropping2D(config: BoundArguments): OpCall | null {
  const sides = borders(config, 'cropping');
  const layout = layoutOf(config);
  if (sides === null || layout === null) return null;
  const cropped = sides.map(([before, after]) => [-before, -after] as const);
  return { op: 'pad', attributes: { pads: withChannels(cropped, layout), mode: 'constant' } };
}

function pooling(op: 'max_pool' | 'avg_pool', nDims: 1 | 2 | 3): LayerKind['build'] {
  return (config) => {
    const kernel = readSizes(config, 'poolSize', nDims, 2);
    const isStrided = given(config, 'strides') !== undefined && given(config, 'strides')?.kind !== 'none';
    const stride = isStrided ? readSizes(config, 'strides', nDims) : kernel;
    const padding = paddingOf(config);
    if (kernel === null || stride === null || padding === null) return null;
    return { op, attributes: { kernel, stride, padding } };
  };
}

function globalPooling(op: 'global_avg_pool' | 'global_max_pool'): LayerKind['build'] {
  return () => ({ op, attributes: { keepDims: false } });
}

function concatenate(config: BoundArguments): OpCall | null {
  const axis = readInteger(config, 'axis', -1);
  return axis === null ? null : { op: 'cat', attributes: { axis } };
}

function merge(op: 'add' | 'mul' | 'sub' | 'maximum'): LayerKind['build'] {
  return () => ({ op, attributes: {} });
}

const poolings = {
  maxPool1d: { type: 'MaxPooling1D', build: pooling('max_pool', 1) },
  maxPool2d: { type: 'MaxPooling2D', build: pooling('max_pool', 2) },
  maxPool3d: { type: 'MaxPooling3D', build: pooling('max_pool', 3) },
  avgPool1d: { type: 'AveragePooling1D', build: pooling('avg_pool', 1) },
  avgPool2d: { type: 'AveragePooling2D', build: pooling('avg_pool', 2) },
  avgPool3d: { type: 'AveragePooling3D', build: pooling('avg_pool', 3) },
  globalMaxPool1d: { type: 'GlobalMaxPooling1D', build: globalPooling('global_max_pool') },
  globalMaxPool2d: { type: 'GlobalMaxPooling2D', build: globalPooling('global_max_pool') },
} as const;

export const shapeLayers: Readonly<Record<string, LayerKind>> = {
  ...poolings,
  flatten: { type: 'Flatten', build: flatten },
  reshape: { type: 'Reshape', build: reshape, isBoundToShape: true },
  permute: { type: 'Permute', build: permute },
  repeatVector: { type: 'RepeatVector', build: repeatVector },
  upSampling1d: { type: 'UpSampling1D', build: upSampling1d },
  upSampling2d: { type: 'UpSampling2D', build: upSampling2d },
  resizing: { type: 'Resizing', build: resizing },
  zeroPadding2d: { type: 'ZeroPadding2D', build: zeroPadding2d },
  centerCrop: {
    type: 'CenterCrop',
    build: () => ({ op: 'elementwise', attributes: { fn: 'center_crop' } }),
    outputShape: centerCropShape,
  },
  cropping2D: { type: 'Cropping2D', build: cropping2D },
  maxPooling1d: poolings.maxPool1d,
  maxPooling2d: poolings.maxPool2d,
  maxPooling3d: poolings.maxPool3d,
  averagePooling1d: poolings.avgPool1d,
  avgPooling1d: poolings.avgPool1d,
  averagePooling2d: poolings.avgPool2d,
  avgPooling2d: poolings.avgPool2d,
  averagePooling3d: poolings.avgPool3d,
  avgPooling3d: poolings.avgPool3d,
  globalAveragePooling1d: { type: 'GlobalAveragePooling1D', build: globalPooling('global_avg_pool') },
  globalAveragePooling2d: { type: 'GlobalAveragePooling2D', build: globalPooling('global_avg_pool') },
  globalMaxPooling1d: poolings.globalMaxPool1d,
  globalMaxPooling2d: poolings.globalMaxPool2d,
  concatenate: { type: 'Concatenate', build: concatenate },
  add: { type: 'Add', build: merge('add') },
  multiply: { type: 'Multiply', build: merge('mul') },
  maximum: { type: 'Maximum', build: merge('maximum') },
  minimum: { type: 'Minimum', build: merge('maximum') },
  average: { type: 'Average', build: merge('add') },
};
