/**
 * One image of each model for a latent, timed, as pixels and as words: what the stage shows. The models take
 * turns in every draw, so both are timed on the same machine under the same load.
 */
import { formatBytes, formatMilliseconds, formatPercent } from '../../core/format/numbers.ts';
import type { ExplorerPrecision } from '../../core/session/explorerEngine.ts';
import type { StageFacts, StagePixels } from './image-stage.ts';
import type { OpenModel, OpenModels } from './openModels.ts';
import { createPace, type Pace } from './pace.ts';
import { differenceOf, imagePixels, type Difference } from './pixels.ts';

export interface Drawing {
  draw(latent: Float32Array, precision: ExplorerPrecision): StagePixels;
  facts(): StageFacts;
}

export function createDrawing({ compressed, original }: OpenModels): Drawing {
  const paces = { compressed: createPace(), original: createPace() };
  const { image } = compressed.model;
  let difference: Difference | null = null;
  const timed = ({ model }: OpenModel, pace: Pace, latent: Float32Array, precision: ExplorerPrecision) => {
    const began = performance.now();
    const values = model.draw(latent, precision);
    pace.addDraw(performance.now() - began);
    return values;
  };
  return {
    draw(latent, precision) {
      const small = timed(compressed, paces.compressed, latent, precision);
      const full = original === null ? null : timed(original, paces.original, latent, 'fp32');
      difference = full === null ? null : differenceOf(full, small, image);
      return {
        compressed: imagePixels(small, image),
        original: full === null ? null : imagePixels(full, image),
        difference: difference?.pixels ?? null,
      };
    },
    facts: () => ({
      compressed: modelFacts(compressed, paces.compressed),
      original: original === null ? [] : modelFacts(original, paces.original),
      difference: difference === null ? [] : differenceFacts(difference),
    }),
  };
}

function modelFacts({ model, bytes }: OpenModel, pace: Pace): readonly string[] {
  return [
    `${formatBytes(bytes)} on disk`,
    `${formatBytes(model.residentBytes())} of weights in memory`,
    `${formatMilliseconds(pace.imageMs())} per image`,
  ];
}

function differenceFacts({ mean, largest, psnr }: Difference): readonly string[] {
  const decibels = Number.isFinite(psnr) ? `${psnr.toFixed(1)} dB` : 'equal';
  return [`mean ${formatPercent(mean)}, largest ${formatPercent(largest)}`, `PSNR ${decibels}`];
}
