// Tiles of the input. A tile is [channels][positions]; its positions come in quads of four neighbours of one
// row. A quad is described by four words: byte offset of its first value within a channel, number of
// values that exist (0 to 4; the rest are zeros), and the index of its image (for the scale of int8).

/** One quad of one channel; `step` is the distance of neighbours in bytes. */
// @ts-ignore: decorator
@inline
export function loadQuad(at: usize, n: i32, step: usize): v128 {
  let v: v128;
  if (step === 4) {
    v = v128.load(at);
  } else {
    v = v128.load32_zero(at);
    v = v128.load32_lane(at + step, v, 1);
    v = v128.load32_lane(at + step + step, v, 2);
    v = v128.load32_lane(at + step * 3, v, 3);
  }
  if (n < 4) v = v128.and(v, i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n)));
  return v;
}

/** Whether a tile is four quads of four neighbours: then a channel is read at once, and a line of memory once. */
// @ts-ignore: decorator
@inline
export function isWhole(quads: usize, nQuads: i32, step: usize): bool {
  return step === 4 && nQuads === 4 && load<i32>(quads, 4) + load<i32>(quads, 16) + load<i32>(quads, 28) + load<i32>(quads, 40) === 16;
}

/** f32: quad q of channel k goes to `to` + k * rowBytes + q * 16. */
export function gatherF32(
  x: usize, channels: i32, channelBytes: usize, step: usize, quads: usize, nQuads: i32, to: usize, rowBytes: usize,
): void {
  if (isWhole(quads, nQuads, step)) {
    const q0 = <usize>load<u32>(quads), q1 = <usize>load<u32>(quads, 12);
    const q2 = <usize>load<u32>(quads, 24), q3 = <usize>load<u32>(quads, 36);
    for (; channels > 0; channels--) {
      v128.store(to, v128.load(x + q0));
      v128.store(to, v128.load(x + q1), 16);
      v128.store(to, v128.load(x + q2), 32);
      v128.store(to, v128.load(x + q3), 48);
      x += channelBytes;
      to += rowBytes;
    }
    return;
  }
  for (let q = 0; q < nQuads; q++) {
    const offset = <usize>load<u32>(quads);
    const n = load<i32>(quads, 4);
    let from = x + offset;
    let d = to + (<usize>q << 4);
    for (let k = 0; k < channels; k++) {
      v128.store(d, n === 0 ? f32x4.splat(0) : loadQuad(from, n, step));
      from += channelBytes;
      d += rowBytes;
    }
    quads += 12;
  }
}

/** 1 / step of the grid of a quad's image. */
// @ts-ignore: decorator
@inline
export function inverseOf(quad: usize, inverseScales: usize): v128 {
  return v128.load32_splat(inverseScales + (<usize>load<u32>(quad, 8) << 2));
}

/** 1.5 * 2^23: a small number added to it is rounded to whole, ties to even, and stands in the low bits. */
const rounder: f32 = 12582912;

/**
 * The whole number nearest to x / step, in the low 16 bits of each lane. No x is beyond the largest magnitude that the
 * step was made of, so nothing is clamped; NaN becomes 0.
 */
// @ts-ignore: decorator
@inline
export function toGrid(x: v128, inverse: v128): v128 {
  return f32x4.add(f32x4.mul(x, inverse), f32x4.splat(rounder));
}

/** Low halves of two registers, as i16. */
// @ts-ignore: decorator
@inline
function narrowLow(a: v128, b: v128): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.shl(a, 16), 16), i32x4.shr_s(i32x4.shl(b, 16), 16));
}

/** The same, as int8 values in i16 lanes: nearest (ties to even) of x * inverse scale of the quad's image. */
export function gatherI16(
  x: usize, channels: i32, channelBytes: usize, step: usize, quads: usize, nQuads: i32, to: usize, rowBytes: usize,
  inverseScales: usize,
): void {
  if (isWhole(quads, nQuads, step)) {
    const q0 = <usize>load<u32>(quads), q1 = <usize>load<u32>(quads, 12);
    const q2 = <usize>load<u32>(quads, 24), q3 = <usize>load<u32>(quads, 36);
    const i0 = inverseOf(quads, inverseScales), i1 = inverseOf(quads + 12, inverseScales);
    const i2 = inverseOf(quads + 24, inverseScales), i3 = inverseOf(quads + 36, inverseScales);
    for (; channels > 0; channels--) {
      const v0 = toGrid(v128.load(x + q0), i0), v1 = toGrid(v128.load(x + q1), i1);
      const v2 = toGrid(v128.load(x + q2), i2), v3 = toGrid(v128.load(x + q3), i3);
      v128.store(to, narrowLow(v0, v1));
      v128.store(to, narrowLow(v2, v3), 16);
      x += channelBytes;
      to += rowBytes;
    }
    return;
  }
  for (let q = 0; q < nQuads; q++) {
    const offset = <usize>load<u32>(quads);
    const n = load<i32>(quads, 4);
    const inverse = inverseOf(quads, inverseScales);
    let from = x + offset;
    let d = to + (<usize>q << 3);
    for (let k = 0; k < channels; k++) {
      const v = n === 0 ? i32x4.splat(0) : toGrid(loadQuad(from, n, step), inverse);
      v128.store64_lane(d, narrowLow(v, v), 0);
      from += channelBytes;
      d += rowBytes;
    }
    quads += 12;
  }
}

/** Largest magnitude of each image of [channels][images][size]; NaN counts as nothing. */
export function largestMagnitudes(x: usize, channels: i32, images: i32, size: i32, to: usize): void {
  if (images === 1) {
    // Channels lie one after the other.
    size *= channels;
    channels = 1;
  }
  const imageBytes = <usize>size << 2;
  for (let image = 0; image < images; image++) {
    let m0 = f32x4.splat(0), m1 = m0, m2 = m0, m3 = m0;
    let rest: f32 = 0;
    for (let c = 0; c < channels; c++) {
      let p = x + (<usize>(c * images + image)) * imageBytes;
      const end = p + imageBytes;
      for (; p + 64 <= end; p += 64) {
        m0 = f32x4.pmax(m0, f32x4.abs(v128.load(p)));
        m1 = f32x4.pmax(m1, f32x4.abs(v128.load(p, 16)));
        m2 = f32x4.pmax(m2, f32x4.abs(v128.load(p, 32)));
        m3 = f32x4.pmax(m3, f32x4.abs(v128.load(p, 48)));
      }
      for (; p < end; p += 4) {
        const v = abs(load<f32>(p));
        if (v > rest) rest = v;
      }
    }
    const m = f32x4.pmax(f32x4.pmax(m0, m1), f32x4.pmax(m2, m3));
    rest = max(rest, max(max(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1)), max(f32x4.extract_lane(m, 2), f32x4.extract_lane(m, 3))));
    store<f32>(to + (<usize>image << 2), rest);
  }
}
