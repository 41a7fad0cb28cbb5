/**
 * PBGen's Fig. 2 as an experiment: one deconvolution as a matrix product D·k (eq. (2)) with s_i rows and c_i
 * columns, and the least error of D·(αb) over all 2^c_i sign vectors b, each with its best scale α ≥ 0. All of them
 * are tried, in Gray-code order, so that each costs one column; that is what bounds c_i. Normal D and k, averaged
 * over trials. It needs no training: the seed gives everything.
 */
import { rng } from '../../../random/rng.ts';

export interface ErrorPoint {
  readonly columns: number;
  /** c_i − s_i. */
  readonly dor: number;
  /** Least ‖D·k − α·D·b‖ / ‖D·k‖ of each trial. */
  readonly errors: readonly number[];
}

export interface ErrorExperiment {
  readonly rows: number;
  readonly columns: readonly number[];
  readonly trials: number;
  readonly seed: number;
}

/** The document has s_i = 20; with 10 every combination can be tried on both sides of zero. */
export const figureTwo: Omit<ErrorExperiment, 'seed'> = {
  rows: 10,
  columns: [2, 4, 6, 8, 10, 12, 14],
  trials: 24,
};

export function binarizationErrors({ rows, columns, trials, seed }: ErrorExperiment): readonly ErrorPoint[] {
  return columns.map((nColumns) => ({
    columns: nColumns,
    dor: nColumns - rows,
    errors: Array.from({ length: trials }, (_, trial) => leastError(rows, nColumns, seed, trial)),
  }));
}

function leastError(rows: number, columns: number, seed: number, trial: number): number {
  const stream = rng(seed, trial, `figure 2, ${columns} columns`);
  const matrix = Float64Array.from({ length: rows * columns }, () => stream.normal());
  const target = new Float64Array(rows);
  for (let column = 0; column < columns; column++) {
    const weight = stream.normal();
    for (let row = 0; row < rows; row++) add(target, row, weight * (matrix[column * rows + row] ?? 0));
  }
  // D·b for b = all ones, then one sign after the other is turned.
  const product = new Float64Array(rows);
  for (let i = 0; i < matrix.length; i++) add(product, i % rows, matrix[i] ?? 0);
  const signs = new Int8Array(columns).fill(1);
  let best = explained(target, product);
  // −b explains as much as b: the last sign stays.
  for (let code = 1; code < 2 ** (columns - 1); code++) {
    const column = trailingZeros(code);
    const sign = -(signs[column] ?? 1);
    signs[column] = sign;
    for (let row = 0; row < rows; row++) add(product, row, 2 * sign * (matrix[column * rows + row] ?? 0));
    best = Math.max(best, explained(target, product));
  }
  return Math.sqrt(Math.max(0, 1 - best / dot(target, target)));
}

/** ⟨t, v⟩² / ⟨v, v⟩: how much of ‖t‖² the best multiple of v explains. */
function explained(target: Float64Array, vector: Float64Array): number {
  const length = dot(vector, vector);
  return length === 0 ? 0 : dot(target, vector) ** 2 / length;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function add(values: Float64Array, at: number, change: number): void {
  values[at] = (values[at] ?? 0) + change;
}

function trailingZeros(code: number): number {
  return 31 - Math.clz32(code & -code);
}
