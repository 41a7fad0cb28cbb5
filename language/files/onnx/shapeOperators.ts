/**
 * ONNX' operators that move numbers: reshape, transpose, slice, pad, resize, join. Sizes that stand in
 * constants of the file, or follow from the shapes of its tensors, are known; others stay open.
 */
import type { OpCall } from '../../../core/graph/ops.ts';
import type { Dim } from '../../../core/graph/shape.ts';
import { broadcastDim } from '../../../core/shape/elementwiseShape.ts';
import { product, resolveAxis } from '../../../core/shape/shapeResult.ts';
import { sizeOf, wholeNumbers } from '../constants.ts';
import { notComputed } from '../fileOperator.ts';
import { asReshape, reshaped, sliceLength, withOnes } from '../reshaping.ts';
import type { OnnxConvert as Convert, OnnxOperator } from './onnxOperator.ts';

const reshape: Convert = (op) => {
  const input = op.shape();
  const wanted = op.ints('shape') ?? op.numbers(1);
  if (wanted === null) return { call: { op: 'reshape', attributes: { shape: [] } }, shape: null, unknown: notComputed };
  const keepsZero = op.int('allowzero', 0) !== 0;
  const dims = wanted.map((dim, axis): Dim => (dim === 0 && !keepsZero ? (input?.[axis] ?? '?') : dim));
  return reshaped(dims);
};

const flatten: Convert = (op) => {
  const input = op.shape();
  if (input === null) return asReshape(['?', '?']);
  const axis = op.int('axis', 1);
  const at = axis < 0 ? axis + input.length : axis;
  if (!(0 <= at && at <= input.length)) return `it flattens from axis ${axis} of ${input.join('×')}`;
  if (at === 1 && input.length > 1) return { call: { op: 'flatten', attributes: { startAxis: 1, endAxis: -1 } } };
  return asReshape([product(input.slice(0, at)), product(input.slice(at))]);
};

const transpose: Convert = (op) => {
  const rank = op.shape()?.length ?? 0;
  const axes = op.ints('perm') ?? Array.from({ length: rank }, (_unused, idx) => rank - 1 - idx);
  return { call: { op: 'permute', attributes: { axes } } };
};

const squeeze: Convert = (op) => {
  const axes = op.list('axes', 1);
  if (axes === null && op.has(1)) return { ...asReshape(null), unknown: notComputed };
  return { call: { op: 'squeeze', attributes: { axes: axes ?? [] } } };
};

const unsqueeze: Convert = (op) => {
  const input = op.shape();
  const axes = op.list('axes', 1);
  if (axes === null) return { ...asReshape(null), unknown: notComputed };
  const [axis = 0] = axes;
  if (axes.length === 1) return { call: { op: 'unsqueeze', attributes: { axis } } };
  return asReshape(input === null ? null : withOnes(input, axes));
};

const concat: Convert = (op) => ({
  call: { op: 'cat', attributes: { axis: op.int('axis', 0) } },
  inputs: op.inputs.map((_value, idx) => idx).filter((idx) => op.has(idx)),
});

const slice: Convert = (op) => {
  const input = op.shape();
  const starts = op.list('starts', 1);
  const ends = op.list('ends', 2);
  const axes = op.list('axes', 3) ?? starts?.map((_start, idx) => idx) ?? null;
  const steps = op.list('steps', 4) ?? starts?.map(() => 1) ?? null;
  if (input === null) return asReshape(null);
  if (axes === null || (op.has(3) && op.list('axes', 3) === null)) return asReshape(input.map((): Dim => '?'));
  const shape = [...input];
  const begin = input.map(() => 0);
  const size = input.map(() => -1);
  const step = input.map(() => 1);
  for (const [idx, written] of axes.entries()) {
    const axis = resolveAxis(written, input.length);
    if (axis === null) return `it slices axis ${written} of ${input.join('×')}`;
    const [from, to, by] = [starts?.[idx], ends?.[idx], steps?.[idx]];
    const dim = input[axis] ?? '?';
    if (by === 0) return 'it slices with a step of 0';
    if (from === undefined || to === undefined || by === undefined || dim === '?') shape[axis] = '?';
    else {
      const length = sliceLength(dim, from, to, by);
      if (length < 1) return `it takes nothing of axis ${axis} of ${input.join('×')}`;
      shape[axis] = length;
      begin[axis] = Math.max(0, Math.min(dim, from < 0 ? from + dim : from));
      size[axis] = Math.min(dim, length * Math.abs(by));
      step[axis] = by;
    }
  }
  return { call: { op: 'slice', attributes: { begin, size, step } }, shape };
};

