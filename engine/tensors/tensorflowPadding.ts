/**
 * Padding given in numbers, as PyTorch's layers have it, for tfjs-node: its gradients of convolutions and all
 * its pooling take `same` and `valid` only and throw otherwise, so networks from PyTorch could not train on it.
 * Each kernel gets its image padded beforehand and is then called with `valid`. Registered once per process.
 */
import type { NamedAttrMap, NamedTensorInfoMap, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

type Shape4 = [number, number, number, number];
type Call = (inputs: NamedTensorInfoMap, attrs: object) => Tensor4D;
type Wrapped = (inputs: Readonly<Record<string, Tensor4D>>, attrs: Attrs, valid: Call) => TensorInfo;

interface Attrs {
  readonly pad: readonly (readonly [number, number])[];
  readonly inputShape?: Shape4;
  readonly filterSize?: number | [number, number];
  readonly strides?: number | [number, number];
}

/** TF.js's maximum over a window looks at nothing outside the image. */
const lowest = -Infinity;

const wrapped: Readonly<Record<string, Wrapped>> = {
  Conv2DBackpropInput({ dy, filter }, { pad, inputShape }, valid) {
    const shape = inputShape ?? [1, 1, 1, 1];
    const padded = shape.map((dim, i) => dim + (pad[i]?.[0] ?? 0) + (pad[i]?.[1] ?? 0));
    return cut(valid({ dy, filter } as NamedTensorInfoMap, { inputShape: padded }), pad, shape);
  },
  Conv2DBackpropFilter: ({ x, dy }, { pad }, valid) => valid({ x: widen(need(x), pad, 0), dy: need(dy) }, {}),
  MaxPool: ({ x }, { pad }, valid) => valid({ x: widen(need(x), pad, lowest) }, {}),
  MaxPoolGrad({ dy, input, output }, { pad }, valid) {
    const image = need(input);
    const wide = valid({ dy: need(dy), input: widen(image, pad, lowest), output: need(output) }, {});
    return cut(wide, pad, image.shape);
  },
  AvgPool({ x }, attrs, valid) {
    const image = need(x);
    return tf.div(valid({ x: widen(image, attrs.pad, 0) }, {}), shareInside(image.shape, attrs));
  },
  AvgPoolGrad({ dy, input }, attrs, valid) {
    const image = need(input);
    const errors = tf.div<Tensor4D>(need(dy), shareInside(image.shape, attrs));
    return cut(valid({ dy: errors, input: widen(image, attrs.pad, 0) }, {}), attrs.pad, image.shape);
  },
};

export function registerTensorflowPadding(): void {
  for (const [kernelName, wrap] of Object.entries(wrapped)) {
    const original = tf.getKernel(kernelName, 'tensorflow');
    if (original === undefined || original.kernelFunc.name === wrapperName) continue;
    tf.unregisterKernel(kernelName, 'tensorflow');
    const kernelFunc = {
      [wrapperName]: ({ inputs, attrs, backend }: Parameters<typeof original.kernelFunc>[0]) => {
        const given = attrs as unknown as Attrs & { dataFormat?: string };
        if (!Array.isArray(given.pad) && typeof given.pad !== 'number') {
          return original.kernelFunc({ inputs, attrs, backend });
        }
        const valid: Call = (newInputs, newAttrs) => {
          const all = { ...attrs, dimRoundingMode: undefined, pad: 'valid', ...newAttrs } as unknown as NamedAttrMap;
          return asTensor(original.kernelFunc({ inputs: newInputs, attrs: all, backend }));
        };
        return wrap(inputs as unknown as Record<string, Tensor4D>, { ...given, pad: pairs(given.pad) }, valid);
      },
    }[wrapperName];
    if (kernelFunc === undefined) continue;
    tf.registerKernel({ ...original, kernelFunc });
  }
}

const wrapperName = 'withPaddingInNumbers';

/** One pair per dimension of [n, h, w, c]. */
function pairs(pad: Attrs['pad'] | number): Attrs['pad'] {
  if (typeof pad !== 'number') return pad;
  return [
    [0, 0],
    [pad, pad],
    [pad, pad],
    [0, 0],
  ];
}

function widen(image: Tensor4D, pad: Attrs['pad'], value: number): Tensor4D {
  return tf.pad(
    image,
    pad.map(([before, after]) => [before, after] as [number, number]),
    value,
  ) as Tensor4D;
}

function cut(wide: Tensor4D, pad: Attrs['pad'], shape: Shape4): Tensor4D {
  return tf.slice(wide, pad.map(([before]) => before) as Shape4, shape);
}

/** What share of each window lies inside the image: TF.js's mean counts nothing else. */
function shareInside([, height, width]: Shape4, { pad, filterSize = 1, strides = 1 }: Attrs): Tensor4D {
  return tf.avgPool(widen(tf.ones<tf.Rank.R4>([1, height, width, 1]), pad, 0), filterSize, strides, 'valid');
}

function asTensor(result: TensorInfo | TensorInfo[]): Tensor4D {
  const [info] = Array.isArray(result) ? result : [result];
  if (info === undefined) throw new Error('A kernel gave no result');
  return ('rank' in info ? info : tf.engine().makeTensorFromTensorInfo(info)) as Tensor4D;
}

function need(tensor: Tensor4D | undefined): Tensor4D {
  if (tensor === undefined) throw new Error('A kernel was called without one of its inputs');
  return tensor;
}
