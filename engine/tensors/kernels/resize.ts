/**
 * Image resizing as what it is: a linear map along rows and one along columns. Both are small matrices that
 * are built here, so every coordinate convention of TF.js is exact, and the gradient is the transpose. Nearest
 * neighbours are gathered, not multiplied, so that infinities stay where they are.
 */
import type { ResizeBilinearAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../lazy/graphBuilder.ts';
import type { Operand, Sym } from '../lazy/operand.ts';
import { channelsFirst, permutedOperand } from '../lazy/operand.ts';
import type { KernelCall, NativeKernel, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';

export const resizeKernels: NativeKernels = {
  ResizeBilinear: resize('bilinear'),
  ResizeNearestNeighbor: resize('nearest'),
  ResizeBilinearGrad: resizeGradient('bilinear'),
  ResizeNearestNeighborGrad: resizeGradient('nearest'),
};

type Method = 'bilinear' | 'nearest';

interface Convention {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** For each output position, the input positions it reads and their weights, which sum to 1. */
type Taps = readonly (readonly (readonly [from: number, weight: number])[])[];

function resize(method: Method): NativeKernel {
  return (call) => {
    const images = input(call, 'images');
    const attrs = call.attrs as ResizeBilinearAttrs;
    if (images.dtype !== 'float32') return null;
    const [batch = 1, height = 1, width = 1, channels = 1] = images.shape;
    const output = { shape: [batch, ...attrs.size, channels], dtype: images.dtype };
    const [rows, columns] = [tapsOf(method, height, attrs.size[0], attrs), tapsOf(method, width, attrs.size[1], attrs)];
    return recordOne(call.backend, keyOf(method, attrs), [images], output, (graph, [image]) => {
      if (image === undefined) return [];
      return [method === 'nearest' ? gatherBoth(graph, image, rows, columns) : mapBoth(graph, image, rows, columns)];
    });
  };
}

function resizeGradient(method: Method): NativeKernel {
  return (call: KernelCall) => {
    const [images, dy]: readonly TensorInfo[] = [input(call, 'images'), input(call, 'dy')];
    if (images === undefined || dy === undefined || dy.dtype !== 'float32') return null;
    const attrs = call.attrs as Convention;
    const [height = 1, width = 1] = images.shape.slice(1);
    const [outHeight = 1, outWidth = 1] = dy.shape.slice(1);
    const [rows, columns] = [tapsOf(method, height, outHeight, attrs), tapsOf(method, width, outWidth, attrs)];
    const key = `Grad ${height} ${width} ${keyOf(method, { ...attrs, size: [outHeight, outWidth] })}`;
    return recordOne(call.backend, key, [dy], { shape: images.shape, dtype: dy.dtype }, (graph, [errors]) => {
      if (errors === undefined) return [];
      const source = graph.form(errors, channelsFirst);
      const left = graph.matMul(matrix(graph, rows, height, true), source);
      return [permutedOperand(graph.matMul(left, matrix(graph, columns, width, false)), channelsFirst)];
    });
  };
}

function keyOf(method: Method, attrs: Convention & { readonly size: readonly number[] }): string {
  return `Resize ${method} ${attrs.size.join()} ${attrs.alignCorners} ${attrs.halfPixelCenters}`;
}

function tapsOf(method: Method, nIn: number, nOut: number, convention: Convention): Taps {
  const { alignCorners, halfPixelCenters } = convention;
  const aligned = alignCorners && nOut > 1;
  const ratio = aligned ? (nIn - 1) / (nOut - 1) : nIn / nOut;
  const last = nIn - 1;
  return Array.from({ length: nOut }, (_, i) => {
    if (method === 'nearest') {
      const at = halfPixelCenters ? ratio * (i + 0.5) : ratio * i;
      const nearest = alignCorners ? Math.round(at) : Math.floor(at);
      return [[Math.max(0, Math.min(last, nearest)), 1] as const];
    }
    const at = halfPixelCenters ? ratio * (i + 0.5) - 0.5 : ratio * i;
    const low = Math.max(0, Math.floor(at));
    const high = Math.min(last, Math.ceil(at));
    const share = at - low;
    return low === high || share <= 0 ? [[low, 1] as const] : [[low, 1 - share] as const, [high, share] as const];
  });
}

function gatherBoth(graph: GraphBuilder, image: Operand, rows: Taps, columns: Taps): Operand {
  let sym = graph.form(image, channelsFirst);
  for (const [taps, axis] of [
    [rows, 2],
    [columns, 3],
  ] as const) {
    const indices = graph.int64(taps.map((tap) => tap[0]?.[0] ?? 0));
    const dims = sym.dims.map((dim, i) => (i === axis ? taps.length : dim));
    sym = graph.op('Gather', [sym, indices], { dtype: sym.dtype, dims }, { axis: { int: axis } });
  }
  return permutedOperand(sym, channelsFirst);
}

function mapBoth(graph: GraphBuilder, image: Operand, rows: Taps, columns: Taps): Operand {
  const source = graph.form(image, channelsFirst);
  const [height = 1, width = 1] = source.dims.slice(2);
  const left = graph.matMul(matrix(graph, rows, height, false), source);
  return permutedOperand(graph.matMul(left, matrix(graph, columns, width, true)), channelsFirst);
}

/** [nOut, nIn], or its transpose. */
function matrix(graph: GraphBuilder, taps: Taps, nIn: number, transposed: boolean): Sym {
  const nOut = taps.length;
  const values = new Array<number>(nOut * nIn).fill(0);
  taps.forEach((tap, row) => {
    for (const [from, weight] of tap) values[transposed ? from * nOut + row : row * nIn + from] = weight;
  });
  return graph.constant('float32', transposed ? [nIn, nOut] : [nOut, nIn], values);
}
