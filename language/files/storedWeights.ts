/**
 * Which stored numbers stand behind a constant: itself, or what it was computed from. Exporters write a weight norm,
 * a spectral norm and the gates of a recurrent layer as arithmetic on weights; such arithmetic has no row, and its
 * result belongs, with all its stored weights, to the operator that uses it.
 */
import type { Layout } from '../../core/graph/shape.ts';
import { inferShape } from '../../core/shape/inferShape.ts';
import type { ConstValue, FileValue, OwnWeight } from './fileGraph.ts';
import type { Converted, FileOperator } from './fileOperator.ts';

/** A constant made of more weights than any layer has is left to be an operator. */
const mostParts = 64;

export type StoredWeight = ConstValue & { readonly weight: string };

/** The stored weights of a constant. A number without an axis is no weight. */
export function storedWeights(value: FileValue | null | undefined): readonly StoredWeight[] {
  if (value?.kind !== 'const' || !value.isFloat) return [];
  if (value.madeOf !== undefined) return value.madeOf;
  return value.weight === null || value.shape.length === 0 || value.shape.includes(0) ? [] : [value as StoredWeight];
}

/** What an operator owns of an input that it trains. */
export function ownWeights(value: ConstValue, name: string, trainable = true): readonly OwnWeight[] {
  const parts = value.weight === null ? storedWeights(value) : [];
  if (parts.length === 0) return [{ value, name, trainable }];
  return parts.map((part, idx) => ({ value: part, name: shortName(part.weight, idx), trainable }));
}

/** Adds to the result of an operator on constants which weights it was made of; null: too many to follow. */
export function madeOf(made: ConstValue, inputs: readonly FileValue[]): ConstValue | null {
  if (!made.isFloat || made.weight !== null) return made;
  const parts = new Map(inputs.flatMap((input) => storedWeights(input)).map((part) => [part.weight, part]));
  if (parts.size === 0) return made;
  return parts.size > mostParts ? null : { ...made, madeOf: [...parts.values()] };
}

/** The constant that an operator makes of weights alone; null: it has other inputs, or its shape is not known. */
export function computedWeight(op: FileOperator, converted: Converted | string, layout: Layout): ConstValue | null {
  const given = op.inputs.filter((value) => value !== null);
  if (typeof converted === 'string' || converted.call.op === 'unknown') return null;
  if (!given.every(({ kind }) => kind === 'const') || !given.some((value) => storedWeights(value).length > 0)) {
    return null;
  }
  const shapes = (converted.inputs ?? [0]).map((idx) => op.shape(idx));
  const inferred = inferShape(converted.call, shapes, layout);
  const found = inferred.kind === 'shape' ? inferred.shape : null;
  const shape = converted.shape === undefined ? found : converted.shape;
  if (shape?.every((dim): dim is number => dim !== '?' && Number.isSafeInteger(dim) && dim > 0) !== true) return null;
  return madeOf({ kind: 'const', shape, isFloat: true, values: null, weight: null }, given);
}

/** `weight` of `main.0.weight`. */
export function shortName(weight: string, idx: number): string {
  return weight.split(/[./]/).pop() || `value_${idx}`;
}
