/** Reductions, matrix products and losses. */
import type { OpAttributeMap, OpCall } from '../../../core/graph/ops.ts';
import type { Dim } from '../../../core/graph/shape.ts';
import { tuple, unknown } from '../../interpreter/values.ts';
import type { TorchFunction } from './functionArguments.ts';
import { axesOf, axisOf, firstTensor, rankOf } from './functionArguments.ts';
import { apply, freeTensor, tensorOf } from './torchTensor.ts';

type ReduceName = OpAttributeMap['reduce']['fn'];

function reduce(fn: ReduceName): TorchFunction {
  return (args, context) => {
    const tensor = firstTensor(args);
    if (tensor === null) return null;
    const other = tensorOf(args.positional[1]);
    if (other !== null) return apply(context, { op: 'maximum', attributes: {} }, [tensor, other]);
    const dim =
      (fn === 'norm' ? args.positional[2] : args.positional[1]) ??
      args.keywords.get('dim') ??
      args.keywords.get('axis');
    const axes = axesOf(dim, rankOf(tensor.shape));
    if (dim !== undefined && dim.kind !== 'none' && axes === null)
      return unknown('the axes of a reduction are not known');
    const keep =
      args.positional[fn === 'norm' ? 3 : fn === 'var' || fn === 'std' ? 9 : 2] ??
      args.keywords.get('keepdim') ??
      args.keywords.get('keepdims');
    const keepDims = keep?.kind === 'bool' && keep.value;
    const result = apply(context, { op: 'reduce', attributes: { fn, axes, keepDims } }, [tensor]);
    const isPair = (fn === 'max' || fn === 'min') && axes !== null;
    return isPair ? { kind: 'tuple', items: [result, result], names: ['values', 'indices'] } : result;
  };
}

const matmul: TorchFunction = (args, context) => {
  const left = firstTensor(args);
  const right = tensorOf(args.positional[1] ?? args.keywords.get('other') ?? args.keywords.get('mat2'));
  if (left === null || right === null) return null;
  return apply(context, { op: 'matmul', attributes: {} }, [left, right]);
};

/** `outer(a, b)` of two vectors. */
const outer: TorchFunction = (args, context) => {
  const left = firstTensor(args);
  const right = tensorOf(args.positional[1] ?? args.keywords.get('vec2'));
  if (left === null || right === null) return null;
  const shape = [left.shape?.[0] ?? '?', right.shape?.[0] ?? '?'] as const;
  return apply(context, { op: 'elementwise', attributes: { fn: 'outer' } }, [left, right], { shape });
};

const argReduce: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  if (tensor === null) return null;
  const axis = axisOf(args.positional[1] ?? args.keywords.get('dim'), rankOf(tensor.shape), -1);
  const shape = tensor.shape === null ? null : tensor.shape.filter((_dim, at) => at !== axis);
  return apply(context, { op: 'unknown', attributes: { type: 'argmax' } }, [tensor], { shape });
};

const loss: TorchFunction = (_args, context) => freeTensor(context, []);

const topk: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const shape = tensor?.shape?.map((): Dim => '?') ?? null;
  const call: OpCall = { op: 'unknown', attributes: { type: 'topk' } };
  const result = apply(context, call, tensor === null ? [] : [tensor], { shape, unknown: 'a selection of values' });
  return tuple([result, result]);
};

const einsum: TorchFunction = (args, context) => {
  const [equation, ...operands] = args.positional;
  const tensors = operands.map(tensorOf);
  const match = equation?.kind === 'string' ? /^([a-zA-Z,\s]+)->([a-zA-Z\s]*)$/.exec(equation.value) : null;
  if (match === null || tensors.includes(null)) return unknown('an einsum of something that is not known');
  const dims = new Map<string, Dim>();
  (match[1] ?? '')
    .replaceAll(' ', '')
    .split(',')
    .forEach((letters, idx) => {
      [...letters].forEach((letter, axis) => dims.set(letter, tensors[idx]?.shape?.[axis] ?? '?'));
    });
  const shape = [...(match[2] ?? '').replaceAll(' ', '')].map((letter): Dim => dims.get(letter) ?? '?');
  const inputs = tensors.filter((tensor) => tensor !== null);
  return apply(context, { op: 'unknown', attributes: { type: 'einsum' } }, inputs, { shape });
};

export const reduceFunctions: Readonly<Record<string, TorchFunction>> = {
  mean: reduce('mean'),
  sum: reduce('sum'),
  max: reduce('max'),
  min: reduce('min'),
  amax: (args, context) => {
    const result = reduce('max')(args, context);
    return result?.kind === 'tuple' ? (result.items[0] ?? null) : result;
  },
  var: reduce('var'),
  std: reduce('std'),
  norm: reduce('norm'),
  matmul,
  bmm: matmul,
  mm: matmul,
  outer,
  ger: outer,
  argmax: argReduce,
  argmin: argReduce,
  topk,
  sort: topk,
  einsum,
  mse_loss: loss,
  l1_loss: loss,
  smooth_l1_loss: loss,
  binary_cross_entropy: loss,
  binary_cross_entropy_with_logits: loss,
  cross_entropy: loss,
  nll_loss: loss,
  kl_div: loss,
  hinge_loss: loss,
  numel: () => unknown('the size of a tensor'),
  allclose: () => unknown('a comparison of tensors'),
  equal: () => unknown('a comparison of tensors'),
};
