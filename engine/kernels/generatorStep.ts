/**
 * The steps of a run. A step reads and writes values in the kernels' memory; those marked `inPlace` change the
 * value they read, and whoever runs them gives them a copy where somebody else still needs it.
 */
import type { Edge } from './compilation.ts';
import type { KernelMemory } from './kernelMemory.ts';
import type { ScalarFunction } from './scalarFunctions.ts';
import { createTapLayer, type Precision, type TapLayer, type TapLayerSpec } from './tapLayer.ts';
import { sizeOfValue, type ValueShape } from './valueShape.ts';

export interface GeneratorStep {
  /** Values it reads. */
  readonly inputs: readonly number[];
  readonly output: number;
  /** The output lies where the first input lies. `whenAlone`: for one image only. */
  readonly inPlace: 'always' | 'whenAlone' | 'never';
  /** Addresses of the inputs and of the output. */
  run(inputs: readonly number[], output: number, images: number, precision: Precision): void;
}

/** Functions that need an exponential: y = gain · sigmoid(steep · x) + offset; or any other, one number at a time. */
export type Squash = SigmoidLike | { readonly each: ScalarFunction };

interface SigmoidLike {
  readonly steep: number;
  readonly gain: number;
  readonly offset: number;
}

export const squashes = {
  sigmoid: { steep: 1, gain: 1, offset: 0 },
  /** tanh x = 2 sigmoid 2x − 1. */
  tanh: { steep: 2, gain: 2, offset: -1 },
} as const;

/** A layer, or several that each see their own part of the channels (groups). */
export function tapStep(
  memory: KernelMemory,
  edge: Edge & { readonly fromShape: ValueShape },
  specs: readonly TapLayerSpec[],
): { readonly step: GeneratorStep; readonly layers: readonly TapLayer[] } {
  const layers = specs.map((spec) => createTapLayer(memory, spec));
  const inBytes = (sizeOfValue(edge.fromShape) / layers.length) * 4;
  const outBytes = (sizeOfValue(edge.shape) / layers.length) * 4;
  const run: GeneratorStep['run'] = ([x = 0], out, images, precision) =>
    layers.forEach((layer, group) =>
      layer.run({ x: x + group * inBytes * images, out: out + group * outBytes * images, images, precision }),
    );
  return { layers, step: { inputs: [edge.input], output: edge.output, inPlace: 'never', run } };
}

export function affineStep(
  memory: KernelMemory,
  edge: { readonly input: number; readonly output: number; readonly shape: ValueShape },
  term: { readonly alphas: Float32Array; readonly betas: Float32Array; readonly slope: number },
): GeneratorStep {
  const alphas = memory.keepFloats(term.alphas);
  const betas = memory.keepFloats(term.betas);
  const { channels, height, width } = edge.shape;
  return {
    inputs: [edge.input],
    output: edge.output,
    inPlace: 'always',
    run: (_, at, images) => memory.kernels.affine(at, channels, images * height * width, alphas, betas, term.slope),
  };
}

export function squashStep(
  memory: KernelMemory,
  edge: { readonly input: number; readonly output: number; readonly shape: ValueShape },
  squash: Squash,
): GeneratorStep {
  const size = sizeOfValue(edge.shape);
  return {
    inputs: [edge.input],
    output: edge.output,
    inPlace: 'always',
    run(_, at, images) {
      if ('steep' in squash) {
        memory.kernels.sigmoid(at, size * images, squash.steep, squash.gain, squash.offset);
        return;
      }
      const values = memory.floats(at, size * images);
      for (let i = 0; i < values.length; i++) values[i] = squash.each(values[i] ?? NaN);
    },
  };
}

export function addStep(
  memory: KernelMemory,
  inputs: readonly [number, number],
  output: number,
  shape: ValueShape,
): GeneratorStep {
  const size = sizeOfValue(shape);
  return {
    inputs,
    output,
    inPlace: 'always',
    run: ([, other = 0], at, images) => memory.kernels.addF32(at, other, size * images),
  };
}
