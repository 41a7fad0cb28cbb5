/**
 * Elementwise functions of one tensor. ONNX has no log1p and expm1 that keep small arguments, so those are
 * corrected as in Kahan's formula. Functions that are defined on floats are left to the host for other
 * types, where TF.js's results follow JavaScript's conversions.
 */
import type { ClipByValueAttrs, LeakyReluAttrs, StepAttrs } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../lazy/graphBuilder.ts';
import { elementwise } from '../lazy/elementwise.ts';
import { hostValue } from '../lazy/lazyValue.ts';
import type { Sym } from '../lazy/operand.ts';
import type { KernelCall, NativeKernel, NativeKernels } from './nativeKernel.ts';
import { input, recordOne } from './nativeKernel.ts';

type Lower = (graph: GraphBuilder, x: Sym) => Sym;

/** `alpha` and `scale` of the self-normalizing network paper (Klambauer et al. 2017). */
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

const floatOnly: Readonly<Record<string, Lower>> = {
  Acos: named('Acos'),
  Acosh: named('Acosh'),
  Asin: named('Asin'),
  Asinh: named('Asinh'),
  Atan: named('Atan'),
  Atanh: named('Atanh'),
  Ceil: named('Ceil'),
  Cos: named('Cos'),
  Cosh: named('Cosh'),
  Elu: (graph, x) => graph.unary('Elu', x, { alpha: { float: 1 } }),
  Erf: named('Erf'),
  Exp: named('Exp'),
  Expm1: expm1,
  Floor: named('Floor'),
  Log: named('Log'),
  Log1p: log1p,
  Reciprocal: named('Reciprocal'),
  Relu6: (graph, x) => graph.op('Clip', [x, graph.scalar(0), graph.scalar(6)], x),
  Round: named('Round'),
  Rsqrt: (graph, x) => graph.unary('Reciprocal', graph.unary('Sqrt', x)),
  Selu: (graph, x) => graph.unary('Selu', x, { alpha: { float: seluAlpha }, gamma: { float: seluScale } }),
  Sigmoid: named('Sigmoid'),
  Sin: named('Sin'),
  Sinh: named('Sinh'),
  Softplus: named('Softplus'),
  Sqrt: named('Sqrt'),
  Tanh: named('Tanh'),
};

const floatOrInt: Readonly<Record<string, Lower>> = {
  Abs: named('Abs'),
  Neg: named('Neg'),
  Relu: named('Relu'),
  Sign: sign,
  Square: (graph, x) => graph.binary('Mul', x, x),
};

export const unaryKernels: NativeKernels = {
  ...kernelsFor(floatOnly, ['float32']),
  ...kernelsFor(floatOrInt, ['float32', 'int32']),
  ClipByValue: clipByValue,
  IsFinite: classify((graph, x) =>
    graph.unary('Not', graph.binary('Or', named('IsNaN', 'bool')(graph, x), named('IsInf', 'bool')(graph, x))),
  ),
  IsInf: classify(named('IsInf', 'bool')),
  IsNan: classify(named('IsNaN', 'bool')),
  LeakyRelu: leakyRelu,
  LogicalNot: (call) => {
    const x = input(call, 'x');
    if (x.dtype !== 'bool') return null;
    return recordUnary(call, 'LogicalNot', x.dtype, named('Not'));
  },
  Step: step,
};

function kernelsFor(lowers: Readonly<Record<string, Lower>>, dtypes: readonly string[]): NativeKernels {
  const entries = Object.entries(lowers).map(([name, lower]): [string, NativeKernel] => [
    name,
    (call) => {
      const { dtype } = input(call, 'x');
      return dtypes.includes(dtype) ? recordUnary(call, name, dtype, lower) : null;
    },
  ]);
  return Object.fromEntries(entries);
}

function recordUnary(call: KernelCall, key: string, dtype: 'float32' | 'int32' | 'bool' | string, lower: Lower) {
  const x = input(call, 'x');
  const output = { shape: x.shape, dtype: dtype as typeof x.dtype };
  return recordOne(call.backend, key, [x], output, (graph, operands) => [
    elementwise(graph, operands, (sym) => lower(graph, sym)),
  ]);
}

function classify(lower: Lower): NativeKernel {
  return (call) => (input(call, 'x').dtype === 'float32' ? recordUnary(call, lower.name, 'bool', lower) : null);
}

