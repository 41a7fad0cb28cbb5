/**
 * Pooling over two or three dimensions, and its gradients. ONNX has no gradient operators: the maximum's is a
 * scatter through the indices that MaxPool gives, the average's a depthwise transposed convolution with a
 * constant filter. TF.js divides the average's gradient by the whole window, padding or not; so does this.
 */
import type { AvgPool3DAttrs, AvgPoolAttrs } from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../lazy/graphBuilder.ts';
import type { Operand } from '../lazy/operand.ts';
import { permutedOperand, sizeOf } from '../lazy/operand.ts';
import type { KernelCall, NativeKernel, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';

export const poolKernels: NativeKernels = {
  AvgPool: pool('AveragePool', windowOf2d),
  AvgPool3D: pool('AveragePool', windowOf3d),
  AvgPoolGrad: avgPoolGrad(windowOf2d),
  AvgPool3DGrad: avgPoolGrad(windowOf3d),
  MaxPool: pool('MaxPool', windowOf2d),
  MaxPool3D: pool('MaxPool', windowOf3d),
  MaxPoolGrad: maxPoolGrad(windowOf2d),
  MaxPool3DGrad: maxPoolGrad(windowOf3d),
};

/** Where a window goes, dimension by dimension; shapes are channels-last, as in TF.js. */
interface Window {
  readonly inShape: readonly number[];
  readonly outShape: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly padsBefore: readonly number[];
  readonly padsAfter: readonly number[];
}

type WindowOf = (shape: readonly number[], attrs: unknown) => Window;

function pool(type: 'AveragePool' | 'MaxPool', windowOf: WindowOf): NativeKernel {
  return (call) => {
    const x = input(call, 'x');
    const window = windowOf(x.shape, call.attrs);
    if (x.dtype !== 'float32' || padsBeyondKernel(window) || sizeOf(window.outShape) === 0) return null;
    const output = { shape: window.outShape, dtype: x.dtype };
    return recordOne(call.backend, `${type} ${keyOf(window)}`, [x], output, (graph, [image]) => {
      if (image === undefined) return [];
      const order = channelsSecond(window);
      const out = { dtype: image.dtype, dims: physical(window.outShape) };
      return [permutedOperand(graph.op(type, [graph.form(image, order)], out, attributesOf(window)), order)];
    });
  };
}

function avgPoolGrad(windowOf: WindowOf): NativeKernel {
  return (call) => {
    const [dy, x] = [input(call, 'dy'), input(call, 'input')];
    const window = windowOf(x.shape, call.attrs);
    if (padsBeyondKernel(window)) return null;
    const output = { shape: x.shape, dtype: dy.dtype };
    return recordOne(call.backend, `AvgPoolGrad ${keyOf(window)}`, [dy], output, (graph, [errors]) => {
      if (errors === undefined) return [];
      const order = channelsSecond(window);
      const channels = window.inShape.at(-1) ?? 1;
      const one = graph.constant('float32', [1, 1, ...window.kernel.map(() => 1)], [1 / sizeOf(window.kernel)]);
      const share = graph.expand(one, [channels, 1, ...window.kernel]);
      const attributes = {
        ...attributesOf(window),
        group: { int: channels },
        output_padding: { ints: uncovered(window) },
      };
      const out = { dtype: 'float32' as const, dims: physical(window.inShape) };
      const gradient = graph.op('ConvTranspose', [graph.form(errors, order), share], out, attributes);
      return [permutedOperand(gradient, order)];
    });
  };
}

function maxPoolGrad(windowOf: WindowOf): NativeKernel {
  return (call: KernelCall) => {
    const [dy, x] = [input(call, 'dy'), input(call, 'input')];
    const window = windowOf(x.shape, call.attrs);
    if (padsBeyondKernel(window)) return null;
    const output = { shape: x.shape, dtype: dy.dtype };
    return recordOne(call.backend, `MaxPoolGrad ${keyOf(window)}`, [dy, x], output, (graph, [errors, image]) => {
      if (errors === undefined || image === undefined) return [];
      return [scatterToMaximum(graph, window, errors, image)];
    });
  };
}

function scatterToMaximum(graph: GraphBuilder, window: Window, errors: Operand, image: Operand): Operand {
  const order = channelsSecond(window);
  const dims = physical(window.outShape);
  const outs = [
    { dtype: 'float32' as const, dims },
    { dtype: 'int64' as const, dims },
  ];
  const [, winners] = graph.ops('MaxPool', [graph.form(image, order)], outs, attributesOf(window));
  if (winners === undefined) throw new Error('MaxPool was written without indices');
  const [nOut, nIn] = [sizeOf(dims), sizeOf(window.inShape)];
  const zeros = graph.expand(graph.constant('float32', [1], [0]), [nIn]);
  const flat = [zeros, graph.reshape(winners, [nOut]), graph.reshape(graph.form(errors, order), [nOut])];
  const attributes = { axis: { int: 0 }, reduction: { text: 'add' } };
  const scattered = graph.op('ScatterElements', flat, { dtype: 'float32', dims: [nIn] }, attributes);
  return permutedOperand(graph.reshape(scattered, physical(window.inShape)), order);
}

function windowOf2d(shape: readonly number[], attrs: unknown): Window {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as AvgPoolAttrs;
  const image = [...shape] as [number, number, number, number];
  const info = backend_util.computePool2DInfo(image, filterSize, strides, 1, pad, dimRoundingMode);
  return {
    inShape: info.inShape,
    outShape: info.outShape,
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    padsBefore: [info.padInfo.top, info.padInfo.left],
    padsAfter: [info.padInfo.bottom, info.padInfo.right],
  };
}

function windowOf3d(shape: readonly number[], attrs: unknown): Window {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as AvgPool3DAttrs;
  const volume = [...shape] as [number, number, number, number, number];
  const info = backend_util.computePool3DInfo(volume, filterSize, strides, 1, pad, dimRoundingMode);
  const { padInfo } = info;
  return {
    inShape: info.inShape,
    outShape: info.outShape,
    kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    padsBefore: [padInfo.front, padInfo.top, padInfo.left],
    padsAfter: [padInfo.back, padInfo.bottom, padInfo.right],
  };
}

/** ONNX refuses padding as large as the window; such calls, all odd ones, are left to the host. */
function padsBeyondKernel({ kernel, padsBefore, padsAfter }: Window): boolean {
  return kernel.some((size, i) => Math.max(padsBefore[i] ?? 0, padsAfter[i] ?? 0) >= size);
}

/** Positions at the end of the input that no window reaches. */
function uncovered({ inShape, outShape, kernel, strides, padsBefore, padsAfter }: Window): readonly number[] {
  return kernel.map((size, i) => {
    const reach = ((outShape[i + 1] ?? 1) - 1) * (strides[i] ?? 1) + size - (padsBefore[i] ?? 0) - (padsAfter[i] ?? 0);
    return (inShape[i + 1] ?? 1) - reach;
  });
}

function channelsSecond({ inShape }: Window): readonly number[] {
  const last = inShape.length - 1;
  return [0, last, ...Array.from({ length: last - 1 }, (_, i) => i + 1)];
}

function physical(shape: readonly number[]): readonly number[] {
  return [shape[0] ?? 1, shape.at(-1) ?? 1, ...shape.slice(1, -1)];
}

function attributesOf({ kernel, strides, padsBefore, padsAfter }: Window) {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: strides },
    pads: { ints: [...padsBefore, ...padsAfter] },
  };
}

function keyOf(window: Window): string {
  return Object.values(window)
    .map((numbers: readonly number[]) => numbers.join('x'))
    .join();
}
