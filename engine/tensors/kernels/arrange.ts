/**
 * Kernels that move elements without computing: reshape, transpose, slices, joins, padding, repetition,
 * gathering and casts. Offsets of slices vary from step to step and are graph inputs; sizes are structure.
 * Reshape and identity share the value, as in TF.js's own backends.
 */
import type {
  CastAttrs,
  ConcatAttrs,
  GatherV2Attrs,
  OneHotAttrs,
  PackAttrs,
  PadV2Attrs,
  ReshapeAttrs,
  ReverseAttrs,
  SliceAttrs,
  SplitVAttrs,
  StridedSliceAttrs,
  TensorInfo,
  TileAttrs,
  TransposeAttrs,
  UnpackAttrs,
} from '@tensorflow/tfjs-core';
import { backend_util, slice_util, util } from '@tensorflow/tfjs-core';
import { commonPerm, elementwise, inOrder } from '../lazy/elementwise.ts';
import type { LazyValue } from '../lazy/lazyValue.ts';
import { hostValue, uniformValue } from '../lazy/lazyValue.ts';
import type { Operand } from '../lazy/operand.ts';
import { identityPerm, permutedOperand, plainOperand, repeatedOperand } from '../lazy/operand.ts';
import type { OnnxType } from '../onnx/onnxModel.ts';
import type { KernelCall, NativeKernels } from './nativeKernel.ts';
import { input, inputList, recordOne } from './nativeKernel.ts';

export const arrangeKernels: NativeKernels = {
  Cast: cast,
  Concat: concat,
  ExpandDims: expandDims,
  Fill: fill,
  GatherV2: gather,
  Identity: (call) => shared(call, input(call, 'x').shape),
  OneHot: oneHot,
  OnesLike: (call) => uniform(call, 1),
  Pack: pack,
  PadV2: padV2,
  Reshape: reshape,
  Reverse: reverse,
  Slice: slice,
  SplitV: splitV,
  StridedSlice: stridedSlice,
  Tile: tile,
  Transpose: transpose,
  Unpack: unpack,
  ZerosLike: (call) => uniform(call, 0),
};

function shared(call: KernelCall, shape: readonly number[]): TensorInfo {
  const x = input(call, 'x');
  call.backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: [...shape], dtype: x.dtype };
}

function reshape(call: KernelCall) {
  const x = input(call, 'x');
  const size = util.sizeFromShape(x.shape);
  const shape = util.inferFromImplicitShape((call.attrs as ReshapeAttrs).shape, size);
  util.assert(
    size === util.sizeFromShape(shape),
    () =>
      `The new shape (${shape}) has ${util.sizeFromShape(shape)} elements and the old ` +
      `shape (${x.shape}) has ${size} elements. The new shape and old shape must have the same number of elements.`,
  );
  return shared(call, shape);
}

function expandDims(call: KernelCall) {
  const x = input({ ...call, inputs: { x: input(call, 'input') } }, 'x');
  const { dim } = call.attrs as { dim: number };
  const rank = x.shape.length;
  util.assert(-(rank + 1) <= dim && dim <= rank, () => `Axis must be in the interval [${-(rank + 1)}, ${rank}]`);
  const shape = [...x.shape];
  shape.splice(dim < 0 ? dim + x.shape.length + 1 : dim, 0, 1);
  return shared({ ...call, inputs: { x } }, shape);
}

function cast(call: KernelCall) {
  const x = input(call, 'x');
  const { dtype } = call.attrs as CastAttrs;
  if (dtype === x.dtype) return shared(call, x.shape);
  if (dtype === 'string' || dtype === 'complex64') return null;
  return recordOne(call.backend, `Cast ${x.dtype} ${dtype}`, [x], { shape: x.shape, dtype }, (graph, operands) => [
    elementwise(graph, operands, (sym) => graph.cast(sym as typeof sym, dtype as OnnxType)),
  ]);
}

function uniform(call: KernelCall, value: number): TensorInfo {
  const x = input(call, 'x');
  return call.backend.register(uniformValue(value, x.shape, x.dtype as OnnxType));
}

function fill(call: KernelCall) {
  const { shape, value, dtype } = call.attrs as { shape?: number[]; value: number | string; dtype?: string };
  if (shape === undefined) return null;
  if (typeof value === 'string' || dtype === 'string' || dtype === 'complex64') return null;
  const type = (dtype ?? util.inferDtype(value)) as OnnxType;
  return call.backend.register(uniformValue(value, shape, type));
}

