import assert from 'node:assert/strict';
import { rng } from '../random/rng.ts';
import { symmetricEigenvalues } from './symmetricEigenvalues.ts';

const near = (actual: number | undefined, expected: number, within = 1e-9): void =>
  assert.ok(Math.abs((actual ?? NaN) - expected) <= within, `${actual} is not ${expected}`);

function matrixOf(n: number, entry: (i: number, j: number) => number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => entry(Math.floor(at / n), at % n));
}

describe('eigenvalues of a symmetric matrix', () => {
  it('are those of a diagonal one, of one row, and of none', () => {
    assert.deepEqual(
      [
        ...symmetricEigenvalues(
          matrixOf(3, (i, j) => (i === j ? i - 1 : 0)),
          3,
        ),
      ].sort(),
      [-1, 0, 1],
    );
    assert.deepEqual([...symmetricEigenvalues(Float64Array.of(7), 1)], [7]);
    assert.deepEqual([...symmetricEigenvalues(new Float64Array(0), 0)], []);
  });

  it('of second differences are 2 − 2 cos(kπ/(n + 1)), also where the rows stand in another order', () => {
    const n = 40;
    const order = rng(1, 0, 'order').permutation(n);
    const found = symmetricEigenvalues(
      matrixOf(n, (i, j) => {
        const apart = Math.abs((order[i] ?? 0) - (order[j] ?? 0));
        return apart === 0 ? 2 : apart === 1 ? -1 : 0;
      }),
      n,
    ).sort();
    for (let k = 1; k <= n; k++) near(found[k - 1], 2 - 2 * Math.cos((k * Math.PI) / (n + 1)));
  });

  it('of a full one with a chosen spectrum are that spectrum, repeated values and zeros included', () => {
    const n = 24;
    const wanted = Array.from({ length: n }, (_, k) => (k < 8 ? 0 : k < 12 ? 5 : k)).sort((a, b) => a - b);
    let matrix = matrixOf(n, (i, j) => (i === j ? (wanted[i] ?? 0) : 0));
    for (let turn = 0; turn < 6; turn++) {
      // Mirrored at a random plane, which keeps the eigenvalues.
      const v = rng(turn, 0, 'plane').fillNormal(new Float32Array(n));
      const squares = v.reduce((sum, x) => sum + x * x, 0);
      const mirror = matrixOf(n, (i, j) => (i === j ? 1 : 0) - (2 * (v[i] ?? 0) * (v[j] ?? 0)) / squares);
      matrix = times(times(mirror, matrix, n), mirror, n);
    }
    const found = symmetricEigenvalues(matrix, n).sort();
    wanted.forEach((value, k) => near(found[k], value, 1e-5));
  });
});

function times(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return matrixOf(n, (i, j) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += (a[i * n + k] ?? 0) * (b[k * n + j] ?? 0);
    return sum;
  });
}
