// The products, and where they go. A row of the weights belongs to one output channel and one tap of the
// kernel; its product with a tile is added to the output channel's planes, shifted by the tap's offset: so
// the sum over taps (col2im) needs no intermediate. `places` holds the byte offset of each quad of the tile
// within the planes, `taps` that of each tap; the planes have borders, so nothing is cropped here.
// Bit weights: one byte per row and group of eight channels, rows in order (channel, tap), groups innermost; their
// products are multiplied by the coefficient of their bit plane on the way.

// @ts-ignore: decorator
@inline
export function addTo(at: usize, v: v128): void {
  v128.store(at, f32x4.add(v128.load(at), v));
}

// Rows of products on their way to the planes, 64 bytes each; the first page is nobody else's.
const rows: usize = 32768;
const rowsAtOnce = 256;

/**
 * f32 tables, 16 positions, a multiple of four groups: the accumulators stay in registers over all of them. A loop
 * of its own, exported so that it stays one: with more around it V8 spills, and it takes a third longer.
 */
export function rowsF32(w: usize, skip: usize, t: usize, tEnd: usize, y: usize, yEnd: usize): void {
  for (; y < yEnd; y += 64) {
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
    for (let tt = t; tt < tEnd; tt += 65536) {
      const e = load<u32>(w);
      w += 4;
      const p0 = tt + ((e & 255) << 6), p1 = tt + ((e >> 2) & 0x3fc0);
      const p2 = tt + ((e >> 10) & 0x3fc0), p3 = tt + ((e >> 24) << 6);
      a0 = f32x4.add(a0, f32x4.add(
        f32x4.add(v128.load(p0), v128.load(p1, 16384)), f32x4.add(v128.load(p2, 32768), v128.load(p3, 49152))));
      a1 = f32x4.add(a1, f32x4.add(
        f32x4.add(v128.load(p0, 16), v128.load(p1, 16400)), f32x4.add(v128.load(p2, 32784), v128.load(p3, 49168))));
      a2 = f32x4.add(a2, f32x4.add(
        f32x4.add(v128.load(p0, 32), v128.load(p1, 16416)), f32x4.add(v128.load(p2, 32800), v128.load(p3, 49184))));
      a3 = f32x4.add(a3, f32x4.add(
        f32x4.add(v128.load(p0, 48), v128.load(p1, 16432)), f32x4.add(v128.load(p2, 32816), v128.load(p3, 49200))));
    }
    v128.store(y, a0);
    v128.store(y, a1, 16);
    v128.store(y, a2, 32);
    v128.store(y, a3, 48);
    w += skip;
  }
}

/** The groups beyond the last multiple of four, added to the rows. */
function restF32(w: usize, skip: usize, t: usize, tEnd: usize, y: usize, yEnd: usize): void {
  for (; y < yEnd; y += 64) {
    w += skip;
    for (let tt = t; tt < tEnd; tt += 16384) {
      const p = tt + (<usize>load<u8>(w++) << 6);
      addTo(y, v128.load(p));
      addTo(y + 16, v128.load(p, 16));
      addTo(y + 32, v128.load(p, 32));
      addTo(y + 48, v128.load(p, 48));
    }
  }
}

/** f32 tables, 16 positions. */
export function lutF32(
  w: usize, outputs: i32, taps: usize, nTaps: i32, groups: i32, t: usize, planes: usize, planeBytes: usize, places: usize, coefficient: f32,
): void {
  const factor = f32x4.splat(coefficient);
  const q0 = <usize>load<u32>(places), q1 = <usize>load<u32>(places, 4);
  const q2 = <usize>load<u32>(places, 8), q3 = <usize>load<u32>(places, 12);
  const whole = groups & ~3, rest = groups & 3;
  const tWhole = t + (<usize>whole << 14), tEnd = t + (<usize>groups << 14);
  for (; outputs > 0; outputs--) {
    for (let tapsLeft = nTaps, tap = taps; tapsLeft > 0; tapsLeft -= rowsAtOnce) {
      const n = min(tapsLeft, rowsAtOnce);
      const yEnd = rows + (<usize>n << 6);
      rowsF32(w, rest, t, tWhole, rows, yEnd);
      if (rest > 0) restF32(w, whole, tWhole, tEnd, rows, yEnd);
      w += n * groups;
      for (let y = rows; y < yEnd; y += 64, tap += 4) {
        const to = planes + <usize>load<u32>(tap);
        addTo(to + q0, f32x4.mul(v128.load(y), factor));
        addTo(to + q1, f32x4.mul(v128.load(y, 16), factor));
        addTo(to + q2, f32x4.mul(v128.load(y, 32), factor));
        addTo(to + q3, f32x4.mul(v128.load(y, 48), factor));
      }
    }
    planes += planeBytes;
  }
}