const gather: Convert = (op) => {
  const data = op.shape();
  const indices = op.shape(1);
  const axis = resolveAxis(op.int('axis', 0), data?.length ?? 0);
  const table = op.constant(0);
  if (data === null || indices === null || axis === null) return { call: gatherCall(0), shape: null };
  const shape = [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)];
  if (table !== null && table.shape.length === 2 && axis === 0 && table.isFloat && op.constant(1) === null) {
    const [count = 1, features = 1] = table.shape;
    return { call: { op: 'embedding', attributes: { count, features } }, inputs: [1], weights: [[0, 'weight']] };
  }
  return { call: gatherCall(axis), shape };
};

function gatherCall(axis: number): OpCall {
  return { op: 'gather', attributes: { axis, indices: null } };
}

const pad: Convert = (op) => {
  const input = op.shape();
  const pads = op.ints('pads') ?? op.ints('paddings') ?? wholeNumbers(op.constant(1));
  if (pads === null || input === null) return asReshape(input?.map((): Dim => '?') ?? null);
  const axes = wholeNumbers(op.constant(3)) ?? input.map((_dim, axis) => axis);
  if (pads.length !== 2 * axes.length) return `it pads ${axes.length} axes with ${pads.length} numbers`;
  const all = input.map((): [number, number] => [0, 0]);
  for (const [idx, written] of axes.entries()) {
    const axis = resolveAxis(written, input.length);
    if (axis === null) return `it pads axis ${written} of ${input.join('×')}`;
    all[axis] = [pads[idx] ?? 0, pads[idx + axes.length] ?? 0];
  }
  const written = op.text('mode', 'constant');
  const mode =
    written === 'reflect' ? 'reflect' : written === 'edge' ? 'replicate' : written === 'wrap' ? 'circular' : 'constant';
  return { call: { op: 'pad', attributes: { pads: all, mode } } };
};

/** Scales and sizes stand elsewhere in each operator set; whichever is given says all. */
const resize: Convert = (op) => {
  const input = op.shape();
  const isOld = op.node.type === 'Upsample' || op.opset < 11;
  const scales = op.floats('scales') ?? op.numbers(isOld ? 1 : 2);
  const sizes = isOld ? null : op.numbers(3);
  if (input === null) return asReshape(null);
  const given = sizes !== null && sizes.length > 0 ? sizes : scales !== null && scales.length > 0 ? scales : null;
  if (given === null) return { ...asReshape([...input.slice(0, 2), ...input.slice(2).map((): Dim => '?')]) };
  const axes = op.ints('axes') ?? input.map((_dim, axis) => axis);
  if (given.length !== axes.length) return `it resizes ${input.length} axes by ${given.length} numbers`;
  const shape = [...input];
  for (const [idx, written] of axes.entries()) {
    const axis = resolveAxis(written, input.length);
    const by = given[idx] ?? '?';
    if (axis === null) return `it resizes axis ${written} of ${input.join('×')}`;
    if (by !== '?' && !(Number.isFinite(by) && by > 0)) return `it resizes by ${by}`;
    const dim = input[axis] ?? '?';
    shape[axis] = given === sizes ? by : by === '?' || dim === '?' ? '?' : Math.max(1, Math.floor(dim * by));
  }
  const written = op.text('mode', 'nearest');
  const mode = written === 'linear' ? 'bilinear' : written === 'cubic' ? 'bicubic' : 'nearest';
  const size = shape.slice(2).every((dim) => dim !== '?') ? (shape.slice(2) as number[]) : null;
  return { call: { op: 'upsample', attributes: { scale: null, size, mode } }, shape };
};

