/**
 * Output shapes of operators that only move numbers: reshape, flatten, transposition, slicing, padding,
 * repetition, joining. Axes include the batch. Where a dimension is `'?'`, sizes that depend on it are `'?'`.
 */
import type { OpAttributeMap } from '../graph/ops.ts';
import type { Dim, Shape } from '../graph/shape.ts';
import { known, mismatch, product, resolveAxis, showShape, unknownShape, type ShapeResult } from './shapeResult.ts';

export function reshapeShape(target: readonly number[], input: Shape | null): ShapeResult {
  const given = target.filter((dim) => dim !== -1).reduce((total, dim) => total * dim, 1);
  const nFree = target.filter((dim) => dim === -1).length;
  if (nFree > 1) return mismatch('a reshape can leave only one size open (−1)');
  const available = input === null ? '?' : product(input);
  if (available === '?') return known(target.map((dim): Dim => (dim === -1 ? '?' : dim)));
  const free = available / given;
  const fits = nFree === 1 ? Number.isInteger(free) : available === given;
  if (!fits) {
    const from = `${showShape(input ?? [])} (${available} values)`;
    return mismatch(`cannot reshape ${from} into ${target.slice(1).join('×')} (${given} values)`);
  }
  return known(target.map((dim) => (dim === -1 ? free : dim)));
}

export function flattenShape(attributes: OpAttributeMap['flatten'], input: Shape | null): ShapeResult {
  if (input === null) return known(null);
  const start = resolveAxis(attributes.startAxis, input.length);
  const end = resolveAxis(attributes.endAxis, input.length);
  if (start === null || end === null || end < start) return noSuchAxis(attributes.startAxis, input);
  return known([...input.slice(0, start), product(input.slice(start, end + 1)), ...input.slice(end + 1)]);
}

export function permuteShape(axes: readonly number[], input: Shape | null): ShapeResult {
  if (input === null) return known(axes.map((): Dim => '?'));
  const resolved = axes.map((axis) => resolveAxis(axis, input.length));
  if (new Set(resolved).size !== input.length || resolved.includes(null)) {
    return mismatch(`cannot order the axes of ${showShape(input)} as ${axes.join(', ')}`);
  }
  return known(resolved.map((axis): Dim => input[axis ?? 0] ?? '?'));
}

/** No axes: every axis of size 1 goes. An axis of another size stays, as in PyTorch. */
export function squeezeShape(axes: readonly number[], input: Shape | null): ShapeResult {
  if (input === null) return known(null);
  const chosen =
    axes.length === 0 ? input.map((_dim, axis) => axis) : axes.map((axis) => resolveAxis(axis, input.length));
  if (chosen.includes(null)) return noSuchAxis(axes[0] ?? 0, input);
  if (chosen.some((axis) => axis !== null && input[axis] === '?')) {
    return unknownShape('whether the squeezed axis has size 1 is not known');
  }
  return known(input.filter((dim, axis) => !(chosen.includes(axis) && dim === 1)));
}

export function unsqueezeShape(axis: number, input: Shape | null): ShapeResult {
  if (input === null) return known(null);
  const resolved = resolveAxis(axis, input.length + 1);
  if (resolved === null) return noSuchAxis(axis, input);
  return known([...input.slice(0, resolved), 1, ...input.slice(resolved)]);
}

/** −1 keeps a size; an axis of size 1 may grow; new axes come in front. */
export function expandShape(target: readonly number[], input: Shape | null): ShapeResult {
  if (input === null) return known(target.map((dim): Dim => (dim === -1 ? '?' : dim)));
  const nNew = target.length - input.length;
  const dims = target.map((size, axis): Dim | null => {
    const dim = input[axis - nNew] ?? 1;
    if (size === -1) return dim;
    return dim === 1 || dim === '?' || dim === size ? size : null;
  });
  if (nNew < 0 || dims.includes(null)) {
    return mismatch(`cannot expand ${showShape(input)} to ${target.slice(1).join('×')}`);
  }
  return known(dims.map((dim) => dim ?? '?'));
}

/** Repeats line up with the last axes; more repeats than axes add axes in front. */
export function tileShape(repeats: readonly number[], input: Shape | null): ShapeResult {
  if (input === null) return known(null);
  const rank = Math.max(repeats.length, input.length);
  return known(
    Array.from({ length: rank }, (_unused, axis): Dim => {
      const dim = input[axis - (rank - input.length)] ?? 1;
      return dim === '?' ? '?' : dim * (repeats[axis - (rank - repeats.length)] ?? 1);
    }),
  );
}

