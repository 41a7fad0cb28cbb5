/**
 * The gradient of bilinear resizing with half-pixel centres for TF.js's own backends, whose kernel leaves the
 * centres out and so gives the gradient of another function (`cpu`, WASM and tfjs-node 4.22). Resizing is a
 * product with one small matrix per direction, and its gradient one with their transposes.
 */
import type { NamedAttrMap, Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { need, type NamedGradientMap, type Saved } from './leanGradients.ts';
import { ortBackendName } from './ortBackendName.ts';

export function bilinearGradient(dy: Tensor, [images]: Saved, attrs: NamedAttrMap): NamedGradientMap {
  const x = need(images);
  const isComposed = attrs['halfPixelCenters'] === true && tf.getBackend() !== ortBackendName;
  return {
    images: () =>
      isComposed
        ? composed(dy, x.shape)
        : (tf.engine().runKernel('ResizeBilinearGrad', { dy, images: x }, attrs) as unknown as Tensor),
  };
}

/** [n, H, W, c] → [n, h, w, c], for images of `shape` that were resized to H × W. */
function composed(dy: Tensor, [n = 1, height = 1, width = 1, channels = 1]: readonly number[]): Tensor {
  const [, outHeight = 1, outWidth = 1] = dy.shape;
  const columns = tf.reshape(dy, [n, outHeight, outWidth * channels]);
  const rows = tf.matMul(shares(height, outHeight), columns) as Tensor3D;
  const apart = tf.reshape(rows, [n * height, outWidth, channels]);
  return tf.reshape(tf.matMul(shares(width, outWidth), apart), [n, height, width, channels]);
}

/** [1, length, outLength]: how much of each input position each output position holds. */
function shares(length: number, outLength: number): Tensor3D {
  const values = new Float32Array(length * outLength);
  for (let out = 0; out < outLength; out++) {
    const at = Math.min(Math.max(((out + 0.5) * length) / outLength - 0.5, 0), length - 1);
    const low = Math.floor(at);
    const high = Math.min(low + 1, length - 1);
    values[low * outLength + out] = (values[low * outLength + out] ?? 0) + 1 - (at - low);
    values[high * outLength + out] = (values[high * outLength + out] ?? 0) + at - low;
  }
  return tf.tensor3d(values, [1, length, outLength]);
}
