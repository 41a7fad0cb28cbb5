/** Functions that rearrange values: view, permute, cat, split, repeat, pad, pixel shuffle and their kin. */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Dim } from '../../../core/graph/shape.ts';
import type { CallContext } from '../../interpreter/library.ts';
import { tuple, unknown } from '../../interpreter/values.ts';
import type { Value } from '../../interpreter/values.ts';
import { numbersOf } from '../arguments.ts';
import type { TorchFunction } from './functionArguments.ts';
import { axesOf, axisOf, bindTo, firstTensor, rankOf, sizesAfter } from './functionArguments.ts';
import type { TensorObject } from './torchTensor.ts';
import { apply, tensorOf } from './torchTensor.ts';

/** Reshapes to sizes of which some may be unknown: a single unknown one is like −1. */
function reshapeTo(context: CallContext, tensor: TensorObject, sizes: readonly Dim[] | null): Value {
  if (sizes === null) {
    return apply(context, { op: 'unknown', attributes: { type: 'reshape' } }, [tensor], {
      shape: null,
      unknown: 'the sizes of this reshape are not known',
    });
  }
  const nOpen = sizes.filter((size) => size === '?' || size === -1).length;
  if (nOpen <= 1) {
    const shape = sizes.map((size) => (size === '?' ? -1 : size));
    return apply(context, { op: 'reshape', attributes: { shape } }, [tensor]);
  }
  const shape = sizes.map((size): Dim => (size === -1 ? '?' : size));
  return apply(context, { op: 'unknown', attributes: { type: 'reshape' } }, [tensor], { shape });
}

const view: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  if (tensor === null) return null;
  // `x.view(torch.float)` changes the type alone.
  if (args.positional.length === 2 && args.positional[1]?.kind === 'external')
    return { kind: 'foreign', object: tensor };
  return reshapeTo(context, tensor, sizesAfter(args, 1, 'shape'));
};

const viewAs: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const other = tensorOf(args.positional[1]);
  return tensor === null || other === null ? null : reshapeTo(context, tensor, other.shape);
};

const flatten: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  if (tensor === null) return null;
  const rank = rankOf(tensor.shape);
  const startAxis = axisOf(args.positional[1] ?? args.keywords.get('start_dim'), rank, 0);
  const endAxis = axisOf(args.positional[2] ?? args.keywords.get('end_dim'), rank, -1);
  if (startAxis === null || endAxis === null) return unknown('the axes of a flatten are not known');
  return apply(context, { op: 'flatten', attributes: { startAxis, endAxis } }, [tensor]);
};

const permute: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const axes = sizesAfter(args, 1, 'dims');
  if (tensor === null) return null;
  if (axes === null || axes.includes('?')) return unknown('the order of the axes is not known');
  const rank = rankOf(tensor.shape) ?? axes.length;
  const resolved = (axes as number[]).map((axis) => (axis < 0 ? axis + rank : axis));
  return apply(context, { op: 'permute', attributes: { axes: resolved } }, [tensor]);
};

const transpose: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  if (tensor === null) return null;
  const rank = rankOf(tensor.shape);
  const bound = bindTo('input dim0 dim1', args);
  const one = axisOf(bound.values.get('dim0'), rank, 0);
  const two = axisOf(bound.values.get('dim1'), rank, 1);
  if (rank === null || one === null || two === null) {
    return apply(context, { op: 'unknown', attributes: { type: 'transpose' } }, [tensor], { shape: null });
  }
  const axes = Array.from({ length: rank }, (_unused, axis) => (axis === one ? two : axis === two ? one : axis));
  return apply(context, { op: 'permute', attributes: { axes } }, [tensor]);
};

const squeeze: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  if (tensor === null) return null;
  const axes = axesOf(args.positional[1] ?? args.keywords.get('dim'), rankOf(tensor.shape)) ?? [];
  return apply(context, { op: 'squeeze', attributes: { axes } }, [tensor]);
};

const unsqueeze: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  if (tensor === null) return null;
  const rank = rankOf(tensor.shape);
  const axis = axisOf(args.positional[1] ?? args.keywords.get('dim'), rank === null ? null : rank + 1, 0);
  return axis === null
    ? unknown('the new axis is not known')
    : apply(context, { op: 'unsqueeze', attributes: { axis } }, [tensor]);
};

const expand: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const sizes = sizesAfter(args, 1, 'size');
  if (tensor === null) return null;
  if (sizes === null || sizes.includes('?')) {
    const shape = sizes?.map((size): Dim => (size === -1 ? '?' : size)) ?? null;
    return apply(context, { op: 'unknown', attributes: { type: 'expand' } }, [tensor], { shape });
  }
  return apply(context, { op: 'expand', attributes: { shape: sizes as number[] } }, [tensor]);
};

const expandAs: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const other = tensorOf(args.positional[1] ?? args.keywords.get('other'));
  if (tensor === null || other === null) return null;
  if (other.shape === null || other.shape.includes('?')) {
    return apply(context, { op: 'unknown', attributes: { type: 'expand' } }, [tensor], { shape: other.shape });
  }
  return apply(context, { op: 'expand', attributes: { shape: other.shape as number[] } }, [tensor]);
};

