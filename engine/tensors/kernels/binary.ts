/**
 * Elementwise functions of two or three tensors, with broadcasting. TF.js has already given both sides one
 * type; arithmetic on bool, which JavaScript does in bytes, is left to the host. Division and remainder
 * follow TF.js (floor), not ONNX (truncation).
 */
import type { DataType } from '@tensorflow/tfjs-core';
import { backend_util } from '@tensorflow/tfjs-core';
import { elementwise } from '../lazy/elementwise.ts';
import type { GraphBuilder } from '../lazy/graphBuilder.ts';
import type { Operand, Sym } from '../lazy/operand.ts';
import { permutedOperand } from '../lazy/operand.ts';
import type { KernelCall, NativeKernel, NativeKernels } from './nativeKernel.ts';
import { input, inputList, recordOne } from './nativeKernel.ts';

type Lower = (graph: GraphBuilder, a: Sym, b: Sym) => Sym;

const numeric: readonly DataType[] = ['float32', 'int32'];
const floats: readonly DataType[] = ['float32'];
const bools: readonly DataType[] = ['bool'];
const any: readonly DataType[] = ['float32', 'int32', 'bool'];

export const binaryKernels: NativeKernels = {
  Add: arithmetic('Add', numeric, named('Add')),
  Sub: arithmetic('Sub', numeric, named('Sub')),
  Multiply: multiply,
  RealDiv: arithmetic('RealDiv', floats, named('Div')),
  FloorDiv: arithmetic('FloorDiv', numeric, floorDiv),
  Mod: arithmetic('Mod', floats, floorMod),
  Pow: arithmetic('Pow', floats, named('Pow')),
  Maximum: arithmetic('Maximum', numeric, named('Max')),
  Minimum: arithmetic('Minimum', numeric, named('Min')),
  SquaredDifference: arithmetic('SquaredDifference', numeric, (graph, a, b) => {
    const difference = graph.binary('Sub', a, b);
    return graph.binary('Mul', difference, difference);
  }),
  EluGrad: (call) => pairwise(call, 'EluGrad', input(call, 'dy'), input(call, 'y'), floats, 'float32', eluGrad),
  Prelu: (call) =>
    pairwise(call, 'Prelu', input(call, 'x'), input(call, 'alpha'), floats, 'float32', (graph, x, alpha) =>
      graph.where(
        graph.binary('GreaterOrEqual', x, graph.scalar(0), 'bool'),
        graph.expand(x, graph.binary('Mul', alpha, x).dims),
        graph.binary('Mul', alpha, x),
      ),
    ),
  Equal: comparison('Equal', any, (graph, a, b) => graph.binary('Equal', a, b, 'bool')),
  NotEqual: comparison('NotEqual', any, (graph, a, b) => graph.unary('Not', graph.binary('Equal', a, b, 'bool'))),
  Greater: comparison('Greater', numeric, (graph, a, b) => graph.binary('Greater', a, b, 'bool')),
  GreaterEqual: comparison('GreaterEqual', numeric, (graph, a, b) => graph.binary('GreaterOrEqual', a, b, 'bool')),
  Less: comparison('Less', numeric, (graph, a, b) => graph.binary('Less', a, b, 'bool')),
  LessEqual: comparison('LessEqual', numeric, (graph, a, b) => graph.binary('LessOrEqual', a, b, 'bool')),
  LogicalAnd: comparison('LogicalAnd', bools, named('And')),
  LogicalOr: comparison('LogicalOr', bools, named('Or')),
  LogicalXor: comparison('LogicalXor', bools, named('Xor')),
  AddN: addN,
  Select: select,
};

function arithmetic(name: string, dtypes: readonly DataType[], lower: Lower): NativeKernel {
  return (call) => pairwise(call, name, input(call, 'a'), input(call, 'b'), dtypes, null, lower);
}

function comparison(name: string, dtypes: readonly DataType[], lower: Lower): NativeKernel {
  return (call) => pairwise(call, name, input(call, 'a'), input(call, 'b'), dtypes, 'bool', lower);
}

function pairwise(
  call: KernelCall,
  key: string,
  a: ReturnType<typeof input>,
  b: ReturnType<typeof input>,
  dtypes: readonly DataType[],
  dtype: DataType | null,
  lower: Lower,
) {
  if (a.dtype !== b.dtype || !dtypes.includes(a.dtype)) return null;
  const output = {
    shape: backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]),
    dtype: dtype ?? a.dtype,
  };
  return recordOne(call.backend, key, [a, b], output, (graph, operands) => [
    elementwise(graph, operands, (left, right) => lower(graph, left as Sym, right as Sym)),
  ]);
}

