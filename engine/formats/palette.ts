/**
 * At most 256 colours for a set of frames: the frames' own where there are no more, else median cut (Heckbert
 * 1982) over the colours at five bits per channel, each box split at the median of its widest channel. Pure,
 * and the same for the same frames.
 */
export interface Palette {
  /** 0xRRGGBB, at least one and at most 256. */
  readonly colors: readonly number[];
  /** The colour of each pixel of an RGBA frame. */
  indices(frame: Uint8ClampedArray): Uint8Array;
}

const maxColors = 256;

export function choosePalette(frames: readonly Uint8ClampedArray[]): Palette {
  return exactPalette(frames) ?? cutPalette(frames);
}

/** null: there are more colours than a palette holds. */
function exactPalette(frames: readonly Uint8ClampedArray[]): Palette | null {
  const places = new Map<number, number>();
  for (const frame of frames) {
    for (let i = 0; i < frame.length; i += 4) {
      const color = colorAt(frame, i);
      if (places.has(color)) continue;
      if (places.size === maxColors) return null;
      places.set(color, places.size);
    }
  }
  return paletteOf([...places.keys()], (color) => places.get(color) ?? 0);
}

interface Cell {
  /** Five bits per channel. */
  readonly key: number;
  count: number;
  readonly sums: [number, number, number];
}

function cutPalette(frames: readonly Uint8ClampedArray[]): Palette {
  const cells = new Map<number, Cell>();
  for (const frame of frames) {
    for (let i = 0; i < frame.length; i += 4) {
      const key = keyOf(colorAt(frame, i));
      let cell = cells.get(key);
      if (cell === undefined) cells.set(key, (cell = { key, count: 0, sums: [0, 0, 0] }));
      cell.count++;
      for (let channel = 0; channel < 3; channel++)
        cell.sums[channel] = (cell.sums[channel] ?? 0) + (frame[i + channel] ?? 0);
    }
  }
  const boxes: Cell[][] = [[...cells.values()].sort((a, b) => a.key - b.key)];
  while (boxes.length < maxColors) {
    const widest = boxes
      .map((box, at) => ({ at, split: box.length > 1 ? widestChannel(box) : null }))
      .filter((candidate) => candidate.split !== null)
      .reduce<{ at: number; split: Split } | null>((best, { at, split }) => {
        return split !== null && (best === null || split.weight > best.split.weight) ? { at, split } : best;
      }, null);
    if (widest === null) break;
    boxes.splice(widest.at, 1, ...halves(boxes[widest.at] ?? [], widest.split.shift));
  }
  const placeOf = new Map<number, number>();
  const colors = boxes.map((box, place) => {
    for (const cell of box) placeOf.set(cell.key, place);
    const count = box.reduce((sum, cell) => sum + cell.count, 0);
    const mean = (channel: number): number =>
      Math.round(box.reduce((sum, cell) => sum + (cell.sums[channel] ?? 0), 0) / count);
    return (mean(0) << 16) | (mean(1) << 8) | mean(2);
  });
  return paletteOf(colors, (color) => placeOf.get(keyOf(color)) ?? 0);
}

interface Split {
  /** Of the channel in a cell's key. */
  readonly shift: number;
  readonly weight: number;
}

function widestChannel(box: readonly Cell[]): Split {
  const count = box.reduce((sum, cell) => sum + cell.count, 0);
  const splits = [10, 5, 0].map((shift) => {
    const values = box.map((cell) => (cell.key >> shift) & 31);
    return { shift, weight: (Math.max(...values) - Math.min(...values)) * count };
  });
  return splits.reduce((best, split) => (split.weight > best.weight ? split : best));
}

function halves(box: readonly Cell[], shift: number): [Cell[], Cell[]] {
  const sorted = [...box].sort((a, b) => ((a.key >> shift) & 31) - ((b.key >> shift) & 31) || a.key - b.key);
  const half = sorted.reduce((sum, cell) => sum + cell.count, 0) / 2;
  let [seen, at] = [0, 0];
  while (at < sorted.length - 1 && (at === 0 || seen + (sorted[at]?.count ?? 0) <= half)) {
    seen += sorted[at]?.count ?? 0;
    at++;
  }
  return [sorted.slice(0, at), sorted.slice(at)];
}

function paletteOf(colors: readonly number[], placeOf: (color: number) => number): Palette {
  return {
    colors: colors.length === 0 ? [0] : colors,
    indices: (frame) => Uint8Array.from({ length: frame.length / 4 }, (_, i) => placeOf(colorAt(frame, i * 4))),
  };
}

function colorAt(frame: Uint8ClampedArray, i: number): number {
  return ((frame[i] ?? 0) << 16) | ((frame[i + 1] ?? 0) << 8) | (frame[i + 2] ?? 0);
}

function keyOf(color: number): number {
  return ((color >> 9) & 0x7c00) | ((color >> 6) & 0x3e0) | ((color >> 3) & 0x1f);
}
