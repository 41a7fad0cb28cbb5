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

/** y[row] = coefficient * sum over groups of its rows of the tables, added to what is there unless `first`. */
export function lutOne(w: usize, rows: i32, groups: i32, t: usize, y: usize, coefficient: f32, first: bool): void {
  const n = <usize>groups;
  const tEnd = t + (n << 10);
  for (; rows >= 4; rows -= 4) {
    let a0: f32 = 0, a1: f32 = 0, a2: f32 = 0, a3: f32 = 0;
    const w1 = w + n, w2 = w1 + n, w3 = w2 + n;
    const back = w1 - w, back2 = w2 - w, back3 = w3 - w;
    for (let tt = t; tt < tEnd; tt += 1024, w++) {
      a0 += load<f32>(tt + (<usize>load<u8>(w) << 2));
      a1 += load<f32>(tt + (<usize>load<u8>(w + back) << 2));
      a2 += load<f32>(tt + (<usize>load<u8>(w + back2) << 2));
      a3 += load<f32>(tt + (<usize>load<u8>(w + back3) << 2));
    }
    let v = f32x4.mul(f32x4(a0, a1, a2, a3), f32x4.splat(coefficient));
    if (!first) v = f32x4.add(v128.load(y), v);
    v128.store(y, v);
    w += n + n + n;
    y += 16;
  }
  for (; rows > 0; rows--) {
    let a: f32 = 0;
    for (let tt = t; tt < tEnd; tt += 1024) a += load<f32>(tt + (<usize>load<u8>(w++) << 2));
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
