/**
 * The text of `slimwise_layers.ts` for TensorFlow.js, as it is written beside a user's source. The form for
 * JavaScript is this text without its types: `npm run generate:layers` makes it, and a test keeps the two together.
 */
export const tfjsLayersTyped = String.raw`// slimwise_layers 1 (TensorFlow.js), written by Slimwise. MIT License: use, change and share it freely.
/*
 * Layers stored with few bits, and cheaper layers in the place of expensive ones.
 *
 * binarize, ternarize and quantize take a layer and give the same layer back: it keeps its real weights for the
 * optimizer and computes with what will be stored. lowRank, separable, resizeConv and subPixel give a layer that
 * stands in its place; train it before you use it.
 *
 * Sources: binary-weight networks (Rastegari et al. 2016, section 3.1), ternary weight networks (Li et al. 2016,
 * equations 6 and 7), k-bit grids (Max 1960, table II).
 */
import * as tf from '@tensorflow/tfjs';

type Layer = tf.layers.Layer;
type Bits = number | 'ternary';
type Shape = (number | null)[];

/** Step between levels, in standard deviations, that loses least of a normal distribution. */
const steps: Record<number, number> = { 2: 0.9957, 3: 0.586, 4: 0.3352, 5: 0.1881, 6: 0.1041, 7: 0.0569, 8: 0.0308 };

/** One bit per weight: the mean magnitude of its output channel, with the weight's sign. */
export function binarize<T extends Layer>(layer: T): T {
  return withBits(layer, 1);
}

/** -1, 0 or 1 per weight, times one scale per output channel. */
export function ternarize<T extends Layer>(layer: T): T {
  return withBits(layer, 'ternary');
}

/** 2 to 8 bits per weight: odd numbers times one scale per output channel. */
export function quantize<T extends Layer>(layer: T, bits: number): T {
  if (steps[bits] === undefined) throw new Error('quantize takes 2 to 8 bits, not ' + bits);
  return withBits(layer, bits);
}

/** Two layers through rank channels. */
export function lowRank(layer: Layer, rank: number): Layer {
  const config = configOf(layer);
  switch (layer.getClassName()) {
    case 'Dense':
      return inPlace(layer, () => [
        tf.layers.dense({ units: rank, useBias: false }),
        tf.layers.dense({ units: config.units, useBias: config.useBias, activation: config.activation }),
      ]);
    case 'Conv2D':
      return inPlace(layer, () => [
        tf.layers.conv2d({ ...window(config), filters: rank, useBias: false }),
        point(config, config.activation),
      ]);
    case 'Conv2DTranspose':
      return inPlace(layer, () => [
        tf.layers.conv2d({ filters: rank, kernelSize: 1, useBias: false }),
        tf.layers.conv2dTranspose({
          ...window(config),
          filters: config.filters,
          useBias: config.useBias,
          activation: config.activation,
        }),
      ]);
    default:
      throw new Error('lowRank takes a dense, conv2d or conv2dTranspose layer, not ' + layer.getClassName());
  }
}

/** A depthwise layer and a 1x1 convolution. */
export function separable(layer: Layer): Layer {
  if (layer.getClassName() !== 'Conv2D') throw new Error('separable takes a conv2d layer');
  const config = configOf(layer);
  return inPlace(layer, () => [
    tf.layers.depthwiseConv2d({ ...window(config), useBias: false }),
    point(config, config.activation),
  ]);
}

/** Nearest-neighbour enlargement and a convolution, for a transposed convolution. */
export function resizeConv(layer: Layer): Layer {
  const { config, factor, size } = enlarging(layer);
  return inPlace(layer, () => [
    tf.layers.upSampling2d({ size: [factor, factor] }),
    tf.layers.conv2d({
      filters: config.filters,
      kernelSize: size,
      padding: 'same',
      useBias: config.useBias,
      activation: config.activation,
    }),
  ]);
}

/** A convolution to factor^2 times the channels, rearranged to a larger map. */
export function subPixel(layer: Layer): Layer {
  const { config, factor, size } = enlarging(layer);
  return inPlace(layer, () => [
    tf.layers.conv2d({
      filters: config.filters * factor * factor,
      kernelSize: size,
      padding: 'same',
      useBias: config.useBias,
    }),
    new DepthToSpace({ factor }),
    tf.layers.activation({ activation: config.activation }),
  ]);
}

interface LayerConfig {
  units: number;
  filters: number;
  kernelSize: number[];
  strides: number[];
  dilationRate: number[];
  padding: 'same' | 'valid';
  useBias: boolean;
  activation: 'linear';
}

/** What a layer was made with; activations by the names that factories take. */
function configOf(layer: Layer): LayerConfig {
  const config = layer.getConfig() as unknown as LayerConfig & { activation: string };
  const name = String(config.activation ?? 'linear').replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  return { ...config, activation: name as 'linear' };
}

function window({ kernelSize, strides, padding, dilationRate }: LayerConfig) {
  return {
    kernelSize: kernelSize as [number, number],
    strides: strides as [number, number],
    padding,
    ...(dilationRate === undefined ? {} : { dilationRate: dilationRate as [number, number] }),
  };
}

function point({ filters, useBias }: LayerConfig, activation: 'linear'): Layer {
  return tf.layers.conv2d({ filters, kernelSize: 1, useBias, activation });
}

function enlarging(layer: Layer): { config: LayerConfig; factor: number; size: [number, number] } {
  if (layer.getClassName() !== 'Conv2DTranspose') throw new Error('this takes a conv2dTranspose layer');
  const config = configOf(layer);
  const [factor = 1] = config.strides;
  const isExact = config.padding === 'same' || config.kernelSize.every((side) => side <= factor);
  if (factor < 2 || config.strides.some((step) => step !== factor) || !isExact)
    throw new Error('this layer does not enlarge its input by one whole factor');
  const [height = 1, width = 1] = config.kernelSize.map((side) => (side % 2 === 1 ? side : side - 1));
  return { config, factor, size: [height, width] };
}

/** Layers one after the other, as one layer. */
class InPlace extends tf.layers.Layer {
  static className = 'SlimwiseInPlace';
  readonly parts: Layer[];
  constructor(parts: Layer[], batchInputShape?: Shape) {
    super(batchInputShape === undefined ? {} : { batchInputShape });
    this.parts = parts;
  }
  override build(inputShape: Shape | Shape[]): void {
    let shape = inputShape as Shape;
    for (const part of this.parts) {
      part.build(shape);
      part.built = true;
      shape = part.computeOutputShape(shape) as Shape;
    }
    this.built = true;
  }
  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: object): tf.Tensor {
    return tf.tidy(() => {
      let value = Array.isArray(inputs) ? inputs[0]! : inputs;
      for (const part of this.parts) {
        const result = part.call(value, kwargs as never);
        value = Array.isArray(result) ? result[0]! : result;
      }
      return value;
    });
  }
  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return this.parts.reduce((shape, part) => part.computeOutputShape(shape) as Shape, inputShape as Shape);
  }
  override get trainableWeights() {
    return this.parts.flatMap((part) => part.trainableWeights);
  }
  override get nonTrainableWeights() {
    return this.parts.flatMap((part) => part.nonTrainableWeights);
  }
  override get weights() {
    return this.parts.flatMap((part) => part.weights);
  }
}

/** Channels to space: factor^2 channels become a factor by factor patch. */
class DepthToSpace extends tf.layers.Layer {
  static className = 'SlimwiseDepthToSpace';
  readonly factor: number;
  constructor(config: { factor: number }) {
    super({});
    this.factor = config.factor;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    // TensorFlow.js has no gradient for tf.depthToSpace, so it is written as what it is.
    return tf.tidy(() => {
      const value = Array.isArray(inputs) ? inputs[0]! : inputs;
      const [batch = 1, height = 1, width = 1, channels = 1] = value.shape;
      const { factor } = this;
      const patches = tf.reshape(value, [batch, height, width, factor, factor, channels / factor ** 2]);
      const rows = tf.transpose(patches, [0, 1, 3, 2, 4, 5]);
      return tf.reshape(rows, [batch, height * factor, width * factor, channels / factor ** 2]);
    });
  }
  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch, height, width, channels] = inputShape as Shape;
    const grown = (side: number | null | undefined) => (side == null ? null : side * this.factor);
    return [batch ?? null, grown(height), grown(width), channels == null ? null : channels / this.factor ** 2];
  }
}

/** A layer that says the input of its model goes on saying it. */
function inPlace(layer: Layer, make: () => Layer[]): Layer {
  return new InPlace(make(), layer.batchInputShape);
}

/** The kernel as TensorFlow.js keeps it. */
interface Coded {
  kernel: { read(): tf.Tensor };
  build(shape: Shape | Shape[]): void;
  built: boolean;
}

const codedClasses = new Set(['Dense', 'Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'Conv3DTranspose']);

function withBits<T extends Layer>(layer: T, bits: Bits): T {
  if (layer instanceof InPlace) {
    for (const part of layer.parts) if (codedClasses.has(part.getClassName())) withBits(part, bits);
    return layer;
  }
  if (!codedClasses.has(layer.getClassName()))
    throw new Error('few bits are for dense layers and convolutions, not for ' + layer.getClassName());
  const coded = layer as unknown as Coded;
  const isTransposed = layer.getClassName().endsWith('Transpose');
  const codeKernel = (): void => {
    const real = coded.kernel;
    // TensorFlow.js' transposed kernels are [height, width, out, in], all others end with the output.
    coded.kernel = Object.create(real, { read: { value: () => code(real.read(), isTransposed ? -2 : -1, bits) } });
  };
  if (coded.built) codeKernel();
  else {
    const build = coded.build.bind(layer);
    coded.build = (shape) => {
      build(shape);
      codeKernel();
    };
  }
  return layer;
}

/** What will be stored, with gradients for the real weight (straight through beyond one bit). */
function code(weight: tf.Tensor, axis: number, bits: Bits): tf.Tensor {
  const others = weight.shape.map((_side, dim) => dim).filter((dim) => dim !== weight.rank + axis);
  const coded = tf.customGrad((real, save) => {
    const input = real as tf.Tensor;
    const { value, factor } = codedValue(input, others, bits);
    (save as (tensors: tf.Tensor[]) => void)([factor]);
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, saved[0]!) };
  });
  return coded(weight);
}

/** The coded kernel, and what its gradient is multiplied by. */
function codedValue(real: tf.Tensor, others: number[], bits: Bits): { value: tf.Tensor; factor: tf.Tensor } {
  const size = tf.abs(real);
  if (bits === 1) {
    const scale = tf.mean(size, others, true);
    const inside = tf.cast(tf.less(size, 1), 'float32');
    const sign = tf.sub(tf.mul(tf.cast(tf.greaterEqual(real, 0), 'float32'), 2), 1);
    return { value: tf.mul(sign, scale), factor: tf.add(tf.mul(inside, scale), scale.size / real.size) };
  }
  const factor = tf.onesLike(real);
  if (bits === 'ternary') {
    const large = tf.cast(tf.greater(size, tf.mul(0.7, tf.mean(size, others, true))), 'float32');
    const scale = tf.div(tf.sum(tf.mul(size, large), others, true), tf.maximum(tf.sum(large, others, true), 1));
    return { value: tf.mul(tf.mul(scale, tf.sign(real)), large), factor };
  }
  const most = 2 ** bits - 1;
  const scale = tf.mul(tf.sqrt(tf.mean(tf.square(real), others, true)), steps[bits]! / 2);
  const level = tf.floor(tf.add(tf.div(tf.add(tf.div(real, tf.maximum(scale, 1e-30)), most), 2), 0.5));
  return { value: tf.mul(scale, tf.sub(tf.mul(tf.clipByValue(level, 0, most), 2), most)), factor };
}
`;
