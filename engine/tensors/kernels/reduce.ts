/**
 * Reductions, also in another order of dimensions than TF.js's where the operand only exists in that one
 * and the result comes out right. Prefix sums and softmax are here too: they run along one axis.
 */
import type { DataType, LRNAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { backend_util, util } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../lazy/graphBuilder.ts';
import type { Operand, Sym } from '../lazy/operand.ts';
import { channelsFirst, identityPerm, permutedOperand, plainOperand } from '../lazy/operand.ts';
import type { KernelCall, NativeKernel, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';

interface AxisAttrs {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
  readonly exclusive?: boolean;
  readonly reverse?: boolean;
  readonly dim?: number;
  readonly logits?: TensorInfo;
}

export const reduceKernels: NativeKernels = {
  Sum: reduction('ReduceSum', sumType),
  Mean: reduction('ReduceMean', (dtype) => (dtype === 'float32' ? 'float32' : null)),
  Max: reduction('ReduceMax', numericType),
  Min: reduction('ReduceMin', numericType),
  Prod: reduction('ReduceProd', sumType),
  All: reduction('ReduceMin', boolType),
  Any: reduction('ReduceMax', boolType),
  ArgMax: position('ArgMax'),
  ArgMin: position('ArgMin'),
  Cumsum: cumsum,
  Softmax: softmax('Softmax'),
  LogSoftmax: softmax('LogSoftmax'),
  LRN: localResponse,
};

/** `typeOf` gives the type of the result, or null to leave the call to the host. */
function reduction(type: string, typeOf: (dtype: DataType) => DataType | null): NativeKernel {
  return (call) => {
    const x = input(call, 'x');
    const dtype = typeOf(x.dtype);
    if (dtype === null) return null;
    const attrs = call.attrs as AxisAttrs;
    const axes = util.parseAxisParam(attrs.axis ?? attrs.reductionIndices ?? identity(x), [...x.shape]);
    const [reducedShape] = backend_util.computeOutAndReduceShapes([...x.shape], axes);
    const shape = attrs.keepDims === true ? backend_util.expandShapeToKeepDim(reducedShape, axes) : reducedShape;
    const key = `${type} ${dtype} ${axes.join()} ${attrs.keepDims === true}`;
    return recordOne(call.backend, key, [x], { shape, dtype }, (graph, [operand]) => {
      if (operand === undefined) return [];
      const source = reducible(operand, axes);
      const narrow = operand.dtype === 'bool' ? graph.cast(source.sym(graph), 'int32') : source.sym(graph);
      const reduced = withNaN(graph, type, narrow, source.axes);
      return [plainOperand(graph.reshape(graph.cast(reduced, dtype as 'float32' | 'int32' | 'bool'), shape))];
    });
  };
}

/** Extremes of a set with a NaN are NaN in TF.js; ONNX leaves that open. */
function withNaN(graph: GraphBuilder, type: string, x: Sym, axes: readonly number[]): Sym {
  const reduced = graph.reduce(type, x, axes, false);
  if (x.dtype !== 'float32' || (type !== 'ReduceMax' && type !== 'ReduceMin')) return reduced;
  const isNaN = graph.cast(graph.op('IsNaN', [x], { dtype: 'bool', dims: x.dims }), 'int32');
  const any = graph.cast(graph.reduce('ReduceMax', isNaN, axes, false), 'bool');
  return graph.where(any, graph.scalar(NaN), reduced);
}

/** The form to reduce: one whose remaining dimensions are in TF.js's order already, else the plain one. */
function reducible(operand: Operand, axes: readonly number[]) {
  for (const form of operand.forms) {
    const kept = form.perm.filter((logical) => !axes.includes(logical));
    if (!kept.every((logical, i) => i === 0 || logical > (kept[i - 1] ?? 0))) continue;
    return { sym: () => form.sym, axes: axes.map((axis) => form.perm.indexOf(axis)).sort((a, b) => a - b) };
  }
  return { sym: (graph: GraphBuilder) => graph.plain(operand), axes };
}

function position(type: string): NativeKernel {
  return (call) => {
    const x = input(call, 'x');
    if (x.dtype === 'bool') return null;
    const { axis } = call.attrs as { axis: number };
    const [at = 0] = util.parseAxisParam(axis, [...x.shape]);
    const shape = x.shape.filter((_, i) => i !== at);
    return recordOne(call.backend, `${type} ${at}`, [x], { shape, dtype: 'int32' }, (graph, [operand]) => {
      if (operand === undefined) return [];
      const attributes = { axis: { int: at }, keepdims: { int: 0 } };
      const found = graph.op(
        type,
        [ignoringNaN(graph, type, graph.plain(operand))],
        { dtype: 'int64', dims: shape },
        attributes,
      );
      return [plainOperand(graph.cast(found, 'int32'))];
    });
  };
}

function ignoringNaN(graph: GraphBuilder, type: string, x: Sym): Sym {
  if (x.dtype !== 'float32') return x;
  const isNaN = graph.op('IsNaN', [x], { dtype: 'bool', dims: x.dims });
  return graph.where(isNaN, graph.scalar(type === 'ArgMax' ? -Infinity : Infinity), x);
}

function cumsum(call: KernelCall) {
  const x = input(call, 'x');
  if (x.dtype === 'bool') return null;
  const { axis, exclusive, reverse } = call.attrs as { axis: number; exclusive: boolean; reverse: boolean };
  const [at = 0] = util.parseAxisParam(axis, [...x.shape]);
  return recordOne(call.backend, `Cumsum ${at} ${exclusive} ${reverse}`, [x], x, (graph, [operand]) => {
    if (operand === undefined) return [];
    const plain = graph.plain(operand);
    const attributes = { exclusive: { int: exclusive ? 1 : 0 }, reverse: { int: reverse ? 1 : 0 } };
    return [plainOperand(graph.op('CumSum', [plain, graph.scalar(at, 'int64')], plain, attributes))];
  });
}

/** x / (bias + alpha·Σ over neighbouring channels of x²)^beta; ONNX divides alpha by the number of neighbours. */
function localResponse(call: KernelCall) {
  const x = input(call, 'x');
  const { depthRadius, bias, alpha, beta } = call.attrs as LRNAttrs;
  if (x.dtype !== 'float32') return null;
  const size = 2 * depthRadius + 1;
  const key = `LRN ${depthRadius} ${bias} ${alpha} ${beta}`;
  return recordOne(call.backend, key, [x], x, (graph, [operand]) => {
    if (operand === undefined) return [];
    const attributes = {
      size: { int: size },
      alpha: { float: alpha * size },
      beta: { float: beta },
      bias: { float: bias },
    };
    return [permutedOperand(graph.unary('LRN', graph.form(operand, channelsFirst), attributes), channelsFirst)];
  });
}

function softmax(type: string): NativeKernel {
  return (call) => {
    const logits = input(call, 'logits');
    if (logits.dtype !== 'float32') return null;
    const { dim, axis } = call.attrs as { dim?: number; axis?: number };
    const [at = 0] = util.parseAxisParam(dim ?? axis ?? -1, [...logits.shape]);
    return recordOne(call.backend, `${type} ${at}`, [logits], logits, (graph, [operand]) => {
      if (operand === undefined) return [];
      return [plainOperand(graph.unary(type, graph.plain(operand), { axis: { int: at } }))];
    });
  };
}

function identity(x: TensorInfo): number[] {
  return [...identityPerm(x.shape.length)];
}

function sumType(dtype: DataType): DataType {
  return dtype === 'bool' ? 'int32' : dtype;
}

function numericType(dtype: DataType): DataType | null {
  return dtype === 'bool' ? null : dtype;
}

function boolType(dtype: DataType): DataType | null {
  return dtype === 'bool' ? 'bool' : null;
}
