/**
 * Two-dimensional convolution, its gradients, and the depthwise ones, on ONNX Runtime's channels-first
 * kernels. The filter gradient is a three-dimensional convolution whose third dimension is the input
 * channels: the reduction then runs over batch and positions in one large product (see `filterGradient`).
 */
import type {
  Conv2DAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInputAttrs,
} from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../lazy/graphBuilder.ts';
import type { Operand, Sym } from '../lazy/operand.ts';
import { channelsFirst, identityPerm, permutedOperand, plainOperand, sizeOf } from '../lazy/operand.ts';
import type { KernelCall, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';
import { phasesOf, prefersTaps, prefersUnfolding, tapwiseTransposedConv, unfoldedConv } from './unfold.ts';

export type ConvInfo = backend_util.Conv2DInfo;

export const convKernels: NativeKernels = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
};

type Shape4 = [number, number, number, number];

function conv2d(call: KernelCall) {
  const [x, filter] = [input(call, 'x'), input(call, 'filter')];
  if (x.dtype !== 'float32' || filter.dtype !== 'float32') return null;
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = call.attrs as Conv2DAttrs;
  const format = backend_util.convertConv2DDataFormat(dataFormat);
  const shapes: [Shape4, Shape4] = [x.shape as Shape4, filter.shape as Shape4];
  const info = backend_util.computeConv2DInfo(...shapes, strides, dilations, pad, dimRoundingMode, false, format);
  if (sizeOf(info.outShape) === 0) return null;
  const output = { shape: info.outShape, dtype: x.dtype };
  return recordOne(call.backend, `Conv2D ${convKey(info)}`, [x, filter], output, (graph, [image, weights]) => [
    lowerConv(graph, info, need(image), need(weights)),
  ]);
}

/** The forward convolution; `filter` is [height, width, in, out]. */
export function lowerConv(graph: GraphBuilder, info: ConvInfo, image: Operand, filter: Operand): Operand {
  if (prefersUnfolding(info)) return unfoldedConv(graph, info, image, filter);
  const order = layoutOf(info);
  const inputs = [graph.form(image, order), graph.form(filter, [3, 2, 0, 1])];
  const dims = order.map((logical) => info.outShape[logical] ?? 1);
  return permutedOperand(graph.op('Conv', inputs, { dtype: 'float32', dims }, convAttributes(info)), order);
}

function conv2dBackpropInput(call: KernelCall) {
  const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
  if (dy.dtype !== 'float32') return null;
  const { strides, pad, dataFormat, dimRoundingMode, inputShape } = call.attrs as Conv2DBackpropInputAttrs;
  const format = backend_util.convertConv2DDataFormat(dataFormat);
  const info = backend_util.computeConv2DInfo(
    inputShape,
    filter.shape as Shape4,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    format,
  );
  // TF.js lets a caller ask for an image that does not belong to these errors.
  if (info.outShape.join() !== dy.shape.join()) return null;
  const output = { shape: info.inShape, dtype: dy.dtype };
  return recordOne(call.backend, `Conv2DBackpropInput ${convKey(info)}`, [dy, filter], output, (graph, operands) => {
    const order = layoutOf(info);
    const [errors, weights] = [need(operands[0]), need(operands[1])];
    const phases = prefersTaps(info) ? phasesOf(info) : null;
    if (phases !== null) return [tapwiseTransposedConv(graph, info, phases, errors, weights)];
    const dims = order.map((logical) => info.inShape[logical] ?? 1);
    const inputs = [graph.form(errors, order), graph.form(weights, [3, 2, 0, 1])];
    const attributes = { ...convAttributes(info), output_padding: { ints: uncovered(info) } };
    return [permutedOperand(graph.op('ConvTranspose', inputs, { dtype: 'float32', dims }, attributes), order)];
  });
}