const repeat: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const repeats = sizesAfter(args, 1, 'repeats');
  if (tensor === null) return null;
  if (repeats === null || repeats.includes('?')) {
    const { shape } = tensor;
    const known =
      repeats === null || shape === null || repeats.length !== shape.length
        ? null
        : repeats.map((times, axis): Dim => (times === 1 ? (shape[axis] ?? '?') : '?'));
    return apply(context, { op: 'unknown', attributes: { type: 'repeat' } }, [tensor], {
      shape: known,
      unknown: 'how often this tensor is repeated is not known',
    });
  }
  return apply(context, { op: 'tile', attributes: { repeats: repeats as number[] } }, [tensor]);
};

/** Tensors of a list or tuple; null where one is not known. */
function tensorsOf(value: Value | undefined, context: CallContext): TensorObject[] | null {
  const items = value === undefined ? null : context.iterate(value);
  const tensors = items?.map((item) => tensorOf(item)) ?? [null];
  return tensors.includes(null) ? null : (tensors as TensorObject[]);
}

const cat: TorchFunction = (args, context) => {
  const bound = bindTo('tensors dim', args);
  const tensors = tensorsOf(bound.values.get('tensors'), context);
  const at = bound.values.get('dim') ?? args.keywords.get('axis');
  if (tensors === null || tensors.length === 0) {
    return apply(context, { op: 'unknown', attributes: { type: 'cat' } }, [], {
      shape: null,
      unknown: 'what is concatenated here is not known',
    });
  }
  const axis = axisOf(at, rankOf(tensors[0]?.shape ?? null), 0);
  return axis === null
    ? unknown('the axis of a concatenation is not known')
    : apply(context, { op: 'cat', attributes: { axis } }, tensors);
};

const stack: TorchFunction = (args, context) => {
  const bound = bindTo('tensors dim', args);
  const tensors = tensorsOf(bound.values.get('tensors'), context);
  if (tensors === null || tensors.length === 0) return unknown('what is stacked here is not known');
  const rank = rankOf(tensors[0]?.shape ?? null);
  const axis = axisOf(bound.values.get('dim'), rank === null ? null : rank + 1, 0);
  return axis === null
    ? unknown('the axis of a stack')
    : apply(context, { op: 'stack', attributes: { axis } }, tensors);
};

function piecesOf(context: CallContext, tensor: TensorObject, axis: number, sizes: readonly number[]): Value {
  const rank = tensor.shape?.length ?? 0;
  let start = 0;
  return tuple(
    sizes.map((extent) => {
      const begin = Array.from({ length: rank }, (_unused, at) => (at === axis ? start : 0));
      const size = Array.from({ length: rank }, (_unused, at) => (at === axis ? extent : -1));
      start += extent;
      return apply(context, { op: 'slice', attributes: { begin, size } }, [tensor]);
    }),
  );
}

const chunk: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const bound = bindTo('input chunks dim', args);
  const count = bound.values.get('chunks');
  if (tensor === null) return null;
  const axis = axisOf(bound.values.get('dim'), rankOf(tensor.shape), 0);
  if (count?.kind !== 'number' || axis === null || tensor.shape === null) return unknown('the parts of a tensor');
  const dim = tensor.shape[axis];
  if (typeof dim !== 'number') {
    const unknownPart: OpCall = { op: 'unknown', attributes: { type: 'chunk' } };
    const shape = tensor.shape.map((size, at): Dim => (at === axis ? '?' : size));
    return tuple(
      Array.from({ length: Math.min(count.value, 64) }, () => apply(context, unknownPart, [tensor], { shape })),
    );
  }
  const each = Math.ceil(dim / count.value);
  const sizes: number[] = [];
  for (let rest = dim; rest > 0; rest -= each) sizes.push(Math.min(each, rest));
  return piecesOf(context, tensor, axis, sizes);
};

const split: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const bound = bindTo('tensor split_size_or_sections dim', args);
  const wanted = bound.values.get('split_size_or_sections') ?? args.keywords.get('split_size');
  if (tensor === null || tensor.shape === null || wanted === undefined) return unknown('the parts of a tensor');
  const axis = axisOf(bound.values.get('dim'), rankOf(tensor.shape), 0);
  const dim = axis === null ? undefined : tensor.shape[axis];
  const numbers = numbersOf(wanted);
  if (axis === null || numbers === null) return unknown('the parts of a tensor');
  if (wanted.kind !== 'number') return piecesOf(context, tensor, axis, numbers);
  if (typeof dim !== 'number') return unknown('the number of parts is not known');
  const sizes: number[] = [];
  for (let rest = dim; rest > 0 && wanted.value > 0; rest -= wanted.value) sizes.push(Math.min(wanted.value, rest));
  return piecesOf(context, tensor, axis, sizes);
};

