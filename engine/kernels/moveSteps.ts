/**
 * Steps that move values and compute nothing: reshape, nearest upsampling, pixel shuffle, padding, concatenation. They
 * keep no table of places, which would be larger than the weights of a packed model.
 */
import type { Layout } from '../../core/graph/shape.ts';
import type { GeneratorStep } from './generatorStep.ts';
import type { KernelMemory } from './kernelMemory.ts';
import { frameworkIndex, placeOfIndex, sizeOfValue, type ValueShape } from './valueShape.ts';

interface MoveEdge {
  readonly input: number;
  readonly output: number;
}

/** Moves nothing where both orders agree and there is one image. */
export function reshapeStep(memory: KernelMemory, edge: MoveEdge, from: ValueShape, to: ValueShape): GeneratorStep {
  const [fromArea, toArea] = [from.height * from.width, to.height * to.width];
  const size = sizeOfValue(to);
  // A vector, an image with channels first and one of a single place or channel are in our order already.
  const plain = (shape: ValueShape, area: number): boolean =>
    shape.order !== 'channelsLast' || area === 1 || shape.channels === 1;
  const same = plain(from, fromArea) && plain(to, toArea);
  return {
    inputs: [edge.input],
    output: edge.output,
    inPlace: same ? (fromArea === toArea ? 'always' : 'whenAlone') : 'never',
    run([x = 0], out, images) {
      if (x === out) return;
      const source = memory.floats(x, size * images);
      const target = memory.floats(out, size * images);
      for (let at = 0; at < size; at++) {
        const place = same ? at : placeOfIndex(from, frameworkIndex(to, at));
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
  edge: MoveEdge,
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

/**
 * Channels to space by `factor`, or back. In PyTorch's order the channel of a sub-pixel is c·f² + fy·f + fx, in
 * TensorFlow's (fy·f + fx)·C + c.
 */
export function shuffleStep(
  memory: KernelMemory,
  edge: MoveEdge,
  {
    fine,
    factor,
    inverse,
    layout,
  }: {
    /** The shape with fewer channels and more places. */
    readonly fine: ValueShape;
    readonly factor: number;
    readonly inverse: boolean;
    readonly layout: Layout;
  },
): GeneratorStep {
  const { channels, height, width } = fine;
  const [rows, cols] = [height / factor, width / factor];
  const size = sizeOfValue(fine);
  return {
    inputs: [edge.input],
    output: edge.output,
    inPlace: 'never',
    run([x = 0], out, images) {
      const source = memory.floats(x, size * images);
      const target = memory.floats(out, size * images);
      for (let channel = 0; channel < channels; channel++) {
        for (let sub = 0; sub < factor * factor; sub++) {
          const coarse = layout === 'channelsFirst' ? channel * factor * factor + sub : sub * channels + channel;
          const [fy, fx] = [Math.floor(sub / factor), sub % factor];
          for (let image = 0; image < images; image++) {
            let at = (coarse * images + image) * rows * cols;
            for (let row = 0; row < rows; row++) {
              let place = ((channel * images + image) * height + row * factor + fy) * width + fx;
              for (let col = 0; col < cols; col++, at++, place += factor) {
                if (inverse) target[at] = source[place] ?? 0;
                else target[place] = source[at] ?? 0;
              }
            }
          }
        }
      }
    },
  };
}

export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

/** For each place of a padded axis the place that it shows; −1: zero. */
export function paddedPlaces(length: number, [before, after]: readonly [number, number], mode: PadMode): number[] {
  return Array.from({ length: before + length + after }, (_, i) => {
    const at = i - before;
    if (0 <= at && at < length) return at;
    switch (mode) {
      case 'constant':
        return -1;
      case 'replicate':
        return at < 0 ? 0 : length - 1;
      case 'circular':
        return (at + length) % length;
      case 'reflect':
        return at < 0 ? -at : 2 * (length - 1) - at;
    }
  });
}

export function padStep(
  memory: KernelMemory,
  edge: MoveEdge,
  from: ValueShape,
  { rows, cols }: { readonly rows: readonly number[]; readonly cols: readonly number[] },
): GeneratorStep {
  const [before, after] = [from.height * from.width, rows.length * cols.length];
  return {
    inputs: [edge.input],
    output: edge.output,
    inPlace: 'never',
    run([x = 0], out, images) {
      const planes = from.channels * images;
      const source = memory.floats(x, planes * before);
      const target = memory.floats(out, planes * after);
      let at = 0;
      for (let plane = 0; plane < planes; plane++) {
        for (const row of rows) {
          const first = plane * before + row * from.width;
          for (const col of cols) target[at++] = row < 0 || col < 0 ? 0 : (source[first + col] ?? 0);
        }
      }
    },
  };
}

/** Channels of several values one after the other. `sizes`: numbers of one image of each. */
export function joinStep(
  memory: KernelMemory,
  inputs: readonly number[],
  output: number,
  sizes: readonly number[],
): GeneratorStep {
  return {
    inputs,
    output,
    inPlace: 'never',
    run(places, out, images) {
      let to = out;
      places.forEach((from, i) => {
        const bytes = (sizes[i] ?? 0) * images * 4;
        memory.bytes(to, bytes).set(memory.bytes(from, bytes));
        to += bytes;
      });
    },
  };
}
