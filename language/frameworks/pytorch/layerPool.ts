/** Pooling layers and functions: windows, strides that default to the window, ceil mode. */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { BoundArguments } from '../arguments.ts';
import { given, readBoolean, readSizes, sizesOf } from '../arguments.ts';
import type { LayerBuilder } from './layerTable.ts';

export function poolCall(bound: BoundArguments, op: 'max_pool' | 'avg_pool', nSpatial: number): OpCall | null {
  const kernel = readSizes(bound, 'kernel_size', nSpatial);
  if (kernel === null) return null;
  const written = given(bound, 'stride');
  const stride = written === undefined || written.kind === 'none' ? kernel : sizesOf(written, nSpatial);
  const padding = readSizes(bound, 'padding', nSpatial, 0);
  const ceilMode = readBoolean(bound, 'ceil_mode', false);
  if (stride === null || padding === null || ceilMode === null) return null;
  if (op === 'max_pool') {
    const dilation = readSizes(bound, 'dilation', nSpatial, 1);
    return dilation === null ? null : { op, attributes: { kernel, stride, padding, dilation, ceilMode } };
  }
  const countIncludePad = readBoolean(bound, 'count_include_pad', true) ?? true;
  return { op, attributes: { kernel, stride, padding, ceilMode, countIncludePad } };
}

function pool(op: 'max_pool' | 'avg_pool', nSpatial: number): LayerBuilder {
  return {
    signature:
      op === 'max_pool'
        ? 'kernel_size stride padding dilation return_indices ceil_mode'
        : 'kernel_size stride padding ceil_mode count_include_pad divisor_override',
    build: (bound) => poolCall(bound, op, nSpatial),
  };
}

function adaptive(op: 'adaptive_avg_pool' | 'adaptive_max_pool', nSpatial: number): LayerBuilder {
  return {
    signature: 'output_size',
    build(bound) {
      const size = readSizes(bound, 'output_size', nSpatial);
      return size === null ? null : { op, attributes: { size } };
    },
  };
}

export const poolLayers: Readonly<Record<string, LayerBuilder>> = {
  MaxPool1d: pool('max_pool', 1),
  MaxPool2d: pool('max_pool', 2),
  MaxPool3d: pool('max_pool', 3),
  AvgPool1d: pool('avg_pool', 1),
  AvgPool2d: pool('avg_pool', 2),
  AvgPool3d: pool('avg_pool', 3),
  AdaptiveAvgPool1d: adaptive('adaptive_avg_pool', 1),
  AdaptiveAvgPool2d: adaptive('adaptive_avg_pool', 2),
  AdaptiveAvgPool3d: adaptive('adaptive_avg_pool', 3),
  AdaptiveMaxPool1d: adaptive('adaptive_max_pool', 1),
  AdaptiveMaxPool2d: adaptive('adaptive_max_pool', 2),
};
