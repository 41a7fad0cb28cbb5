/**
 * Tensors that a call gives inside of a list, tuple or dict (`g([latent])`, `decoder(features)`) are inputs of the
 * model as those given plainly are, and take one example likewise. Tensors that do not share their first size
 * are no batch and stay as they are, and so does what has fewer than two sizes.
 */
import type { Shape } from '../../core/graph/shape.ts';
import { list, tuple } from '../interpreter/values.ts';
import type { Value } from '../interpreter/values.ts';
import type { ModuleAdapter } from './moduleAdapter.ts';

/** The value with every tensor of a batch inside of it replaced by what `input` gives for its shape, batch one. */
export function withHeldInputs(value: Value, adapter: ModuleAdapter, input: (shape: Shape) => Value): Value {
  const batches = new Set(shapesWithin(value, adapter, MAX_DEPTH).map(([batch]) => batch));
  if (batches.size !== 1 || batches.has(1)) return value;
  return replaced(value, adapter, input, MAX_DEPTH);
}

const MAX_DEPTH = 3;

function shapesWithin(value: Value, adapter: ModuleAdapter, depth: number): Shape[] {
  if (depth === 0) return [];
  return itemsOf(value).flatMap((item) => {
    const shape = adapter.tensorOf(item)?.shape;
    if (shape === undefined) return shapesWithin(item, adapter, depth - 1);
    return shape !== null && shape.length > 1 ? [shape] : [];
  });
}

function itemsOf(value: Value): readonly Value[] {
  if (value.kind === 'list' || value.kind === 'tuple') return value.items;
  return value.kind === 'dict' ? [...value.entries.values()].map((entry) => entry.value) : [];
}

function replaced(value: Value, adapter: ModuleAdapter, input: (shape: Shape) => Value, depth: number): Value {
  const shape = adapter.tensorOf(value)?.shape;
  if (shape !== undefined) return shape !== null && shape.length > 1 ? input([1, ...shape.slice(1)]) : value;
  if (depth === 0) return value;
  const inner = (item: Value): Value => replaced(item, adapter, input, depth - 1);
  if (value.kind === 'list' && value.unknown === null && value.isIterator !== true) return list(value.items.map(inner));
  if (value.kind === 'tuple')
    return value.isSize === true ? value : { ...tuple(value.items.map(inner)), ...named(value) };
  if (value.kind !== 'dict') return value;
  const entries = new Map([...value.entries].map(([key, entry]) => [key, { ...entry, value: inner(entry.value) }]));
  return { ...value, entries };
}

function named({ names }: { readonly names?: readonly string[] }): { readonly names?: readonly string[] } {
  return names === undefined ? {} : { names };
}