/** f32 tables, 4 positions. */
export function lutF32Narrow(
  w: usize, outputs: i32, taps: usize, nTaps: i32, groups: i32, t: usize, planes: usize, planeBytes: usize, places: usize, coefficient: f32,
): void {
  const factor = f32x4.splat(coefficient);
  const q0 = <usize>load<u32>(places);
  const tEnd4 = t + (<usize>(groups & ~3) << 12);
  const tEnd = t + (<usize>groups << 12);
  const tapsEnd = taps + (<usize>nTaps << 2);
  for (; outputs > 0; outputs--) {
    for (let tap = taps; tap < tapsEnd; tap += 4) {
      let a = f32x4.splat(0);
      let tt = t;
      for (; tt < tEnd4; tt += 16384) {
        const e = load<u32>(w);
        w += 4;
        a = f32x4.add(a, f32x4.add(
          f32x4.add(v128.load(tt + ((e & 255) << 4)), v128.load(tt + ((e >> 4) & 0xff0), 4096)),
          f32x4.add(v128.load(tt + ((e >> 12) & 0xff0), 8192), v128.load(tt + ((e >> 24) << 4), 12288))));
      }
      for (; tt < tEnd; tt += 4096) a = f32x4.add(a, v128.load(tt + (<usize>load<u8>(w++) << 4)));
      addTo(planes + <usize>load<u32>(tap) + q0, f32x4.mul(a, factor));
    }
    planes += planeBytes;
  }
}

/** i16 tables, 16 positions; at most 32 groups, so that no sum leaves 16 bits. The planes are f32 and hold whole numbers. */
export function lutI16(
  w: usize, outputs: i32, taps: usize, nTaps: i32, groups: i32, t: usize, planes: usize, planeBytes: usize, places: usize, coefficient: f32,
): void {
  const factor = f32x4.splat(coefficient);
  const q0 = <usize>load<u32>(places), q1 = <usize>load<u32>(places, 4);
  const q2 = <usize>load<u32>(places, 8), q3 = <usize>load<u32>(places, 12);
  const tEnd4 = t + (<usize>(groups & ~3) << 13);
  const tEnd = t + (<usize>groups << 13);
  const tapsEnd = taps + (<usize>nTaps << 2);
  for (; outputs > 0; outputs--) {
    for (let tap = taps; tap < tapsEnd; tap += 4) {
      let a0 = i16x8.splat(0), a1 = a0;
      let tt = t;
      for (; tt < tEnd4; tt += 32768) {
        const e = load<u32>(w);
        w += 4;
        const p0 = tt + ((e & 255) << 5), p1 = tt + ((e >> 3) & 0x1fe0);
        const p2 = tt + ((e >> 11) & 0x1fe0), p3 = tt + ((e >> 24) << 5);
        a0 = i16x8.add(a0, i16x8.add(
          i16x8.add(v128.load(p0), v128.load(p1, 8192)), i16x8.add(v128.load(p2, 16384), v128.load(p3, 24576))));
        a1 = i16x8.add(a1, i16x8.add(
          i16x8.add(v128.load(p0, 16), v128.load(p1, 8208)), i16x8.add(v128.load(p2, 16400), v128.load(p3, 24592))));
      }
      for (; tt < tEnd; tt += 8192) {
        const p = tt + (<usize>load<u8>(w++) << 5);
        a0 = i16x8.add(a0, v128.load(p));
        a1 = i16x8.add(a1, v128.load(p, 16));
      }
      const to = planes + <usize>load<u32>(tap);
      addTo(to + q0, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(a0)), factor));
      addTo(to + q1, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(a0)), factor));
      addTo(to + q2, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(a1)), factor));
      addTo(to + q3, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(a1)), factor));
    }
    planes += planeBytes;
  }
}

/** i16 tables, 4 positions; at most 32 groups. */
export function lutI16Narrow(
  w: usize, outputs: i32, taps: usize, nTaps: i32, groups: i32, t: usize, planes: usize, planeBytes: usize, places: usize, coefficient: f32,
): void {
  const factor = f32x4.splat(coefficient);
  const q0 = <usize>load<u32>(places);
  const tEnd4 = t + (<usize>(groups & ~3) << 12);
  const tEnd = t + (<usize>groups << 12);
  const tapsEnd = taps + (<usize>nTaps << 2);
  for (; outputs > 0; outputs--) {
    for (let tap = taps; tap < tapsEnd; tap += 4) {
      let a = i16x8.splat(0);
      let tt = t;
      for (; tt < tEnd4; tt += 16384) {
        const e = load<u32>(w);
        w += 4;
        a = i16x8.add(a, i16x8.add(
          i16x8.add(v128.load(tt + ((e & 255) << 4)), v128.load(tt + ((e >> 4) & 0xff0), 4096)),
          i16x8.add(v128.load(tt + ((e >> 12) & 0xff0), 8192), v128.load(tt + ((e >> 24) << 4), 12288))));
      }
      for (; tt < tEnd; tt += 4096) a = i16x8.add(a, v128.load(tt + (<usize>load<u8>(w++) << 4)));
      addTo(planes + <usize>load<u32>(tap) + q0, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(a)), factor));
    }
    planes += planeBytes;
  }
}

