/**
 * A dense, convolution or transposed convolution layer on the kernels: tile by tile of 16 positions, look the
 * products up (or multiply, for fp32 weights), add them to the planes, then write the output with the affine
 * term and the activation in one pass. Values lie as [channels][images][positions]. With int8 the input is
 * quantized per image to ±127 by its largest magnitude (±4095 where the weights are fp32); the whole numbers are
 * summed exactly, so this path is equal bit for bit on every machine. A batch is many images in one call.
 */
import { runDenseOne } from './denseLayer.ts';
import type { KernelMemory } from './kernelMemory.ts';
import { denseGeometry, tapsPerOutput, type TapGeometry } from './tapGeometry.ts';
import {
  chunkGroups,
  placeWeights,
  weightShape,
  type PassWeights,
  type TapWeights,
  type WeightShape,
} from './tapWeights.ts';
import { nQuadsOf, planTiles, writePlan, type NarrowUpTo, type TilePlan } from './tapTiles.ts';

/** How the inputs of a layer are held while it is computed. */
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
  /** Runs on int8 activations where asked to, exactly. */
  readonly hasInt8: boolean;
  /** Its fp32 weights become 13-bit whole numbers where int8 is asked for. */
  readonly hasFixed: boolean;
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
/** Largest magnitude of a quantized input: int8, and the fixed point of layers with fp32 weights. */
const int8Limit = 127;
const fixedLimit = 4095;
/** 128 products of two numbers up to `fixedLimit` stay below 2³¹. */
const fixedChunk = 128;
/** With fewer positions in an image, converting the weights takes longer than it saves. */
const fewPositions = 64;

/**
 * `tables32`, `tables16`: bit weights by tables of fp32 or of int16 sums. `multiply`: fp32 weights. `fixed`: fp32
 * weights and inputs as whole numbers, two products per lane and instruction.
 */
type Method = 'tables32' | 'tables16' | 'multiply' | 'fixed';

/** Bytes of a tile's row, one channel or (fixed) two of them. */
const rowBytesOf: Readonly<Record<Method, { readonly wide: number; readonly narrow: number }>> = {
  tables32: { wide: 64, narrow: 16 },
  tables16: { wide: 32, narrow: 16 },
  multiply: { wide: 64, narrow: 16 },
  fixed: { wide: 64, narrow: 64 },
};
const narrowUpTo: Readonly<Record<Method, NarrowUpTo>> = { tables32: 2, tables16: 1, multiply: 2, fixed: 0 };

export function createTapLayer(memory: KernelMemory, spec: TapLayerSpec): TapLayer {
  const { slope } = spec;
  const weights = weightShape(spec.weights);
  const dense = spec.geometry === 'dense';
  const laidOut = spec.geometry === 'dense' ? denseGeometry(1) : spec.geometry;
  const before = memory.usage().residentBytes;
  const placed = placeWeights(memory, spec.weights, laidOut);
  const alphas = memory.keepFloats(spec.alphas);
  const betas = memory.keepFloats(spec.betas);
  const weightBytes = memory.usage().residentBytes - before;
  const taps = laidOut.passes.map((pass) => memory.keepWords(pass.taps.map((tap) => tap.offset * 4)));
  const hasInt8 = weights.kind === 'bits' && !dense && largestSum(weights, laidOut) < exactLimit;
  const plans = new Map<string, readonly TilePlan[]>();

  const { height: inHeight, width: inWidth } = laidOut.window;
  const hasFixed =
    weights.kind === 'float' && !dense && laidOut.passes.length === 1 && inHeight * inWidth >= fewPositions;
  const methodOf = (precision: Precision): Method => {
    if (weights.kind === 'bits') return precision === 'int8' && hasInt8 ? 'tables16' : 'tables32';
    return precision === 'int8' && hasFixed ? 'fixed' : 'multiply';
  };

  return {
    hasInt8,
    hasFixed,
    weightBytes,
    run({ x, out, images, precision }) {
      const [onlyPass] = placed;
      if (dense && images === 1 && weights.kind === 'bits' && onlyPass) {
        runDenseOne(memory, { x, out, weights, placed: onlyPass, alphas, betas, slope });
        return;
      }
      const method = methodOf(precision);
      // A dense layer's images are the positions of one row.
      const geometry = dense ? denseGeometry(images) : laidOut;
      const nImages = dense ? 1 : images;
      const { height, width } = geometry.window;
      const size = height * width;
      memory.scratch((allocate) => {
        const limit = { tables16: int8Limit, fixed: fixedLimit, tables32: null, multiply: null }[method];
        const scales =
          limit === null
            ? null
            : measureScales(memory, allocate, limit, { x, channels: weights.inChannels, images, size });
        const fixed = method === 'fixed' ? fixWeights(memory, allocate, { geometry, weights, placed, alphas }) : null;
        const buffers = allocateBuffers(allocate, geometry, weights, nImages, method);
        // Planes of few images at a time stay in the cache.
        for (let first = 0; first < nImages; first += buffers.images) {
          const count = Math.min(buffers.images, nImages - first);
          const images = { count, of: nImages, planeBytes: buffers.imageBytes };
          const key = `${method} ${count} ${nImages}`;
          const planned =
            plans.get(key) ?? geometry.passes.map((pass) => planTiles(pass, geometry, images, narrowUpTo[method]));
          if (!dense) plans.set(key, planned);
          memory.bytes(buffers.planes, buffers.imageBytes * count).fill(0);
          geometry.passes.forEach((pass, i) => {
            multiplyPass(memory, buffers, {
              x: x + first * size * 4,
              method,
              geometry,
              colStep: pass.colStep,
              nTaps: pass.taps.length,
              plan: given(planned[i]),
              nImages,
              weights,
              placed: fixed?.placed ?? given(placed[i]),
              taps: given(taps[i]),
              inverseScales: scales === null ? 0 : scales.inverses + first * 4,
            });
          });
          for (let image = 0; image < count; image++) {
            finishImage(memory, geometry, weights.outChannels, {
              planes: buffers.planes + image * buffers.imageBytes,
              out,
              image: first + image,
              nImages,
              alphas: fixed?.alphas ?? alphas,
              betas,
              scale: scales?.scales[first + image] ?? 1,
              slope,
            });
          }
        }
      });
    },
  };
}

