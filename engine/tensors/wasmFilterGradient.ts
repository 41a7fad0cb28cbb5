/**
 * The filter's gradient of a convolution for TF.js's WASM backend, which has no kernel for it and so cannot
 * train otherwise. For every position of the kernel the part of the input that it meets is multiplied with
 * the arriving gradient: dW[ky, kx] = x[·, y·s + ky, x·s + kx, ·]ᵀ · dy. Registered once per process.
 */
import * as tf from '@tensorflow/tfjs-core';

const kernelName = 'Conv2DBackpropFilter';

export function registerWasmFilterGradient(): void {
  if (tf.getKernel(kernelName, 'wasm')) return;
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { x, dy } = inputs as unknown as { x: tf.Tensor4D; dy: tf.Tensor4D };
      return filterGradient(x, dy, attrs as unknown as tf.Conv2DBackpropFilterAttrs);
    },
  });
}

/** x [n, h, w, in], dy [n, y, x, out] → [kh, kw, in, out]. */
export function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { strides, pad, dimRoundingMode, filterShape }: Omit<tf.Conv2DBackpropFilterAttrs, 'dataFormat'>,
): tf.Tensor {
  const { padInfo, strideHeight, strideWidth } = tf.backend_util.computeConv2DInfo(
    x.shape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const [kh, kw, inChannels, outChannels] = filterShape;
  const [n, outHeight, outWidth] = dy.shape;
  // What the last window reaches, and room for a slice of whole strides from every kernel position.
  const reach = (out: number, stride: number, kernel: number): number => out * stride + kernel - 1;
  const padded = resized(x, padInfo.top, reach(outHeight, strideHeight, kh), 1);
  const whole = resized(padded, padInfo.left, reach(outWidth, strideWidth, kw), 2);
  const errors = tf.reshape(dy, [n * outHeight * outWidth, outChannels]);
  const parts: tf.Tensor[] = [];
  for (let ky = 0; ky < kh; ky++) {
    for (let kx = 0; kx < kw; kx++) {
      const window = tf.slice(whole, [0, ky, kx, 0], [n, outHeight * strideHeight, outWidth * strideWidth, inChannels]);
      const met = tf.slice(
        tf.reshape(window, [n, outHeight, strideHeight, outWidth, strideWidth * inChannels]),
        [0, 0, 0, 0, 0],
        [n, outHeight, 1, outWidth, inChannels],
      );
      parts.push(tf.matMul(tf.reshape(met, [n * outHeight * outWidth, inChannels]), errors, true));
    }
  }
  return tf.reshape(tf.stack(parts), [kh, kw, inChannels, outChannels]);
}

/** `before` zeros in front along the axis, then zeros or a cut at the end to `length`. */
function resized(x: tf.Tensor4D, before: number, length: number, axis: 1 | 2): tf.Tensor4D {
  const after = length - before - x.shape[axis];
  const pads: [number, number][] = [0, 1, 2, 3].map((i) => (i === axis ? [before, Math.max(after, 0)] : [0, 0]));
  const size = x.shape.map((dim, i) => (i === axis ? length : dim));
  return tf.slice(tf.pad(x, pads) as tf.Tensor4D, [0, 0, 0, 0], size as [number, number, number, number]);
}