/** fp32 weights [row][channels], 16 positions, two rows at a time; the tile is x [channels][16]. */
export function denseF32(
  w: usize, outputs: i32, taps: usize, nTaps: i32, channels: i32, x: usize, planes: usize, planeBytes: usize, places: usize,
): void {
  const q0 = <usize>load<u32>(places), q1 = <usize>load<u32>(places, 4);
  const q2 = <usize>load<u32>(places, 8), q3 = <usize>load<u32>(places, 12);
  const rowBytes = <usize>channels << 2;
  const rows = outputs * nTaps;
  const tapsEnd = taps + (<usize>nTaps << 2);
  let tap = taps;
  for (let row = 0; row < rows; row += 2) {
    // An odd last row is computed twice and added once.
    const w1 = row + 1 < rows ? w + rowBytes : w;
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
    let p = x;
    for (let k: usize = 0; k < rowBytes; k += 4, p += 64) {
      const v = v128.load32_splat(w + k), u = v128.load32_splat(w1 + k);
      const x0 = v128.load(p), x1 = v128.load(p, 16), x2 = v128.load(p, 32), x3 = v128.load(p, 48);
      a0 = f32x4.add(a0, f32x4.mul(v, x0));
      a1 = f32x4.add(a1, f32x4.mul(v, x1));
      a2 = f32x4.add(a2, f32x4.mul(v, x2));
      a3 = f32x4.add(a3, f32x4.mul(v, x3));
      b0 = f32x4.add(b0, f32x4.mul(u, x0));
      b1 = f32x4.add(b1, f32x4.mul(u, x1));
      b2 = f32x4.add(b2, f32x4.mul(u, x2));
      b3 = f32x4.add(b3, f32x4.mul(u, x3));
    }
    let to = planes + <usize>load<u32>(tap);
    addTo(to + q0, a0);
    addTo(to + q1, a1);
    addTo(to + q2, a2);
    addTo(to + q3, a3);
    tap += 4;
    if (tap === tapsEnd) {
      tap = taps;
      planes += planeBytes;
    }
    if (row + 1 < rows) {
      to = planes + <usize>load<u32>(tap);
      addTo(to + q0, b0);
      addTo(to + q1, b1);
      addTo(to + q2, b2);
      addTo(to + q3, b3);
      tap += 4;
      if (tap === tapsEnd) {
        tap = taps;
        planes += planeBytes;
      }
    }
    w += rowBytes + rowBytes;
  }
}

/** fp32 weights, 4 positions, four rows at a time; each row is added up in the order of denseF32. */
export function denseF32Narrow(
  w: usize, outputs: i32, taps: usize, nTaps: i32, channels: i32, x: usize, planes: usize, planeBytes: usize, places: usize,
): void {
  planes += <usize>load<u32>(places);
  const rowBytes = <usize>channels << 2;
  const n = nTaps;
  let tap = 0;
  for (let rows = outputs * nTaps; rows > 0; rows -= 4) {
    // Rows that a last four lacks are computed from its first and not added.
    const w1 = rows > 1 ? w + rowBytes : w, w2 = rows > 2 ? w1 + rowBytes : w, w3 = rows > 3 ? w2 + rowBytes : w;
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
    let p = x;
    for (let k: usize = 0; k < rowBytes; k += 4, p += 16) {
      const v = v128.load(p);
      a0 = f32x4.add(a0, f32x4.mul(v128.load32_splat(w + k), v));
      a1 = f32x4.add(a1, f32x4.mul(v128.load32_splat(w1 + k), v));
      a2 = f32x4.add(a2, f32x4.mul(v128.load32_splat(w2 + k), v));
      a3 = f32x4.add(a3, f32x4.mul(v128.load32_splat(w3 + k), v));
    }
    for (let row = 0; row < min(rows, 4); row++) {
      addTo(planes + <usize>load<u32>(taps + (<usize>tap << 2)), row === 0 ? a0 : row === 1 ? a1 : row === 2 ? a2 : a3);
      if (++tap === n) {
        tap = 0;
        planes += planeBytes;
      }
    }
    w += rowBytes << 2;
  }
}
