/**
 * TF.js's fused kernels (used when no gradient is asked for) and batch normalization: the product, then
 * bias and activation elementwise; ONNX Runtime fuses the activation into the convolution where it can.
 */
import type { FusedConv2DAttrs, FusedDepthwiseConv2DAttrs, _FusedMatMulAttrs } from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import { elementwise } from '../lazy/elementwise.ts';
import type { GraphBuilder } from '../lazy/graphBuilder.ts';
import type { Operand, Sym } from '../lazy/operand.ts';
import { plainOperand, sizeOf } from '../lazy/operand.ts';
import { convKey, depthwiseInfo, lowerConv, lowerDepthwise } from './conv.ts';
import { lowerMatMul, matMulShape } from './matmul.ts';
import type { KernelCall, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';

export const fusedKernels: NativeKernels = {
  _FusedMatMul: fusedMatMul,
  FusedConv2D: fusedConv2d,
  FusedDepthwiseConv2D: fusedDepthwise,
  FusedBatchNorm: fusedBatchNorm,
};

interface Ending {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

const endings: Readonly<Record<string, (graph: GraphBuilder, x: Sym, alpha: number) => Sym>> = {
  linear: (_, x) => x,
  relu: (graph, x) => graph.unary('Relu', x),
  relu6: (graph, x) => graph.op('Clip', [x, graph.scalar(0), graph.scalar(6)], x),
  elu: (graph, x) => graph.unary('Elu', x),
  sigmoid: (graph, x) => graph.unary('Sigmoid', x),
  leakyrelu: (graph, x, alpha) => graph.unary('LeakyRelu', x, { alpha: { float: alpha } }),
};

/** The optional inputs that are there, after the first two, and how to apply them. */
function ending(call: KernelCall, attrs: Ending) {
  const bias = call.inputs['bias'];
  const prelu = call.inputs['preluActivationWeights'];
  const { activation = 'linear', leakyreluAlpha = 0.2 } = attrs;
  const extra = [
    ...(bias === undefined || bias === null ? [] : [bias]),
    ...(activation === 'prelu' && prelu ? [prelu] : []),
  ];
  const apply = (graph: GraphBuilder, x: Operand, rest: readonly Operand[]): Operand => {
    const [first, second] = rest;
    const hasBias = bias !== undefined && bias !== null;
    const biased =
      hasBias && first !== undefined
        ? elementwise(graph, [x, first], (a, b) => graph.binary('Add', a as Sym, b as Sym))
        : x;
    if (activation === 'prelu') {
      const slope = hasBias ? second : first;
      if (slope === undefined) return biased;
      return elementwise(graph, [biased, slope], (a, alpha) => {
        const value = a as Sym;
        const below = graph.binary('Mul', value, alpha as Sym);
        return graph.where(graph.binary('GreaterOrEqual', value, graph.scalar(0), 'bool'), value, below);
      });
    }
    const lower = endings[activation];
    if (lower === undefined) throw new Error(`Unknown fused activation ${activation}`);
    return elementwise(graph, [biased], (a) => lower(graph, a as Sym, leakyreluAlpha));
  };
  return {
    extra,
    apply,
    key: `${activation} ${leakyreluAlpha} ${extra.length}`,
    known: activation === 'prelu' || activation in endings,
  };
}

function fusedMatMul(call: KernelCall) {
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  const attrs = call.attrs as _FusedMatMulAttrs;
  const end = ending(call, attrs);
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || !end.known) return null;
  const { transposeA, transposeB } = attrs;
  const shape = matMulShape(a, b, transposeA, transposeB);
  const key = `_FusedMatMul ${transposeA} ${transposeB} ${end.key}`;
  return recordOne(
    call.backend,
    key,
    [a, b, ...end.extra],
    { shape, dtype: a.dtype },
    (graph, [left, right, ...rest]) => {
      if (left === undefined || right === undefined) return [];
      return [end.apply(graph, lowerMatMul(graph, left, right, transposeA, transposeB), rest)];
    },
  );
}

function fusedConv2d(call: KernelCall) {
  const [x, filter] = [input(call, 'x'), input(call, 'filter')];
  const attrs = call.attrs as FusedConv2DAttrs;
  const end = ending(call, attrs);
  const first = attrs.dataFormat === 'NCHW';
  if (x.dtype !== 'float32' || !end.known || (first && attrs.activation === 'prelu')) return null;
  const info = backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number, number],
    attrs.strides,
    attrs.dilations,
    attrs.pad,
    attrs.dimRoundingMode,
    false,
    backend_util.convertConv2DDataFormat(attrs.dataFormat),
  );
  const output = { shape: info.outShape, dtype: x.dtype };
  const key = `FusedConv2D ${convKey(info)} ${end.key}`;
  return recordOne(call.backend, key, [x, filter, ...end.extra], output, (graph, [image, weights, ...rest]) => {
    if (image === undefined || weights === undefined) return [];
    // A bias per channel lies along the last dimension but two when channels come first.
    const biases = first
      ? rest.map((bias) => plainOperand(graph.reshape(graph.plain(bias), [sizeOf(bias.shape), 1, 1])))
      : rest;
    return [end.apply(graph, lowerConv(graph, info, image, weights), biases)];
  });
}

function fusedDepthwise(call: KernelCall) {
  const [x, filter] = [input(call, 'x'), input(call, 'filter')];
  const attrs = call.attrs as FusedDepthwiseConv2DAttrs;
  const end = ending(call, attrs);
  if (x.dtype !== 'float32' || !end.known) return null;
  const info = depthwiseInfo(x.shape, filter.shape, attrs.strides, attrs.dilations, attrs.pad, attrs.dimRoundingMode);
  const output = { shape: info.outShape, dtype: x.dtype };
  const key = `FusedDepthwise ${convKey(info)} ${end.key}`;
  return recordOne(call.backend, key, [x, filter, ...end.extra], output, (graph, [image, weights, ...rest]) => {
    if (image === undefined || weights === undefined) return [];
    return [end.apply(graph, lowerDepthwise(graph, info, image, weights), rest)];
  });
}

/** (x − mean) · scale/√(variance+ε) + offset, with the factor computed on the small side. */
function fusedBatchNorm(call: KernelCall) {
  const [x, mean, variance] = [input(call, 'x'), input(call, 'mean'), input(call, 'variance')];
  const [scale, offset] = [call.inputs['scale'], call.inputs['offset']];
  if (x.dtype !== 'float32') return null;
  const { varianceEpsilon } = call.attrs as { varianceEpsilon?: number };
  const epsilon = varianceEpsilon ?? 0.001;
  const extra = [...(scale ? [scale] : []), ...(offset ? [offset] : [])];
  const key = `FusedBatchNorm ${epsilon} ${Boolean(scale)} ${Boolean(offset)}`;
  return recordOne(call.backend, key, [x, mean, variance, ...extra], x, (graph, operands) => [
    elementwise(graph, operands, (value, center, spread, ...rest) => {
      const deviation = graph.unary('Sqrt', graph.binary('Add', spread as Sym, graph.scalar(epsilon)));
      const inverse = graph.unary('Reciprocal', deviation);
      const gain = scale ? graph.binary('Mul', inverse, rest[0] as Sym) : inverse;
      const scaled = graph.binary('Mul', graph.binary('Sub', value as Sym, center as Sym), gain);
      return offset ? graph.binary('Add', scaled, rest.at(-1) as Sym) : scaled;
    }),
  ]);
}
