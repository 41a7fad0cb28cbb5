/**
 * What a layer means, in loops that anybody can check: the kernels' tests compare with it. Everything is
 * computed in double precision; values lie as in the kernels, [channels][images][rows][columns]. The int8
 * quantizer is here too, so that the integer path can be held against it bit for bit.
 */
import type { WindowShape } from './tapGeometry.ts';

export interface OracleLayer {
  readonly op: 'conv' | 'deconv';
  readonly window: WindowShape;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Value of the weight from an input to an output channel at a tap. */
  weight(output: number, tap: number, input: number): number;
}

/** Sums of products, without affine term or activation. */
export function oracleSums(layer: OracleLayer, x: ArrayLike<number>, images: number): Float64Array {
  const { op, window, inChannels, outChannels, weight } = layer;
  const { height, width, outHeight, outWidth, kernel, stride, dilation, before } = window;
  const sums = new Float64Array(outChannels * images * outHeight * outWidth);
  // A kernel reaches from each far place to the near places around it: from outputs to inputs in a convolution.
  const [farHeight, farWidth] = op === 'conv' ? [outHeight, outWidth] : [height, width];
  for (let output = 0; output < outChannels; output++) {
    for (let input = 0; input < inChannels; input++) {
      for (let ky = 0; ky < kernel[0]; ky++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          const w = weight(output, ky * kernel[1] + kx, input);
          for (let farY = 0; farY < farHeight; farY++) {
            for (let farX = 0; farX < farWidth; farX++) {
              const nearY = farY * stride[0] + ky * dilation[0] - before[0];
              const nearX = farX * stride[1] + kx * dilation[1] - before[1];
              const [iy, ix, oy, ox] = op === 'conv' ? [nearY, nearX, farY, farX] : [farY, farX, nearY, nearX];
              if (iy < 0 || height <= iy || ix < 0 || width <= ix) continue;
              if (oy < 0 || outHeight <= oy || ox < 0 || outWidth <= ox) continue;
              for (let image = 0; image < images; image++) {
                const at = ((output * images + image) * outHeight + oy) * outWidth + ox;
                const from = ((input * images + image) * height + iy) * width + ix;
                sums[at] = (sums[at] ?? 0) + w * (x[from] ?? NaN);
              }
            }
          }
        }
      }
    }
  }
  return sums;
}

/** Whole numbers of each image and the step of its grid: nearest, ties to even, ±limit at the largest magnitude. */
export function oracleQuantize(
  x: Float32Array,
  channels: number,
  images: number,
  limit = 127,
): { readonly values: Int16Array; readonly scales: Float32Array } {
  const size = x.length / channels / images;
  const values = new Int16Array(x.length);
  const scales = new Float32Array(images);
  for (let image = 0; image < images; image++) {
    const places = Array.from(
      { length: channels * size },
      (_, i) => (Math.floor(i / size) * images + image) * size + (i % size),
    );
    const largest = Math.max(...places.map((at) => Math.abs(x[at] ?? 0)));
    const inverse = Math.fround(largest > 0 ? limit / largest : 0);
    scales[image] = largest / limit;
    for (const at of places) {
      values[at] = Math.max(-limit, Math.min(limit, roundHalfEven(Math.fround((x[at] ?? 0) * inverse))));
    }
  }
  return { values, scales };
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
