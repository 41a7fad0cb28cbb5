// From planes to the output, and what is applied to it: y = max(v, slope v) with v = alpha acc + beta. A slope of
// 1 leaves v as it is, 0 is relu, between them leaky relu. Then the functions that need an exponential.

/**
 * One image. An output channel has strideY * stride planes of `height` x `pitch` values, plane (py, px) with the
 * output values whose row and column leave those remainders; `origin` is the byte offset of value (0, 0) in each.
 */
export function finish(
  planes: usize, planeBytes: usize, phaseBytes: usize, pitchBytes: usize, origin: usize, strideY: i32, stride: i32,
  to: usize, toBytes: usize, outputs: i32, height: i32, width: i32,
  alphas: usize, betas: usize, scale: f32, slope: f32,
): void {
  const slopes = f32x4.splat(slope);
  for (let c = 0; c < outputs; c++) {
    const alpha = load<f32>(alphas + (<usize>c << 2)) * scale, beta = load<f32>(betas + (<usize>c << 2));
    const alpha4 = f32x4.splat(alpha), beta4 = f32x4.splat(beta);
    let out = to;
    for (let y = 0; y < height; y++) {
      const row = planes + origin + (strideY === 1
        ? <usize>y * pitchBytes
        : <usize>(y / strideY) * pitchBytes + <usize>(y % strideY) * <usize>stride * phaseBytes);
      let x = 0;
      if (stride === 1) {
        for (; x + 4 <= width; x += 4) {
          const v = f32x4.add(f32x4.mul(v128.load(row + (<usize>x << 2)), alpha4), beta4);
          v128.store(out + (<usize>x << 2), f32x4.max(v, f32x4.mul(v, slopes)));
        }
      } else if (stride === 2) {
        for (; x + 8 <= width; x += 8) {
          const from = row + (<usize>x << 1);
          let a = f32x4.add(f32x4.mul(v128.load(from), alpha4), beta4);
          let b = f32x4.add(f32x4.mul(v128.load(from + phaseBytes), alpha4), beta4);
          a = f32x4.max(a, f32x4.mul(a, slopes));
          b = f32x4.max(b, f32x4.mul(b, slopes));
          const d = out + (<usize>x << 2);
          v128.store(d, v128.shuffle<f32>(a, b, 0, 4, 1, 5));
          v128.store(d, v128.shuffle<f32>(a, b, 2, 6, 3, 7), 16);
        }
      }
      for (; x < width; x++) {
        const from = row + (stride === 1
          ? <usize>x << 2
          : <usize>(x % stride) * phaseBytes + (<usize>(x / stride) << 2));
        const v = load<f32>(from) * alpha + beta;
        store<f32>(out + (<usize>x << 2), max(v, v * slope));
      }
      out += <usize>width << 2;
    }
    planes += planeBytes;
    to += toBytes;
  }
}

/** In place: [channels][size], each channel with its own alpha and beta. */
export function affine(x: usize, channels: i32, size: i32, alphas: usize, betas: usize, slope: f32): void {
  for (let c = 0; c < channels; c++) {
    const alpha = load<f32>(alphas + (<usize>c << 2)), beta = load<f32>(betas + (<usize>c << 2));
    const alpha4 = f32x4.splat(alpha), beta4 = f32x4.splat(beta), slopes = f32x4.splat(slope);
    const end = x + (<usize>size << 2);
    for (; x + 16 <= end; x += 16) {
      const v = f32x4.add(f32x4.mul(v128.load(x), alpha4), beta4);
      v128.store(x, f32x4.max(v, f32x4.mul(v, slopes)));
    }
    for (; x < end; x += 4) {
      const v = load<f32>(x) * alpha + beta;
      store<f32>(x, max(v, v * slope));
    }
  }
}

/** exp(x) for x <= 0 to about 1e-7 (Cody and Waite's reduction, degree 6); below -87 it is 0. */
// @ts-ignore: decorator
@inline
function exp4(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.and(f32x4.mul(p, power), f32x4.ge(x, f32x4.splat(-87)));
}

/** In place, on a length filled up to whole registers: y = gain * sigmoid(steep * x) + offset. */
export function sigmoid(x: usize, n: i32, steep: f32, gain: f32, offset: f32): void {
  const one = f32x4.splat(1);
  const steeps = f32x4.splat(steep), gains = f32x4.splat(gain), offsets = f32x4.splat(offset);
  for (const end = x + (<usize>n << 2); x < end; x += 16) {
    const v = f32x4.mul(v128.load(x), steeps);
    const e = exp4(f32x4.neg(f32x4.abs(v)));
    // 1 / (1 + e) for v >= 0, e / (1 + e) below.
    const top = v128.bitselect(one, e, f32x4.ge(v, f32x4.splat(0)));
    v128.store(x, f32x4.add(f32x4.mul(f32x4.div(top, f32x4.add(one, e)), gains), offsets));
  }
}

/** In place: x += y. */
export function addF32(x: usize, y: usize, n: i32): void {
  for (const end = x + (<usize>n << 2); x < end; x += 16, y += 16) v128.store(x, f32x4.add(v128.load(x), v128.load(y)));
}

/** Sum of each row of [rows][size], in double precision. */
export function rowSums(x: usize, rows: i32, size: i32, to: usize): void {
  for (; rows > 0; rows--, to += 8) {
    let sum = f64x2.splat(0);
    const end = x + (<usize>size << 2);
    for (; x + 8 <= end; x += 8) sum = f64x2.add(sum, f64x2.promote_low_f32x4(v128.load64_zero(x)));
    let rest = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    for (; x < end; x += 4) rest += load<f32>(x);
    store<f64>(to, rest);
  }
}

/** Sum of squares of each row's distances from its mean, in double precision. */
export function rowSquares(x: usize, rows: i32, size: i32, means: usize, to: usize): void {
  for (; rows > 0; rows--, to += 8, means += 8) {
    const mean = load<f64>(means);
    let sum = f64x2.splat(0);
    const end = x + (<usize>size << 2);
    for (; x + 8 <= end; x += 8) {
      const d = f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(x)), f64x2.splat(mean));
      sum = f64x2.add(sum, f64x2.mul(d, d));
    }
    let rest = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    for (; x < end; x += 4) {
      const d = <f64>load<f32>(x) - mean;
      rest += d * d;
    }
    store<f64>(to, rest);
  }
}