const unbind: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const at = args.positional[1] ?? args.keywords.get('dim');
  if (tensor === null || tensor.shape === null) return null;
  const axis = axisOf(at, tensor.shape.length, 0);
  const dim = axis === null ? undefined : tensor.shape[axis];
  if (axis === null || typeof dim !== 'number' || dim > 256) return unknown('the parts of a tensor');
  const shape = tensor.shape.filter((_size, position) => position !== axis);
  return tuple(
    Array.from({ length: dim }, () =>
      apply(context, { op: 'unknown', attributes: { type: 'unbind' } }, [tensor], { shape }),
    ),
  );
};

const pad: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const bound = bindTo('input pad mode value', args);
  const widths = bound.values.get('pad');
  const numbers = widths === undefined ? null : numbersOf(widths);
  if (tensor === null) return null;
  const shape = tensor.shape?.map((): Dim => '?') ?? null;
  if (numbers === null || tensor.shape === null) {
    return apply(context, { op: 'unknown', attributes: { type: 'pad' } }, [tensor], {
      shape: shape === null ? null : [tensor.shape?.[0] ?? '?', tensor.shape?.[1] ?? '?', ...shape.slice(2)],
      unknown: 'how much is padded is not known',
    });
  }
  const mode = bound.values.get('mode');
  const name = mode?.kind === 'string' ? mode.value : 'constant';
  const isKnownMode = name === 'reflect' || name === 'replicate' || name === 'circular';
  return apply(
    context,
    { op: 'pad', attributes: { pads: padsFromEnd(numbers), mode: isKnownMode ? name : 'constant' } },
    [tensor],
  );
};

/** PyTorch lists pads from the last axis on; the graph lists them in axis order. */
export function padsFromEnd(numbers: readonly number[]): [number, number][] {
  const pads: [number, number][] = [];
  for (let idx = 0; idx + 1 < numbers.length; idx += 2) pads.unshift([numbers[idx] ?? 0, numbers[idx + 1] ?? 0]);
  return pads;
}

function pixelShuffle(inverse: boolean): TorchFunction {
  return (args, context) => {
    const tensor = firstTensor(args);
    const factor = args.positional[1] ?? args.keywords.get('upscale_factor') ?? args.keywords.get('downscale_factor');
    if (tensor === null || factor?.kind !== 'number') return null;
    return apply(context, { op: 'pixel_shuffle', attributes: { factor: factor.value, inverse } }, [tensor]);
  };
}

const select: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  if (tensor?.shape == null) return null;
  const axis = axisOf(args.positional[1] ?? args.keywords.get('dim'), tensor.shape.length, 0);
  const shape = tensor.shape.filter((_dim, at) => at !== axis);
  return apply(context, { op: 'unknown', attributes: { type: 'select' } }, [tensor], { shape });
};

const narrow: TorchFunction = (args, context) => {
  const tensor = firstTensor(args);
  const bound = bindTo('input dim start length', args);
  const axis = axisOf(bound.values.get('dim'), rankOf(tensor?.shape ?? null), 0);
  const start = bound.values.get('start');
  const length = bound.values.get('length');
  if (tensor?.shape == null || axis === null || start?.kind !== 'number' || length?.kind !== 'number') return null;
  const begin = tensor.shape.map((_dim, at) => (at === axis ? start.value : 0));
  const size = tensor.shape.map((_dim, at) => (at === axis ? length.value : -1));
  return apply(context, { op: 'slice', attributes: { begin, size } }, [tensor]);
};

export const arrangeFunctions: Readonly<Record<string, TorchFunction>> = {
  view,
  reshape: view,
  resize: view,
  view_as: viewAs,
  reshape_as: viewAs,
  flatten,
  permute,
  transpose,
  swapaxes: transpose,
  t: transpose,
  squeeze,
  unsqueeze,
  expand,
  broadcast_to: expand,
  expand_as: expandAs,
  repeat,
  tile: repeat,
  cat,
  concat: cat,
  concatenate: cat,
  stack,
  chunk,
  split,
  unbind,
  pad,
  pixel_shuffle: pixelShuffle(false),
  pixel_unshuffle: pixelShuffle(true),
  select,
  narrow,
  hstack: () => unknown('stacked tensors'),
  vstack: () => unknown('stacked tensors'),
  unflatten: () => unknown('an unflattened tensor'),
  movedim: () => unknown('moved axes'),
  index_select: (args, context) => {
    const source = firstTensor(args);
    const axis = axisOf(args.positional[1] ?? args.keywords.get('dim'), rankOf(source?.shape ?? null), 0);
    const [count] = tensorOf(args.positional[2] ?? args.keywords.get('index'))?.shape ?? [];
    if (source === null || source.shape === null || axis === null) return null;
    const shape = source.shape.map((dim, at) => (at === axis ? (count ?? '?') : dim));
    return apply(context, { op: 'unknown', attributes: { type: 'index' } }, [source], { shape });
  },
  gather: () => unknown('gathered values'),
  where: (args, context) => {
    const one = tensorOf(args.positional[1]);
    const two = tensorOf(args.positional[2]);
    if (one === null) return two === null ? null : { kind: 'foreign', object: two };
    return two === null ? { kind: 'foreign', object: one } : apply(context, { op: 'add', attributes: {} }, [one, two]);
  },
  split_with_sizes: split,
  tensor_split: chunk,
};
