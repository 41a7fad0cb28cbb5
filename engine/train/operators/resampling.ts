/**
 * Upsampling and pooling over two spatial dimensions. Nearest upsampling by a whole factor repeats rows
 * and columns by broadcasting (its gradient is then a plain sum); other resizing uses TF.js's bilinear
 * kernel with half-pixel centres, as PyTorch does with `align_corners=False`.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { PoolAttributes } from '../../../core/graph/ops.ts';
import { failure, success, type Result } from '../../../core/result.ts';
import type { BuildContext, Operator, OperatorTable } from '../operator.ts';
import { fromChannelsLast, inFrameworkOrder, toChannelsLast, given } from '../value.ts';

export const resamplingOperators: OperatorTable = {
  upsample: ({ scale, size, mode }, context) => {
    if (context.node.shape?.length !== 4)
      return failure(context.cannotTrain('only two spatial dimensions are trained'));
    if (mode !== 'nearest' && mode !== 'bilinear')
      return failure(context.cannotTrain(`${mode} resizing has no gradient`));
    const input = spatial(context);
    const target = size
      ? pair(size)
      : ([Math.floor(input[0] * pair(scale ?? [1])[0]), Math.floor(input[1] * pair(scale ?? [1])[1])] as const);
    const factor = [target[0] / input[0], target[1] / input[1]] as const;
    const whole = Number.isInteger(factor[0]) && Number.isInteger(factor[1]);
    if (mode === 'nearest' && !whole)
      return failure(context.cannotTrain('nearest resizing is trained by whole factors only'));
    return perImage(context, (x) =>
      mode === 'nearest'
        ? repeat(x, factor[0], factor[1])
        : tf.image.resizeBilinear(x, [target[0], target[1]], false, true),
    );
  },
  max_pool: (attributes, context) =>
    pool(attributes, context, (x, kernel, stride, pad) => tf.maxPool(x, kernel, stride, pad, rounding(pad))),
  avg_pool: (attributes, context) => {
    const explicit = typeof attributes.padding !== 'string' && attributes.padding.some((p) => p > 0);
    if (explicit && attributes.countIncludePad !== false) {
      const [top, left] = pair(attributes.padding as readonly number[]);
      return pool({ ...attributes, padding: 'valid' }, context, (x, kernel, stride, pad) =>
        tf.avgPool(
          tf.pad(x, [
            [0, 0],
            [top, top],
            [left, left],
            [0, 0],
          ]),
          kernel,
          stride,
          pad,
        ),
      );
    }
    return pool(attributes, context, (x, kernel, stride, pad) => tf.avgPool(x, kernel, stride, pad, rounding(pad)));
  },
  adaptive_avg_pool: ({ size }, context) => {
    const input = spatial(context);
    const [height, width] = pair(size);
    const [kh, kw] = [input[0] / height, input[1] / width];
    if (!Number.isInteger(kh) || !Number.isInteger(kw))
      return failure(context.cannotTrain('adaptive pooling is trained by whole factors only'));
    return perImage(context, (x) => tf.avgPool(x, [kh, kw], [kh, kw], 'valid'));
  },
  global_avg_pool: ({ keepDims }, context) =>
    success(([input]) => {
      const x = toChannelsLast(given(input), context.layout);
      const pooled = tf.mean(x, [1, 2], keepDims);
      return keepDims ? fromChannelsLast(pooled, context.layout) : inFrameworkOrder(pooled);
    }),
};

type Pads = 'same' | 'valid' | [[number, number], [number, number], [number, number], [number, number]];

function pool(
  attributes: PoolAttributes,
  context: BuildContext,
  apply: (x: tf.Tensor4D, kernel: [number, number], stride: [number, number], pad: Pads) => tf.Tensor,
): Result<Operator> {
  if (context.node.shape?.length !== 4) return failure(context.cannotTrain('only two spatial dimensions are trained'));
  if (attributes.ceilMode) return failure(context.cannotTrain('pooling with ceil_mode is not trained'));
  if (attributes.dilation?.some((d) => d !== 1)) return failure(context.cannotTrain('dilated pooling is not trained'));
  const { padding } = attributes;
  const [top, left] = typeof padding === 'string' ? [0, 0] : pair(padding);
  const pads: Pads =
    typeof padding === 'string'
      ? padding
      : [
          [0, 0],
          [top, top],
          [left, left],
          [0, 0],
        ];
  return perImage(context, (x) => apply(x, pair(attributes.kernel), pair(attributes.stride), pads));
}

function perImage(context: BuildContext, apply: (x: tf.Tensor4D) => tf.Tensor): Result<Operator> {
  return success(([input]) =>
    fromChannelsLast(apply(toChannelsLast(given(input), context.layout) as tf.Tensor4D), context.layout),
  );
}

/** [n, h, w, c] → [n, h·fy, w·fx, c], each pixel repeated. */
function repeat(x: tf.Tensor4D, fy: number, fx: number): tf.Tensor {
  const [n, h, w, c] = x.shape;
  const spread = tf.mul(tf.reshape(x, [n * h, 1, w, 1, c]), tf.ones([1, fy, 1, fx, 1]));
  return tf.reshape(spread, [n, h * fy, w * fx, c]);
}

function rounding(pad: Pads): 'floor' | undefined {
  return typeof pad === 'string' ? undefined : 'floor';
}

/** Height and width of the node's input. */
function spatial(context: BuildContext): readonly [number, number] {
  const shape = context.inputShapes[0] ?? [];
  return context.layout === 'channelsFirst' ? [shape[2] ?? 1, shape[3] ?? 1] : [shape[1] ?? 1, shape[2] ?? 1];
}

function pair(list: readonly number[]): [number, number] {
  const [first = 1, second = first] = list;
  return [first, second];
}
