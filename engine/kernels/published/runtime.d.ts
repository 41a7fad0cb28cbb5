/**
 * Types of `slimwise/runtime`, as they ship: this file becomes dist/runtime.d.ts and stands on its own.
 * `publishedTypes.test.ts` does not compile when it and the sources differ.
 */

export type Precision = 'fp32' | 'int8';

export interface GenerateOptions {
  /** Default `fp32`. `int8` adds whole numbers: faster, and the same bits on every machine. */
  readonly precision?: Precision;
}

export interface GeneratorMemory {
  /** What stays: bits, scales and fp32 weights, and the kernels' own lists. */
  readonly residentBytes: number;
  /** The most that values between layers took in a run so far. */
  readonly peakActivationBytes: number;
  /** The most that a run has needed beyond the resident bytes: values, tables and planes. */
  readonly peakRunBytes: number;
}

export interface GeneratorLayer {
  readonly name: string;
  readonly op: 'dense' | 'conv2d' | 'conv2d_transpose';
  /** Its weights are bits. */
  readonly bits: boolean;
  /** Adds whole numbers when `int8` is asked for. */
  readonly hasInt8: boolean;
  readonly weightBytes: number;
}

export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface Generator {
  readonly name: string;
  /** Numbers that make one image. */
  readonly latentSize: number;
  readonly image: ImageShape;
  readonly layers: readonly GeneratorLayer[];
  /** One image for every `latentSize` numbers: [image][row][column][channel] in [−1, 1]. */
  generate(latents: Float32Array, options?: GenerateOptions): Float32Array;
  memory(): GeneratorMemory;
}

export interface GeneratorPool {
  readonly name: string;
  readonly latentSize: number;
  readonly image: ImageShape;
  readonly layers: readonly GeneratorLayer[];
  readonly threads: number;
  /** The images of `Generator.generate`, bit for bit, drawn by several workers. */
  generate(latents: Float32Array, options?: GenerateOptions): Promise<Float32Array>;
  /** Of all workers together. */
  memory(): Promise<GeneratorMemory>;
  /** Ends the workers; what was asked and not answered is rejected. */
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly threads: number;
  /** Where `runtimeWorker.mjs` is, if not beside the module. */
  readonly workerUrl?: URL;
}

/** Why a file cannot be drawn from. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly path?: string;
}

export class GeneratorError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem);
}

/** From the bytes of a `model.safetensors`. Rejects with a `GeneratorError`. */
export function loadGenerator(file: Uint8Array): Promise<Generator>;

/** The same on `threads` workers, each with a copy of the generator. Rejects with a `GeneratorError`. */
export function loadGeneratorPool(file: Uint8Array, options: PoolOptions): Promise<GeneratorPool>;
