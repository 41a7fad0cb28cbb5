/**
 * Convolutions on small maps as plain matrix products over the whole batch, in TF.js's own layouts. ONNX
 * Runtime's convolutions multiply image by image, so with a 4×4 map they read all weights once per image,
 * and its transposed convolution adds the columns up on one thread. Here the weights are read once and stay
 * [height, width, in, out]. On large maps the unfolded copies would cost more than they save.
 */
import type { GraphBuilder } from '../lazy/graphBuilder.ts';
import type { Operand, Sym } from '../lazy/operand.ts';
import { plainOperand } from '../lazy/operand.ts';
import type { ConvInfo } from './conv.ts';

/** Unfolding costs one copy per position and tap, turning the filter about four times that per weight. */
const maxPositionsPerOutChannel = 4;
const minUnfoldedInputs = 256;

/** Whether the forward convolution is cheaper as unfolding and one product (measured on DCGAN's layers). */
export function prefersUnfolding(info: ConvInfo): boolean {
  if (info.dataFormat !== 'channelsLast') return false;
  const nPositions = info.batchSize * info.outHeight * info.outWidth;
  const nInputs = info.filterHeight * info.filterWidth * info.inChannels;
  return nPositions < maxPositionsPerOutChannel * info.outChannels && nInputs >= minUnfoldedInputs;
}

/** All windows as rows, [positions, height·width·in], times the filter as it is. */
export function unfoldedConv(graph: GraphBuilder, info: ConvInfo, image: Operand, filter: Operand): Operand {
  const { batchSize, outHeight, outWidth, inChannels, outChannels, filterHeight, filterWidth } = info;
  const { top, left } = info.padInfo;
  const reachHeight = (outHeight - 1) * info.strideHeight + info.effectiveFilterHeight - info.inHeight - top;
  const reachWidth = (outWidth - 1) * info.strideWidth + info.effectiveFilterWidth - info.inWidth - left;
  const padded = pad(graph, graph.plain(image), [top, left], [Math.max(0, reachHeight), Math.max(0, reachWidth)]);
  const steps = graph.int64([info.strideHeight, info.strideWidth]);
  const taps: Sym[] = [];
  for (let a = 0; a < filterHeight; a++) {
    for (let b = 0; b < filterWidth; b++) {
      const starts = [a * info.dilationHeight, b * info.dilationWidth] as const;
      const ends = [
        starts[0] + (outHeight - 1) * info.strideHeight + 1,
        starts[1] + (outWidth - 1) * info.strideWidth + 1,
      ];
      const inputs = [padded, graph.int64(starts), graph.int64(ends), graph.int64([1, 2]), steps];
      taps.push(graph.op('Slice', inputs, { dtype: 'float32', dims: [batchSize, outHeight, outWidth, inChannels] }));
    }
  }
  const nInputs = filterHeight * filterWidth * inChannels;
  const rows = graph.reshape(graph.concat(taps, 3), [batchSize * outHeight * outWidth, nInputs]);
  const weights = graph.reshape(graph.plain(filter), [nInputs, outChannels]);
  return plainOperand(graph.reshape(product(graph, rows, weights, null, false), info.outShape));
}

/** One parity class of output rows (or columns) of a transposed convolution. */
interface Phase {
  /** Filter index of tap j is `first + stride·j`; it reads the input at `position + shift − j`. */
  readonly first: number;
  readonly shift: number;
  readonly nTaps: number;
}

interface Phases {
  readonly rows: readonly Phase[];
  readonly columns: readonly Phase[];
  /** Output positions of each class. */
  readonly height: number;
  readonly width: number;
}

/** The classes, or null where they differ in size or one has no tap. */
export function phasesOf(info: ConvInfo): Phases | null {
  const { strideHeight, strideWidth, inHeight, inWidth, padInfo } = info;
  if (info.dataFormat !== 'channelsLast' || info.dilationHeight !== 1 || info.dilationWidth !== 1) return null;
  if (inHeight % strideHeight !== 0 || inWidth % strideWidth !== 0) return null;
  const rows = phasesAlong(strideHeight, info.filterHeight, padInfo.top);
  const columns = phasesAlong(strideWidth, info.filterWidth, padInfo.left);
  if ([...rows, ...columns].some((phase) => phase.nTaps === 0)) return null;
  return { rows, columns, height: inHeight / strideHeight, width: inWidth / strideWidth };
}

