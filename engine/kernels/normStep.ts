/**
 * Instance and group normalization: every image by the statistics of its own channels. Sums are taken in double
 * precision, the mean first and then the distances from it, so bright images lose nothing; what is left is one factor
 * and one term per channel and image, with which affine terms and activation go in one pass.
 */
import type { GeneratorStep } from './generatorStep.ts';
import type { KernelMemory } from './kernelMemory.ts';
import type { ChannelAffine } from './layerWeights.ts';
import type { ValueShape } from './valueShape.ts';

export interface NormSpec {
  /** Groups of channels that share statistics; as many as channels for instance normalization. */
  readonly groups: number;
  readonly eps: number;
  readonly term: ChannelAffine;
  readonly slope: number;
}

export function normStep(
  memory: KernelMemory,
  edge: { readonly input: number; readonly output: number; readonly shape: ValueShape },
  { groups, eps, term, slope }: NormSpec,
): GeneratorStep {
  const { channels, height, width } = edge.shape;
  const area = height * width;
  const inGroup = channels / groups;
  return {
    inputs: [edge.input],
    output: edge.output,
    inPlace: 'always',
    run(_, at, images) {
      const rows = channels * images;
      memory.scratch((allocate) => {
        const [sums, means] = [allocate(rows * 8), allocate(rows * 8)];
        const [alphas, betas] = [allocate(rows * 4), allocate(rows * 4)];
        memory.kernels.rowSums(at, rows, area, sums);
        spread(memory.doubles(sums, rows), memory.doubles(means, rows));
        memory.kernels.rowSquares(at, rows, area, means, sums);
        const variances = new Float64Array(rows);
        spread(memory.doubles(sums, rows), variances);
        const [mean, alpha, beta] = [
          memory.doubles(means, rows),
          memory.floats(alphas, rows),
          memory.floats(betas, rows),
        ];
        for (let row = 0; row < rows; row++) {
          const channel = Math.floor(row / images);
          const factor = (term.alphas[channel] ?? NaN) / Math.sqrt((variances[row] ?? NaN) + eps);
          alpha[row] = factor;
          beta[row] = (term.betas[channel] ?? NaN) - (mean[row] ?? NaN) * factor;
        }
        memory.kernels.affine(at, rows, area, alphas, betas, slope);

        /** Sums of rows [channel][image] to the mean of their group, for every row. */
        function spread(from: Float64Array, to: Float64Array): void {
          for (let group = 0; group < groups; group++) {
            for (let image = 0; image < images; image++) {
              const first = group * inGroup * images + image;
              let sum = 0;
              for (let c = 0; c < inGroup; c++) sum += from[first + c * images] ?? NaN;
              for (let c = 0; c < inGroup; c++) to[first + c * images] = sum / (inGroup * area);
            }
          }
        }
      });
    },
  };
}
