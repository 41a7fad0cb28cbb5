/**
 * Kernels that cut an image into blocks or mirror it: space to batch and back, depth to space, mirrored
 * padding and flips. Everything is a reshape, a transpose or a gather with constant indices.
 */
import type {
  BatchToSpaceNDAttrs,
  DepthToSpaceAttrs,
  MirrorPadAttrs,
  SpaceToBatchNDAttrs,
} from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import { plainOperand } from '../lazy/operand.ts';
import type { KernelCall, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';

export const blockKernels: NativeKernels = {
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
  FlipLeftRight: flipLeftRight,
  MirrorPad: mirrorPad,
  SpaceToBatchND: spaceToBatch,
};

function batchToSpace(call: KernelCall) {
  const x = input(call, 'x');
  const { blockShape, crops } = call.attrs as BatchToSpaceNDAttrs;
  const product = blockShape.reduce((a, b) => a * b, 1);
  const shape = [...x.shape];
  const reshaped = backend_util.getReshaped(shape, blockShape, product);
  const permuted = backend_util.getPermuted(reshaped.length, blockShape.length);
  const merged = backend_util.getReshapedPermuted(shape, blockShape, product);
  // TF.js's own helpers stop after the cut dimensions.
  const nRest = shape.length - 1 - blockShape.length;
  const begins = [...backend_util.getSliceBeginCoords(crops, blockShape.length), ...new Array<number>(nRest).fill(0)];
  const sizes = [...backend_util.getSliceSize(merged, crops, blockShape.length), ...shape.slice(shape.length - nRest)];
  if (sizes.some((size) => size <= 0)) return null;
  const key = `BatchToSpaceND ${blockShape.join()} ${crops.join()}`;
  return recordOne(call.backend, key, [x], { shape: sizes, dtype: x.dtype }, (graph, [operand]) => {
    if (operand === undefined) return [];
    const apart = graph.transpose(graph.reshape(graph.plain(operand), reshaped), permuted);
    return [plainOperand(graph.slice(graph.reshape(apart, merged), begins, sizes))];
  });
}

function spaceToBatch(call: KernelCall) {
  const x = input(call, 'x');
  const { blockShape, paddings } = call.attrs as SpaceToBatchNDAttrs;
  if (x.dtype === 'bool') return null;
  const product = blockShape.reduce((a, b) => a * b, 1);
  const nRest = x.shape.length - 1 - blockShape.length;
  const all = [[0, 0], ...paddings, ...Array.from({ length: nRest }, () => [0, 0])];
  const padded = x.shape.map((dim, i) => dim + (all[i]?.[0] ?? 0) + (all[i]?.[1] ?? 0));
  const reshaped = backend_util.getReshaped(padded, blockShape, product, false);
  const permuted = backend_util.getPermuted(reshaped.length, blockShape.length, false);
  const flat = backend_util.getReshapedPermuted(padded, blockShape, product, false);
  const key = `SpaceToBatchND ${blockShape.join()} ${paddings.join()}`;
  return recordOne(call.backend, key, [x], { shape: flat, dtype: x.dtype }, (graph, [operand]) => {
    if (operand === undefined) return [];
    const pads = graph.int64([...all.map((pair) => pair[0] ?? 0), ...all.map((pair) => pair[1] ?? 0)]);
    const wide = graph.op('Pad', [graph.plain(operand), pads], { dtype: operand.dtype, dims: padded });
    return [plainOperand(graph.reshape(graph.transpose(graph.reshape(wide, reshaped), permuted), flat))];
  });
}

function depthToSpace(call: KernelCall) {
  const x = input(call, 'x');
  const { blockSize, dataFormat } = call.attrs as DepthToSpaceAttrs;
  if (dataFormat !== 'NHWC') return null;
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const depth = channels / (blockSize * blockSize);
  const shape = [batch, height * blockSize, width * blockSize, depth];
  return recordOne(call.backend, `DepthToSpace ${blockSize}`, [x], { shape, dtype: x.dtype }, (graph, [operand]) => {
    if (operand === undefined) return [];
    const apart = graph.reshape(graph.plain(operand), [batch, height, width, blockSize, blockSize, depth]);
    return [plainOperand(graph.reshape(graph.transpose(apart, [0, 1, 3, 2, 4, 5]), shape))];
  });
}

function flipLeftRight(call: KernelCall) {
  const image = input(call, 'image');
  const width = image.shape[2] ?? 1;
  return recordOne(call.backend, 'FlipLeftRight', [image], image, (graph, [operand]) => {
    if (operand === undefined) return [];
    const backwards = graph.int64(Array.from({ length: width }, (_, i) => width - 1 - i));
    return [
      plainOperand(
        graph.op(
          'Gather',
          [graph.plain(operand), backwards],
          { dtype: operand.dtype, dims: image.shape },
          { axis: { int: 2 } },
        ),
      ),
    ];
  });
}

/** `reflect` leaves the border out, `symmetric` repeats it. */
function mirrorPad(call: KernelCall) {
  const x = input(call, 'x');
  const { paddings, mode } = call.attrs as MirrorPadAttrs;
  const shape = x.shape.map((dim, i) => dim + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
  const border = mode === 'reflect' ? 1 : 0;
  return recordOne(
    call.backend,
    `MirrorPad ${mode} ${paddings.join()}`,
    [x],
    { shape, dtype: x.dtype },
    (graph, [operand]) => {
      if (operand === undefined) return [];
      let sym = graph.plain(operand);
      x.shape.forEach((dim, axis) => {
        const [before, after] = paddings[axis] ?? [0, 0];
        if (before === 0 && after === 0) return;
        const from = Array.from({ length: before + dim + after }, (_, i) => {
          const at = i - before;
          if (at < 0) return -at - 1 + border;
          return at < dim ? at : 2 * dim - 1 - at - border;
        });
        const dims = sym.dims.map((size, i) => (i === axis ? from.length : size));
        sym = graph.op('Gather', [sym, graph.int64(from)], { dtype: sym.dtype, dims }, { axis: { int: axis } });
      });
      return [plainOperand(sym)];
    },
  );
}
