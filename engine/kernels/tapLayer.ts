/**
 * A dense, convolution or transposed convolution layer on the kernels: tile by tile of 16 positions, look the
 * products up (or multiply, for fp32 weights), add them to the planes, then write the output with the affine
 * term and the activation in one pass. Values lie as [channels][images][positions]. With int8 the input is
 * quantized per image to ±127 by its largest magnitude; the whole numbers are summed exactly, so this path is
 * equal bit for bit on every machine. A batch is many images in one call.
 */
import type { KernelExports, KernelMemory, Multiply } from './kernelMemory.ts';
import { denseGeometry, type TapGeometry, type TapPass } from './tapGeometry.ts';
import { chunkGroups, placeWeights, type PassWeights, type TapWeights } from './tapWeights.ts';

export type Precision = 'fp32' | 'int8';

export interface TapLayerSpec {
  readonly geometry: TapGeometry | 'dense';
  readonly weights: TapWeights;
  /** Output = max(v, slope·v), v = alpha·(sum of products) + beta; per output channel. */
  readonly alphas: Float32Array;
  readonly betas: Float32Array;
  /** 1: linear, 0: relu, between: leaky relu. */
  readonly slope: number;
}

export interface TapLayer {
  /** Runs on int8 activations where asked to. */
  readonly hasInt8: boolean;
  readonly weightBytes: number;
  /** Input and output must not overlap. */
  run(request: TapRun): void;
}

export interface TapRun {
  readonly x: number;
  readonly out: number;
  readonly images: number;
  readonly precision: Precision;
}

/** Whole numbers below this are exact in f32. */
const exactLimit = 2 ** 24;

export function createTapLayer(memory: KernelMemory, spec: TapLayerSpec): TapLayer {
  const { weights } = spec;
  const dense = spec.geometry === 'dense';
  const laidOut = spec.geometry === 'dense' ? denseGeometry(1) : spec.geometry;
  const before = memory.usage().residentBytes;
  const placed = placeWeights(memory, weights, laidOut);
  const alphas = memory.keepFloats(spec.alphas);
  const betas = memory.keepFloats(spec.betas);
  const weightBytes = memory.usage().residentBytes - before;
  const taps = laidOut.passes.map((pass) => memory.keepWords(pass.taps.map((tap) => tap.offset * 4)));
  const nTaps = laidOut.window.kernel[0] * laidOut.window.kernel[1];
  const hasInt8 =
    weights.kind === 'bits' &&
    weights.planes.every((plane) => plane.coefficient === 1) &&
    weights.inChannels * weights.planes.length * nTaps * 127 < exactLimit;

  return {
    hasInt8,
    weightBytes,
    run({ x, out, images, precision }) {
      const integer = precision === 'int8' && hasInt8;
      // In fp32 a dense layer's images are the positions of one row; in int8 each has its own scale.
      const asRow = dense && !integer;
      const geometry = asRow ? denseGeometry(images) : laidOut;
      const nImages = asRow ? 1 : images;
      const { height, width } = geometry.window;
      memory.scratch((allocate) => {
        const scales = integer
          ? measureScales(memory, allocate, { x, channels: weights.inChannels, images, size: height * width })
          : null;
        const buffers = allocateBuffers(allocate, geometry, weights, nImages);
        // Planes of few images at a time stay in the cache.
        for (let first = 0; first < nImages; first += buffers.images) {
          const here = { first, count: Math.min(buffers.images, nImages - first), of: nImages };
          memory.bytes(buffers.planes, buffers.imageBytes * here.count).fill(0);
          geometry.passes.forEach((pass, i) => {
            const work = { x, pass, weights, placed: given(placed[i]), taps: given(taps[i]) };
            multiplyPass(memory, buffers, { ...work, geometry, here, inverseScales: scales?.inverses ?? null });
          });
          for (let image = 0; image < here.count; image++) {
            const scale = scales?.scales[first + image] ?? 1;
            const planes = buffers.planes + image * buffers.imageBytes;
            finishImage(memory, geometry, weights.outChannels, {
              planes,
              out,
              image: first + image,
              nImages,
              alphas,
              betas,
              scale,
              slope: spec.slope,
            });
          }
        }
      });
    },
  };
}

