/**
 * One image of a dense layer with bit weights, the projection of a generator: a generator is mostly asked for one
 * image, and then there are no neighbouring positions to share a table row, so the tables hold scalars. Always fp32:
 * the additions are the same as those of the tiles up to their order, and int8 would gain nothing.
 */
import type { KernelMemory } from './kernelMemory.ts';
import type { PassWeights, WeightShape } from './tapWeights.ts';
import { chunkGroups } from './tapWeights.ts';

export interface DenseOne {
  readonly x: number;
  readonly out: number;
  readonly weights: WeightShape;
  readonly placed: PassWeights;
  readonly alphas: number;
  readonly betas: number;
  readonly slope: number;
}

const tableBytes = 1024;

export function runDenseOne(memory: KernelMemory, run: DenseOne): void {
  const { x, out, weights, placed, alphas, betas, slope } = run;
  const { inChannels, outChannels, coefficients } = weights;
  const { kernels } = memory;
  memory.scratch((allocate) => {
    const tables = allocate(Math.ceil(inChannels / 8) * tableBytes);
    kernels.tablesOne(x, inChannels, tables);
    let group = 0;
    chunkGroups(inChannels).forEach((groups, c) => {
      coefficients.forEach((coefficient, p) => {
        const at = placed.chunks[c]?.[p];
        if (at === undefined) throw new Error('a chunk of a plane is missing');
        const first = c === 0 && p === 0 ? 1 : 0;
        kernels.lutOne(at, outChannels, groups, tables + group * tableBytes, out, coefficient, first);
      });
      group += groups;
    });
    kernels.affineRows(out, outChannels, alphas, betas, slope);
  });
}
