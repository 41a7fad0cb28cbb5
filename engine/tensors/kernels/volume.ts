/**
 * Three-dimensional convolution and its gradients. The filter gradient takes the input channels as a batch
 * and the batch as channels; videos and volumes are rare here, so nothing is tuned beyond that.
 */
import type { Conv3DAttrs, Conv3DBackpropFilterV2Attrs, Conv3DBackpropInputV2Attrs } from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import { permutedOperand } from '../lazy/operand.ts';
import type { KernelCall, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';

export const volumeKernels: NativeKernels = {
  Conv3D: conv3d,
  Conv3DBackpropFilterV2: conv3dBackpropFilter,
  Conv3DBackpropInputV2: conv3dBackpropInput,
};

type Shape5 = [number, number, number, number, number];
type Info = backend_util.Conv3DInfo;

const channelsSecond = [0, 4, 1, 2, 3];
const filterOrder = [4, 3, 0, 1, 2];

function conv3d(call: KernelCall) {
  const [x, filter] = [input(call, 'x'), input(call, 'filter')];
  const { strides, pad, dilations } = call.attrs as Conv3DAttrs;
  const info = backend_util.computeConv3DInfo(x.shape as Shape5, filter.shape as Shape5, strides, dilations, pad);
  if (x.dtype !== 'float32') return null;
  const output = { shape: info.outShape, dtype: x.dtype };
  return recordOne(call.backend, `Conv3D ${keyOf(info)}`, [x, filter], output, (graph, [volume, weights]) => {
    if (volume === undefined || weights === undefined) return [];
    const inputs = [graph.form(volume, channelsSecond), graph.form(weights, filterOrder)];
    const out = { dtype: 'float32' as const, dims: channelsSecond.map((i) => info.outShape[i] ?? 1) };
    return [permutedOperand(graph.op('Conv', inputs, out, attributesOf(info)), channelsSecond)];
  });
}

function conv3dBackpropInput(call: KernelCall) {
  const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
  const { strides, pad, inputShape } = call.attrs as Conv3DBackpropInputV2Attrs;
  const info = backend_util.computeConv3DInfo(inputShape, filter.shape as Shape5, strides, 1, pad);
  if (dy.dtype !== 'float32' || info.outShape.join() !== dy.shape.join()) return null;
  const output = { shape: info.inShape, dtype: dy.dtype };
  return recordOne(call.backend, `Conv3DInput ${keyOf(info)}`, [dy, filter], output, (graph, [errors, weights]) => {
    if (errors === undefined || weights === undefined) return [];
    const inputs = [graph.form(errors, channelsSecond), graph.form(weights, filterOrder)];
    const out = { dtype: 'float32' as const, dims: channelsSecond.map((i) => info.inShape[i] ?? 1) };
    const attributes = { ...attributesOf(info), output_padding: { ints: uncovered(info) } };
    return [permutedOperand(graph.op('ConvTranspose', inputs, out, attributes), channelsSecond)];
  });
}

function conv3dBackpropFilter(call: KernelCall) {
  const [x, dy] = [input(call, 'x'), input(call, 'dy')];
  const { strides, pad, filterShape } = call.attrs as Conv3DBackpropFilterV2Attrs;
  const info = backend_util.computeConv3DInfo(x.shape as Shape5, filterShape, strides, 1, pad);
  if (x.dtype !== 'float32' || info.outShape.join() !== dy.shape.join()) return null;
  const output = { shape: info.filterShape, dtype: x.dtype };
  return recordOne(call.backend, `Conv3DFilter ${keyOf(info)}`, [x, dy], output, (graph, [volume, errors]) => {
    if (volume === undefined || errors === undefined) return [];
    const [depth = 1, height = 1, width = 1] = [info.filterDepth, info.filterHeight, info.filterWidth];
    const rest = uncovered(info);
    const attributes = {
      ...attributesOf(info),
      kernel_shape: { ints: [info.outDepth, info.outHeight, info.outWidth] },
      dilations: { ints: [info.strideDepth, info.strideHeight, info.strideWidth] },
      strides: { ints: [1, 1, 1] },
    };
    const inputs = [graph.form(volume, [4, 0, 1, 2, 3]), graph.form(errors, [4, 0, 1, 2, 3])];
    const full = [depth + (rest[0] ?? 0), height + (rest[1] ?? 0), width + (rest[2] ?? 0)];
    const out = { dtype: 'float32' as const, dims: [info.inChannels, info.outChannels, ...full] };
    const gradient = graph.op('Conv', inputs, out, attributes);
    const sizes = [info.inChannels, info.outChannels, depth, height, width];
    return [permutedOperand(graph.slice(gradient, [0, 0, 0, 0, 0], sizes), [3, 4, 0, 1, 2])];
  });
}

/** Positions at the end of the input that no window reaches. */
function uncovered(info: Info): readonly number[] {
  const { padInfo } = info;
  return [
    info.inDepth - ((info.outDepth - 1) * info.strideDepth + info.filterDepth - padInfo.front - padInfo.back),
    info.inHeight - ((info.outHeight - 1) * info.strideHeight + info.filterHeight - padInfo.top - padInfo.bottom),
    info.inWidth - ((info.outWidth - 1) * info.strideWidth + info.filterWidth - padInfo.left - padInfo.right),
  ];
}

function attributesOf(info: Info) {
  const { padInfo } = info;
  return {
    kernel_shape: { ints: [info.filterDepth, info.filterHeight, info.filterWidth] },
    strides: { ints: [info.strideDepth, info.strideHeight, info.strideWidth] },
    dilations: { ints: [info.dilationDepth, info.dilationHeight, info.dilationWidth] },
    pads: { ints: [padInfo.front, padInfo.top, padInfo.left, padInfo.back, padInfo.bottom, padInfo.right] },
  };
}

function keyOf(info: Info): string {
  return `${info.inShape.join('x')},${info.filterShape.join('x')},${JSON.stringify(attributesOf(info))}`;
}