function phasesAlong(stride: number, kernel: number, padBefore: number): readonly Phase[] {
  return Array.from({ length: stride }, (_, offset) => {
    const first = (offset + padBefore) % stride;
    return {
      first,
      shift: Math.floor((offset + padBefore) / stride),
      nTaps: Math.max(0, Math.ceil((kernel - first) / stride)),
    };
  });
}

/** Errors of at most this many positions per image are multiplied tap by tap over the whole batch. */
const maxPositions = 64;
/** Beyond 4×4 positions each further tap's running sum costs more than the products gain. */
const maxTapsOnLargerMaps = 16;
const smallPositions = 16;

/** Whether a transposed convolution is cheaper as products per tap than as ONNX Runtime's own operator. */
export function prefersTaps(info: ConvInfo): boolean {
  const nPositions = info.outHeight * info.outWidth;
  const nTaps = info.filterHeight * info.filterWidth;
  if (nPositions > maxPositions || info.inChannels < smallPositions) return false;
  return nPositions <= smallPositions || nTaps <= maxTapsOnLargerMaps;
}

/**
 * dx of a convolution: the output rows and columns fall into stride² classes; each is a sum over its taps of a
 * shifted copy of the errors times the transposed filter slice. `info` is that of the convolution.
 */
export function tapwiseTransposedConv(
  graph: GraphBuilder,
  info: ConvInfo,
  phases: Phases,
  errors: Operand,
  filter: Operand,
): Operand {
  const { batchSize, inChannels, outChannels } = info;
  const { rows, columns, height, width } = phases;
  const before = [reachBefore(rows), reachBefore(columns)] as const;
  const after = [reachAfter(rows, height, info.outHeight), reachAfter(columns, width, info.outWidth)] as const;
  const padded = pad(graph, graph.plain(errors), before, after);
  const weights = graph.plain(filter);
  const nRows = batchSize * height * width;
  const classes: Sym[] = [];
  for (const row of rows) {
    for (const column of columns) {
      let sum: Sym | null = null;
      for (let i = 0; i < row.nTaps; i++) {
        for (let j = 0; j < column.nTaps; j++) {
          const starts = [0, before[0] + row.shift - i, before[1] + column.shift - j, 0];
          const shifted = graph.slice(padded, starts, [batchSize, height, width, outChannels]);
          const at = [row.first + info.strideHeight * i, column.first + info.strideWidth * j, 0, 0];
          const tap = graph.reshape(graph.slice(weights, at, [1, 1, inChannels, outChannels]), [
            inChannels,
            outChannels,
          ]);
          sum = product(graph, graph.reshape(shifted, [nRows, outChannels]), tap, sum, true);
        }
      }
      if (sum !== null) classes.push(graph.reshape(sum, [1, batchSize * height, width, inChannels]));
    }
  }
  // [row class, column class, batch·rows, columns, channels] → rows and columns interleaved.
  const apart = graph.reshape(graph.concat(classes, 0), [
    rows.length,
    columns.length,
    batchSize * height,
    width,
    inChannels,
  ]);
  return plainOperand(graph.reshape(graph.transpose(apart, [2, 0, 3, 1, 4]), info.inShape));
}

function reachBefore(phases: readonly Phase[]): number {
  return Math.max(0, ...phases.map((phase) => phase.nTaps - 1 - phase.shift));
}

function reachAfter(phases: readonly Phase[], nOut: number, nIn: number): number {
  return Math.max(0, ...phases.map((phase) => nOut - 1 + phase.shift - (nIn - 1)));
}

function pad(graph: GraphBuilder, x: Sym, before: readonly [number, number], after: readonly [number, number]): Sym {
  const [n = 1, height = 1, width = 1, channels = 1] = x.dims;
  if ([...before, ...after].every((amount) => amount === 0)) return x;
  const pads = graph.int64([0, before[0], before[1], 0, 0, after[0], after[1], 0]);
  const dims = [n, height + before[0] + after[0], width + before[1] + after[1], channels];
  return graph.op('Pad', [x, pads], { dtype: x.dtype, dims });
}

/** a·b + sum, with b transposed on request. */
function product(graph: GraphBuilder, a: Sym, b: Sym, sum: Sym | null, transposeB: boolean): Sym {
  const dims = [a.dims[0] ?? 1, b.dims[transposeB ? 0 : 1] ?? 1];
  const inputs = sum === null ? [a, b] : [a, b, sum];
  return graph.op('Gemm', inputs, { dtype: 'float32', dims }, { transB: { int: transposeB ? 1 : 0 } });
}
