/**
 * Looks at a generator from outside: grids of the same latents at every sampled step, and the sliced
 * Wasserstein distance between generated and real images. Latents, real images, patches and directions
 * are the same for every variant of a run, so that differences come from the generators. Images are drawn
 * with running statistics, as the packed model draws them, in chunks of one size.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { CompressionPlan } from '../../core/plan/compressionPlan.ts';
import { gridGap, nWalkFrames, walkLatents, walkStride } from '../../core/session/latentWalk.ts';
import { imagesAt, type ImageSet } from '../data/imageSet.ts';
import { encodeGrid } from '../formats/png.ts';
import { prepareSwd, type PreparedSwd, type Swd } from '../metrics/swd.ts';
import { rng } from '../random/rng.ts';
import { latentTensor, latentValues } from '../train/latents.ts';
import { pixelVariance } from './trainingWatch.ts';
import type { Network, WeightTransform } from '../train/network.ts';

export interface Evaluator {
  readonly nImages: number;
  /** A PNG of what `samples` answers. */
  sampleGrid(samples: Float32Array): Uint8Array;
  /** How much samples differ from each other, as a share of how much as many real images do. */
  diversity(samples: Float32Array): number;
  /** The same latents as numbers, N, H, W, C. */
  samples(generator: Network, transforms: Transforms): Float32Array;
  /** A PNG of the way between the fixed latents, a leg in each row. */
  walkGrid(generator: Network, transforms: Transforms): Uint8Array;
  /** Takes seconds; lets other work of the process go on in between. */
  swd(generator: Network, transforms: Transforms): Promise<Swd>;
  realGrid(): Uint8Array;
  /** Rows of real images, of `first` and of `second` (as `samples` gives them), below each other. */
  comparison(first: Float32Array, second: Float32Array): Uint8Array;
}

export type Transforms = ReadonlyMap<string, WeightTransform>;

/** One chunk; a grid is one chunk, SWD several. */
const chunk = 64;
const columns = 16;
const comparedRows = 2;

export function createEvaluator(plan: CompressionPlan, images: ImageSet, wanted: number): Evaluator {
  const nImages = Math.min(wanted, images.nImages);
  const { size, channels } = images;
  const perImage = size * size * channels;
  const chosen = rng(plan.seed, 0, 'evaluation images').permutation(images.nImages).slice(0, Math.max(nImages, chunk));
  let prepared: PreparedSwd | null = null;
  let realVariance: number | null = null;

  const draw = (generator: Network, transforms: Transforms, count: number, purpose: string): Float32Array => {
    const values = new Float32Array(count * perImage);
    for (let from = 0; from < count; from += chunk) {
      const drawn = tf.tidy(() => {
        const latents = latentTensor({
          distribution: plan.train.latents,
          shape: generator.inputShape,
          count: chunk,
          seed: plan.seed,
          step: from / chunk,
          purpose,
        });
        return generator.forwardToImages(latents, { training: false, transforms }).dataSync();
      });
      values.set(drawn.subarray(0, Math.min(chunk, count - from) * perImage), from * perImage);
    }
    return values;
  };
  const grid = (values: Float32Array, inRow: number): Uint8Array =>
    encodeGrid(
      { values, nImages: values.length / perImage, height: size, width: size, channels },
      { columns: inRow, gap: gridGap },
    );
  const samples = (generator: Network, transforms: Transforms): Float32Array =>
    draw(generator, transforms, chunk, 'sample');

  return {
    nImages,
    samples,
    sampleGrid: (values) => grid(values, 8),
    walkGrid(generator, transforms) {
      const { latents: distribution } = plan.train;
      const shape = generator.inputShape;
      const fixed = latentValues({ distribution, shape, count: chunk, seed: plan.seed, step: 0, purpose: 'sample' });
      const way = walkLatents(fixed, fixed.length / chunk, distribution);
      // As many as a chunk, so that the graph that draws the samples draws these.
      const drawn = tf.tidy(() =>
        generator
          .forwardToImages(tf.tensor(way, [nWalkFrames, ...shape.slice(1)]), { training: false, transforms })
          .dataSync(),
      );
      return grid(Float32Array.from(drawn), walkStride);
    },
    diversity(values) {
      realVariance ??= pixelVariance(imagesAt(images, chosen.slice(0, chunk)), Math.min(chunk, chosen.length));
      return pixelVariance(values, chunk) / realVariance;
    },
    async swd(generator, transforms) {
      prepared ??= prepareSwd(
        { values: imagesAt(images, chosen.slice(0, nImages)), nImages, size, channels },
        { seed: plan.seed },
      );
      const values = draw(generator, transforms, nImages, 'evaluation');
      const steps = prepared.steps({ values, nImages, size, channels });
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
        await nextTurn();
      }
    },
    realGrid: () => grid(imagesAt(images, chosen.slice(0, chunk)), 8),
    comparison(first, second) {
      const count = columns * comparedRows;
      const real = imagesAt(images, chosen.slice(0, count));
      const rows = new Float32Array(3 * count * perImage);
      rows.set(real, 0);
      rows.set(first.subarray(0, count * perImage), count * perImage);
      rows.set(second.subarray(0, count * perImage), 2 * count * perImage);
      return grid(rows, columns);
    },
  };
}
