/**
 * Every differentiable operation that training uses, on the lazy backend, against central differences. Where
 * the operation is linear in the tested argument the difference is exact for any step and is taken on TF.js's
 * `cpu` backend; where it is not, the function is evaluated in float64 by a formula of its own.
 */
import assert from 'node:assert/strict';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from './selectBackend.ts';

interface LinearCase {
  readonly name: string;
  readonly shape: number[];
  readonly apply: (x: Tensor) => Tensor;
}

interface ScalarCase {
  readonly name: string;
  readonly apply: (x: Tensor) => Tensor;
  readonly formula: (x: number) => number;
  /** All arguments are made positive, for functions that are defined or smooth only there. */
  readonly positive?: boolean;
}

const filter = (shape: [number, number, number, number]) => tf.randomNormal(shape, 0, 1, 'float32', 5) as Tensor4D;
const image = (shape: [number, number, number, number]) => tf.randomNormal(shape, 0, 1, 'float32', 6) as Tensor4D;

const linearCases: readonly LinearCase[] = [
  ...(
    [
      [1, 'same', 3],
      [2, 'same', 4],
      [2, 'same', 5],
      [2, 1, 4],
      [3, 'valid', 3],
      [2, 'valid', 5],
    ] as const
  ).flatMap(([stride, pad, kernel]): LinearCase[] => [
    {
      name: `conv2d, image, stride ${stride}, pad ${pad}, kernel ${kernel}`,
      shape: [2, 9, 8, 3],
      apply: (x) => tf.conv2d(x as Tensor4D, filter([kernel, kernel, 3, 2]), stride, pad, 'NHWC', 1, roundingFor(pad)),
    },
    {
      name: `conv2d, filter, stride ${stride}, pad ${pad}, kernel ${kernel}`,
      shape: [kernel, kernel, 3, 2],
      apply: (w) => tf.conv2d(image([2, 9, 8, 3]), w as Tensor4D, stride, pad, 'NHWC', 1, roundingFor(pad)),
    },
  ]),
  ...(
    [
      [2, 'same', 5, 8],
      [2, 'same', 4, 8],
      [2, 1, 4, 8],
      [1, 'same', 3, 4],
      [2, 'valid', 3, 9],
    ] as const
  ).flatMap(([stride, pad, kernel, side]): LinearCase[] => [
    {
      name: `conv2dTranspose, image, stride ${stride}, pad ${pad}, kernel ${kernel}`,
      shape: [2, 4, 4, 3],
      apply: (x) =>
        tf.conv2dTranspose(
          x as Tensor4D,
          filter([kernel, kernel, 2, 3]),
          [2, side, side, 2],
          stride,
          pad,
          roundingFor(pad),
        ),
    },
    {
      name: `conv2dTranspose, filter, stride ${stride}, pad ${pad}, kernel ${kernel}`,
      shape: [kernel, kernel, 2, 3],
      apply: (w) =>
        tf.conv2dTranspose(image([2, 4, 4, 3]), w as Tensor4D, [2, side, side, 2], stride, pad, roundingFor(pad)),
    },
  ]),
  // Enough channels, and maps small enough, for the products over the whole batch.
  ...(
    [
      [2, 'same', 5, 8],
      [2, 'same', 4, 8],
      [2, 1, 4, 8],
      [2, 2, 6, 8],
      [4, 'same', 4, 16],
      [3, 'valid', 3, 12],
      [2, 'valid', 3, 9],
    ] as const
  ).flatMap(([stride, pad, kernel, side]): LinearCase[] => [
    {
      name: `conv2dTranspose, small map, stride ${stride}, pad ${pad}, kernel ${kernel}`,
      shape: [2, 4, 4, 24],
      apply: (x) =>
        tf.conv2dTranspose(
          x as Tensor4D,
          filter([kernel, kernel, 16, 24]),
          [2, side, side, 16],
          stride,
          pad,
          roundingFor(pad),
        ),
    },
    {
      name: `conv2d, small map, stride ${stride}, pad ${pad}, kernel ${kernel}`,
      shape: [2, side, side, 32],
      apply: (x) =>
        tf.conv2d(x as Tensor4D, filter([kernel, kernel, 32, 40]), stride, pad, 'NHWC', 1, roundingFor(pad)),
    },
  ]),
  {
    name: 'depthwiseConv2d, image',
    shape: [2, 7, 7, 3],
    apply: (x) => tf.depthwiseConv2d(x as Tensor4D, filter([3, 3, 3, 2]), 2, 'same'),
  },
  {
    name: 'depthwiseConv2d, filter',
    shape: [3, 3, 3, 2],
    apply: (w) => tf.depthwiseConv2d(image([2, 7, 7, 3]), w as Tensor4D, 2, 'same'),
  },
  ...[false, true].flatMap((a) =>
    [false, true].map((b): LinearCase => ({
      name: `matMul, transposes ${a} ${b}`,
      shape: a ? [4, 3] : [3, 4],
      apply: (x) => tf.matMul(x, tf.randomNormal(b ? [5, 4] : [4, 5], 0, 1, 'float32', 8), a, b),
    })),
  ),
  { name: 'avgPool', shape: [2, 6, 6, 3], apply: (x) => tf.avgPool(x as Tensor4D, 2, 2, 'valid') },
  {
    name: 'resizeNearestNeighbor',
    shape: [2, 3, 3, 2],
    apply: (x) => tf.image.resizeNearestNeighbor(x as Tensor4D, [6, 6]),
  },
  { name: 'resizeBilinear', shape: [2, 3, 3, 2], apply: (x) => tf.image.resizeBilinear(x as Tensor4D, [6, 6]) },
  { name: 'sum over axes', shape: [2, 3, 4, 5], apply: (x) => tf.sum(x, [0, 1, 2]) },
  { name: 'mean with kept dimensions', shape: [2, 3, 4, 5], apply: (x) => tf.mean(x, [1, 3], true) },
  { name: 'transpose', shape: [2, 3, 4], apply: (x) => tf.transpose(x, [2, 0, 1]) },
  { name: 'reshape', shape: [2, 6], apply: (x) => tf.reshape(x, [3, 4]) },
  { name: 'slice', shape: [4, 5], apply: (x) => tf.slice(x, [1, 2], [2, 3]) },
  { name: 'concat', shape: [2, 3], apply: (x) => tf.concat([x, tf.ones([4, 3]), x], 0) },
  { name: 'stack', shape: [2, 3], apply: (x) => tf.stack([x, x], 1) },
  {
    name: 'unstack',
    shape: [2, 3],
    apply: (x) => tf.sub(tf.unstack(x, 0)[0] as Tensor, tf.unstack(x, 0)[1] as Tensor),
  },
  { name: 'split', shape: [4, 3], apply: (x) => tf.mul(tf.split(x, 2, 0)[1] as Tensor, 3) },
  {
    name: 'pad',
    shape: [2, 3],
    apply: (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        3,
      ),
  },
  { name: 'tile', shape: [2, 3], apply: (x) => tf.tile(x, [2, 3]) },
  { name: 'gather', shape: [4, 3], apply: (x) => tf.gather(x, tf.tensor1d([3, 1, 1], 'int32')) },
  { name: 'reverse', shape: [2, 3], apply: (x) => tf.reverse(x, 1) },
  { name: 'add with broadcasting', shape: [3], apply: (x) => tf.add(tf.ones([2, 3]), x) },
  {
    name: 'mul with broadcasting',
    shape: [1, 3],
    apply: (x) => tf.mul(tf.randomNormal([2, 3], 0, 1, 'float32', 9), x),
  },
  {
    name: 'div by a constant',
    shape: [2, 3],
    apply: (x) =>
      tf.div(
        x,
        tf.tensor([
          [1, 2, 4],
          [3, 5, 7],
        ]),
      ),
  },
  { name: 'where', shape: [2, 2], apply: (x) => tf.where(tf.tensor2d([1, 0, 0, 1], [2, 2], 'bool'), x, tf.mul(x, 2)) },
];