function transpose(call: KernelCall) {
  const x = input(call, 'x');
  const { perm } = call.attrs as TransposeAttrs;
  const shape = perm.map((from) => x.shape[from] ?? 1);
  return recordOne(call.backend, `Transpose ${perm.join()}`, [x], { shape, dtype: x.dtype }, (graph, [operand]) => {
    if (operand === undefined) return [];
    if (operand.forms.length === 0) return [plainOperand(graph.transpose(graph.plain(operand), perm))];
    // The new logical dimension i is the old perm[i]: only the names of the dimensions change.
    const forms = operand.forms.map((form) => ({ sym: form.sym, perm: form.perm.map((old) => perm.indexOf(old)) }));
    return [{ shape, dtype: operand.dtype, forms }];
  });
}

function int64Param(values: readonly number[]): LazyValue {
  return hostValue(
    BigInt64Array.from(values, (value) => BigInt(value)),
    [values.length],
    'int64',
  );
}

function slice(call: KernelCall) {
  const x = input(call, 'x');
  const { begin, size } = call.attrs as SliceAttrs;
  const [starts = [], sizes = []] = slice_util.parseSliceParams(asTensor(x), begin, size);
  slice_util.assertParamsValid(asTensor(x), starts, sizes);
  return sliceOf(call, x, starts, sizes);
}

/** Starts are an input; the result's shape is stated again, so that what follows stays static. */
function sliceOf(
  call: KernelCall,
  x: TensorInfo,
  starts: readonly number[],
  sizes: readonly number[],
): TensorInfo | null {
  if (util.sizeFromShape([...sizes]) === 0) return null;
  if (x.shape.length === 0) return shared({ ...call, inputs: { x } }, x.shape);
  const whole = sizes.every((size, i) => size === x.shape[i]);
  if (whole) return shared({ ...call, inputs: { x } }, x.shape);
  const key = `Slice ${sizes.join()}`;
  const params = [int64Param(starts)];
  return recordOne(
    call.backend,
    key,
    [x],
    { shape: sizes, dtype: x.dtype },
    (graph, [operand, from]) => {
      if (operand === undefined || from === undefined) return [];
      const perm = operand.forms[0]?.perm ?? identityPerm(sizes.length);
      const source = graph.form(operand, perm);
      const given = graph.plain(from);
      const physical = sizes.map((_, i) => perm.indexOf(i));
      const at = graph.int64(physical);
      const ends = graph.binary('Add', given, graph.int64(sizes));
      const dims = perm.map((logical) => sizes[logical] ?? 1);
      const cut = graph.op('Slice', [source, given, ends, at], { dtype: source.dtype, dims });
      const stated = graph.op('Reshape', [cut, graph.int64(dims)], { dtype: source.dtype, dims });
      return [permutedOperand(stated, perm)];
    },
    params,
  );
}