/** A product with a 0/1 step (the gradient of ReLU) takes the step's gate: two cheap passes instead of five. */
function multiply(call: KernelCall) {
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  if (a.dtype !== b.dtype || !numeric.includes(a.dtype)) return null;
  const shape = backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  return recordOne(call.backend, 'Multiply', [a, b], { shape, dtype: a.dtype }, (graph, [left, right]) => {
    if (left === undefined || right === undefined) return [];
    const factors = [gated(left), gated(right)];
    return [elementwise(graph, factors, (x, y) => graph.binary('Mul', x as Sym, y as Sym))];
  });
}

function gated(operand: Operand): Operand {
  return operand.gate === undefined ? operand : permutedOperand(operand.gate.sym, operand.gate.perm);
}

function addN(call: KernelCall) {
  const parts = inputList(call);
  const [first] = parts;
  if (first === undefined || !numeric.includes(first.dtype)) return null;
  return recordOne(call.backend, 'AddN', parts, first, (graph, operands) => [
    elementwise(graph, operands, (...syms) => syms.reduce((sum, sym) => graph.binary('Add', sum, sym))),
  ]);
}

/** TF.js allows a condition of rank 1 to choose rows of tensors of higher rank. */
function select(call: KernelCall) {
  const condition = input(call, 'condition');
  const [t, e] = [input(call, 't'), input(call, 'e')];
  if (condition.dtype !== 'bool' || t.dtype !== e.dtype) return null;
  const rank = t.shape.length;
  const rows = condition.shape.length === 1 && rank > 1;
  return recordOne(call.backend, 'Select', [condition, t, e], t, (graph, [chooser, whenTrue, whenFalse]) => {
    if (chooser === undefined || whenTrue === undefined || whenFalse === undefined) return [];
    const lower = (mask?: Sym, a?: Sym, b?: Sym): Sym => {
      if (mask === undefined || a === undefined || b === undefined) throw new Error('Select needs three operands');
      if (a.dtype !== 'bool') return graph.where(mask, a, b);
      return graph.cast(graph.where(mask, graph.cast(a, 'uint8'), graph.cast(b, 'uint8')), 'bool');
    };
    if (!rows) return [elementwise(graph, [chooser, whenTrue, whenFalse], lower)];
    const column = graph.reshape(graph.plain(chooser), [
      condition.shape[0] ?? 1,
      ...new Array<number>(rank - 1).fill(1),
    ]);
    const columnOperand: Operand = {
      shape: column.dims,
      dtype: 'bool',
      forms: [{ perm: t.shape.map((_, i) => i), sym: column }],
    };
    return [elementwise(graph, [columnOperand, whenTrue, whenFalse], lower)];
  });
}

function named(type: string): Lower {
  return (graph, a, b) => graph.binary(type, a, b);
}

function floorDiv(graph: GraphBuilder, a: Sym, b: Sym): Sym {
  if (a.dtype === 'float32') return graph.unary('Floor', graph.binary('Div', a, b));
  const quotient = graph.binary('Div', graph.cast(a, 'float64'), graph.cast(b, 'float64'));
  return graph.cast(graph.unary('Floor', quotient), 'int32');
}

function floorMod(graph: GraphBuilder, a: Sym, b: Sym): Sym {
  const fmod = { fmod: { int: 1 } };
  const remainder = graph.binary('Mod', a, b, a.dtype, fmod);
  const zero = graph.scalar(0);
  const aNegative = graph.binary('Less', a, zero, 'bool');
  const bNegative = graph.binary('Less', b, zero, 'bool');
  const shifted = graph.binary('Mod', graph.binary('Add', remainder, b), b, a.dtype, fmod);
  return graph.where(graph.binary('Xor', aNegative, bNegative), shifted, remainder);
}

function eluGrad(graph: GraphBuilder, dy: Sym, y: Sym): Sym {
  const slope = graph.binary('Add', y, graph.scalar(1));
  const positive = graph.binary('GreaterOrEqual', y, graph.scalar(0), 'bool');
  return graph.where(positive, dy, graph.binary('Mul', dy, slope));
}