const scalarCases: readonly ScalarCase[] = [
  { name: 'relu', apply: tf.relu, formula: (x) => Math.max(x, 0) },
  { name: 'leakyRelu', apply: (x) => tf.leakyRelu(x, 0.2), formula: (x) => (x > 0 ? x : 0.2 * x) },
  { name: 'prelu', apply: (x) => tf.prelu(x, tf.scalar(0.3)), formula: (x) => (x > 0 ? x : 0.3 * x) },
  { name: 'elu', apply: tf.elu, formula: (x) => (x > 0 ? x : Math.expm1(x)) },
  { name: 'tanh', apply: tf.tanh, formula: Math.tanh },
  { name: 'sigmoid', apply: tf.sigmoid, formula: (x) => 1 / (1 + Math.exp(-x)) },
  { name: 'softplus', apply: tf.softplus, formula: (x) => Math.log1p(Math.exp(x)) },
  { name: 'exp', apply: tf.exp, formula: Math.exp },
  { name: 'log', apply: tf.log, formula: Math.log, positive: true },
  { name: 'log1p', apply: tf.log1p, formula: Math.log1p, positive: true },
  { name: 'expm1', apply: tf.expm1, formula: Math.expm1 },
  { name: 'sqrt', apply: tf.sqrt, formula: Math.sqrt, positive: true },
  { name: 'rsqrt', apply: tf.rsqrt, formula: (x) => 1 / Math.sqrt(x), positive: true },
  { name: 'square', apply: tf.square, formula: (x) => x * x },
  { name: 'abs', apply: tf.abs, formula: Math.abs },
  { name: 'neg', apply: tf.neg, formula: (x) => -x },
  { name: 'reciprocal', apply: tf.reciprocal, formula: (x) => 1 / x, positive: true },
  { name: 'pow', apply: (x) => tf.pow(x, tf.scalar(1.7)), formula: (x) => x ** 1.7, positive: true },
  { name: 'clip', apply: (x) => tf.clipByValue(x, -0.5, 0.8), formula: (x) => Math.min(Math.max(x, -0.5), 0.8) },
  { name: 'maximum', apply: (x) => tf.maximum(x, 0.25), formula: (x) => Math.max(x, 0.25) },
  { name: 'minimum', apply: (x) => tf.minimum(x, 0.25), formula: (x) => Math.min(x, 0.25) },
  { name: 'squaredDifference', apply: (x) => tf.squaredDifference(x, 0.5), formula: (x) => (x - 0.5) ** 2 },
  {
    name: 'x divided by itself plus one',
    apply: (x) => tf.div(x, tf.add(x, 1)),
    formula: (x) => x / (x + 1),
    positive: true,
  },
  { name: 'mul of x by x', apply: (x) => tf.mul(x, x), formula: (x) => x * x },
];

