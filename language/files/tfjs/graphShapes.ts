/** TensorFlow's operators that move numbers. Their sizes are constants beside them. */
import type { Dim, Shape } from '../../../core/graph/shape.ts';
import { resolveAxis } from '../../../core/shape/shapeResult.ts';
import { wholeNumbers } from '../constants.ts';
import { notComputed, type Converted } from '../fileOperator.ts';
import { asReshape, reshaped, sliceLength } from '../reshaping.ts';
import type { GraphConvert, GraphOperator } from './graphOperator.ts';

const reshape: GraphConvert = (op) => {
  const wanted = op.numbers(1);
  return wanted === null ? { ...asReshape(null), unknown: notComputed } : reshaped(wanted);
};

const transpose: GraphConvert = (op) => {
  const axes = wholeNumbers(op.constant(1));
  return axes === null ? open(op) : { call: { op: 'permute', attributes: { axes } } };
};

const squeeze: GraphConvert = (op) => ({
  call: { op: 'squeeze', attributes: { axes: op.ints('squeeze_dims') ?? op.ints('axis') ?? [] } },
});

const expandDims: GraphConvert = (op) => {
  const axis = wholeNumbers(op.constant(1))?.[0];
  return axis === undefined
    ? { ...asReshape(null), unknown: notComputed }
    : { call: { op: 'unsqueeze', attributes: { axis } } };
};

/** The axis stands last in version 2, first in version 1. */
function concat(isAxisLast: boolean): GraphConvert {
  return (op) => {
    const { all } = op;
    const axis = wholeNumbers(op.constant(isAxisLast ? (all[all.length - 1] ?? 0) : 0))?.[0];
    if (axis === undefined) return { ...asReshape(null), unknown: notComputed };
    return { call: { op: 'cat', attributes: { axis } }, inputs: isAxisLast ? all.slice(0, -1) : all.slice(1) };
  };
}

const pack: GraphConvert = (op) => ({ call: { op: 'stack', attributes: { axis: op.int('axis', 0) } }, inputs: op.all });

const pad: GraphConvert = (op) => {
  const flat = wholeNumbers(op.constant(1));
  const input = op.shape();
  if (flat === null || input === null || flat.length !== 2 * input.length) return open(op);
  const pads = input.map((_dim, axis): [number, number] => [flat[2 * axis] ?? 0, flat[2 * axis + 1] ?? 0]);
  const mode = op.node.type === 'MirrorPad' ? 'reflect' : 'constant';
  return { call: { op: 'pad', attributes: { pads, mode } } };
};

function resize(mode: 'nearest' | 'bilinear'): GraphConvert {
  return (op) => {
    const input = op.shape();
    const [height = '?', width = '?'] = op.numbers(1) ?? [];
    if (input?.length !== 4) return open(op);
    const isKnown = height !== '?' && width !== '?';
    const shape = [input[0] ?? '?', height, width, input[3] ?? '?'];
    return {
      call: { op: 'upsample', attributes: { scale: null, size: isKnown ? [height, width] : null, mode } },
      shape,
    };
  };
}

function depthSpace(inverse: boolean): GraphConvert {
  return (op) => {
    const factor = op.int('block_size', 0);
    return factor >= 1
      ? { call: { op: 'pixel_shuffle', attributes: { factor, inverse } } }
      : `its block size is ${factor}`;
  };
}

const slice: GraphConvert = (op) => {
  const [begin, size] = [wholeNumbers(op.constant(1)), wholeNumbers(op.constant(2))];
  if (begin === null || size === null) return open(op);
  return { call: { op: 'slice', attributes: { begin, size } } };
};

const stridedSlice: GraphConvert = (op) => {
  const input = op.shape();
  const [begin, end, strides] = [1, 2, 3].map((idx) => wholeNumbers(op.constant(idx)) ?? null);
  if (input === null || !begin || !end || !strides) return { ...asReshape(null), unknown: notComputed };
  if (op.int('ellipsis_mask', 0) !== 0 || op.int('new_axis_mask', 0) !== 0)
    return { ...asReshape(null), unknown: notComputed };
  const bit = (name: string, axis: number): boolean => ((op.int(name, 0) >> axis) & 1) === 1;
  const shape: Dim[] = [];
  for (const [axis, dim] of input.entries()) {
    const by = strides[axis] ?? 1;
    if (axis >= begin.length) shape.push(dim);
    else if (bit('shrink_axis_mask', axis)) continue;
    else if (dim === '?' || by === 0) shape.push('?');
    else {
      const from = bit('begin_mask', axis) ? (by > 0 ? 0 : dim - 1) : (begin[axis] ?? 0);
      const to = bit('end_mask', axis) ? (by > 0 ? dim : -dim - 1) : (end[axis] ?? dim);
      shape.push(sliceLength(dim, from, to, by));
    }
  }
  return { call: { op: 'slice', attributes: { begin, size: begin.map(() => -1) } }, shape };
};

