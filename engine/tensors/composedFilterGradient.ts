/**
 * The gradient of a convolution's filter for TF.js's `wasm` backend, which has no kernel for it and could not
 * train a convolution otherwise: a convolution with the batch as channels and the errors as a filter, dilated
 * by the stride. Correct and slow; `onnxruntime` is the backend to train on.
 */
import type { Conv2DBackpropFilterAttrs, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

const kernelName = 'Conv2DBackpropFilter';

/** Idempotent; a kernel that the backend brings itself is left alone. */
export function registerComposedFilterGradient(backendName: string): void {
  if (tf.getKernel(kernelName, backendName) !== undefined) return;
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs }) =>
      filterGradient(inputs['x'] as Tensor4D, inputs['dy'] as Tensor4D, attrs as unknown as Conv2DBackpropFilterAttrs),
  });
}

function filterGradient(x: Tensor4D, dy: Tensor4D, attrs: Conv2DBackpropFilterAttrs): Tensor4D {
  const { filterShape, strides, pad, dimRoundingMode, dataFormat } = attrs;
  if (dataFormat === 'NCHW') throw new Error(`${kernelName} is composed for NHWC only`);
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  const { top, bottom, left, right } = info.padInfo;
  return tf.tidy(() => {
    const padded = tf.pad(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const images = tf.transpose(padded, [3, 1, 2, 0]) as Tensor4D;
    const errors = tf.transpose(dy, [1, 2, 0, 3]) as Tensor4D;
    const dilation: [number, number] = [info.strideHeight, info.strideWidth];
    const full = tf.conv2d(images, errors, 1, 'valid', 'NHWC', dilation);
    const cut = tf.slice(full, [0, 0, 0, 0], [-1, info.filterHeight, info.filterWidth, -1]);
    return tf.transpose(cut, [1, 2, 0, 3]) as Tensor4D;
  });
}