/** The largest magnitude that a sum over int8 inputs can have. */
function largestSum(weights: WeightShape, geometry: TapGeometry): number {
  const coefficients = weights.coefficients.reduce((sum, coefficient) => sum + coefficient, 0);
  return coefficients * weights.inChannels * tapsPerOutput(geometry) * int8Limit;
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
    ...geometry.phases,
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
  return planeSize * phases[0] * phases[1] * 4;
}

/** Step of the grid with whole numbers up to `limit`, and its inverse in the kernels' memory; an image of zeros gets 0. */
function measureScales(
  memory: KernelMemory,
  allocate: (bytes: number) => number,
  limit: number,
  { x, channels, images, size }: { x: number; channels: number; images: number; size: number },
): { readonly scales: Float32Array; readonly inverses: number } {
  const inverses = allocate(images * 4);
  memory.kernels.largestMagnitudes(x, channels, images, size, inverses);
  const at = memory.floats(inverses, images);
  const scales = at.map((largest) => largest / limit);
  // An image so dark that the inverse is not finite counts as zeros, too.
  at.set(at.map((largest) => (largest > 0 && limit / largest < 3e38 ? limit / largest : 0)));
  return { scales, inverses };
}

/** fp32 weights as whole numbers for the length of a run, with the factors that belong to them. */
function fixWeights(
  memory: KernelMemory,
  allocate: (bytes: number) => number,
  layer: {
    readonly geometry: TapGeometry;
    readonly weights: WeightShape;
    readonly placed: readonly PassWeights[];
    readonly alphas: number;
  },
): { readonly placed: PassWeights; readonly alphas: number } {
  const { inChannels, outChannels } = layer.weights;
  const from = given(given(layer.placed[0]).chunks[0]?.[0]);
  const nTaps = given(layer.geometry.passes[0]).taps.length;
  const to = allocate(outChannels * nTaps * Math.ceil(inChannels / 2) * 4 + 16);
  const scaled = allocate(outChannels * 4);
  memory.kernels.fixWeights(from, outChannels, nTaps, inChannels, to, layer.alphas, scaled);
  const nChunks = Math.ceil(inChannels / fixedChunk);
  return { placed: { chunks: Array.from({ length: nChunks }, (_, c) => [to + c * fixedChunk * 2]) }, alphas: scaled };
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
function chunkSizes({ inChannels }: WeightShape, method: Method): readonly number[] {
  switch (method) {
    case 'multiply':
      return [inChannels];
    case 'fixed':
      return Array.from({ length: Math.ceil(inChannels / fixedChunk) }, (_, c) =>
        Math.min(fixedChunk, inChannels - c * fixedChunk),
      );
    default:
      return chunkGroups(inChannels).map((n) => n * 8);
  }
}

function allocateBuffers(
  allocate: (bytes: number) => number,
  geometry: TapGeometry,
  weights: WeightShape,
  nImages: number,
  method: Method,
): LayerBuffers {
  const most = Math.max(1, ...geometry.passes.map(nQuadsOf));
  const images = Math.min(nImages, Math.ceil(4 / most));
  const imageBytes = planeBytesOf(geometry) * weights.outChannels;
  const nQuads = most * images + 6;
  const channels = Math.max(...chunkSizes(weights, method));
  const tableBytes = { tables32: 2048, tables16: 1024, multiply: 0, fixed: 0 }[method];
  return {
    images,
    imageBytes,
    // Quads write whole registers, up to three values beyond the last row.
    planes: allocate(imageBytes * images + 16),
    tile: allocate(channels * 64),
    tables: tableBytes === 0 ? 0 : allocate(channels * tableBytes),
    sources: allocate(nQuads * 4 * 12),
    places: allocate(nQuads * 4 * 4),
  };
}

interface PassRun {
  /** The first of the plan's images. */
  readonly x: number;
  readonly method: Method;
  readonly geometry: TapGeometry;
  readonly colStep: number;
  readonly nTaps: number;
  readonly plan: TilePlan;
  readonly nImages: number;
  readonly weights: WeightShape;
  readonly placed: PassWeights;
  readonly taps: number;
  readonly inverseScales: number;
}

function multiplyPass(memory: KernelMemory, buffers: LayerBuffers, run: PassRun): void {
  const { kernels } = memory;
  const { x, method, geometry, plan, weights, placed, taps, nTaps, inverseScales } = run;
  const { planes, tile, tables } = buffers;
  const { outChannels, inChannels } = weights;
  const channelBytes = geometry.window.height * geometry.window.width * run.nImages * 4;
  const planeBytes = planeBytesOf(geometry);
  const step = run.colStep * 4;
  const chunks = chunkSizes(weights, method);
  writePlan(memory, plan, buffers.sources, buffers.places);

  plan.wide.forEach((wide, t) => {
    const nQuads = wide ? 4 : 1;
    const rowBytes = wide ? rowBytesOf[method].wide : rowBytesOf[method].narrow;
    const [quads, places] = [buffers.sources + t * 48, buffers.places + t * 16];
    let channel = 0;
    chunks.forEach((size, c) => {
      const count = Math.min(size, inChannels - channel);
      const from = x + channel * channelBytes;
      channel += size;
      const blocks = given(placed.chunks[c]);
      if (method === 'fixed') {
        const pairs = Math.ceil(count / 2);
        kernels.gatherPairs(from, count, channelBytes, step, quads, nQuads, tile, inverseScales);
        const rowPairs = Math.ceil(inChannels / 2);
        const at = given(blocks[0]);
        kernels.dotFixed(at, outChannels, taps, nTaps, pairs, rowPairs, tile, planes, planeBytes, places);
        return;
      }
      if (method === 'tables16') {
        kernels.gatherI16(from, count, channelBytes, step, quads, nQuads, tile, rowBytes, inverseScales);
      } else {
        kernels.gatherF32(from, count, channelBytes, step, quads, nQuads, tile, rowBytes);
      }
      if (count < size) memory.bytes(tile + count * rowBytes, (size - count) * rowBytes).fill(0);
      if (method === 'multiply') {
        const multiply = wide ? kernels.denseF32 : kernels.denseF32Narrow;
        multiply(given(blocks[0]), outChannels, taps, nTaps, size, tile, planes, planeBytes, places);
        return;
      }
      const { make, lookUp } = tablesOf(memory, method, wide);
      make(tile, size / 8, tables);
      blocks.forEach((at, p) => {
        const coefficient = weights.coefficients[p] ?? 1;
        lookUp(at, outChannels, taps, nTaps, size / 8, tables, planes, planeBytes, places, coefficient);
      });
    });
  });
}

function tablesOf({ kernels }: KernelMemory, method: 'tables32' | 'tables16', wide: boolean) {
  if (method === 'tables16') {
    return wide
      ? { make: kernels.tablesI16, lookUp: kernels.lutI16 }
      : { make: kernels.tablesI16Narrow, lookUp: kernels.lutI16Narrow };
  }
  return wide
    ? { make: kernels.tablesF32, lookUp: kernels.lutF32 }
    : { make: kernels.tablesF32Narrow, lookUp: kernels.lutF32Narrow };
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a pass, a tile or a chunk is missing');
  return value;
}