function named(type: string, dtype?: 'bool'): Lower {
  return (graph, x) => graph.op(type, [x], { dtype: dtype ?? x.dtype, dims: x.dims });
}

function clipByValue(call: KernelCall) {
  const x = input(call, 'x');
  if (x.dtype !== 'float32') return null;
  const { clipValueMin, clipValueMax } = call.attrs as ClipByValueAttrs;
  const bounds = [clipValueMin, clipValueMax].map((bound) => hostValue(Float32Array.of(bound), [], 'float32'));
  return recordOne(
    call.backend,
    'ClipByValue',
    [x],
    x,
    (graph, [operand, low, high]) => {
      if (operand === undefined || low === undefined || high === undefined) return [];
      return [
        elementwise(graph, [operand], (sym) => graph.op('Clip', [sym, graph.plain(low), graph.plain(high)], sym)),
      ];
    },
    bounds,
  );
}

function leakyRelu(call: KernelCall) {
  const x = input(call, 'x');
  if (x.dtype !== 'float32') return null;
  const { alpha } = call.attrs as LeakyReluAttrs;
  return recordUnary(call, `LeakyRelu ${alpha}`, x.dtype, (graph, sym) =>
    graph.unary('LeakyRelu', sym, { alpha: { float: alpha } }),
  );
}

/** Of NaN, 0. */
function sign(graph: GraphBuilder, x: Sym): Sym {
  const plain = graph.unary('Sign', x);
  if (x.dtype !== 'float32') return plain;
  return graph.where(graph.op('IsNaN', [x], { dtype: 'bool', dims: x.dims }), graph.scalar(0), plain);
}

/** The largest float32: every positive normal number times this is at least 1. */
const steepest = 3.4028234663852886e38;

/**
 * 1 above zero, `alpha` at and below it, NaN of NaN. A product with a step of 0s and 1s (ReLU's gradient)
 * takes the gate instead: a hard sigmoid so steep that only subnormal numbers fall on its slope.
 */
function step(call: KernelCall) {
  const x = input(call, 'x');
  if (x.dtype !== 'float32') return null;
  const { alpha } = call.attrs as StepAttrs;
  return recordOne(call.backend, `Step ${alpha}`, [x], x, (graph, operands) => {
    const result = elementwise(graph, operands, (sym) => {
      const below = graph.binary('LessOrEqual', sym as Sym, graph.scalar(0), 'bool');
      const flat = graph.where(below, graph.scalar(alpha), graph.scalar(1));
      return graph.where(graph.op('IsNaN', [sym as Sym], { dtype: 'bool', dims: (sym as Sym).dims }), sym as Sym, flat);
    });
    if (alpha !== 0) return [result];
    const gate = elementwise(graph, operands, (sym) =>
      graph.unary('HardSigmoid', sym as Sym, { alpha: { float: steepest }, beta: { float: 0 } }),
    );
    const [form] = gate.forms;
    return [form === undefined ? result : { ...result, gate: form }];
  });
}

/** log(1+x) = x·log(u)/(u−1) with u = 1+x rounded, and x itself where u is 1. */
function log1p(graph: GraphBuilder, x: Sym): Sym {
  const one = graph.scalar(1);
  const u = graph.binary('Add', x, one);
  const corrected = graph.binary('Mul', graph.unary('Log', u), graph.binary('Div', x, graph.binary('Sub', u, one)));
  const exact = graph.binary('Or', equal(graph, u, one), graph.op('IsInf', [u], { dtype: 'bool', dims: u.dims }));
  return graph.where(exact, graph.where(equal(graph, u, one), x, u), corrected);
}

/** e^x − 1 = (u−1)·x/log(u) with u = e^x rounded; x where u is 1, −1 where u−1 is, u where it overflows. */
function expm1(graph: GraphBuilder, x: Sym): Sym {
  const one = graph.scalar(1);
  const u = graph.unary('Exp', x);
  const less = graph.binary('Sub', u, one);
  const corrected = graph.binary('Mul', less, graph.binary('Div', x, graph.unary('Log', u)));
  const far = graph.binary('Greater', graph.unary('Abs', x), graph.scalar(1), 'bool');
  return graph.where(equal(graph, u, one), x, graph.where(far, less, corrected));
}

function equal(graph: GraphBuilder, a: Sym, b: Sym): Sym {
  return graph.binary('Equal', a, b, 'bool');
}
