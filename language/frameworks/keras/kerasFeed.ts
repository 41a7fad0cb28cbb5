/**
 * The shape that a Keras model is first fed, where it states none: `fit(x, y)` on arrays or on a data set,
 * `build((None, 28, 28, 1))`. Keras builds a sequential model from just that.
 */
import type { Shape } from '../../../core/graph/shape.ts';
import { arrayOf } from '../../interpreter/libraries/arrayObject.ts';
import type { CallArguments, CallContext } from '../../interpreter/library.ts';
import type { Value } from '../../interpreter/values.ts';
import { dimsOf } from './kerasLayer.ts';
import { kerasTensorOf } from './kerasTensor.ts';

export const TRAINING: ReadonlySet<string> = new Set(
  'fit train_on_batch test_on_batch evaluate predict predict_on_batch'.split(' '),
);

/** Batch 1; null where it is not known. */
export function fedShape({ positional, keywords }: CallArguments, context: CallContext): Shape | null {
  const data = positional[0] ?? keywords.get('x');
  const shape = data === undefined ? null : shapeOf(data, context);
  return shape === null || shape.length < 2 ? null : [1, ...shape.slice(1)];
}

function shapeOf(value: Value, context: CallContext): Shape | null {
  const own = arrayOf(value)?.shape ?? kerasTensorOf(value)?.shape ?? null;
  if (own !== null) return own;
  if (value.kind !== 'foreign' || value.object.sample === undefined) return null;
  const row = value.object.sample(context);
  const first = row?.kind === 'tuple' ? row.items[0] : row;
  return first === undefined || first === null || first === value ? null : shapeOf(first, context);
}

/** `build(input_shape)`: its first dimension is the batch. */
export function builtShape({ positional, keywords }: CallArguments): Shape | null {
  const value = positional[0] ?? keywords.get('input_shape') ?? keywords.get('batch_input_shape');
  if (value === undefined || (value.kind !== 'tuple' && value.kind !== 'list')) return null;
  const dims = dimsOf(value);
  return dims.length < 2 ? null : [1, ...dims.slice(1)];
}
