// Tiles of the input. A tile is [channels][positions]; its positions come in quads of four neighbours of one
// row. A quad is described by four words: byte offset of its first value within a channel, number of
// values that exist (0 to 4; the rest are zeros), and the index of its image (for the scale of int8).

/** One quad of one channel; `step` is the distance of neighbours in bytes. */
// @ts-ignore: decorator
@inline
function loadQuad(at: usize, n: i32, step: usize): v128 {
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

/** f32: quad q of channel k goes to `to` + k * rowBytes + q * 16. */
export function gatherF32(
  x: usize, channels: i32, channelBytes: usize, step: usize, quads: usize, nQuads: i32, to: usize, rowBytes: usize,
): void {
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

/** The same, as int8 values in i16 lanes: nearest (ties to even) of x * inverse scale of the quad's image. */
export function gatherI16(
  x: usize, channels: i32, channelBytes: usize, step: usize, quads: usize, nQuads: i32, to: usize, rowBytes: usize,
  inverseScales: usize,
): void {
  const lowest = f32x4.splat(-127), highest = f32x4.splat(127);
  for (let q = 0; q < nQuads; q++) {
    const offset = <usize>load<u32>(quads);
    const n = load<i32>(quads, 4);
    const inverse = v128.load32_splat(inverseScales + (<usize>load<u32>(quads, 8) << 2));
    let from = x + offset;
    let d = to + (<usize>q << 3);
    for (let k = 0; k < channels; k++) {
      let v = n === 0 ? f32x4.splat(0) : f32x4.nearest(f32x4.mul(loadQuad(from, n, step), inverse));
      v = i32x4.trunc_sat_f32x4_s(f32x4.min(highest, f32x4.max(lowest, v)));
      v128.store64_lane(d, i16x8.narrow_i32x4_s(v, v), 0);
      from += channelBytes;
      d += rowBytes;
    }
    quads += 12;
  }
}

/** Largest magnitude of each image of [channels][images][size]; NaN counts as nothing. */
export function largestMagnitudes(x: usize, channels: i32, images: i32, size: i32, to: usize): void {
  const imageBytes = <usize>size << 2;
  for (let image = 0; image < images; image++) {
    let most = f32x4.splat(0);
    let rest: f32 = 0;
    for (let c = 0; c < channels; c++) {
      let p = x + (<usize>(c * images + image)) * imageBytes;
      const end = p + imageBytes;
      for (; p + 16 <= end; p += 16) {
        const v = f32x4.abs(v128.load(p));
        most = v128.bitselect(v, most, f32x4.gt(v, most));
      }
      for (; p < end; p += 4) {
        const v = abs(load<f32>(p));
        if (v > rest) rest = v;
      }
    }
    rest = max(rest, max(max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)), max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3))));
    store<f32>(to + (<usize>image << 2), rest);
  }
}
