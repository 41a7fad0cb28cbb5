/**
 * Pictures to keep: a sheet of a seed's samples (original, compressed and difference below one another) and
 * the frames of a walk. Small images are enlarged by whole factors, so every pixel stays a square. Pure.
 */
import type { Picture } from '../../core/session/explorerEngine.ts';
import { differenceOf, imagePixels, type ImageShape } from './pixels.ts';

/** Values of the same latents; `original` is null where there is none. */
export interface ImagePair {
  readonly compressed: Float32Array;
  readonly original: Float32Array | null;
}

const gap = 2;
const gapGray = 72;
/** Images become at least this wide. */
const wantedWidth = 128;

/** One column per pair: original, compressed, difference; or the compressed image alone. */
export function contactSheet(pairs: readonly ImagePair[], shape: ImageShape): Picture {
  return tiles(
    pairs.map((pair) => tilesOf(pair, shape)),
    shape,
    'columns',
    2,
  );
}

/** One frame of a walk: original beside compressed beside difference. */
export function walkFrame(pair: ImagePair, shape: ImageShape): Picture {
  return tiles([tilesOf(pair, shape)], shape, 'rows', Math.max(1, Math.ceil(wantedWidth / shape.width)));
}

function tilesOf({ original, compressed }: ImagePair, shape: ImageShape): readonly Uint8ClampedArray[] {
  const drawn = imagePixels(compressed, shape);
  if (original === null) return [drawn];
  return [imagePixels(original, shape), drawn, differenceOf(original, compressed, shape).pixels];
}

/** Groups of images as columns or as rows, enlarged `scale` times. */
function tiles(
  groups: readonly (readonly Uint8ClampedArray[])[],
  { height, width }: ImageShape,
  groupsAre: 'columns' | 'rows',
  scale: number,
): Picture {
  const perGroup = groups[0]?.length ?? 0;
  const [nColumns, nRows] = groupsAre === 'columns' ? [groups.length, perGroup] : [perGroup, groups.length];
  const [tileWidth, tileHeight] = [width * scale + gap, height * scale + gap];
  const picture = { width: nColumns * tileWidth + gap, height: nRows * tileHeight + gap };
  const rgba = new Uint8ClampedArray(picture.width * picture.height * 4).fill(gapGray);
  for (const [g, group] of groups.entries()) {
    for (const [i, image] of group.entries()) {
      const [column, row] = groupsAre === 'columns' ? [g, i] : [i, g];
      const [left, top] = [gap + column * tileWidth, gap + row * tileHeight];
      for (let y = 0; y < height * scale; y++) {
        for (let x = 0; x < width * scale; x++) {
          const source = (Math.floor(y / scale) * width + Math.floor(x / scale)) * 4;
          const target = ((top + y) * picture.width + left + x) * 4;
          for (let k = 0; k < 3; k++) rgba[target + k] = image[source + k] ?? 0;
        }
      }
    }
  }
  return { ...picture, rgba };
}
