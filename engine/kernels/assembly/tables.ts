// Tables of partial sums. A group is eight input channels; its table has one row per weight byte e, and row e
// is the sum over the channels of +x where the channel's bit in e is set and of -x where it is clear:
//   row[0] = -(x0 + ... + x7),  row[e with its highest bit b] = row[e without b] + 2 x_b.
// A row holds 16 positions (a wide tile) or one register of positions (a narrow tile). The input is a tile
// [channels][positions], the channels filled up with zeros to whole groups.

/** f32, 16 positions: 64-byte rows, 16 KB per group. */
export function tablesF32(x: usize, groups: i32, t: usize): void {
  for (; groups > 0; groups--) {
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
    for (let p = x, end = x + 512; p < end; p += 64) {
      a0 = f32x4.sub(a0, v128.load(p));
      a1 = f32x4.sub(a1, v128.load(p, 16));
      a2 = f32x4.sub(a2, v128.load(p, 32));
      a3 = f32x4.sub(a3, v128.load(p, 48));
    }
    v128.store(t, a0);
    v128.store(t, a1, 16);
    v128.store(t, a2, 32);
    v128.store(t, a3, 48);
    for (let bytes: usize = 64; bytes < 16384; bytes <<= 1, x += 64) {
      let b0 = v128.load(x), b1 = v128.load(x, 16), b2 = v128.load(x, 32), b3 = v128.load(x, 48);
      b0 = f32x4.add(b0, b0);
      b1 = f32x4.add(b1, b1);
      b2 = f32x4.add(b2, b2);
      b3 = f32x4.add(b3, b3);
      for (let s = t, d = t + bytes; s < t + bytes; s += 64, d += 64) {
        v128.store(d, f32x4.add(v128.load(s), b0));
        v128.store(d, f32x4.add(v128.load(s, 16), b1), 16);
        v128.store(d, f32x4.add(v128.load(s, 32), b2), 32);
        v128.store(d, f32x4.add(v128.load(s, 48), b3), 48);
      }
    }
    t += 16384;
  }
}

/** f32, 4 positions: 16-byte rows, 4 KB per group. */
export function tablesF32Narrow(x: usize, groups: i32, t: usize): void {
  for (; groups > 0; groups--) {
    let a = f32x4.splat(0);
    for (let p = x, end = x + 128; p < end; p += 16) a = f32x4.sub(a, v128.load(p));
    v128.store(t, a);
    for (let bytes: usize = 16; bytes < 4096; bytes <<= 1, x += 16) {
      let b = v128.load(x);
      b = f32x4.add(b, b);
      for (let s = t, d = t + bytes; s < t + bytes; s += 16, d += 16) v128.store(d, f32x4.add(v128.load(s), b));
    }
    t += 4096;
  }
}

/** i16, 16 positions: 32-byte rows, 8 KB per group. Eight values of at most 127 make at most 1016. */
export function tablesI16(x: usize, groups: i32, t: usize): void {
  for (; groups > 0; groups--) {
    let a0 = i16x8.splat(0), a1 = a0;
    for (let p = x, end = x + 256; p < end; p += 32) {
      a0 = i16x8.sub(a0, v128.load(p));
      a1 = i16x8.sub(a1, v128.load(p, 16));
    }
    v128.store(t, a0);
    v128.store(t, a1, 16);
    for (let bytes: usize = 32; bytes < 8192; bytes <<= 1, x += 32) {
      let b0 = v128.load(x), b1 = v128.load(x, 16);
      b0 = i16x8.add(b0, b0);
      b1 = i16x8.add(b1, b1);
      for (let s = t, d = t + bytes; s < t + bytes; s += 32, d += 32) {
        v128.store(d, i16x8.add(v128.load(s), b0));
        v128.store(d, i16x8.add(v128.load(s, 16), b1), 16);
      }
    }
    t += 8192;
  }
}

/** i16, 8 positions, of which a narrow tile uses 4: 16-byte rows, 4 KB per group. */
export function tablesI16Narrow(x: usize, groups: i32, t: usize): void {
  for (; groups > 0; groups--) {
    let a = i16x8.splat(0);
    for (let p = x, end = x + 128; p < end; p += 16) a = i16x8.sub(a, v128.load(p));
    v128.store(t, a);
    for (let bytes: usize = 16; bytes < 4096; bytes <<= 1, x += 16) {
      let b = v128.load(x);
      b = i16x8.add(b, b);
      for (let s = t, d = t + bytes; s < t + bytes; s += 16, d += 16) v128.store(d, i16x8.add(v128.load(s), b));
    }
    t += 4096;
  }
}
