/** Functions that make tensors: random numbers, constants, ranges, conversions from lists and arrays. */
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { float, foreign, int, list, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { arrayOf } from '../../interpreter/libraries/arrayObject.ts';
import type { TorchFunction } from './functionArguments.ts';
import { sizesAfter } from './functionArguments.ts';
import { freeTensor, tensorObject, tensorOf } from './torchTensor.ts';

const ofSizes: TorchFunction = (args, context) => {
  const sizes = sizesAfter(args, 0, 'size');
  return freeTensor(context, sizes, 'the size of this tensor is not known');
};

/** `zeros(())`: a single number that a model may ask for, such as how far it has grown. */
const filled =
  (number: number): TorchFunction =>
  (args, context) => {
    const sizes = sizesAfter(args, 0, 'size');
    return sizes?.length === 0 ? withContent(context, [], float(number)) : ofSizes(args, context);
  };

const sizesSecond: TorchFunction = (args, context) => {
  const sizes = args.positional.length > 2 ? sizesAfter(args, 2, 'size') : sizesAfter(args, 1, 'size');
  return freeTensor(context, sizes ?? null, 'the size of this tensor is not known');
};

const like: TorchFunction = (args, context) => {
  const tensor = tensorOf(args.positional[0] ?? args.keywords.get('input'));
  return tensor === null ? null : freeTensor(context, tensor.shape, tensor.unknown);
};

/** `torch.tensor(data)`, `FloatTensor(data)`, `from_numpy`: the shape of the data. */
export const fromData: TorchFunction = (args, context) => {
  const [first] = args.positional;
  if (first === undefined) return freeTensor(context, sizesAfter(args, 0, 'size'));
  const tensor = tensorOf(first);
  if (tensor !== null) return foreign(tensor);
  const array = arrayOf(first);
  if (array !== null) return withContent(context, array.shape, array.content);
  const shape = nestedShape(first);
  return withContent(context, shape, shape === null ? null : first);
};

function withContent(context: CallContext, shape: Shape | null, content: Value | null): Value {
  const made = freeTensor(context, shape);
  const tensor = tensorOf(made);
  return tensor === null || content === null ? made : foreign(tensorObject(tensor, { content }));
}

/** `FloatTensor(2, 3)` is a size, `FloatTensor([2, 3])` is data. */
export const legacyTensor: TorchFunction = (args, context) => {
  const [first] = args.positional;
  const isSize =
    args.positional.length > 1 || first?.kind === 'number' || (first?.kind === 'tuple' && first.isSize === true);
  if (isSize || first === undefined) return ofSizes(args, context);
  return fromData(args, context);
};

function nestedShape(value: Value): Dim[] | null {
  if (value.kind === 'number' || value.kind === 'bool') return [];
  if (value.kind !== 'list' && value.kind !== 'tuple') return null;
  if (value.kind === 'list' && value.unknown !== null) return null;
  const [first] = value.items;
  const inner = first === undefined ? [] : nestedShape(first);
  return inner === null ? null : [value.items.length, ...inner];
}

const arange: TorchFunction = (args, context) => {
  const { keywords } = args;
  const start = args.positional.length === 0 ? [keywords.get('start') ?? int(0)] : args.positional;
  const given = [...start, keywords.get('end'), keywords.get('step')].filter((value) => value !== undefined);
  const numbers = given.map((value) => (value.kind === 'number' ? value.value : null));
  if (numbers.length === 0 || numbers.includes(null)) return freeTensor(context, ['?']);
  const [first = 0, second, step = 1] = numbers as number[];
  const count = Math.ceil(((second ?? first) - (second === undefined ? 0 : first)) / step);
  return freeTensor(context, [Number.isFinite(count) && count > 0 ? count : '?']);
};

/** Numbers of a made tensor that are kept: rates for each block, not images. */
const MAX_CONTENT = 512;

const linspace: TorchFunction = (args, context) => {
  const [start, end, third] = args.positional;
  const steps = third ?? args.keywords.get('steps');
  if (steps?.kind !== 'number') return freeTensor(context, ['?']);
  const isKnown = start?.kind === 'number' && end?.kind === 'number' && 1 < steps.value && steps.value <= MAX_CONTENT;
  if (!isKnown) return freeTensor(context, [steps.value]);
  const width = (end.value - start.value) / (steps.value - 1);
  const numbers = Array.from({ length: steps.value }, (_unused, idx) => float(start.value + idx * width));
  return withContent(context, [steps.value], list(numbers));
};

const eye: TorchFunction = (args, context) => {
  const sizes = sizesAfter(args, 0, 'n');
  return freeTensor(context, sizes === null ? null : [sizes[0] ?? '?', sizes[1] ?? sizes[0] ?? '?']);
};

const meshgrid: TorchFunction = () => unknown('a mesh grid');

function wrapped(args: CallArguments): Value {
  return args.positional[0] ?? args.keywords.get('data') ?? unknown('a tensor');
}

export const createFunctions: Readonly<Record<string, TorchFunction>> = {
  randn: ofSizes,
  rand: ofSizes,
  zeros: filled(0),
  ones: filled(1),
  empty: ofSizes,
  randint: (args, context) => {
    const sizes = args.keywords.get('size') === undefined ? sizesSecond(args, context) : null;
    return sizes ?? freeTensor(context, sizesAfter({ ...args, positional: [] }, 0, 'size'));
  },
  full: ofSizes,
  normal: (args, context) => {
    const tensor = tensorOf(args.positional[0]);
    return tensor === null ? sizesSecond(args, context) : freeTensor(context, tensor.shape, tensor.unknown);
  },
  randperm: (args, context) =>
    freeTensor(context, [args.positional[0]?.kind === 'number' ? args.positional[0].value : '?']),
  arange,
  linspace,
  logspace: ({ positional, keywords }, context) => {
    const steps = positional[2] ?? keywords.get('steps');
    return freeTensor(context, [steps?.kind === 'number' ? steps.value : '?']);
  },
  eye,
  meshgrid,
  randn_like: like,
  rand_like: like,
  zeros_like: like,
  ones_like: like,
  empty_like: like,
  full_like: like,
  bernoulli: like,
  tensor: fromData,
  as_tensor: fromData,
  from_numpy: fromData,
  Variable: (args) => wrapped(args),
};
