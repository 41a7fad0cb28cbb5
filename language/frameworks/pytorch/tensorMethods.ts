/**
 * Methods of `torch.Tensor`: those of its own, and every function of `torch` or `torch.nn.functional` that
 * takes the tensor first. A trailing underscore (in place) means the same to the analysis.
 */
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import { NONE, foreign, int, unknown } from '../../interpreter/values.ts';
import type { BuiltinValue, Value } from '../../interpreter/values.ts';
import { functionNamed } from './torchFunctions.ts';
import type { TensorObject } from './torchTensor.ts';
import { dimValue, freeTensor, shapeValue } from './torchTensor.ts';

type Method = (self: TensorObject, args: CallArguments, context: CallContext) => Value;

/** Methods that change device, type, layout or bookkeeping, but no values that matter here. */
const SAME = new Set(
  (
    'to cuda cpu float double half bfloat16 long int bool byte type type_as contiguous clone detach requires_grad_ ' +
    'retain_grad pin_memory share_memory_ xpu mps numpy scatter_ scatter scatter_add_ masked_scatter_ normal_ uniform_ fill_ zero_ copy_ random_ data_ptr '
  ).split(' '),
);

const NOTHING = new Set(['backward', 'register_hook', 'item_size']);

export function tensorMethod(self: TensorObject, name: string): BuiltinValue['call'] | null {
  if (SAME.has(name)) {
    return () => {
      if (/[a-z]_$/.test(name) && name !== 'requires_grad_') self.forget();
      return foreign(self);
    };
  }
  if (NOTHING.has(name)) return () => NONE;
  const own = OWN[name];
  if (own !== undefined) return (args, context) => own(self, args, context);
  const shared = functionNamed(name) ?? (name.endsWith('_') ? functionNamed(name.slice(0, -1)) : null);
  if (shared === null) return null;
  return (args, context) =>
    shared({ ...args, positional: [foreign(self), ...args.positional] }, context) ??
    unknown(`what ${name} gives is not known`);
}

const OWN: Readonly<Record<string, Method>> = {
  size: (self, { positional, keywords }) => {
    const at = positional[0] ?? keywords.get('dim');
    if (at === undefined) return shapeValue(self.shape);
    if (self.shape === null || at.kind !== 'number') return unknown('the shape of this tensor is not known');
    const dim = self.shape[at.value < 0 ? self.shape.length + at.value : at.value];
    return dim === undefined ? unknown('the tensor has no such dimension') : dimValue(dim);
  },
  dim: (self) => (self.shape === null ? unknown('the number of dimensions is not known') : int(self.shape.length)),
  ndimension: (self) =>
    self.shape === null ? unknown('the number of dimensions is not known') : int(self.shape.length),
  numel: (self) => {
    if (self.shape === null || self.shape.includes('?')) return unknown('the size of this tensor is not known');
    return int(self.shape.reduce<number>((total, dim) => total * (dim as number), 1));
  },
  nelement: (self, args, context) => OWN['numel']?.(self, args, context) ?? NONE,
  __len__: (self) => (self.shape?.[0] === undefined ? unknown('the length is not known') : dimValue(self.shape[0])),
  item: (self) => (self.content?.kind === 'number' ? self.content : unknown('a value of a tensor')),
  __int__: (self) =>
    self.content?.kind === 'number' ? int(Math.trunc(self.content.value)) : unknown('a value of a tensor'),
  __float__: (self) => (self.content?.kind === 'number' ? self.content : unknown('a value of a tensor')),
  tolist: (self) => self.content ?? unknown('the values of a tensor'),
  is_contiguous: () => ({ kind: 'bool', value: true }),
  is_floating_point: () => ({ kind: 'bool', value: true }),
  get_device: () => int(-1),
  stride: () => unknown('the memory layout of a tensor'),
  new_zeros: newLike,
  new_ones: newLike,
  new_empty: newLike,
  new_full: newLike,
  new: newLike,
  new_tensor: (_self, _args, context) => freeTensor(context, null),
};

function newLike(_self: TensorObject, args: CallArguments, context: CallContext): Value {
  return functionNamed('zeros')?.(args, context) ?? unknown('a new tensor');
}