/** Python's rules: what reaches beyond the end is cut off there. */
export function sliceShape(attributes: OpAttributeMap['slice'], input: Shape | null): ShapeResult {
  if (input === null) return known(null);
  const { begin, size, step } = attributes;
  if (begin.length > input.length) return mismatch(`slices ${begin.length} axes of ${showShape(input)}`);
  const dims = input.map((dim, axis): Dim => {
    if (dim === '?') return '?';
    const from = begin[axis] ?? 0;
    const extent = size[axis] ?? -1;
    const stride = Math.abs(step?.[axis] ?? 1);
    const start = from < 0 ? Math.max(0, dim + from) : Math.min(from, dim);
    const end = extent === -1 ? dim : Math.min(dim, start + extent);
    return Math.ceil((end - start) / stride);
  });
  if (dims.some((dim) => dim === 0)) return mismatch(`takes an empty slice of ${showShape(input)}`);
  return known(dims);
}

export function gatherShape(attributes: OpAttributeMap['gather'], input: Shape | null): ShapeResult {
  if (input === null) return known(null);
  const axis = resolveAxis(attributes.axis, input.length);
  if (axis === null) return noSuchAxis(attributes.axis, input);
  const { indices } = attributes;
  const size = input[axis] ?? '?';
  if (indices !== null && size !== '?' && indices.some((index) => resolveAxis(index, size) === null)) {
    return mismatch(`takes entries that axis ${axis} of ${showShape(input)} does not have`);
  }
  return known(input.map((dim, at) => (at === axis ? (indices?.length ?? '?') : dim)));
}

/** Pads line up with the last axes. */
export function padShape(pads: readonly (readonly [number, number])[], input: Shape | null): ShapeResult {
  if (input === null) return known(null);
  if (pads.length > input.length) return mismatch(`pads ${pads.length} axes of ${showShape(input)}`);
  const dims = input.map((dim, axis): Dim => {
    const [before, after] = pads[axis - (input.length - pads.length)] ?? [0, 0];
    return dim === '?' ? '?' : dim + before + after;
  });
  if (dims.some((dim) => dim !== '?' && dim < 1)) return mismatch(`crops away all of ${showShape(input)}`);
  return known(dims);
}

export function catShape(axis: number, inputs: readonly (Shape | null)[]): ShapeResult {
  const united = unite(inputs, axis);
  if (united.kind !== 'shape' || united.shape === null) return united;
  const resolved = resolveAxis(axis, united.shape.length);
  if (resolved === null) return noSuchAxis(axis, united.shape);
  const sizes = inputs.map((input): Dim => input?.[resolved] ?? '?');
  const total = sizes.reduce<Dim>((sum, dim) => (sum === '?' || dim === '?' ? '?' : sum + dim), 0);
  return known(united.shape.map((dim, at) => (at === resolved ? total : dim)));
}

export function stackShape(axis: number, inputs: readonly (Shape | null)[]): ShapeResult {
  const united = unite(inputs, null);
  if (united.kind !== 'shape' || united.shape === null) return united;
  const resolved = resolveAxis(axis, united.shape.length + 1);
  if (resolved === null) return noSuchAxis(axis, united.shape);
  return known([...united.shape.slice(0, resolved), inputs.length, ...united.shape.slice(resolved)]);
}

/** The one shape that all inputs agree on, but for `exceptAxis`. */
function unite(inputs: readonly (Shape | null)[], exceptAxis: number | null): ShapeResult {
  let result: Shape | null = inputs[0] ?? null;
  for (const input of inputs.slice(1)) {
    if (result === null || input === null) return known(null);
    const first: Shape = result;
    const except = exceptAxis === null ? null : resolveAxis(exceptAxis, first.length);
    const agrees = (dim: Dim, axis: number): boolean =>
      axis === except || dim === '?' || input[axis] === '?' || dim === input[axis];
    if (input.length !== first.length || !first.every(agrees)) {
      return mismatch(`cannot join ${showShape(first)} and ${showShape(input)}`);
    }
    result = first.map((dim, axis) => (dim === '?' ? (input[axis] ?? '?') : dim));
  }
  return known(result);
}

function noSuchAxis(axis: number, input: Shape): ShapeResult {
  return mismatch(`there is no axis ${axis} in ${input.join('×')}`);
}
