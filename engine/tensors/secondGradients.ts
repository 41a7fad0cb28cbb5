/**
 * What a loss with a gradient in it (WGAN-GP's penalty) needs beyond TF.js's own gradients. Kernels that appear
 * only in gradients have none there: each is linear in its errors, so its gradient is the forward kernel.
 * Functions whose gradient TF.js takes from their saved output (exp, tanh, sigmoid, softmax, ELU) come out
 * wrong, silently, when differentiated again, because a saved output is cut off from what it was made of: here
 * they are computed from their input once more, which the lazy backend writes only once. `Tile` replaces TF.js's
 * gradient of one slice per repetition. Max pooling cannot be differentiated twice, and TF.js says so.
 */
import type { NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { bilinearGradient } from './bilinearGradient.ts';
import { need, registerGradients, type NamedGradientMap, type NewGradient, type Saved } from './leanGradients.ts';

/** What gradients choose by: constant wherever it has a derivative. */
const comparisons = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'];

const gradients: readonly NewGradient[] = [
  ...comparisons.map((name): NewGradient => [name, ['a', 'b'], flat]),
  ['ClipByValue', ['x'], clip],
  ['Exp', ['x'], (dy, [x]) => ({ x: () => tf.mul(dy, tf.exp(need(x))) })],
  ['Tanh', ['x'], (dy, [x]) => ({ x: () => tf.mul(dy, tf.sub(1, tf.square(tf.tanh(need(x))))) })],
  ['Sigmoid', ['x'], sigmoid],
  ['Elu', ['x'], elu],
  ['Softmax', ['logits'], softmax],
  ['LogSoftmax', ['logits'], logSoftmax],
  ['Tile', ['x'], tile],
  ['Conv2DBackpropFilter', ['x', 'dy'], convFilterGradient],
  ['DepthwiseConv2dNativeBackpropInput', ['dy', 'filter'], depthwiseInputGradient],
  ['DepthwiseConv2dNativeBackpropFilter', ['x', 'dy'], depthwiseFilterGradient],
  ['AvgPoolGrad', ['dy'], averagePoolGradient],
  [
    'ResizeNearestNeighborGrad',
    ['images', 'dy'],
    (dy, saved, attrs) => resize('ResizeNearestNeighbor', dy, saved, attrs),
  ],
  ['ResizeBilinear', ['images'], bilinearGradient],
  ['ResizeBilinearGrad', ['images', 'dy'], (dy, saved, attrs) => resize('ResizeBilinear', dy, saved, attrs)],
];

export function registerSecondGradients(): void {
  registerGradients(gradients);
}

function flat(_: Tensor, [a, b]: Saved): NamedGradientMap {
  return { a: () => zeros(need(a)), b: () => zeros(need(b)) };
}

/** Without the conjunction in TF.js's, which has no gradient and shall have none. */
function clip(dy: Tensor, [input]: Saved, attrs: NamedAttrMap): NamedGradientMap {
  const x = need(input);
  const [least, most] = [attrs['clipValueMin'] as number, attrs['clipValueMax'] as number];
  return {
    x: () => {
      const below = tf.where(tf.lessEqual(x, most), dy, zeros(dy));
      return tf.where(tf.greaterEqual(x, least), below, zeros(dy));
    },
  };
}

/** Gradients are float32 whatever the type of what they belong to. */
function zeros(like: Tensor): Tensor {
  return tf.zeros(like.shape);
}

function sigmoid(dy: Tensor, [x]: Saved): NamedGradientMap {
  return {
    x: () => {
      const y = tf.sigmoid(need(x));
      return tf.mul(dy, tf.mul(y, tf.sub(1, y)));
    },
  };
}

function elu(dy: Tensor, [x]: Saved): NamedGradientMap {
  return { x: () => tf.where(tf.greater(need(x), 0), dy, tf.mul(dy, tf.exp(tf.minimum(need(x), 0)))) };
}

function softmax(dy: Tensor, [logits]: Saved, attrs: NamedAttrMap): NamedGradientMap {
  const axis = attrs['dim'] as number;
  return {
    logits: () => {
      const y = tf.softmax(need(logits), axis);
      const weighted = tf.mul(dy, y);
      return tf.sub(weighted, tf.mul(tf.sum(weighted, axis, true), y));
    },
  };
}

function logSoftmax(dy: Tensor, [logits]: Saved, attrs: NamedAttrMap): NamedGradientMap {
  const axis = attrs['axis'] as number;
  return { logits: () => tf.sub(dy, tf.mul(tf.sum(dy, axis, true), tf.softmax(need(logits), axis))) };
}

function tile(dy: Tensor, [input]: Saved, attrs: NamedAttrMap): NamedGradientMap {
  const x = need(input);
  const repetitions = attrs['reps'] as readonly number[];
  return {
    x: () => {
      // [r₀·d₀, r₁·d₁, …] → [r₀, d₀, r₁, d₁, …], of which the repetitions are summed.
      const apart = x.shape.flatMap((dim, i) => [repetitions[i] ?? 1, dim]);
      const axes = x.shape.map((_, i) => 2 * i);
      return tf.reshape(tf.sum(tf.reshape(dy, apart), axes), x.shape);
    },
  };
}

function convFilterGradient(dw: Tensor, [image, errors]: Saved, attrs: NamedAttrMap): NamedGradientMap {
  const [x, dy] = [need(image), need(errors)];
  const { strides, pad, dataFormat, dimRoundingMode } = attrs;
  const shared = { strides, pad, dataFormat, dimRoundingMode };
  return {
    x: () => kernel('Conv2DBackpropInput', { dy, filter: dw }, { ...shared, inputShape: x.shape }),
    dy: () => kernel('Conv2D', { x, filter: dw }, { ...shared, dilations: 1 }),
  };
}

function depthwiseInputGradient(dx: Tensor, [errors, weights]: Saved, attrs: NamedAttrMap): NamedGradientMap {
  const [dy, filter] = [need(errors), need(weights)];
  const { strides, dilations, pad, dimRoundingMode } = attrs;
  const shared = { strides, dilations, pad, dimRoundingMode };
  return {
    dy: () => kernel('DepthwiseConv2dNative', { x: dx, filter }, { ...shared, dataFormat: 'NHWC' }),
    filter: () =>
      kernel('DepthwiseConv2dNativeBackpropFilter', { x: dx, dy }, { ...shared, filterShape: filter.shape }),
  };
}

function depthwiseFilterGradient(dw: Tensor, [image, errors]: Saved, attrs: NamedAttrMap): NamedGradientMap {
  const [x, dy] = [need(image), need(errors)];
  const { strides, dilations, pad, dimRoundingMode } = attrs;
  const shared = { strides, dilations, pad, dimRoundingMode };
  return {
    x: () => kernel('DepthwiseConv2dNativeBackpropInput', { dy, filter: dw }, { ...shared, inputShape: x.shape }),
    dy: () => kernel('DepthwiseConv2dNative', { x, filter: dw }, { ...shared, dataFormat: 'NHWC' }),
  };
}

/** The image itself is an input of the kernel for its shape alone. */
function averagePoolGradient(dx: Tensor, [errors]: Saved, attrs: NamedAttrMap): NamedGradientMap {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  return {
    dy: () =>
      tf.reshape(kernel('AvgPool', { x: dx }, { filterSize, strides, pad, dimRoundingMode }), need(errors).shape),
    input: () => zeros(dx),
  };
}

function resize(name: string, dx: Tensor, [images, errors]: Saved, attrs: NamedAttrMap): NamedGradientMap {
  const { alignCorners, halfPixelCenters = false } = attrs;
  const size = need(errors).shape.slice(1, 3);
  return {
    dy: () => kernel(name, { images: dx }, { alignCorners, halfPixelCenters, size }),
    images: () => zeros(need(images)),
  };
}

function kernel(name: string, inputs: Readonly<Record<string, Tensor>>, attrs: object): Tensor {
  const result: TensorInfo | TensorInfo[] = tf.engine().runKernel(name, inputs, attrs as NamedAttrMap);
  return result as unknown as Tensor;
}