function stridedSlice(call: KernelCall) {
  const x = input(call, 'x');
  const attrs = call.attrs as StridedSliceAttrs;
  const info = slice_util.sliceInfo(
    [...x.shape],
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
  if (info.isIdentity) return shared(call, info.finalShape);
  if (util.sizeFromShape(info.finalShape) === 0) return null;
  const { begin, end, strides, finalShape } = info;
  const key = `StridedSlice ${begin.join()} ${end.join()} ${strides.join()} ${finalShape.join()}`;
  return recordOne(call.backend, key, [x], { shape: finalShape, dtype: x.dtype }, (graph, [operand]) => {
    if (operand === undefined) return [];
    const axes = begin.map((_, i) => i);
    const dims = slice_util.computeOutShape(begin, end, strides);
    // TF.js gives -1 as the end of a backwards slice that includes element 0; ONNX would count it from the back.
    const ends = end.map((stop, i) => ((strides[i] ?? 1) < 0 && stop < 0 ? -(2 ** 31) : stop));
    const inputs = [
      graph.plain(operand),
      graph.int64(begin),
      graph.int64(ends),
      graph.int64(axes),
      graph.int64(strides),
    ];
    return [plainOperand(graph.reshape(graph.op('Slice', inputs, { dtype: operand.dtype, dims }), finalShape))];
  });
}

function splitV(call: KernelCall) {
  const x = input(call, 'x');
  const { numOrSizeSplits, axis } = call.attrs as SplitVAttrs;
  const [at = 0] = util.parseAxisParam(axis, [...x.shape]);
  const sizes = backend_util.prepareSplitSize(asTensor(x), numOrSizeSplits, at);
  if (sizes.includes(0)) return null;
  let start = 0;
  return sizes.map((size) => {
    const starts = x.shape.map((_, i) => (i === at ? start : 0));
    const dims = x.shape.map((dim, i) => (i === at ? size : dim));
    start += size;
    const part = sliceOf(call, x, starts, dims);
    if (part === null) throw new Error('A split of size zero was not left to the host');
    return part;
  });
}

function unpack(call: KernelCall) {
  const x = input(call, 'value');
  const [at = 0] = util.parseAxisParam((call.attrs as UnpackAttrs).axis, [...x.shape]);
  const shape = x.shape.filter((_, i) => i !== at);
  return Array.from({ length: x.shape[at] ?? 0 }, (_, index) =>
    recordOne(call.backend, `Unpack ${at} ${index}`, [x], { shape, dtype: x.dtype }, (graph, [operand]) => {
      if (operand === undefined) return [];
      const starts = x.shape.map((__, i) => (i === at ? index : 0));
      const sizes = x.shape.map((dim, i) => (i === at ? 1 : dim));
      return [plainOperand(graph.reshape(graph.slice(graph.plain(operand), starts, sizes), shape))];
    }),
  );
}

function pack(call: KernelCall) {
  const parts = inputList(call);
  const [first] = parts;
  if (first === undefined) return null;
  for (const part of parts) {
    util.assertShapesMatch(first.shape, part.shape, 'All tensors passed to stack must have matching shapes');
    util.assert(first.dtype === part.dtype, () => 'All tensors passed to stack must have matching dtypes');
  }
  const { axis } = call.attrs as PackAttrs;
  const at = axis < 0 ? axis + first.shape.length + 1 : axis;
  const shape = [...first.shape];
  shape.splice(at, 0, parts.length);
  return recordOne(call.backend, `Pack ${at}`, parts, { shape, dtype: first.dtype }, (graph, operands) => {
    const one = [...first.shape];
    one.splice(at, 0, 1);
    const rows = operands.map((operand) => graph.reshape(graph.plain(operand), one));
    return [plainOperand(graph.concat(rows, at))];
  });
}

function concat(call: KernelCall) {
  const parts = inputList(call);
  const [first] = parts;
  if (first === undefined) return null;
  const [at = 0] = util.parseAxisParam((call.attrs as ConcatAttrs).axis, [...first.shape]);
  backend_util.assertParamsConsistent(
    parts.map((part) => part.shape),
    at,
  );
  const shape = backend_util.computeOutShape(
    parts.map((part) => part.shape),
    at,
  );
  if (parts.some((part) => part.dtype !== first.dtype)) return null;
  return recordOne(call.backend, `Concat ${at}`, parts, { shape, dtype: first.dtype }, (graph, operands) => {
    const largest = operands.find((operand) => operand.forms.length > 0) ?? operands[0];
    const perm = largest === undefined ? identityPerm(shape.length) : commonPerm([largest], largest.shape);
    const syms = operands.map((operand) => graph.form(operand, perm));
    return [permutedOperand(graph.concat(syms, perm.indexOf(at)), perm)];
  });
}

function padV2(call: KernelCall) {
  const x = input(call, 'x');
  const { paddings, constantValue } = call.attrs as PadV2Attrs & { constantValue: number };
  if (x.dtype === 'bool' || x.shape.length === 0 || paddings.some((pair) => pair[0] < 0 || pair[1] < 0)) return null;
  const shape = paddings.map(([before, after], i) => before + (x.shape[i] ?? 1) + after);
  const fillType = x.dtype as OnnxType;
  const fillWith = hostValue(
    fillType === 'int32' ? Int32Array.of(constantValue) : Float32Array.of(constantValue),
    [],
    fillType,
  );
  return recordOne(
    call.backend,
    `PadV2 ${paddings.join()}`,
    [x],
    { shape, dtype: x.dtype },
    (graph, [operand, padding]) => {
      if (operand === undefined || padding === undefined) return [];
      const perm = operand.forms[0]?.perm ?? identityPerm(shape.length);
      const begins = perm.map((logical) => paddings[logical]?.[0] ?? 0);
      const ends = perm.map((logical) => paddings[logical]?.[1] ?? 0);
      const dims = perm.map((logical) => shape[logical] ?? 1);
      const pads = graph.int64([...begins, ...ends]);
      const out = { dtype: operand.dtype, dims };
      return [permutedOperand(graph.op('Pad', [graph.form(operand, perm), pads, graph.plain(padding)], out), perm)];
    },
    [fillWith],
  );
}

/** Repeating a dimension of size 1 stays a promise: most consumers broadcast anyway. */
function tile(call: KernelCall) {
  const x = input(call, 'x');
  const { reps } = call.attrs as TileAttrs;
  const shape = x.shape.map((dim, i) => dim * (reps[i] ?? 1));
  return recordOne(call.backend, `Tile ${reps.join()}`, [x], { shape, dtype: x.dtype }, (graph, [operand]) => {
    if (operand === undefined) return [];
    if (x.shape.every((dim, i) => dim === 1 || reps[i] === 1)) {
      return [repeatedOperand(graph.plain(operand), identityPerm(shape.length), shape)];
    }
    return [
      plainOperand(graph.op('Tile', [graph.plain(operand), graph.int64(reps)], { dtype: operand.dtype, dims: shape })),
    ];
  });
}

function reverse(call: KernelCall) {
  const x = input(call, 'x');
  const axes = util.parseAxisParam((call.attrs as ReverseAttrs).dims, [...x.shape]);
  if (x.shape.length === 0) return shared(call, x.shape);
  return recordOne(call.backend, `Reverse ${axes.join()}`, [x], x, (graph, [operand]) => {
    if (operand === undefined) return [];
    const plain = graph.plain(operand);
    const starts = graph.int64(axes.map(() => -1));
    const ends = graph.int64(axes.map(() => -(2 ** 31)));
    const steps = graph.int64(axes.map(() => -1));
    return [plainOperand(graph.op('Slice', [plain, starts, ends, graph.int64(axes), steps], plain))];
  });
}

function gather(call: KernelCall) {
  const [x, indices] = [input(call, 'x'), input(call, 'indices')];
  const { axis, batchDims } = call.attrs as GatherV2Attrs;
  const [at = 0] = util.parseAxisParam(axis, [...x.shape]);
  if (batchDims !== 0 || indices.dtype !== 'int32') return null;
  assertWithin(call.backend.lookup(indices).data, x.shape[at] ?? 0);
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  return recordOne(
    call.backend,
    `GatherV2 ${at}`,
    [x, indices],
    { shape, dtype: x.dtype },
    (graph, [operand, index]) => {
      if (operand === undefined || index === undefined) return [];
      const inputs = [graph.plain(operand), graph.plain(index)];
      return [plainOperand(graph.op('Gather', inputs, { dtype: operand.dtype, dims: shape }, { axis: { int: at } }))];
    },
  );
}

/** As TF.js's own backends check, where the indices are known when the kernel is called. */
function assertWithin(indices: LazyValue['data'], size: number): void {
  if (!(indices instanceof Int32Array)) return;
  for (const index of indices) {
    util.assert(0 <= index && index < size, () => `GatherV2: the index value ${index} is not in [0, ${size - 1}]`);
  }
}

function oneHot(call: KernelCall) {
  const indices = input(call, 'indices');
  const { depth, onValue, offValue, dtype } = call.attrs as OneHotAttrs & { dtype: 'float32' | 'int32' | 'bool' };
  if (indices.dtype !== 'int32') return null;
  const shape = [...indices.shape, depth];
  const key = `OneHot ${depth} ${onValue} ${offValue} ${dtype}`;
  return recordOne(call.backend, key, [indices], { shape, dtype }, (graph, [operand]: readonly Operand[]) => {
    if (operand === undefined) return [];
    // Compared with 0..depth-1: an index outside matches nothing, where ONNX's OneHot would wrap it.
    const index = inOrder(graph, operand, identityPerm(indices.shape.length));
    const column = graph.reshape(index, [...indices.shape, 1]);
    const classes = graph.constant(
      'int32',
      [depth],
      Array.from({ length: depth }, (_, i) => i),
    );
    const hit = graph.binary('Equal', column, classes, 'bool');
    const chosen = graph.where(hit, graph.scalar(onValue), graph.scalar(offValue));
    return [plainOperand(graph.cast(chosen, dtype))];
  });
}

function asTensor(x: TensorInfo) {
  return x as unknown as Parameters<typeof slice_util.parseSliceParams>[0];
}
