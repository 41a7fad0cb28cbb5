/**
 * Gathering and scattering by index tensors, the largest entries, diagonals and segment sums. Indices are
 * int32 in TF.js and int64 in ONNX. Where TF.js ignores an index outside the range, a spare row takes it.
 */
import type { ScatterNdAttrs, TopKAttrs, UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core';
import { backend_util, gather_util, scatter_util, util } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../lazy/graphBuilder.ts';
import { hostValue } from '../lazy/lazyValue.ts';
import type { Sym } from '../lazy/operand.ts';
import { plainOperand } from '../lazy/operand.ts';
import type { OnnxType } from '../onnx/onnxModel.ts';
import type { KernelCall, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';

export const indexingKernels: NativeKernels = {
  Diag: diag,
  Einsum: einsum,
  GatherNd: gatherNd,
  LinSpace: linSpace,
  Range: range,
  ScatterNd: scatterNd,
  TensorScatterUpdate: tensorScatterUpdate,
  TopK: topK,
  UnsortedSegmentSum: unsortedSegmentSum,
};

/** Made on the host and fed: what varies is never part of the structure. */
function range(call: KernelCall) {
  const { start, stop, step, dtype } = call.attrs as { start: number; stop: number; step?: number; dtype?: string };
  const values = backendRange(start, stop, step ?? 1, dtype === 'int32' ? 'int32' : 'float32');
  return call.backend.register(hostValue(values, [values.length], values instanceof Int32Array ? 'int32' : 'float32'));
}

function backendRange(start: number, stop: number, step: number, dtype: 'int32' | 'float32') {
  const wrongWay = (start < stop && step < 0) || (stop < start && step > 1);
  const n = start === stop || wrongWay ? 0 : Math.abs(Math.ceil((stop - start) / step));
  const forward = stop < start && step === 1 ? -1 : step;
  const values = dtype === 'int32' ? new Int32Array(n) : new Float32Array(n);
  for (let i = 0; i < n; i++) values[i] = i === 0 ? start : (values[i - 1] ?? 0) + forward;
  return values;
}

function linSpace(call: KernelCall) {
  const { start, stop, num } = call.attrs as { start: number; stop: number; num: number };
  const step = num > 1 ? (stop - start) / (num - 1) : 0;
  const values = new Float32Array(num);
  for (let i = 0; i < num; i++) values[i] = i === 0 ? start : (values[i - 1] ?? 0) + step;
  return call.backend.register(hostValue(values, [num], 'float32'));
}

function gatherNd(call: KernelCall) {
  const [params, indices] = [input(call, 'params'), input(call, 'indices')];
  if (indices.dtype !== 'int32') return null;
  // Out of range is an error in TF.js; only indices on the host can be checked when they are given.
  if (call.backend.lookup(indices).data !== null) return null;
  const [shape] = gather_util.prepareAndValidate(asTensor(params), asTensor(indices));
  return recordOne(call.backend, 'GatherNd', [params, indices], { shape, dtype: params.dtype }, (graph, operands) => {
    const [table, index] = operands;
    if (table === undefined || index === undefined) return [];
    const inputs = [graph.plain(table), graph.cast(graph.plain(index), 'int64')];
    return [plainOperand(graph.op('GatherND', inputs, { dtype: table.dtype, dims: shape }))];
  });
}

function scatterNd(call: KernelCall) {
  const [indices, updates] = [input(call, 'indices'), input(call, 'updates')];
  const { shape } = call.attrs as ScatterNdAttrs;
  if (indices.dtype !== 'int32' || updates.dtype === 'bool' || util.sizeFromShape(shape) === 0) return null;
  const info = scatter_util.calculateShapes(asTensor(updates), asTensor(indices), shape);
  if (info.sliceRank === 0 || call.backend.lookup(indices).data !== null) return null;
  const key = `ScatterNd ${shape.join()}`;
  return recordOne(call.backend, key, [indices, updates], { shape, dtype: updates.dtype }, (graph, operands) => {
    const [index, added] = operands;
    if (index === undefined || added === undefined) return [];
    const zeros = graph.expand(graph.scalar(0, added.dtype), shape);
    return [plainOperand(scatter(graph, zeros, graph.plain(index), graph.plain(added), 'add'))];
  });
}

function tensorScatterUpdate(call: KernelCall) {
  const [tensor, indices, updates] = [input(call, 'tensor'), input(call, 'indices'), input(call, 'updates')];
  if (indices.dtype !== 'int32' || tensor.dtype === 'bool') return null;
  const info = scatter_util.calculateShapes(asTensor(updates), asTensor(indices), tensor.shape);
  if (info.sliceRank === 0 || call.backend.lookup(indices).data !== null) return null;
  return recordOne(call.backend, 'TensorScatterUpdate', [tensor, indices, updates], tensor, (graph, operands) => {
    const [table, index, values] = operands;
    if (table === undefined || index === undefined || values === undefined) return [];
    return [plainOperand(scatter(graph, graph.plain(table), graph.plain(index), graph.plain(values), 'none'))];
  });
}

function scatter(graph: GraphBuilder, into: Sym, indices: Sym, updates: Sym, reduction: 'add' | 'none'): Sym {
  const depth = indices.dims.at(-1) ?? 1;
  const expected = [...indices.dims.slice(0, -1), ...into.dims.slice(depth)];
  const inputs = [into, graph.cast(indices, 'int64'), graph.reshape(updates, expected)];
  return graph.op('ScatterND', inputs, into, { reduction: { text: reduction } });
}

/** Rows with the same id are summed; ids outside [0, numSegments) go to a spare row that is cut off. */
function unsortedSegmentSum(call: KernelCall) {
  const [x, ids] = [input(call, 'x'), input(call, 'segmentIds')];
  const { numSegments } = call.attrs as UnsortedSegmentSumAttrs;
  if (x.dtype !== 'float32' || ids.dtype !== 'int32' || ids.shape.length !== 1) return null;
  const row = x.shape.slice(1);
  const shape = [numSegments, ...row];
  return recordOne(
    call.backend,
    `UnsortedSegmentSum ${numSegments}`,
    [x, ids],
    { shape, dtype: x.dtype },
    (graph, operands) => {
      const [values, id] = operands;
      if (values === undefined || id === undefined) return [];
      const given = graph.plain(id);
      const outside = graph.binary(
        'Or',
        graph.binary('Less', given, graph.scalar(0, 'int32'), 'bool'),
        graph.binary('GreaterOrEqual', given, graph.scalar(numSegments, 'int32'), 'bool'),
      );
      const safe = graph.where(outside, graph.scalar(numSegments, 'int32'), given);
      const zeros = graph.expand(graph.scalar(0), [numSegments + 1, ...row]);
      const summed = scatter(graph, zeros, graph.reshape(safe, [...given.dims, 1]), graph.plain(values), 'add');
      return [
        plainOperand(
          graph.slice(
            summed,
            shape.map(() => 0),
            shape,
          ),
        ),
      ];
    },
  );
}

function topK(call: KernelCall) {
  const x = input(call, 'x');
  const { k, sorted } = call.attrs as TopKAttrs;
  const last = x.shape.at(-1) ?? 1;
  if (x.dtype !== 'float32' || x.shape.length === 0 || k === 0) return null;
  const shape = [...x.shape.slice(0, -1), Math.min(k, last)];
  return call.backend.record({
    key: `TopK ${k} ${sorted}`,
    inputs: [x],
    outputs: [
      { shape, dtype: 'float32' },
      { shape, dtype: 'int32' },
    ],
    emit: (graph, [operand]) => {
      if (operand === undefined) return [];
      const outs = [
        { dtype: 'float32' as const, dims: shape },
        { dtype: 'int64' as const, dims: shape },
      ];
      const [values, places] = graph.ops('TopK', [graph.plain(operand), graph.int64([Math.min(k, last)])], outs);
      if (values === undefined || places === undefined) return [];
      return [plainOperand(values), plainOperand(graph.cast(places, 'int32'))];
    },
  });
}

function diag(call: KernelCall) {
  const x = input(call, 'x');
  if (x.dtype === 'bool') return null;
  const size = util.sizeFromShape(x.shape);
  const shape = [...x.shape, ...x.shape];
  return recordOne(call.backend, 'Diag', [x], { shape, dtype: x.dtype }, (graph, [operand]) => {
    if (operand === undefined) return [];
    const places = graph.constant(
      'int32',
      [size],
      Array.from({ length: size }, (_, i) => i),
    );
    const onDiagonal = graph.binary('Equal', graph.reshape(places, [size, 1]), places, 'bool');
    const row = graph.reshape(graph.plain(operand), [size, 1]);
    const square = graph.where(onDiagonal, row, graph.scalar(0, operand.dtype as OnnxType));
    return [plainOperand(graph.reshape(square, shape))];
  });
}

function einsum(call: KernelCall) {
  const { equation } = call.attrs as { equation: string };
  const tensors = Object.values(call.inputs);
  if (tensors.some((tensor) => tensor.dtype !== 'float32')) return null;
  const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(equation, tensors.length);
  backend_util.checkEinsumDimSizes(
    allDims.length,
    idDims,
    tensors as Parameters<typeof backend_util.checkEinsumDimSizes>[2],
  );
  const sizes = new Map<number, number>();
  idDims.forEach((dims, i) => dims.forEach((dim, j) => sizes.set(dim, tensors[i]?.shape[j] ?? 1)));
  const nOutputs = allDims.length - summedDims.length;
  const shape = Array.from({ length: nOutputs }, (_, dim) => sizes.get(dim) ?? 1);
  const compact = equation.replaceAll(/\s/g, '');
  return recordOne(call.backend, `Einsum ${compact}`, tensors, { shape, dtype: 'float32' }, (graph, operands) => {
    const inputs = operands.map((operand) => graph.plain(operand));
    return [
      plainOperand(graph.op('Einsum', inputs, { dtype: 'float32', dims: shape }, { equation: { text: compact } })),
    ];
  });
}

function asTensor(info: unknown) {
  return info as Parameters<typeof gather_util.prepareAndValidate>[0];
}