describe('gradients on the lazy backend', () => {
  for (const { name, shape, apply } of linearCases) {
    it(`${name}: equals the central difference`, async () => {
      const size = tf.util.sizeFromShape(shape);
      const at = numbers(size, 1);
      const direction = numbers(size, 2);
      await use('cpu');
      const weigh = (x: Tensor): Tensor => {
        const y = apply(x);
        return tf.sum(tf.mul(y, tf.tensor(numbers(y.size, 3), y.shape)));
      };
      const valueAt = (step: number): number =>
        tf.tidy(
          () =>
            weigh(
              tf.tensor(
                at.map((value, i) => value + step * (direction[i] ?? 0)),
                shape,
              ),
            ).dataSync()[0] ?? NaN,
        );
      const expected = (valueAt(1) - valueAt(-1)) / 2;
      await use('onnxruntime');
      const gradient = tf.tidy(() => tf.grad(weigh)(tf.tensor(at, shape)).dataSync());
      assertClose(dot(gradient, direction), expected, 2e-5 * scaleOf(gradient, direction));
    });
  }

  for (const { name, apply, formula, positive } of scalarCases) {
    it(`${name}: equals the central difference in float64`, async () => {
      const at = numbers(40, 4).map((value) => Math.fround(positive === true ? Math.abs(value) + 0.2 : value));
      await use('onnxruntime');
      const gradient = tf.tidy(() =>
        tf
          .grad((x) => apply(x))(tf.tensor1d(at))
          .dataSync(),
      );
      const value = tf.tidy(() => apply(tf.tensor1d(at)).dataSync());
      const step = 1e-6;
      at.forEach((x, i) => {
        const expected = (formula(x + step) - formula(x - step)) / (2 * step);
        assertClose(gradient[i] ?? NaN, expected, 1e-5 * Math.max(1, Math.abs(expected)));
        assertClose(value[i] ?? NaN, formula(x), 1e-6 * Math.max(1, Math.abs(formula(x))));
      });
    });
  }

  it('batch normalization with batch moments: equals the central difference in float64', async () => {
    const [nRows, nChannels, epsilon] = [2 * 3 * 3, 2, 1e-3];
    const at = numbers(nRows * nChannels, 11).map(Math.fround);
    const weights = numbers(at.length, 12).map(Math.fround);
    const [scale, offset] = [
      [1.5, 0.7],
      [0.1, -0.2],
    ];
    const inFloat64 = (values: readonly number[]): number => {
      let total = 0;
      for (let c = 0; c < nChannels; c++) {
        const column = values.filter((_, i) => i % nChannels === c);
        const mean = column.reduce((sum, value) => sum + value, 0) / nRows;
        const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / nRows;
        column.forEach((value, row) => {
          const y = ((value - mean) / Math.sqrt(variance + epsilon)) * (scale[c] ?? 0) + (offset[c] ?? 0);
          total += y * (weights[row * nChannels + c] ?? 0);
        });
      }
      return total;
    };
    await use('onnxruntime');
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => {
          const { mean, variance } = tf.moments(x, [0, 1, 2]);
          const parameters = [tf.tensor1d(offset), tf.tensor1d(scale)] as const;
          const y = tf.batchNorm(x as Tensor4D, mean as Tensor1D, variance as Tensor1D, ...parameters, epsilon);
          return tf.sum(tf.mul(y, tf.tensor4d(weights, [2, 3, 3, nChannels])));
        })(tf.tensor4d(at, [2, 3, 3, nChannels]))
        .dataSync(),
    );
    at.forEach((_, i) => {
      const moved = (step: number) => inFloat64(at.map((value, j) => (j === i ? value + step : value)));
      assertClose(gradient[i] ?? NaN, (moved(1e-5) - moved(-1e-5)) / 2e-5, 2e-5);
    });
  });

  it('max pooling: equals the difference within one linear piece', async () => {
    const values = Array.from({ length: 2 * 6 * 6 * 2 }, (_, i) => (i * 37) % 144);
    const direction = numbers(values.length, 13).map((value) => Math.tanh(value) / 4);
    const weigh = (x: Tensor): Tensor => {
      const y = tf.maxPool(x as Tensor4D, 3, 2, 'same');
      return tf.sum(tf.mul(y, tf.tensor(numbers(y.size, 14), y.shape)));
    };
    await use('cpu');
    const valueAt = (step: number): number =>
      tf.tidy(
        () =>
          weigh(
            tf.tensor(
              values.map((value, i) => value + step * (direction[i] ?? 0)),
              [2, 6, 6, 2],
            ),
          ).dataSync()[0] ?? NaN,
      );
    const expected = (valueAt(1) - valueAt(-1)) / 2;
    await use('onnxruntime');
    const gradient = tf.tidy(() =>
      tf
        .grad(weigh)(tf.tensor(values, [2, 6, 6, 2]))
        .dataSync(),
    );
    assertClose(dot(gradient, direction), expected, 2e-3);
  });

  it('softmax cross entropy: equals softmax minus label in float64', async () => {
    const logits = numbers(12, 15).map(Math.fround);
    const labels = [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1];
    await use('onnxruntime');
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => tf.neg(tf.sum(tf.mul(tf.logSoftmax(x as Tensor2D), tf.tensor2d(labels, [3, 4])))))(
          tf.tensor2d(logits, [3, 4]),
        )
        .dataSync(),
    );
    logits.forEach((logit, i) => {
      const row = logits.slice(4 * Math.floor(i / 4), 4 * Math.floor(i / 4) + 4);
      const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
      assertClose(gradient[i] ?? NaN, Math.exp(logit) / total - (labels[i] ?? 0), 1e-6);
    });
  });
});

/** TF.js wants a rounding mode with numeric padding and refuses it otherwise. */
function roundingFor(pad: number | string): 'floor' | undefined {
  return typeof pad === 'number' ? 'floor' : undefined;
}

async function use(backend: 'cpu' | 'onnxruntime'): Promise<void> {
  if (tf.getBackend() === backend) return;
  const selected = await selectBackend({ backend, threads: 2 });
  assert.ok(selected.ok, selected.ok ? '' : selected.problem.message);
}

/** Deterministic numbers of both signs, away from zero, with spread. */
function numbers(size: number, seed: number): number[] {
  return Array.from({ length: size }, (_, i) => {
    const turn = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    const unit = 2 * (turn - Math.floor(turn)) - 1;
    return unit + Math.sign(unit) * 0.05;
  });
}

function dot(a: ArrayLike<number>, b: readonly number[]): number {
  return b.reduce((sum, value, i) => sum + value * (a[i] ?? NaN), 0);
}

function scaleOf(a: ArrayLike<number>, b: readonly number[]): number {
  return Math.max(
    1,
    b.reduce((sum, value, i) => sum + Math.abs(value * (a[i] ?? NaN)), 0),
  );
}

function assertClose(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} instead of ${expected} (tolerance ${tolerance})`);
}
