// Layers with fp32 weights on whole numbers of 13 bits and a sign bit: inputs by the largest magnitude of their
// image, weights by the largest of their output channel. Two channels are multiplied and added in one instruction;
// 128 products of at most 4095 * 4095 stay below 2^31, so a sum within a chunk of 128 channels is exact.

import { addTo } from './multiply';
import { inverseOf, isWhole, loadQuad, toGrid } from './gather';

/**
 * Weights [output][taps][channels] as pairs of channels, a last odd channel paired with 0; per output channel,
 * alphas[c] * (step of its grid) goes to `scaled`.
 */
export function fixWeights(w: usize, outputs: i32, rowsEach: i32, channels: i32, to: usize, alphas: usize, scaled: usize): void {
  const rowBytes = <usize>channels << 2;
  for (; outputs > 0; outputs--) {
    const end = w + rowBytes * rowsEach;
    let most: f32 = 0;
    for (let p = w; p < end; p += 4) most = max(most, abs(load<f32>(p)));
    const inverse: f32 = most > 0 ? 4095 / most : 0;
    store<f32>(scaled, load<f32>(alphas) * (most / 4095));
    for (; w < end; w += rowBytes) {
      let p = w;
      const stop = w + rowBytes;
      const factor = f32x4.splat(inverse);
      for (; p + 16 <= stop; p += 16, to += 8) {
        const v = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(p), factor)));
        v128.store64_lane(to, i16x8.narrow_i32x4_s(v, v), 0);
      }
      for (; p < stop; p += 4, to += 2) store<i16>(to, <i16>nearest(load<f32>(p) * inverse));
      if ((channels & 1) !== 0) {
        store<i16>(to, 0);
        to += 2;
      }
    }
    alphas += 4;
    scaled += 4;
  }
}

/** A tile of 16 positions as pairs of channels: [pair][position][2], 64 bytes per pair; absent channels are 0. */
export function gatherPairs(
  x: usize, channels: i32, channelBytes: usize, step: usize, quads: usize, nQuads: i32, to: usize, inverseScales: usize,
): void {
  if (isWhole(quads, nQuads, step) && (channels & 1) === 0) {
    const q0 = <usize>load<u32>(quads), q1 = <usize>load<u32>(quads, 12);
    const q2 = <usize>load<u32>(quads, 24), q3 = <usize>load<u32>(quads, 36);
    const i0 = inverseOf(quads, inverseScales), i1 = inverseOf(quads + 12, inverseScales);
    const i2 = inverseOf(quads + 24, inverseScales), i3 = inverseOf(quads + 36, inverseScales);
    for (; channels > 0; channels -= 2) {
      const y = x + channelBytes;
      v128.store(to, paired(toGrid(v128.load(x + q0), i0), toGrid(v128.load(y + q0), i0)));
      v128.store(to, paired(toGrid(v128.load(x + q1), i1), toGrid(v128.load(y + q1), i1)), 16);
      v128.store(to, paired(toGrid(v128.load(x + q2), i2), toGrid(v128.load(y + q2), i2)), 32);
      v128.store(to, paired(toGrid(v128.load(x + q3), i3), toGrid(v128.load(y + q3), i3)), 48);
      x = y + channelBytes;
      to += 64;
    }
    return;
  }
  for (let q = 0; q < nQuads; q++) {
    const n = load<i32>(quads, 4);
    const inverse = inverseOf(quads, inverseScales);
    let from = x + <usize>load<u32>(quads);
    let d = to + (<usize>q << 4);
    for (let k = 0; k < channels; k += 2) {
      const a = n === 0 ? i32x4.splat(0) : toGrid(loadQuad(from, n, step), inverse);
      const b = n === 0 || k + 1 >= channels ? i32x4.splat(0) : toGrid(loadQuad(from + channelBytes, n, step), inverse);
      v128.store(d, paired(a, b));
      from += channelBytes << 1;
      d += 64;
    }
    quads += 12;
  }
}

/** Low halves of a, high halves of b, lane by lane. */
// @ts-ignore: decorator
@inline
function paired(a: v128, b: v128): v128 {
  return v128.or(v128.and(a, i32x4.splat(0xffff)), i32x4.shl(b, 16));
}

/**
 * Rows of `pairs` pairs (of `rowPairs` per row in memory), two at a time, times a tile of 16 positions; the sums go to
 * the planes like those of denseF32.
 */
export function dotFixed(
  w: usize, outputs: i32, taps: usize, nTaps: i32, pairs: i32, rowPairs: i32, x: usize, planes: usize, planeBytes: usize, places: usize,
): void {
  const q0 = <usize>load<u32>(places), q1 = <usize>load<u32>(places, 4);
  const q2 = <usize>load<u32>(places, 8), q3 = <usize>load<u32>(places, 12);
  const rowBytes = <usize>rowPairs << 2, depth = <usize>pairs << 2;
  const tapsEnd = taps + (<usize>nTaps << 2);
  const last = w + rowBytes * (outputs * nTaps - 1);
  let tap = taps;
  while (w <= last) {
    // An odd last row is computed twice and added once.
    const w1 = min(w + rowBytes, last);
    let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
    let p = x;
    for (let k: usize = 0; k < depth; k += 4, p += 64) {
      const v = v128.load32_splat(w + k), u = v128.load32_splat(w1 + k);
      const x0 = v128.load(p), x1 = v128.load(p, 16), x2 = v128.load(p, 32), x3 = v128.load(p, 48);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v, x0));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v, x1));
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v, x2));
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v, x3));
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(u, x0));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(u, x1));
      b2 = i32x4.add(b2, i32x4.dot_i16x8_s(u, x2));
      b3 = i32x4.add(b3, i32x4.dot_i16x8_s(u, x3));
    }
    let to = planes + <usize>load<u32>(tap);
    addTo(to + q0, f32x4.convert_i32x4_s(a0));
    addTo(to + q1, f32x4.convert_i32x4_s(a1));
    addTo(to + q2, f32x4.convert_i32x4_s(a2));
    addTo(to + q3, f32x4.convert_i32x4_s(a3));
    tap += 4;
    if (tap === tapsEnd) {
      tap = taps;
      planes += planeBytes;
    }
    if (w < last) {
      to = planes + <usize>load<u32>(tap);
      addTo(to + q0, f32x4.convert_i32x4_s(b0));
      addTo(to + q1, f32x4.convert_i32x4_s(b1));
      addTo(to + q2, f32x4.convert_i32x4_s(b2));
      addTo(to + q3, f32x4.convert_i32x4_s(b3));
      tap += 4;
      if (tap === tapsEnd) {
        tap = taps;
        planes += planeBytes;
      }
    }
    w += rowBytes + rowBytes;
  }
}