function finishImage(
  memory: KernelMemory,
  geometry: TapGeometry,
  outChannels: number,
  request: {
    readonly planes: number;
    readonly out: number;
    readonly image: number;
    readonly nImages: number;
    readonly alphas: number;
    readonly betas: number;
    readonly scale: number;
    readonly slope: number;
  },
): void {
  const { planes, out, image, nImages, alphas, betas, scale, slope } = request;
  const { outHeight, outWidth } = geometry.window;
  const outBytes = outHeight * outWidth * 4;
  memory.kernels.finish(
    planes,
    planeBytesOf(geometry),
    geometry.planeSize * 4,
    geometry.pitch * 4,
    geometry.origin * 4,
    geometry.phases,
    out + image * outBytes,
    outBytes * nImages,
    outChannels,
    outHeight,
    outWidth,
    alphas,
    betas,
    scale,
    slope,
  );
}

function planeBytesOf({ planeSize, phases }: TapGeometry): number {
  return planeSize * phases ** 2 * 4;
}

/** Step of the int8 grid, and its inverse in the kernels' memory; an image of zeros gets 0. */
function measureScales(
  memory: KernelMemory,
  allocate: (bytes: number) => number,
  { x, channels, images, size }: { x: number; channels: number; images: number; size: number },
): { readonly scales: Float32Array; readonly inverses: number } {
  const inverses = allocate(images * 4);
  memory.kernels.largestMagnitudes(x, channels, images, size, inverses);
  const at = memory.floats(inverses, images);
  const scales = at.map((largest) => largest / 127);
  at.set(at.map((largest) => (largest > 0 ? 127 / largest : 0)));
  return { scales, inverses };
}

/** Images `first` … `first + count − 1` of a batch of `of`. */
interface ImageRange {
  readonly first: number;
  readonly count: number;
  readonly of: number;
}

/** Four neighbours in a row of the input: where they are, how many exist, whose image, where they go. */
interface Quad {
  readonly from: number;
  readonly count: number;
  readonly image: number;
  readonly place: number;
}

const emptyQuad: Quad = { from: 0, count: 0, image: 0, place: 0 };

function quadsOf({ rows, cols }: TapPass): number {
  return rows * Math.ceil(cols / 4);
}

function listQuads(pass: TapPass, { window, pitch }: TapGeometry, here: ImageRange, imageBytes: number): Quad[] {
  const quads: Quad[] = [];
  for (let i = 0; i < here.count; i++) {
    const image = here.first + i;
    for (let row = 0; row < pass.rows; row++) {
      for (let col = 0; col < pass.cols; col += 4) {
        const y = pass.row0 + row * pass.rowStep;
        const x = pass.col0 + col * pass.colStep;
        quads.push({
          from: ((image * window.height + y) * window.width + x) * 4,
          count: Math.min(4, pass.cols - col),
          image,
          place: i * imageBytes + (row * pitch + col) * 4,
        });
      }
    }
  }
  return quads;
}

/** Addresses of what a layer needs while it runs. */
interface LayerBuffers {
  /** Images whose planes there are. */
  readonly images: number;
  readonly planes: number;
  readonly imageBytes: number;
  /** A tile of one chunk of channels, and its tables. */
  readonly tile: number;
  readonly tables: number;
  /** Descriptions of the quads of all tiles, and their places. */
  readonly sources: number;
  readonly places: number;
}

/** Channels that are multiplied at once. */
function chunkSizes(weights: TapWeights): readonly number[] {
  return weights.kind === 'float' ? [weights.inChannels] : chunkGroups(weights.inChannels).map((n) => n * 8);
}

function allocateBuffers(
  allocate: (bytes: number) => number,
  geometry: TapGeometry,
  weights: TapWeights,
  nImages: number,
): LayerBuffers {
  const most = Math.max(1, ...geometry.passes.map(quadsOf));
  const images = Math.min(nImages, Math.ceil(4 / most));
  const imageBytes = planeBytesOf(geometry) * weights.outChannels;
  const nQuads = most * images + 3;
  const channels = Math.max(...chunkSizes(weights));
  return {
    images,
    imageBytes,
    // Quads write whole registers, up to three values beyond the last row.
    planes: allocate(imageBytes * images + 16),
    tile: allocate(channels * 64),
    tables: weights.kind === 'float' ? 0 : allocate((channels / 8) * 16_384),
    sources: allocate(nQuads * 4 * 12),
    places: allocate(nQuads * 4 * 4),
  };
}

interface PassRun {
  readonly x: number;
  readonly geometry: TapGeometry;
  readonly pass: TapPass;
  readonly here: ImageRange;
  readonly weights: TapWeights;
  readonly placed: PassWeights;
  readonly taps: number;
  readonly inverseScales: number | null;
}

