/** What the functions of `torch` share: tensors among the arguments, axes, sizes given one by one or as a list. */
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import type { Value } from '../../interpreter/values.ts';
import type { BoundArguments } from '../arguments.ts';
import { bindArguments } from '../arguments.ts';
import type { TensorObject } from './torchTensor.ts';
import { tensorOf } from './torchTensor.ts';

export type TorchFunction = (args: CallArguments, context: CallContext) => Value | null;

/** The tensor that comes first, whatever the parameter is called. */
export function firstTensor(args: CallArguments): TensorObject | null {
  return tensorOf(args.positional[0]) ?? tensorOf(args.keywords.get('input')) ?? tensorOf(args.keywords.get('self'));
}

/** Sizes as `f(x, 1, 2)` or `f(x, (1, 2))`; `'?'` where one is not known, null where their number is not. */
export function sizesAfter(args: CallArguments, from: number, name: string): Dim[] | null {
  const first = args.positional[from] ?? args.keywords.get(name) ?? args.keywords.get('size');
  if (first === undefined || args.open !== null) return null;
  const isSequence = first.kind === 'tuple' || first.kind === 'list';
  if (first.kind === 'list' && first.unknown !== null) return null;
  if (first.kind === 'unknown' && args.positional.length <= from + 1) return ['?'];
  const items = isSequence ? first.items : args.positional[from] === undefined ? [first] : args.positional.slice(from);
  return items.map((item) => (item.kind === 'number' ? item.value : item.kind === 'bool' ? Number(item.value) : '?'));
}

/** An axis counted from 0; as given where the rank is not known. */
export function axisOf(value: Value | undefined, rank: number | null, otherwise: number): number | null {
  const axis = value === undefined ? otherwise : value.kind === 'number' ? value.value : null;
  if (axis === null || rank === null) return axis;
  return axis < 0 ? axis + rank : axis;
}

export function rankOf(shape: Shape | null): number | null {
  return shape === null ? null : shape.length;
}

export function bindTo(signature: string, args: CallArguments): BoundArguments {
  return bindArguments(signature.split(' '), args);
}

/** Axes given as a number, a list or not at all. */
export function axesOf(value: Value | undefined, rank: number | null): readonly number[] | null {
  if (value === undefined || value.kind === 'none') return null;
  const items = value.kind === 'tuple' || value.kind === 'list' ? value.items : [value];
  const axes = items.map((item) => axisOf(item, rank, 0));
  return axes.includes(null) ? null : (axes as number[]);
}
