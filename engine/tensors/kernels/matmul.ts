/**
 * Matrix products. Transposed operands of a single product go to Gemm, which reads them in place; batches
 * go to MatMul after a transpose.
 */
import type { BatchMatMulAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { broadcast_util } from '@tensorflow/tfjs-core';
import { broadcastDims } from '../lazy/graphBuilder.ts';
import type { GraphBuilder } from '../lazy/graphBuilder.ts';
import type { Operand, Sym } from '../lazy/operand.ts';
import { plainOperand, sizeOf } from '../lazy/operand.ts';
import type { KernelCall, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';

export const matmulKernels: NativeKernels = { BatchMatMul: batchMatMul };

function batchMatMul(call: KernelCall) {
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  const { transposeA, transposeB } = call.attrs as BatchMatMulAttrs;
  if (a.dtype !== b.dtype || a.dtype === 'bool') return null;
  const shape = matMulShape(a, b, transposeA, transposeB);
  const key = `BatchMatMul ${transposeA} ${transposeB}`;
  return recordOne(call.backend, key, [a, b], { shape, dtype: a.dtype }, (graph, [left, right]) => {
    if (left === undefined || right === undefined) return [];
    return [lowerMatMul(graph, left, right, transposeA, transposeB)];
  });
}

/** Checks inner dimensions with TF.js's words and gives the shape of the product. */
export function matMulShape(a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): number[] {
  const rank = a.shape.length;
  const [inner, innerB] = [a.shape[transposeA ? rank - 2 : rank - 1], b.shape[b.shape.length - (transposeB ? 1 : 2)]];
  if (inner !== innerB) {
    throw new Error(
      `Error in matMul: inner shapes (${inner}) and (${innerB}) of Tensors with shapes ${a.shape} and ` +
        `${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
    );
  }
  const batch = broadcast_util.assertAndGetBroadcastShape([...a.shape.slice(0, -2)], [...b.shape.slice(0, -2)]);
  return [...batch, a.shape.at(transposeA ? -1 : -2) ?? 1, b.shape.at(transposeB ? -2 : -1) ?? 1];
}

export function lowerMatMul(
  graph: GraphBuilder,
  left: Operand,
  right: Operand,
  transposeA: boolean,
  transposeB: boolean,
): Operand {
  const [a, b] = [graph.plain(left), graph.plain(right)];
  const single = sizeOf(a.dims.slice(0, -2)) === 1 && sizeOf(b.dims.slice(0, -2)) === 1;
  if (single && a.dtype === 'float32') {
    const [flatA, flatB] = [graph.reshape(a, a.dims.slice(-2)), graph.reshape(b, b.dims.slice(-2))];
    const dims = [flatA.dims[transposeA ? 1 : 0] ?? 1, flatB.dims[transposeB ? 0 : 1] ?? 1];
    const attributes = { transA: { int: transposeA ? 1 : 0 }, transB: { int: transposeB ? 1 : 0 } };
    const product = graph.op('Gemm', [flatA, flatB], { dtype: a.dtype, dims }, attributes);
    const batch = broadcastDims(a.dims.slice(0, -2), b.dims.slice(0, -2));
    return plainOperand(graph.reshape(product, [...batch, ...dims]));
  }
  return plainOperand(graph.matMul(transposeA ? swapLast(graph, a) : a, transposeB ? swapLast(graph, b) : b));
}

function swapLast(graph: GraphBuilder, x: Sym): Sym {
  const rank = x.dims.length;
  const perm = x.dims.map((_, i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i));
  return graph.transpose(x, perm);
}
