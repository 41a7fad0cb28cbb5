/**
 * Where the products of a (transposed) convolution go. Both are sums over taps of a shifted product: a
 * transposed convolution sends input (y, x) to output (s·y + d·ky − p, …), a convolution sends it to
 * ((y + p − d·ky) / s, …) where that is whole. So one kernel does both: it adds weight row × input, shifted
 * per tap, to planes with borders. The outputs of a transposed convolution are kept apart by their remainder
 * modulo the stride (phase-planar), which makes every shift contiguous; a convolution visits its inputs by
 * remainder, so that nothing is multiplied in vain. Dense is a convolution of a 1×batch image with one tap.
 */

export interface WindowShape {
  readonly height: number;
  readonly width: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Rows and columns of padding before the first; what comes after follows from the output's size. */
  readonly before: readonly [number, number];
}

/** One sub-grid of the input: rows `row0`, `row0 + rowStep`, … and likewise columns. */
export interface TapPass {
  readonly row0: number;
  readonly col0: number;
  readonly rowStep: number;
  readonly colStep: number;
  readonly rows: number;
  readonly cols: number;
  readonly taps: readonly Tap[];
}

export interface Tap {
  /** ky · kernel width + kx. */
  readonly index: number;
  /** Where value (0, 0) of the sub-grid lands in an output channel's planes, in values. */
  readonly offset: number;
}

export interface TapGeometry {
  readonly window: WindowShape;
  readonly passes: readonly TapPass[];
  /** Rows and columns of outputs are kept apart modulo these. */
  readonly phases: readonly [number, number];
  /** Of one phase's plane, in values. */
  readonly pitch: number;
  readonly planeSize: number;
  /** Of output (0, 0) within its plane, in values. */
  readonly origin: number;
}

interface RawTap {
  readonly index: number;
  readonly phase: number;
  readonly dy: number;
  readonly dx: number;
}

type RawPass = Omit<TapPass, 'taps'> & { readonly taps: readonly RawTap[] };

export function deconvGeometry(window: WindowShape): TapGeometry {
  const { kernel, stride, dilation, before, height, width } = window;
  const [sy, sx] = stride;
  const taps: RawTap[] = [];
  for (let ky = 0; ky < kernel[0]; ky++) {
    for (let kx = 0; kx < kernel[1]; kx++) {
      const [y, x] = [ky * dilation[0] - before[0], kx * dilation[1] - before[1]];
      const [dy, dx] = [Math.floor(y / sy), Math.floor(x / sx)];
      taps.push({ index: ky * kernel[1] + kx, phase: (y - dy * sy) * sx + (x - dx * sx), dy, dx });
    }
  }
  return place(window, stride, [{ row0: 0, col0: 0, rowStep: 1, colStep: 1, rows: height, cols: width, taps }]);
}

export function convGeometry(window: WindowShape): TapGeometry {
  const { kernel, stride, dilation, before, height, width } = window;
  const passes: RawPass[] = [];
  for (let row0 = 0; row0 < Math.min(stride[0], height); row0++) {
    for (let col0 = 0; col0 < Math.min(stride[1], width); col0++) {
      const taps: RawTap[] = [];
      for (let ky = 0; ky < kernel[0]; ky++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          const dy = (row0 + before[0] - ky * dilation[0]) / stride[0];
          const dx = (col0 + before[1] - kx * dilation[1]) / stride[1];
          if (Number.isInteger(dy) && Number.isInteger(dx)) {
            taps.push({ index: ky * kernel[1] + kx, phase: 0, dy, dx });
          }
        }
      }
      const rows = Math.ceil((height - row0) / stride[0]);
      const cols = Math.ceil((width - col0) / stride[1]);
      if (taps.length > 0) {
        passes.push({ row0, col0, rowStep: stride[0], colStep: stride[1], rows, cols, taps });
      }
    }
  }
  return place(window, [1, 1], passes);
}

/** `features` outputs for each of `batch` positions that lie in one row. */
export function denseGeometry(batch: number): TapGeometry {
  const one = [1, 1] as const;
  return convGeometry({
    height: 1,
    width: batch,
    outHeight: 1,
    outWidth: batch,
    kernel: one,
    stride: one,
    dilation: one,
    before: [0, 0],
  });
}

/** Multiplications of one image per pair of channels: what the cropped borders cost is counted. */
export function multiplicationsPerChannelPair({ passes }: TapGeometry): number {
  return passes.reduce((sum, pass) => sum + pass.rows * pass.cols * pass.taps.length, 0);
}

/** The most taps that meet in one output. */
export function tapsPerOutput({ passes, planeSize, phases }: TapGeometry): number {
  if (phases[0] * phases[1] === 1) return passes.reduce((sum, pass) => sum + pass.taps.length, 0);
  const byPhase = new Map<number, number>();
  for (const { taps } of passes) {
    for (const { offset } of taps) {
      const phase = Math.floor(offset / planeSize);
      byPhase.set(phase, (byPhase.get(phase) ?? 0) + 1);
    }
  }
  return Math.max(0, ...byPhase.values());
}

function place(window: WindowShape, phases: readonly [number, number], raw: readonly RawPass[]): TapGeometry {
  let [top, left, bottom, right] = [
    0,
    0,
    Math.ceil(window.outHeight / phases[0]),
    Math.ceil(window.outWidth / phases[1]),
  ];
  for (const pass of raw) {
    for (const { dy, dx } of pass.taps) {
      top = Math.max(top, -dy);
      left = Math.max(left, -dx);
      bottom = Math.max(bottom, pass.rows + dy);
      right = Math.max(right, pass.cols + dx);
    }
  }
  const pitch = left + right;
  // Whole registers: a store that the next row's load overlaps in part would make that load wait.
  const planeSize = Math.ceil(((top + bottom) * pitch) / 4) * 4;
  const passes = raw.map((pass) => ({
    ...pass,
    taps: pass.taps.map(({ index, phase, dy, dx }) => ({
      index,
      offset: phase * planeSize + (top + dy) * pitch + left + dx,
    })),
  }));
  return { window, passes, phases, pitch, planeSize, origin: top * pitch + left };
}
