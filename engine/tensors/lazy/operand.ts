/**
 * A tensor inside the graph being compiled: its logical shape (TF.js's order of dimensions) and the
 * forms in which it exists so far, each a permutation of that order. Kernels ask for the form they need
 * and may return any form, so transposes between neighbours that agree are never written.
 */
import type { OnnxType } from '../onnx/onnxModel.ts';

/** A named ONNX tensor and its physical dimensions. */
export interface Sym {
  readonly name: string;
  readonly dtype: OnnxType;
  readonly dims: readonly number[];
}

export interface Form {
  /** `sym.dims[i] === shape[perm[i]]`. */
  readonly perm: readonly number[];
  readonly sym: Sym;
}

export interface Operand {
  readonly shape: readonly number[];
  readonly dtype: OnnxType;
  readonly forms: Form[];
  /** The same values with dimensions of size 1 where they only repeat; expanded when a form is asked for. */
  readonly compact?: Form;
  /** Set by `Step`: the same 0s and 1s from one cheap operator, right but for NaN, for products with them. */
  readonly gate?: Form;
}

export const channelsFirst: readonly number[] = [0, 3, 1, 2];

export function identityPerm(rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, i) => i);
}

export function samePerm(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** An operand that exists in TF.js's own order. */
export function plainOperand(sym: Sym): Operand {
  return { shape: sym.dims, dtype: sym.dtype, forms: [{ perm: identityPerm(sym.dims.length), sym }] };
}

/** An operand that exists only with its dimensions permuted. */
export function permutedOperand(sym: Sym, perm: readonly number[]): Operand {
  const shape = new Array<number>(perm.length).fill(1);
  perm.forEach((logical, physical) => (shape[logical] = sym.dims[physical] ?? 1));
  return { shape, dtype: sym.dtype, forms: [{ perm, sym }] };
}

/** An operand of `shape` whose values repeat along the dimensions where `sym` has size 1. */
export function repeatedOperand(sym: Sym, perm: readonly number[], shape: readonly number[]): Operand {
  const full = perm.every((logical, physical) => sym.dims[physical] === shape[logical]);
  if (full) return permutedOperand(sym, perm);
  return { shape, dtype: sym.dtype, forms: [], compact: { perm, sym } };
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
