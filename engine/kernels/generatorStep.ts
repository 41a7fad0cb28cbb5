/**
 * The steps of a run. A step reads and writes values in the kernels' memory; those marked `inPlace` change the
 * value they read, and whoever runs them gives them a copy where somebody else still needs it.
 */
import type { KernelMemory } from './kernelMemory.ts';
import { createTapLayer, type Precision, type TapLayer, type TapLayerSpec } from './tapLayer.ts';
import { reshapePlaces, sizeOfValue, type ValueShape } from './valueShape.ts';

export interface GeneratorStep {
  /** Values it reads. */
  readonly inputs: readonly number[];
  readonly output: number;
  /** The output lies where the first input lies. `whenAlone`: for one image only. */
  readonly inPlace: 'always' | 'whenAlone' | 'never';
  /** Addresses of the inputs and of the output. */
  run(inputs: readonly number[], output: number, images: number, precision: Precision): void;
}

/** Functions that need an exponential: y = gain · sigmoid(steep · x) + offset. */
export interface Squash {
  readonly steep: number;
  readonly gain: number;
  readonly offset: number;
}

export const squashes = {
  sigmoid: { steep: 1, gain: 1, offset: 0 },
  /** tanh x = 2 sigmoid 2x − 1. */
  tanh: { steep: 2, gain: 2, offset: -1 },
} as const;

export function tapStep(
  memory: KernelMemory,
  edge: { readonly input: number; readonly output: number },
  spec: TapLayerSpec,
): { readonly step: GeneratorStep; readonly layer: TapLayer } {
  const layer = createTapLayer(memory, spec);
  const run: GeneratorStep['run'] = ([x = 0], out, images, precision) => layer.run({ x, out, images, precision });
  return { layer, step: { inputs: [edge.input], output: edge.output, inPlace: 'never', run } };
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
  { steep, gain, offset }: Squash,
): GeneratorStep {
  const size = sizeOfValue(edge.shape);
  return {
    inputs: [edge.input],
    output: edge.output,
    inPlace: 'always',
    run: (_, at, images) => memory.kernels.sigmoid(at, size * images, steep, gain, offset),
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

/** Moves nothing where both orders agree and there is one image. */
export function reshapeStep(
  memory: KernelMemory,
  edge: { readonly input: number; readonly output: number },
  from: ValueShape,
  to: ValueShape,
): GeneratorStep {
  const places = reshapePlaces(from, to);
  const same = places.every((place, at) => place === at);
  const [fromArea, toArea] = [from.height * from.width, to.height * to.width];
  return {
    inputs: [edge.input],
    output: edge.output,
    inPlace: same ? (fromArea === toArea ? 'always' : 'whenAlone') : 'never',
    run([x = 0], out, images) {
      if (x === out) return;
      const source = memory.floats(x, places.length * images);
      const target = memory.floats(out, places.length * images);
      for (let at = 0; at < places.length; at++) {
        const place = places[at] ?? 0;
        const channel = Math.floor(place / fromArea);
        const toChannel = Math.floor(at / toArea);
        let read = channel * images * fromArea + (place - channel * fromArea);
        let write = toChannel * images * toArea + (at - toChannel * toArea);
        for (let image = 0; image < images; image++, read += fromArea, write += toArea) {
          target[write] = source[read] ?? 0;
        }
      }
    },
  };
}

/** Each value repeated `factor` times down and across. */
export function repeatStep(
  memory: KernelMemory,
  edge: { readonly input: number; readonly output: number },
  from: ValueShape,
  [down, across]: readonly [number, number],
): GeneratorStep {
  return {
    inputs: [edge.input],
    output: edge.output,
    inPlace: 'never',
    run([x = 0], out, images) {
      const rows = from.channels * images * from.height;
      const wide = from.width * across;
      const source = memory.floats(x, rows * from.width);
      const target = memory.floats(out, rows * down * wide);
      for (let row = 0; row < rows; row++) {
        const first = row * down * wide;
        for (let i = 0; i < wide; i++) target[first + i] = source[row * from.width + Math.floor(i / across)] ?? 0;
        for (let copy = 1; copy < down; copy++) target.copyWithin(first + copy * wide, first, first + wide);
      }
    },
  };
}
