/**
 * The input of a layer in tiles of sixteen positions. Positions come in quads of four neighbours of one row, four
 * quads to a tile; a quad says where its first value is, how many exist, whose image it is and where its products
 * go in the planes. What is left over is a narrow tile of one quad where that is less work than a tile with holes.
 */
import type { KernelMemory } from './kernelMemory.ts';
import type { TapGeometry, TapPass } from './tapGeometry.ts';

/** The images of a tile plan: `count` neighbours of a batch of `of`, the first of which is where the input starts. */
export interface ImageRange {
  readonly count: number;
  readonly of: number;
  /** Distance of their planes, in bytes. */
  readonly planeBytes: number;
}

export interface TilePlan {
  /** By tile: four quads, or one. */
  readonly wide: readonly boolean[];
  /** By quad, four to a tile: byte offset within a channel, values that exist, image. */
  readonly sources: Uint32Array;
  /** By quad: byte offset within an output channel's planes. */
  readonly places: Uint32Array;
}

/** The most quads that may be left to narrow tiles; 0 where there is no kernel for one. */
export type NarrowUpTo = 0 | 1 | 2;

export function nQuadsOf({ rows, cols }: TapPass): number {
  return rows * Math.ceil(cols / 4);
}

export function planTiles(pass: TapPass, geometry: TapGeometry, images: ImageRange, narrowUpTo: NarrowUpTo): TilePlan {
  const quads = listQuads(pass, geometry, images);
  const rest = quads.length % 4;
  const whole = Math.floor(quads.length / 4);
  const narrow = 0 < rest && rest <= narrowUpTo;
  const wide = [...Array.from({ length: whole }, () => true)];
  if (rest > 0) wide.push(...(narrow ? Array.from({ length: rest }, () => false) : [true]));
  const sources = new Uint32Array(wide.length * 12);
  const places = new Uint32Array(wide.length * 4);
  quads.forEach(({ from, count, image, place }, i) => {
    const slot = narrow && i >= whole * 4 ? (whole + (i - whole * 4)) * 4 : i;
    sources.set([from, count, image], slot * 3);
    places[slot] = place;
  });
  return { wide, sources, places };
}

interface Quad {
  readonly from: number;
  readonly count: number;
  readonly image: number;
  readonly place: number;
}

function listQuads(pass: TapPass, { window, pitch }: TapGeometry, images: ImageRange): Quad[] {
  const quads: Quad[] = [];
  for (let image = 0; image < images.count; image++) {
    for (let row = 0; row < pass.rows; row++) {
      for (let col = 0; col < pass.cols; col += 4) {
        const y = pass.row0 + row * pass.rowStep;
        const x = pass.col0 + col * pass.colStep;
        quads.push({
          from: ((image * window.height + y) * window.width + x) * 4,
          count: Math.min(4, pass.cols - col),
          image,
          place: image * images.planeBytes + (row * pitch + col) * 4,
        });
      }
    }
  }
  return quads;
}

/** The plan's lists in the kernels' memory. */
export function writePlan(memory: KernelMemory, plan: TilePlan, sources: number, places: number): void {
  memory.words(sources, plan.sources.length).set(plan.sources);
  memory.words(places, plan.places.length).set(plan.places);
}
