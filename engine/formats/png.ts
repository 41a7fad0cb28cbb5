/**
 * Images as PNG: generated batches become one grid, so that a sample of a step is one small file. Values
 * are the generator's own, [-1, 1]; what lies outside is clipped, and NaN is drawn black rather than hidden.
 */
import { encode } from 'fast-png';

/** Images in [-1, 1], row-major N, H, W, C with one or three channels. */
export interface ImageBatch {
  readonly values: Float32Array;
  readonly nImages: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

export interface GridLayout {
  readonly columns: number;
  /** Pixels between images and around the grid. */
  readonly gap: number;
}

/** Dark enough beside white images, light enough beside black ones, and not the 128 of an untrained network. */
const gapValue = 72;

/** One PNG with the images in rows of `columns`. */
export function encodeGrid(images: ImageBatch, { columns, gap }: GridLayout): Uint8Array {
  const { values, nImages, height, width, channels } = images;
  if (values.length !== nImages * height * width * channels) {
    throw new RangeError(`${values.length} values are not ${nImages} images of ${width}×${height}×${channels}`);
  }
  const nColumns = Math.max(1, Math.min(columns, nImages));
  const nRows = Math.max(1, Math.ceil(nImages / nColumns));
  const gridWidth = nColumns * (width + gap) + gap;
  const gridHeight = nRows * (height + gap) + gap;
  const data = new Uint8Array(gridWidth * gridHeight * channels).fill(gapValue);
  const rowLength = width * channels;
  for (let imageIdx = 0; imageIdx < nImages; imageIdx++) {
    const left = gap + (imageIdx % nColumns) * (width + gap);
    const top = gap + Math.floor(imageIdx / nColumns) * (height + gap);
    for (let y = 0; y < height; y++) {
      const from = (imageIdx * height + y) * rowLength;
      const to = ((top + y) * gridWidth + left) * channels;
      for (let i = 0; i < rowLength; i++) data[to + i] = toByte(values[from + i] as number);
    }
  }
  return encode({ width: gridWidth, height: gridHeight, data, channels, depth: 8 });
}

/** [-1, 1] → 0 … 255, rounded; the inverse of the scaling that `batchAt` applies. */
export function toByte(value: number): number {
  const scaled = Math.round((value + 1) * 127.5);
  return scaled > 255 ? 255 : scaled > 0 ? scaled : 0;
}
