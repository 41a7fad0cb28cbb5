/**
 * Pooling and its gradients. ONNX has no gradient operators: the maximum's is a scatter through the indices
 * that MaxPool gives, the average's a depthwise transposed convolution with a constant filter.
 */
import type { AvgPoolAttrs, AvgPoolGradAttrs, MaxPoolAttrs, MaxPoolGradAttrs } from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../lazy/graphBuilder.ts';
import type { Operand } from '../lazy/operand.ts';
import { channelsFirst, permutedOperand, sizeOf } from '../lazy/operand.ts';
import type { ConvInfo } from './conv.ts';
import { convKey } from './conv.ts';
import type { KernelCall, NativeKernel, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';

export const poolKernels: NativeKernels = {
  AvgPool: pool('AveragePool'),
  MaxPool: pool('MaxPool'),
  AvgPoolGrad: avgPoolGrad,
  MaxPoolGrad: maxPoolGrad,
};

function pool(type: 'AveragePool' | 'MaxPool'): NativeKernel {
  return (call) => {
    const x = input(call, 'x');
    if (x.dtype !== 'float32') return null;
    const { filterSize, strides, pad, dimRoundingMode } = call.attrs as AvgPoolAttrs | MaxPoolAttrs;
    const info = infoOf(x.shape, filterSize, strides, pad, dimRoundingMode);
    if (padsBeyondFilter(info)) return null;
    const output = { shape: info.outShape, dtype: x.dtype };
    return recordOne(call.backend, `${type} ${convKey(info)}`, [x], output, (graph, [image]) => {
      if (image === undefined) return [];
      const out = { dtype: image.dtype, dims: physical(info.outShape) };
      return [
        permutedOperand(graph.op(type, [graph.form(image, channelsFirst)], out, poolAttributes(info)), channelsFirst),
      ];
    });
  };
}

/** TF.js divides by the whole window, padding or not. */
function avgPoolGrad(call: KernelCall) {
  const [dy, x] = [input(call, 'dy'), input(call, 'input')];
  const { filterSize, strides, pad } = call.attrs as AvgPoolGradAttrs;
  const info = infoOf(x.shape, filterSize, strides, pad);
  if (padsBeyondFilter(info)) return null;
  const output = { shape: x.shape, dtype: dy.dtype };
  return recordOne(call.backend, `AvgPoolGrad ${convKey(info)}`, [dy], output, (graph, [errors]) => {
    if (errors === undefined) return [];
    const { filterHeight, filterWidth, inChannels, padInfo } = info;
    const share = graph.expand(graph.constant('float32', [1, 1, 1, 1], [1 / (filterHeight * filterWidth)]), [
      inChannels,
      1,
      filterHeight,
      filterWidth,
    ]);
    const rest = [
      info.inHeight - ((info.outHeight - 1) * info.strideHeight + filterHeight - padInfo.top - padInfo.bottom),
      info.inWidth - ((info.outWidth - 1) * info.strideWidth + filterWidth - padInfo.left - padInfo.right),
    ];
    const attributes = { ...poolAttributes(info), group: { int: inChannels }, output_padding: { ints: rest } };
    const out = { dtype: 'float32' as const, dims: physical(info.inShape) };
    const gradient = graph.op('ConvTranspose', [graph.form(errors, channelsFirst), share], out, attributes);
    return [permutedOperand(gradient, channelsFirst)];
  });
}

function maxPoolGrad(call: KernelCall) {
  const [dy, x] = [input(call, 'dy'), input(call, 'input')];
  const { filterSize, strides, pad, dimRoundingMode } = call.attrs as MaxPoolGradAttrs;
  const info = infoOf(x.shape, filterSize, strides, pad, dimRoundingMode);
  if (padsBeyondFilter(info)) return null;
  const output = { shape: x.shape, dtype: dy.dtype };
  return recordOne(call.backend, `MaxPoolGrad ${convKey(info)}`, [dy, x], output, (graph, [errors, image]) => {
    if (errors === undefined || image === undefined) return [];
    return [scatterToMaximum(graph, info, errors, image)];
  });
}

function scatterToMaximum(graph: GraphBuilder, info: ConvInfo, errors: Operand, image: Operand): Operand {
  const dims = physical(info.outShape);
  const outs = [
    { dtype: 'float32' as const, dims },
    { dtype: 'int64' as const, dims },
  ];
  const [, winners] = graph.ops('MaxPool', [graph.form(image, channelsFirst)], outs, poolAttributes(info));
  if (winners === undefined) throw new Error('MaxPool was written without indices');
  const nOut = sizeOf(dims);
  const nIn = sizeOf(info.inShape);
  const zeros = graph.expand(graph.constant('float32', [1], [0]), [nIn]);
  const flat = [zeros, graph.reshape(winners, [nOut]), graph.reshape(graph.form(errors, channelsFirst), [nOut])];
  const attributes = { axis: { int: 0 }, reduction: { text: 'add' } };
  const scattered = graph.op('ScatterElements', flat, { dtype: 'float32', dims: [nIn] }, attributes);
  return permutedOperand(graph.reshape(scattered, physical(info.inShape)), channelsFirst);
}

function infoOf(
  shape: readonly number[],
  filterSize: [number, number] | number,
  strides: [number, number] | number,
  pad: AvgPoolAttrs['pad'],
  rounding?: AvgPoolAttrs['dimRoundingMode'],
): ConvInfo {
  const image = [...shape] as [number, number, number, number];
  return backend_util.computePool2DInfo(image, filterSize, strides, 1, pad, rounding);
}

/** ONNX refuses padding as large as the window; such calls, all odd ones, are left to the host. */
function padsBeyondFilter(info: ConvInfo): boolean {
  const { top, bottom, left, right } = info.padInfo;
  return Math.max(top, bottom) >= info.filterHeight || Math.max(left, right) >= info.filterWidth;
}

function physical(shape: readonly number[]): readonly number[] {
  return channelsFirst.map((logical) => shape[logical] ?? 1);
}

function poolAttributes(info: ConvInfo) {
  const { padInfo } = info;
  return {
    kernel_shape: { ints: [info.filterHeight, info.filterWidth] },
    strides: { ints: [info.strideHeight, info.strideWidth] },
    pads: { ints: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right] },
  };
}
