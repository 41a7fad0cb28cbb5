/**
 * One instance of the WASM kernels and its memory. Weights are allocated once and stay (`allocate`); what a
 * run needs lies behind them and is given back as a whole (`scratch`). Views are made anew after the memory
 * has grown, so nobody may keep one. Works wherever there is WebAssembly: Node, a browser, a webview.
 */
import { kernelsWasmBase64 } from './kernelsWasm.generated.ts';

/** The functions of `assembly/`; addresses and sizes are in bytes, counts in elements. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  tablesF32(x: number, groups: number, tables: number): void;
  tablesF32Narrow(x: number, groups: number, tables: number): void;
  tablesI16(x: number, groups: number, tables: number): void;
  tablesI16Narrow(x: number, groups: number, tables: number): void;
  gatherF32: Gather<[]>;
  gatherI16: Gather<[inverseScales: number]>;
  largestMagnitudes(x: number, channels: number, images: number, size: number, to: number): void;
  lutF32: LookUp;
  lutF32Narrow: LookUp;
  lutI16: LookUp;
  lutI16Narrow: LookUp;
  denseF32: Multiply;
  denseF32Narrow: Multiply;
  finish(
    planes: number,
    planeBytes: number,
    phaseBytes: number,
    pitchBytes: number,
    origin: number,
    strideY: number,
    strideX: number,
    to: number,
    toBytes: number,
    outputs: number,
    height: number,
    width: number,
    alphas: number,
    betas: number,
    scale: number,
    slope: number,
  ): void;
  affine(x: number, channels: number, size: number, alphas: number, betas: number, slope: number): void;
  sigmoid(x: number, n: number, steep: number, gain: number, offset: number): void;
  rowSums(x: number, rows: number, size: number, to: number): void;
  rowSquares(x: number, rows: number, size: number, means: number, to: number): void;
  addF32(x: number, y: number, n: number): void;
  tablesOne(x: number, channels: number, tables: number): void;
  lutOne(
    weights: number,
    rows: number,
    groups: number,
    tables: number,
    y: number,
    coefficient: number,
    first: 0 | 1,
  ): void;
  affineRows(y: number, n: number, alphas: number, betas: number, slope: number): void;
  fixWeights(
    weights: number,
    outputs: number,
    rowsEach: number,
    channels: number,
    to: number,
    alphas: number,
    scaledAlphas: number,
  ): void;
  gatherPairs(
    x: number,
    channels: number,
    channelBytes: number,
    stepBytes: number,
    quads: number,
    nQuads: number,
    to: number,
    inverseScales: number,
  ): void;
  dotFixed(
    weights: number,
    outputs: number,
    taps: number,
    nTaps: number,
    pairs: number,
    rowPairs: number,
    tile: number,
    planes: number,
    planeBytes: number,
    places: number,
  ): void;
}

type Gather<Rest extends readonly unknown[]> = (
  x: number,
  channels: number,
  channelBytes: number,
  stepBytes: number,
  quads: number,
  nQuads: number,
  to: number,
  rowBytes: number,
  ...rest: Rest
) => void;

type Multiply<Rest extends readonly unknown[] = []> = (
  weights: number,
  outputs: number,
  taps: number,
  nTaps: number,
  groupsOrChannels: number,
  tablesOrTile: number,
  planes: number,
  planeBytes: number,
  places: number,
  ...rest: Rest
) => void;
type LookUp = Multiply<[coefficient: number]>;

/** As much of the global as is used; Node's types do not declare it. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: unknown } }>;
};

const pageBytes = 65_536;
/** Kernels read whole registers, so up to 15 bytes beyond a value's end. */
const slackBytes = 64;

export class KernelMemory {
  readonly kernels: KernelExports;
  private top = pageBytes;
  private scratchTop: number | null = null;
  private highest = 0;

  constructor(kernels: KernelExports) {
    this.kernels = kernels;
  }

  /** The address of `bytes` bytes that stay; 64-byte aligned, not cleared. */
  allocate(bytes: number): number {
    if (this.scratchTop !== null) throw new Error('weights are allocated before a run, not in one');
    const at = this.top;
    this.top = align(at + bytes);
    this.reach(this.top);
    return at;
  }

  /** Calls `use` with an allocator whose memory is given back afterwards. */
  scratch<T>(use: (allocate: (bytes: number) => number) => T): T {
    const begin = this.scratchTop ?? this.top;
    this.scratchTop = begin;
    try {
      return use((bytes) => {
        const at = this.scratchTop ?? begin;
        this.scratchTop = align(at + bytes);
        this.reach(this.scratchTop);
        return at;
      });
    } finally {
      this.scratchTop = begin === this.top ? null : begin;
    }
  }

  /** Bytes that stay, and the most that a run has needed beyond them. */
  usage(): { readonly residentBytes: number; readonly peakScratchBytes: number } {
    return { residentBytes: this.top - pageBytes, peakScratchBytes: Math.max(0, this.highest - this.top) };
  }

  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.kernels.memory.buffer, at, count);
  }

  doubles(at: number, count: number): Float64Array {
    return new Float64Array(this.kernels.memory.buffer, at, count);
  }

  words(at: number, count: number): Uint32Array {
    return new Uint32Array(this.kernels.memory.buffer, at, count);
  }

  bytes(at: number, count: number): Uint8Array {
    return new Uint8Array(this.kernels.memory.buffer, at, count);
  }

  /** The address of a copy that stays. */
  keepFloats(values: Float32Array): number {
    const at = this.allocate(values.byteLength);
    this.floats(at, values.length).set(values);
    return at;
  }

  keepWords(values: readonly number[]): number {
    const at = this.allocate(values.length * 4);
    this.words(at, values.length).set(values);
    return at;
  }

  private reach(end: number): void {
    this.highest = Math.max(this.highest, end);
    const missing = end + slackBytes - this.kernels.memory.buffer.byteLength;
    if (missing > 0) this.kernels.memory.grow(Math.ceil(missing / pageBytes));
  }
}

export async function createKernelMemory(): Promise<KernelMemory> {
  const { instance } = await WebAssembly.instantiate(fromBase64(kernelsWasmBase64), {});
  return new KernelMemory(instance.exports as KernelExports);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** To cache lines: a row of a table is one. */
function align(at: number): number {
  return (at + 63) & ~63;
}
