// One image of a dense layer with bit weights. There are no positions to fill a register with, so a table holds
// scalars (256 sums of eight inputs, 1 KB, all tables in a first-level cache) and four rows run side by side.
// Weights as in multiply.ts: one byte per row and group, groups innermost.

/** Tables of `channels` values at `x`; channels that a last group lacks count as 0. */
export function tablesOne(x: usize, channels: i32, t: usize): void {
  for (; channels > 0; channels -= 8, x += 32) {
    const n = <usize>min(channels, 8) << 2;
    let sum: f32 = 0;
    for (let k: usize = 0; k < n; k += 4) sum -= load<f32>(x + k);
    store<f32>(t, sum);
    for (let b: usize = 0; b < 8; b++) {
      const value: f32 = (b << 2) < n ? 2 * load<f32>(x + (b << 2)) : 0;
      const bytes: usize = <usize>4 << b;
      if (b < 2) {
        for (let s = t, d = t + bytes; s < t + bytes; s += 4, d += 4) store<f32>(d, load<f32>(s) + value);
      } else {
        const value4 = f32x4.splat(value);
        for (let s = t, d = t + bytes; s < t + bytes; s += 16, d += 16) v128.store(d, f32x4.add(v128.load(s), value4));
      }
    }
    t += 1024;
  }
}

// @ts-ignore: decorator
@inline
function fourGroups(w: usize, t: usize): f32 {
  const e = load<u32>(w);
  return (load<f32>(t + ((e << 2) & 0x3fc)) + load<f32>(t + ((e >> 6) & 0x3fc), 1024))
    + (load<f32>(t + ((e >> 14) & 0x3fc), 2048) + load<f32>(t + ((e >> 22) & 0x3fc), 3072));
}

// @ts-ignore: decorator
@inline
function oneGroup(w: usize, t: usize): f32 {
  return load<f32>(t + (<usize>load<u8>(w) << 2));
}

/**
 * y[row] = coefficient * sum over groups of its rows of the tables, added to what is there unless `first`. The order of
 * additions is that of the tiles in multiply.ts, so an image is the same in a batch and alone.
 */
export function lutOne(w: usize, rows: i32, groups: i32, t: usize, y: usize, coefficient: f32, first: bool): void {
  const n = <usize>groups;
  const tFours = t + ((n & ~3) << 10), tEnd = t + (n << 10);
  const n2 = n + n, n3 = n2 + n;
  for (; rows >= 4; rows -= 4) {
    let a0: f32 = 0, a1: f32 = 0, a2: f32 = 0, a3: f32 = 0;
    let tt = t;
    for (; tt < tFours; tt += 4096, w += 4) {
      a0 += fourGroups(w, tt);
      a1 += fourGroups(w + n, tt);
      a2 += fourGroups(w + n2, tt);
      a3 += fourGroups(w + n3, tt);
    }
    for (; tt < tEnd; tt += 1024, w++) {
      a0 += oneGroup(w, tt);
      a1 += oneGroup(w + n, tt);
      a2 += oneGroup(w + n2, tt);
      a3 += oneGroup(w + n3, tt);
    }
    let v = f32x4.mul(f32x4(a0, a1, a2, a3), f32x4.splat(coefficient));
    if (!first) v = f32x4.add(v128.load(y), v);
    v128.store(y, v);
    w += n3;
    y += 16;
  }
  for (; rows > 0; rows--) {
    let a: f32 = 0;
    let tt = t;
    for (; tt < tFours; tt += 4096, w += 4) a += fourGroups(w, tt);
    for (; tt < tEnd; tt += 1024, w++) a += oneGroup(w, tt);
    a *= coefficient;
    store<f32>(y, first ? a : load<f32>(y) + a);
    y += 4;
  }
}

/** In place, a factor and a term for every value: y = max(v, slope v), v = alpha y + beta. Whole registers are written. */
export function affineRows(y: usize, n: i32, alphas: usize, betas: usize, slope: f32): void {
  const slopes = f32x4.splat(slope);
  for (const end = y + (<usize>n << 2); y < end; y += 16, alphas += 16, betas += 16) {
    const v = f32x4.add(f32x4.mul(v128.load(y), v128.load(alphas)), v128.load(betas));
    v128.store(y, f32x4.max(v, f32x4.mul(v, slopes)));
  }
}