/** Rows and columns at the end of the image that no window of the convolution reaches. */
function uncovered(info: ConvInfo): readonly number[] {
  const { padInfo } = info;
  return [
    info.inHeight -
      ((info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight - padInfo.top - padInfo.bottom),
    info.inWidth - ((info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth - padInfo.left - padInfo.right),
  ];
}

function conv2dBackpropFilter(call: KernelCall) {
  const [x, dy] = [input(call, 'x'), input(call, 'dy')];
  if (x.dtype !== 'float32') return null;
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = call.attrs as Conv2DBackpropFilterAttrs;
  const format = backend_util.convertConv2DDataFormat(dataFormat);
  const info = backend_util.computeConv2DInfo(
    x.shape as Shape4,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
    false,
    format,
  );
  if (info.outShape.join() !== dy.shape.join()) return null;
  const output = { shape: info.filterShape, dtype: x.dtype };
  return recordOne(call.backend, `Conv2DBackpropFilter ${convKey(info)}`, [x, dy], output, (graph, operands) => [
    filterGradient(graph, info, need(operands[0]), need(operands[1])),
  ]);
}

/**
 * dW[a,b,i,o] = Σ over n,p,q of x[n, s·p+a, s·q+b, i] · dy[n,p,q,o]: a convolution with the batch as channels,
 * dy as a filter dilated by the stride, and (rows, columns, i) as positions. The last dimension has kernel
 * size 1 and is contiguous, so unfolding copies whole runs of channels.
 */
function filterGradient(graph: GraphBuilder, info: ConvInfo, x: Operand, dy: Operand): Operand {
  const last = info.dataFormat === 'channelsLast';
  const images = graph.form(x, last ? [0, 1, 2, 3] : [0, 2, 3, 1]);
  const errors = graph.form(dy, last ? [3, 0, 1, 2] : [1, 0, 2, 3]);
  const [n = 1, height = 1, width = 1, channels = 1] = images.dims;
  const { padInfo, strideHeight, strideWidth, filterHeight, filterWidth, outChannels } = info;
  // Image rows and columns beyond the last window do not belong to any product.
  const [restHeight = 0, restWidth = 0] = uncovered(info);
  const attributes = {
    dilations: { ints: [strideHeight, strideWidth, 1] },
    kernel_shape: { ints: [info.outHeight, info.outWidth, 1] },
    pads: { ints: [padInfo.top, padInfo.left, 0, padInfo.bottom, padInfo.right, 0] },
    strides: { ints: [1, 1, 1] },
  };
  const image = graph.reshape(images, [1, n, height, width, channels]);
  const kernel = graph.reshape(errors, [outChannels, n, info.outHeight, info.outWidth, 1]);
  const full = [1, outChannels, filterHeight + restHeight, filterWidth + restWidth, channels];
  const gradient = graph.op('Conv', [image, kernel], { dtype: 'float32', dims: full }, attributes);
  const sizes = [1, outChannels, filterHeight, filterWidth, channels];
  const cut = graph.slice(gradient, [0, 0, 0, 0, 0], sizes);
  return permutedOperand(graph.reshape(cut, sizes.slice(1)), [3, 0, 1, 2]);
}

function depthwise(call: KernelCall) {
  const [x, filter] = [input(call, 'x'), input(call, 'filter')];
  if (x.dtype !== 'float32') return null;
  const { strides, pad, dilations, dimRoundingMode } = call.attrs as DepthwiseConv2dNativeAttrs;
  const info = depthwiseInfo(x.shape, filter.shape, strides, dilations ?? 1, pad, dimRoundingMode);
  const output = { shape: info.outShape, dtype: x.dtype };
  return recordOne(call.backend, `Depthwise ${convKey(info)}`, [x, filter], output, (graph, [image, weights]) => [
    lowerDepthwise(graph, info, need(image), need(weights)),
  ]);
}

/** `filter` is [height, width, in, multiplier]; ONNX groups by input channel. */
export function lowerDepthwise(graph: GraphBuilder, info: ConvInfo, image: Operand, filter: Operand): Operand {
  const dims = channelsFirst.map((logical) => info.outShape[logical] ?? 1);
  const attributes = { ...convAttributes(info), group: { int: info.inChannels } };
  const inputs = [graph.form(image, channelsFirst), groupedFilter(graph, info, filter)];
  return permutedOperand(graph.op('Conv', inputs, { dtype: 'float32', dims }, attributes), channelsFirst);
}

function groupedFilter(graph: GraphBuilder, info: ConvInfo, filter: Operand): Sym {
  const dims = [info.outChannels, 1, info.filterHeight, info.filterWidth];
  return graph.reshape(graph.form(filter, [2, 3, 0, 1]), dims);
}

function depthwiseBackpropInput(call: KernelCall) {
  const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
  if (dy.dtype !== 'float32') return null;
  const { strides, dilations, pad, dimRoundingMode, inputShape } =
    call.attrs as DepthwiseConv2dNativeBackpropInputAttrs;
  const info = depthwiseInfo(inputShape, filter.shape, strides, dilations, pad, dimRoundingMode);
  const output = { shape: info.inShape, dtype: dy.dtype };
  return recordOne(call.backend, `DepthwiseInput ${convKey(info)}`, [dy, filter], output, (graph, operands) => {
    const dims = channelsFirst.map((logical) => info.inShape[logical] ?? 1);
    const inputs = [graph.form(need(operands[0]), channelsFirst), groupedFilter(graph, info, need(operands[1]))];
    const attributes = {
      ...convAttributes(info),
      group: { int: info.inChannels },
      output_padding: { ints: uncovered(info) },
    };
    return [permutedOperand(graph.op('ConvTranspose', inputs, { dtype: 'float32', dims }, attributes), channelsFirst)];
  });
}

/** One product of shifted image and error per filter position: depthwise filters are small. */
function depthwiseBackpropFilter(call: KernelCall) {
  const [x, dy] = [input(call, 'x'), input(call, 'dy')];
  if (x.dtype !== 'float32') return null;
  const { strides, dilations, pad, dimRoundingMode, filterShape } =
    call.attrs as DepthwiseConv2dNativeBackpropFilterAttrs;
  const info = depthwiseInfo(x.shape, filterShape, strides, dilations, pad, dimRoundingMode);
  const output = { shape: info.filterShape, dtype: x.dtype };
  return recordOne(call.backend, `DepthwiseFilter ${convKey(info)}`, [x, dy], output, (graph, operands) => {
    const padded = padImage(graph, info, graph.plain(need(operands[0])));
    const [n = 1, rows = 1, columns = 1] = info.outShape;
    const multiplier = info.outChannels / info.inChannels;
    const errors = graph.reshape(graph.plain(need(operands[1])), [n, rows, columns, info.inChannels, multiplier]);
    const taps: Sym[] = [];
    for (let a = 0; a < info.filterHeight; a++) {
      for (let b = 0; b < info.filterWidth; b++) {
        const starts = [a * info.dilationHeight, b * info.dilationWidth];
        const steps = [info.strideHeight, info.strideWidth];
        const ends = [
          (starts[0] ?? 0) + (rows - 1) * info.strideHeight + 1,
          (starts[1] ?? 0) + (columns - 1) * info.strideWidth + 1,
        ];
        const window = graph.op(
          'Slice',
          [padded, graph.int64(starts), graph.int64(ends), graph.int64([1, 2]), graph.int64(steps)],
          { dtype: 'float32', dims: [n, rows, columns, info.inChannels] },
        );
        const wide = graph.reshape(window, [n, rows, columns, info.inChannels, 1]);
        taps.push(graph.reduce('ReduceSum', graph.binary('Mul', errors, wide), [0, 1, 2], false));
      }
    }
    return [plainOperand(graph.reshape(graph.concat(taps, 0), info.filterShape))];
  });
}

/** The image with its padding made explicit, in TF.js's order. */
function padImage(graph: GraphBuilder, info: ConvInfo, image: Sym): Sym {
  const { top, bottom, left, right } = info.padInfo;
  const [n = 1, height = 1, width = 1, channels = 1] = image.dims;
  const dims = [n, height + top + bottom, width + left + right, channels];
  if (dims.join() === image.dims.join()) return image;
  return graph.op('Pad', [image, graph.int64([0, top, left, 0, 0, bottom, right, 0])], { dtype: image.dtype, dims });
}

export function depthwiseInfo(
  imageShape: readonly number[],
  filterShape: readonly number[],
  strides: [number, number] | number,
  dilations: [number, number] | number,
  pad: Conv2DAttrs['pad'],
  rounding: Conv2DAttrs['dimRoundingMode'],
): ConvInfo {
  const shapes: [Shape4, Shape4] = [[...imageShape] as Shape4, [...filterShape] as Shape4];
  return backend_util.computeConv2DInfo(...shapes, strides, dilations, pad, rounding, true);
}

export function convKey(info: ConvInfo): string {
  const { padInfo } = info;
  return [
    info.dataFormat,
    info.inShape.join('x'),
    info.filterShape.join('x'),
    info.strideHeight,
    info.strideWidth,
    info.dilationHeight,
    info.dilationWidth,
    padInfo.top,
    padInfo.bottom,
    padInfo.left,
    padInfo.right,
  ].join();
}

function convAttributes(info: ConvInfo) {
  const { padInfo } = info;
  return {
    kernel_shape: { ints: [info.filterHeight, info.filterWidth] },
    strides: { ints: [info.strideHeight, info.strideWidth] },
    dilations: { ints: [info.dilationHeight, info.dilationWidth] },
    pads: { ints: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right] },
  };
}

function layoutOf(info: ConvInfo): readonly number[] {
  return info.dataFormat === 'channelsLast' ? channelsFirst : identityPerm(4);
}

function need(operand: Operand | undefined): Operand {
  if (operand === undefined) throw new Error('A convolution was recorded without an operand');
  return operand;
}
