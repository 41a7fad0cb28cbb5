/** The explorer's pictures as files: the samples of a seed as PNG, the walk as GIF. Drawn anew, not copied from the screen. */
import type { ExplorerEngine, ExplorerPrecision } from '../../core/session/explorerEngine.ts';
import { walkLatent, type ExplorerView, type LatentSpace } from './explorerView.ts';
import type { OpenModels } from './openModels.ts';
import { contactSheet, walkFrame, type ImagePair } from './pictures.ts';

const walkFrames = 24;
const frameMs = 80;

export function samplePng(
  engine: ExplorerEngine,
  models: OpenModels,
  latents: readonly Float32Array[],
  precision: ExplorerPrecision,
): Uint8Array {
  const pairs = latents.map((latent) => pairOf(models, latent, precision));
  return engine.encodePng(contactSheet(pairs, models.compressed.model.image));
}

/** There and back, without showing either end twice. */
export function walkGif(
  engine: ExplorerEngine,
  models: OpenModels,
  { view, space }: { readonly view: ExplorerView; readonly space: LatentSpace },
): Uint8Array {
  const there = Array.from({ length: walkFrames }, (_, i) =>
    walkFrame(
      pairOf(models, walkLatent(view, space, i / (walkFrames - 1)), view.precision),
      models.compressed.model.image,
    ),
  );
  const pictures = [...there, ...there.slice(1, -1).reverse()];
  const [{ width, height } = { width: 1, height: 1 }] = pictures;
  return engine.encodeGif({ width, height, frames: pictures.map(({ rgba }) => rgba), delayMs: frameMs });
}

function pairOf({ compressed, original }: OpenModels, latent: Float32Array, precision: ExplorerPrecision): ImagePair {
  return {
    compressed: compressed.model.draw(latent, precision),
    original: original?.model.draw(latent, 'fp32') ?? null,
  };
}
