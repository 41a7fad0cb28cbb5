/**
 * Eigenvalues of a symmetric matrix without its eigenvectors: Householder's reduction to three diagonals and the
 * implicit QL iteration (Golub & Van Loan, §8.3). About (4/3)·n³ operations, so that the 2,048 features of
 * Inception take seconds and not hours; double precision throughout.
 */
const mostIterations = 60;

/** `matrix`: row-major, n × n; only symmetric ones. In no particular order. */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, beside } = tridiagonal(matrix.slice(), n);
  iterate(diagonal, beside);
  return diagonal;
}

/** Changes `a`. `beside[i]` stands between diagonal i and i + 1. */
function tridiagonal(a: Float64Array, n: number): { diagonal: Float64Array; beside: Float64Array } {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    diagonal[k] = a[k * n + k] as number;
    let squares = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[k * n + i] as number;
      squares += (v[i] as number) ** 2;
    }
    const first = v[k + 1] as number;
    const alpha = first > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    beside[k] = alpha;
    // 2 / vᵀv for v with α taken off its first entry.
    const half = squares - first * alpha;
    if (half === 0) continue;
    v[k + 1] = first - alpha;
    let product = 0;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1, at = i * n + k + 1; j < n; j++, at++) sum += (a[at] as number) * (v[j] as number);
      w[i] = sum / half;
      product += (w[i] as number) * (v[i] as number);
    }
    const share = product / (2 * half);
    for (let i = k + 1; i < n; i++) w[i] = (w[i] as number) - share * (v[i] as number);
    for (let i = k + 1; i < n; i++) {
      const [vi, wi] = [v[i] as number, w[i] as number];
      for (let j = k + 1, at = i * n + k + 1; j < n; j++, at++) {
        a[at] = (a[at] as number) - vi * (w[j] as number) - wi * (v[j] as number);
      }
    }
  }
  if (n > 0) diagonal[n - 1] = a[n * n - 1] as number;
  return { diagonal, beside };
}

/** Leaves the eigenvalues in `d`. */
function iterate(d: Float64Array, e: Float64Array): void {
  const n = d.length;
  const at = (values: Float64Array, i: number): number => values[i] as number;
  for (let l = 0; l < n; l++) {
    for (let iteration = 0; iteration < mostIterations; iteration++) {
      let m = l;
      while (m < n - 1 && Math.abs(at(e, m)) > Number.EPSILON * (Math.abs(at(d, m)) + Math.abs(at(d, m + 1)))) m++;
      if (m === l) break;
      const start = (at(d, l + 1) - at(d, l)) / (2 * at(e, l));
      const root = Math.hypot(start, 1);
      let g = at(d, m) - at(d, l) + at(e, l) / (start + (start >= 0 ? root : -root));
      let [s, c, p] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * at(e, i);
        const b = c * at(e, i);
        const r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] = at(d, i + 1) - p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = at(d, i + 1) - p;
        const turned = (at(d, i) - g) * s + 2 * c * b;
        p = s * turned;
        d[i + 1] = g + p;
        g = c * turned - b;
      }
      if (i >= l) continue;
      d[l] = at(d, l) - p;
      e[l] = g;
      e[m] = 0;
    }
  }
}
