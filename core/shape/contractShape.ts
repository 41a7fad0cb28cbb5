/**
 * Output shapes of operators that contract an axis: dense layers, matrix products, reductions, embedding,
 * recurrent and attention layers. Features stand on the last axis in every framework.
 */
import type { DenseAttributes, OpAttributeMap } from '../graph/ops.ts';
import type { Dim, Shape } from '../graph/shape.ts';
import { broadcastShapes } from './elementwiseShape.ts';
import { known, mismatch, resolveAxis, showShape, type ShapeResult } from './shapeResult.ts';

export function denseShape(attributes: DenseAttributes, input: Shape | null): ShapeResult {
  return replaceFeatures(input, attributes.inFeatures, attributes.outFeatures);
}

export function embeddingShape(features: number, input: Shape | null): ShapeResult {
  return known(input === null ? null : [...input, features]);
}

/** The output of every step, or of the last one alone where the layer does not return sequences. */
export function recurrentShape(attributes: OpAttributeMap['recurrent'], input: Shape | null): ShapeResult {
  const features = attributes.units * (attributes.bidirectional ? 2 : 1);
  if (input !== null && input.length < 2) return mismatch(`expects a sequence of features, gets ${showShape(input)}`);
  const sequence = replaceFeatures(input, attributes.inFeatures, features);
  if (attributes.returnSequences !== false || sequence.kind !== 'shape' || sequence.shape === null) return sequence;
  return known([sequence.shape[0] ?? '?', features]);
}

/** Output has the shape of the query, the first input. */
export function attentionShape(features: number, query: Shape | null): ShapeResult {
  return replaceFeatures(query, features, features);
}

export function matmulShape(
  attributes: OpAttributeMap['matmul'],
  left: Shape | null,
  right: Shape | null,
): ShapeResult {
  if (left === null || right === null) return known(null);
  if (left.length === 0 || right.length === 0) return mismatch('a matrix product takes no scalars');
  const a = asMatrix(left, attributes.transposeA ?? false, 'row');
  const b = asMatrix(right, attributes.transposeB ?? false, 'column');
  if (a.columns !== '?' && b.rows !== '?' && a.columns !== b.rows) {
    return mismatch(`cannot multiply ${left.join('×')} by ${right.join('×')}: ${a.columns} is not ${b.rows}`);
  }
  const batch = broadcastShapes([a.batch, b.batch]);
  if (batch.kind !== 'shape' || batch.shape === null) {
    return mismatch(`cannot multiply ${left.join('×')} by ${right.join('×')}: their batches do not fit together`);
  }
  return known([...batch.shape, ...(left.length > 1 ? [a.rows] : []), ...(right.length > 1 ? [b.columns] : [])]);
}

export function reduceShape(attributes: OpAttributeMap['reduce'], input: Shape | null): ShapeResult {
  if (input === null) return known(attributes.axes === null && !attributes.keepDims ? [] : null);
  const axes = (attributes.axes ?? input.map((_dim, axis) => axis)).map((axis) => resolveAxis(axis, input.length));
  if (axes.includes(null)) return mismatch(`reduces an axis that ${showShape(input)} does not have`);
  if (attributes.keepDims) return known(input.map((dim, axis) => (axes.includes(axis) ? 1 : dim)));
  return known(input.filter((_dim, axis) => !axes.includes(axis)));
}

function replaceFeatures(input: Shape | null, expected: number, features: number): ShapeResult {
  if (input === null) return known(null);
  const last = input[input.length - 1];
  if (last === undefined) return mismatch(`expects ${expected} input features, gets a scalar`);
  if (last !== '?' && last !== expected) {
    return mismatch(`expects ${expected} input features, gets ${last} (input ${showShape(input)})`);
  }
  return known([...input.slice(0, -1), features]);
}

interface Matrix {
  readonly batch: Shape;
  readonly rows: Dim;
  readonly columns: Dim;
}

/** A vector stands as one row on the left and as one column on the right. */
function asMatrix(shape: Shape, transpose: boolean, vectorAs: 'row' | 'column'): Matrix {
  const last = shape[shape.length - 1] ?? '?';
  if (shape.length === 1) {
    return vectorAs === 'row' ? { batch: [], rows: 1, columns: last } : { batch: [], rows: last, columns: 1 };
  }
  const beforeLast = shape[shape.length - 2] ?? '?';
  const batch = shape.slice(0, -2);
  return transpose ? { batch, rows: last, columns: beforeLast } : { batch, rows: beforeLast, columns: last };
}