function depthSpace(inverse: boolean): Convert {
  return (op) => {
    const factor = op.int('blocksize', 0);
    if (!(Number.isInteger(factor) && 1 <= factor)) return `its block size is ${factor}`;
    return { call: { op: 'pixel_shuffle', attributes: { factor, inverse } } };
  };
}

const expand: Convert = (op) => {
  const input = op.shape();
  const target = op.numbers(1);
  if (input === null || target === null) return asReshape(null);
  const rank = Math.max(input.length, target.length);
  const shape: Dim[] = [];
  for (let fromEnd = rank; fromEnd >= 1; fromEnd--) {
    const dim = broadcastDim(input[input.length - fromEnd] ?? 1, target[target.length - fromEnd] ?? 1);
    if (dim === null) return `it expands ${input.join('×')} to ${target.join('×')}`;
    shape.push(dim);
  }
  return { call: { op: 'expand', attributes: { shape: shape.map((dim) => (dim === '?' ? -1 : dim)) } }, shape };
};

const tile: Convert = (op: OnnxOperator) => {
  const repeats = wholeNumbers(op.constant(1));
  if (repeats === null) return asReshape(op.shape()?.map((): Dim => '?') ?? null);
  if (repeats.some((count) => count < 1)) return `it repeats [${repeats.join(', ')}] times`;
  return { call: { op: 'tile', attributes: { repeats } } };
};

/** Sizes of the outputs of a Split; null where they are not known. */
export function splitSizes(op: OnnxOperator, nOutputs: number): { axis: number; sizes: readonly Dim[] } | null {
  const input = op.shape();
  const axis = input === null ? null : resolveAxis(op.int('axis', 0), input.length);
  if (input === null || axis === null) return null;
  const given = op.list('split', 1);
  if (given !== null) return { axis, sizes: given };
  if (op.has(1)) return { axis, sizes: Array.from({ length: nOutputs }, (): Dim => '?') };
  const dim = input[axis] ?? '?';
  if (dim === '?' || nOutputs < 1) return { axis, sizes: Array.from({ length: nOutputs }, (): Dim => '?') };
  const each = Math.ceil(dim / nOutputs);
  return { axis, sizes: Array.from({ length: nOutputs }, (_unused, idx) => Math.min(each, dim - each * idx)) };
}

const filledWith: Convert = (op) => {
  const shape = op.numbers(0);
  return asReshape(shape === null || sizeOf([shape.length]) > 32 ? null : shape);
};

/** Batch and channels of what is sampled, sizes of the grid. */
const gridSample: Convert = (op) => {
  const [input, grid] = [op.shape(0), op.shape(1)];
  const isGrid = input !== null && grid !== null && input.length === grid.length;
  const shape = isGrid ? [...input.slice(0, 2), ...grid.slice(1, -1)] : null;
  return { call: { op: 'elementwise', attributes: { fn: 'grid sample' } }, inputs: [0, 1], shape };
};

/** The `k` largest of an axis; older operator sets have `k` as an attribute. */
const topK: Convert = (op) => {
  const input = op.shape();
  const axis = resolveAxis(op.int('axis', -1), input?.length ?? 0);
  const k = op.has(1) ? (op.numbers(1)?.[0] ?? '?') : op.int('k', 0);
  const shape = input?.map((dim, idx): Dim => (idx === axis ? k : dim)) ?? null;
  return { call: gatherCall(axis ?? 0), shape };
};

export const shapeOperators: Readonly<Record<string, Convert>> = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concat,
  Slice: slice,
  Gather: gather,
  GatherElements: (op) => ({ call: gatherCall(op.int('axis', 0)), shape: op.shape(1) }),
  GridSample: gridSample,
  TopK: topK,
  Pad: pad,
  Resize: resize,
  Upsample: resize,
  DepthToSpace: depthSpace(false),
  SpaceToDepth: depthSpace(true),
  Expand: expand,
  Tile: tile,
  ConstantOfShape: filledWith,
  RandomNormal: (op) => asReshape(op.ints('shape')),
  RandomUniform: (op) => asReshape(op.ints('shape')),
  RandomNormalLike: () => ({ call: { op: 'identity', attributes: {} } }),
  RandomUniformLike: () => ({ call: { op: 'identity', attributes: {} } }),
};
