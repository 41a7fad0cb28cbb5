/**
 * `x[:, 0, ..., None]`: slices, single positions, new axes, ellipses, lists of positions and masks.
 * Recorded as one slice, then squeezed and unsqueezed; what selects by content has unknown length.
 */
import type { Dim } from '../../../core/graph/shape.ts';
import type { CallContext } from '../../interpreter/library.ts';
import type { SliceValue, Value } from '../../interpreter/values.ts';
import { indexValue } from '../../interpreter/access.ts';
import { sliceLength } from '../../interpreter/unknownNumbers.ts';
import type { TensorObject } from './torchTensor.ts';
import { apply, tensorOf } from './torchTensor.ts';

type Part =
  | { readonly kind: 'new' }
  | { readonly kind: 'at'; readonly position: number | null }
  | { readonly kind: 'slice'; readonly slice: SliceValue }
  | { readonly kind: 'list'; readonly indices: readonly number[] | null; readonly length: Dim };

export function indexTensor(self: TensorObject, index: Value, context: CallContext): Value | null {
  if (self.content !== null && (index.kind === 'number' || index.kind === 'slice')) {
    return indexValue(context.machine, self.content, index);
  }
  const { shape } = self;
  if (shape === null) {
    return apply(context, { op: 'unknown', attributes: { type: 'index' } }, [self], { shape: null });
  }
  const written = index.kind === 'tuple' ? index.items : [index];
  const parts = expandEllipsis(written, shape.length);
  // A table of parameters is looked up by a tensor, whose size the result then has.
  const isLookedUp = self.typeName === 'Parameter' && index.kind === 'unknown';
  if (parts === null || isLookedUp) {
    return apply(context, { op: 'unknown', attributes: { type: 'index' } }, [self], {
      shape: null,
      unknown: 'what is selected here is not known',
    });
  }
  return recordParts(self, parts, context);
}

function expandEllipsis(written: readonly Value[], rank: number): Part[] | null {
  const parts: (Part | 'rest')[] = [];
  for (const value of written) {
    if (value.kind === 'ellipsis') parts.push('rest');
    else if (value.kind === 'none') parts.push({ kind: 'new' });
    else if (value.kind === 'slice') parts.push({ kind: 'slice', slice: value });
    else if (value.kind === 'number') parts.push({ kind: 'at', position: value.value });
    else if (value.kind === 'unknown') parts.push({ kind: 'at', position: null });
    else if (value.kind === 'list' || value.kind === 'tuple') {
      const indices = value.items.map((item) => (item.kind === 'number' ? item.value : null));
      parts.push({
        kind: 'list',
        indices: indices.includes(null) ? null : (indices as number[]),
        length: indices.length,
      });
    } else {
      const tensor = tensorOf(value);
      if (tensor?.shape?.length !== 1) return null;
      parts.push({ kind: 'list', indices: null, length: '?' });
    }
  }
  const nUsed = parts.filter((part) => part !== 'rest' && part.kind !== 'new').length;
  if (nUsed > rank) return null;
  const full: Part = { kind: 'slice', slice: { kind: 'slice', lower: null, upper: null, step: null } };
  const fill = Array.from({ length: rank - nUsed }, () => full);
  const at = parts.indexOf('rest');
  const expanded = at < 0 ? [...parts, ...fill] : [...parts.slice(0, at), ...fill, ...parts.slice(at + 1)];
  return expanded.filter((part): part is Part => part !== 'rest');
}

function recordParts(self: TensorObject, parts: readonly Part[], context: CallContext): Value {
  const source = self.shape ?? [];
  const begin: number[] = [];
  const size: number[] = [];
  const step: number[] = [];
  const sliced: Dim[] = [];
  const result: Dim[] = [];
  let isKnown = true;
  let axis = 0;
  for (const part of parts) {
    if (part.kind === 'new') {
      result.push(1);
      continue;
    }
    const dim = source[axis++] ?? '?';
    if (part.kind === 'at') {
      isKnown &&= part.position !== null;
      begin.push(part.position ?? 0);
      size.push(1);
      step.push(1);
      sliced.push(1);
    } else if (part.kind === 'slice') {
      const extent = sliceExtent(part.slice, dim);
      isKnown &&= extent.isKnown;
      begin.push(extent.begin);
      size.push(extent.size);
      step.push(extent.step);
      sliced.push(extent.length);
      result.push(extent.length);
    } else {
      isKnown = false;
      begin.push(0);
      size.push(-1);
      step.push(1);
      sliced.push(part.length);
      result.push(part.length);
    }
  }
  const call = isKnown
    ? ({ op: 'slice', attributes: { begin, size, step } } as const)
    : ({ op: 'unknown', attributes: { type: 'index' } } as const);
  const isWhole =
    isKnown && parts.every((part) => part.kind === 'new' || (part.kind === 'slice' && isFull(part.slice)));
  const middle = isWhole ? self : (tensorOf(apply(context, call, [self], { shape: sliced })) ?? self);
  if (result.length === sliced.length && parts.every((part) => part.kind !== 'at' && part.kind !== 'new')) {
    return { kind: 'foreign', object: middle };
  }
  const target = result.map((dim) => (dim === '?' ? -1 : dim));
  const isReshape = target.filter((dim) => dim === -1).length <= 1;
  return apply(
    context,
    isReshape ? { op: 'reshape', attributes: { shape: target } } : { op: 'unknown', attributes: { type: 'index' } },
    [middle],
    { shape: result },
  );
}

function isFull({ lower, upper, step }: SliceValue): boolean {
  return lower === null && upper === null && step === null;
}

function sliceExtent(
  slice: SliceValue,
  dim: Dim,
): { isKnown: boolean; begin: number; size: number; step: number; length: Dim } {
  if (isFull(slice)) return { isKnown: true, begin: 0, size: -1, step: 1, length: dim };
  const numberOf = (value: Value | null, otherwise: number | null): number | null | 'unknown' =>
    value === null || value.kind === 'none' ? otherwise : value.kind === 'number' ? value.value : 'unknown';
  const lower = numberOf(slice.lower, 0);
  const upper = numberOf(slice.upper, null);
  const step = numberOf(slice.step, 1);
  const lostExtent = { isKnown: false, begin: 0, size: -1, step: 1, length: '?' as const };
  if (lower === 'unknown' || upper === 'unknown' || step === 'unknown' || step === null || lower === null || step < 1) {
    return { ...lostExtent, length: sliceLength(slice, dim) };
  }
  if (dim === '?') return lostExtent;
  const start = lower < 0 ? Math.max(0, dim + lower) : Math.min(lower, dim);
  const stop = upper === null ? dim : upper < 0 ? Math.max(0, dim + upper) : Math.min(upper, dim);
  const extent = Math.max(0, stop - start);
  return { isKnown: extent > 0, begin: start, size: extent, step, length: Math.ceil(extent / step) };
}
