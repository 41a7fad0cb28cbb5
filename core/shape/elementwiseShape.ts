/**
 * Output shapes of operators that keep their input's shape (normalization, activation) after checking its
 * features, and of elementwise operators of several tensors, which broadcast as NumPy does.
 */
import type { ActivationAttributes } from '../graph/ops.ts';
import type { Dim, Layout, Shape } from '../graph/shape.ts';
import { channelsOf } from './layoutAxes.ts';
import { known, mismatch, product, resolveAxis, showShape, type ShapeResult } from './shapeResult.ts';

/** Shape is kept; the channel axis must have `features` entries. */
export function normShape(features: number, groups: number, input: Shape | null, layout: Layout): ShapeResult {
  if (features % groups !== 0) return mismatch(`${features} channels do not divide into ${groups} groups`);
  if (input === null) return known(null);
  const channels = channelsOf(input, layout);
  if (channels !== '?' && channels !== features) {
    return mismatch(`expects ${features} channels, gets ${channels} (input ${showShape(input)})`);
  }
  return known(input);
}

/** Shape is kept; the normalized axes together must have `features` entries. */
export function layerNormShape(features: number, axes: readonly number[], input: Shape | null): ShapeResult {
  if (input === null) return known(null);
  const resolved = axes.map((axis) => resolveAxis(axis, input.length));
  const dims = resolved.map((axis): Dim => (axis === null ? '?' : (input[axis] ?? '?')));
  if (resolved.includes(null)) return mismatch(`normalizes ${axes.length} axes, gets ${showShape(input)}`);
  const total = product(dims);
  if (total !== '?' && total !== features) {
    return mismatch(`normalizes ${features} features, gets ${dims.join('×')} (input ${showShape(input)})`);
  }
  return known(input);
}

/** A PReLU with one slope per channel in PyTorch's layout checks its channels; Keras has a slope per position. */
export function activationShape(attributes: ActivationAttributes, input: Shape | null, layout: Layout): ShapeResult {
  const { fn, features } = attributes;
  if (fn !== 'prelu' || features === undefined || features === 1 || layout === 'channelsLast') return known(input);
  return normShape(features, 1, input, layout);
}

/** Broadcasts all inputs, aligned at their last axis. */
export function broadcastShapes(inputs: readonly (Shape | null)[]): ShapeResult {
  let result: Shape | null = inputs[0] ?? null;
  for (const input of inputs.slice(1)) {
    if (result === null || input === null) return known(null);
    const rank: number = Math.max(result.length, input.length);
    const dims: Dim[] = [];
    for (let fromEnd = rank; fromEnd >= 1; fromEnd--) {
      const dim = broadcastDim(result[result.length - fromEnd] ?? 1, input[input.length - fromEnd] ?? 1);
      if (dim === null) return mismatch(`shapes ${showShape(result)} and ${showShape(input)} do not fit together`);
      dims.push(dim);
    }
    result = dims;
  }
  return known(result);
}

/** null: the two do not fit. `'?'` beside a number above 1 can only give that number. */
export function broadcastDim(a: Dim, b: Dim): Dim | null {
  if (a === 1) return b;
  if (b === 1) return a;
  if (a === '?') return b;
  if (b === '?') return a;
  return a === b ? a : null;
}
