/**
 * One decoded image to the size and channels that a plan asks for: the centre square, then resampled.
 * Shrinking averages over the area each new pixel covers; enlarging interpolates linearly between pixel
 * centres. Both are weighted sums along x and then y, so flat areas stay flat and means are kept.
 * Grey from colour is ITU-R BT.601 luma, as in JPEG; colour from grey repeats it.
 */

/** 8 bits per sample, H, W, C with one or three channels. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** size × size × channels bytes. */
export function fitImage(image: DecodedImage, size: number, channels: 1 | 3): Uint8Array {
  const { width, height } = image;
  const side = Math.min(width, height);
  const left = Math.floor((width - side) / 2);
  const top = Math.floor((height - side) / 2);
  const c = image.channels;
  if (side === size && width === height) return convertChannels(image.data, c, channels);
  const weights = resampleWeights(side, size);
  const rows = new Float32Array(side * size * c);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < size; x++) {
      const { first, values } = weights[x] as AxisWeights;
      for (let k = 0; k < c; k++) {
        let sum = 0;
        for (let i = 0; i < values.length; i++) {
          sum += (values[i] as number) * (image.data[((top + y) * width + left + first + i) * c + k] as number);
        }
        rows[(y * size + x) * c + k] = sum;
      }
    }
  }
  const fitted = new Float32Array(size * size * c);
  for (let y = 0; y < size; y++) {
    const { first, values } = weights[y] as AxisWeights;
    for (let i = 0; i < values.length; i++) {
      const weight = values[i] as number;
      const from = (first + i) * size * c;
      for (let k = 0; k < size * c; k++)
        fitted[y * size * c + k] = (fitted[y * size * c + k] as number) + weight * (rows[from + k] as number);
    }
  }
  return convertChannels(fitted, c, channels);
}

interface AxisWeights {
  readonly first: number;
  readonly values: readonly number[];
}

/** Weights of the old pixels in each new one, along one axis; each list sums to 1. */
export function resampleWeights(from: number, to: number): readonly AxisWeights[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    if (scale > 1) {
      const begin = i * scale;
      const end = Math.min(from, (i + 1) * scale);
      const first = Math.floor(begin);
      const values: number[] = [];
      for (let pixel = first; pixel < end; pixel++) {
        values.push((Math.min(end, pixel + 1) - Math.max(begin, pixel)) / (end - begin));
      }
      return { first, values };
    }
    const centre = Math.min(Math.max((i + 0.5) * scale - 0.5, 0), from - 1);
    const first = Math.min(Math.floor(centre), Math.max(0, from - 2));
    const fraction = centre - first;
    return { first, values: fraction === 0 ? [1] : [1 - fraction, fraction] };
  });
}

function convertChannels(values: Float32Array | Uint8Array, from: 1 | 3, to: 1 | 3): Uint8Array {
  const nPixels = values.length / from;
  const bytes = new Uint8Array(nPixels * to);
  for (let i = 0; i < nPixels; i++) {
    if (from === to) {
      for (let k = 0; k < to; k++) bytes[i * to + k] = Math.round(values[i * from + k] as number);
    } else if (from === 1) {
      bytes.fill(Math.round(values[i] as number), i * 3, i * 3 + 3);
    } else {
      const [red, green, blue] = [values[i * 3] as number, values[i * 3 + 1] as number, values[i * 3 + 2] as number];
      bytes[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }
  }
  return bytes;
}