const gather: GraphConvert = (op) => {
  const data = op.shape();
  const indices = op.shape(1);
  const table = op.constant(0);
  if (table?.shape.length === 2 && table.isFloat && op.constant(1) === null) {
    const [count = 1, features = 1] = table.shape;
    return { call: { op: 'embedding', attributes: { count, features } }, inputs: [1], weights: [[0, 'embeddings']] };
  }
  const axis = data === null ? null : resolveAxis(wholeNumbers(op.constant(2))?.[0] ?? 0, data.length);
  const call = { op: 'gather', attributes: { axis: axis ?? 0, indices: null } } as const;
  if (data === null || indices === null || axis === null) return { call, shape: null };
  return { call, shape: [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)] };
};

const tile: GraphConvert = (op) => {
  const repeats = wholeNumbers(op.constant(1));
  return repeats?.every((count) => count >= 1) ? { call: { op: 'tile', attributes: { repeats } } } : open(op);
};

/** Blocks of every padded axis move to the batch, and back; a dilated convolution is written between the two. */
function blocksToBatch(isBack: boolean): GraphConvert {
  return (op) => {
    const input = op.shape();
    const blocks = wholeNumbers(op.constant(1));
    const borders = wholeNumbers(op.constant(2));
    if (input === null || blocks === null || borders?.length !== 2 * blocks.length) return open(op);
    if (!blocks.every((block) => block >= 1) || blocks.length >= input.length)
      return `its blocks are ${blocks.join('×')}`;
    const factor = blocks.reduce((total, block) => total * block, 1);
    const [batch = '?', ...rest] = input;
    const moved = rest.map((dim, axis): Dim => {
      const block = blocks[axis];
      if (dim === '?' || block === undefined) return dim;
      const border = (borders[2 * axis] ?? 0) + (borders[2 * axis + 1] ?? 0);
      return isBack ? dim * block - border : (dim + border) / block;
    });
    return asReshape([batch === '?' ? '?' : isBack ? batch / factor : batch * factor, ...moved]);
  };
}

const fill: GraphConvert = (op) => asReshape(op.numbers(0));

/** The rank is known, and nothing else. */
function open(op: GraphOperator): Converted {
  return { ...asReshape(op.shape()?.map((): Dim => '?') ?? null), unknown: notComputed };
}

/** Axis and sizes of the outputs of a split; null where they are not known. */
export function splitOf(
  op: GraphOperator,
  nOutputs: number,
): { readonly data: number; readonly axis: number; readonly sizes: Shape } | null {
  const isSized = op.node.type === 'SplitV';
  const data = isSized ? 0 : 1;
  const written = wholeNumbers(op.constant(isSized ? 2 : 0))?.[0];
  const input = op.shape(data);
  const axis = written === undefined || input === null ? null : resolveAxis(written, input.length);
  if (axis === null || input === null) return null;
  const dim = input[axis] ?? '?';
  const given = isSized ? op.numbers(1) : null;
  const each: Dim = dim === '?' || nOutputs < 1 || dim % nOutputs !== 0 ? '?' : dim / nOutputs;
  return { data, axis, sizes: given ?? Array.from({ length: nOutputs }, () => each) };
}

export const graphShapes: Readonly<Record<string, GraphConvert>> = {
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  ConcatV2: concat(true),
  Concat: concat(false),
  Pack: pack,
  Pad: pad,
  PadV2: pad,
  MirrorPad: pad,
  ResizeBilinear: resize('bilinear'),
  ResizeNearestNeighbor: resize('nearest'),
  DepthToSpace: depthSpace(false),
  SpaceToDepth: depthSpace(true),
  Slice: slice,
  StridedSlice: stridedSlice,
  GatherV2: gather,
  Gather: gather,
  Tile: tile,
  Fill: fill,
  SpaceToBatchND: blocksToBatch(false),
  BatchToSpaceND: blocksToBatch(true),
};