function multiplyPass(memory: KernelMemory, buffers: LayerBuffers, run: PassRun): void {
  const { kernels } = memory;
  const { x, geometry, pass, here, weights, placed, taps, inverseScales } = run;
  const { planes, tile, tables } = buffers;
  const { height, width } = geometry.window;
  const channelBytes = height * width * here.of * 4;
  const planeBytes = planeBytesOf(geometry);
  const integer = inverseScales !== null;
  const tiles = cutTiles(listQuads(pass, geometry, here, buffers.imageBytes), integer);
  describeTiles(memory, buffers, tiles);
  const chunks = chunkSizes(weights);

  for (let t = 0; t < tiles.length; t++) {
    const nQuads = given(tiles[t]).length;
    const shape = shapeOf(kernels, weights.kind, integer, nQuads > 1);
    const places = buffers.places + t * 16;
    let channel = 0;
    chunks.forEach((size, c) => {
      const count = Math.min(size, weights.inChannels - channel);
      const [from, step, quads] = [x + channel * channelBytes, pass.colStep * 4, buffers.sources + t * 48];
      if (inverseScales === null) {
        kernels.gatherF32(from, count, channelBytes, step, quads, nQuads, tile, shape.rowBytes);
      } else {
        kernels.gatherI16(from, count, channelBytes, step, quads, nQuads, tile, shape.rowBytes, inverseScales);
      }
      if (count < size) memory.bytes(tile + count * shape.rowBytes, (size - count) * shape.rowBytes).fill(0);
      channel += size;
      given(placed.chunks[c]).forEach((at, p) => {
        let [depth, operand] = [size, tile];
        if (weights.kind === 'bits') {
          const coefficient = weights.planes[p]?.coefficient ?? 1;
          const last = weights.planes[p - 1]?.coefficient ?? 1;
          if (coefficient !== last) kernels.scaleF32(tile, (size * shape.rowBytes) / 4, coefficient / last);
          [depth, operand] = [size / 8, tables];
          if (p === 0 || coefficient !== last) shape.tables(tile, depth, tables);
        }
        shape.multiply(at, weights.outChannels, taps, pass.taps.length, depth, operand, planes, planeBytes, places);
      });
    });
  }
}

function describeTiles(memory: KernelMemory, buffers: LayerBuffers, tiles: readonly (readonly Quad[])[]): void {
  const sources = memory.words(buffers.sources, tiles.length * 12);
  const places = memory.words(buffers.places, tiles.length * 4);
  tiles.forEach((tile, t) => {
    tile.forEach(({ from, count, image, place }, q) => {
      const at = t * 12 + q * 3;
      sources[at] = from;
      sources[at + 1] = count;
      sources[at + 2] = image;
      places[t * 4 + q] = place;
    });
  });
}

/** Tiles of four quads; what is left over goes one by one where that is less work than a tile with holes. */
function cutTiles(quads: readonly Quad[], integer: boolean): readonly (readonly Quad[])[] {
  const tiles: (readonly Quad[])[] = [];
  for (let from = 0; from < quads.length; from += 4) {
    const tile = quads.slice(from, from + 4);
    if (tile.length === 1 || (tile.length === 2 && !integer)) tiles.push(...tile.map((quad) => [quad]));
    else tiles.push([...tile, ...Array.from({ length: 4 - tile.length }, () => emptyQuad)]);
  }
  return tiles;
}

interface TileShape {
  readonly rowBytes: number;
  readonly tables: (x: number, groups: number, tables: number) => void;
  readonly multiply: Multiply;
}

function shapeOf(kernels: KernelExports, kind: TapWeights['kind'], integer: boolean, wide: boolean): TileShape {
  if (kind === 'float') {
    return wide
      ? { rowBytes: 64, tables: kernels.tablesF32, multiply: kernels.denseF32 }
      : { rowBytes: 16, tables: kernels.tablesF32Narrow, multiply: kernels.denseF32Narrow };
  }
  if (integer) {
    return wide
      ? { rowBytes: 32, tables: kernels.tablesI16, multiply: kernels.lutI16 }
      : { rowBytes: 16, tables: kernels.tablesI16Narrow, multiply: kernels.lutI16Narrow };
  }
  return wide
    ? { rowBytes: 64, tables: kernels.tablesF32, multiply: kernels.lutF32 }
    : { rowBytes: 16, tables: kernels.tablesF32Narrow, multiply: kernels.lutF32Narrow };
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a pass, a tile or a chunk is missing');
  return value;
}
