/**
 * What the latent explorer's page needs from the engine: the packed runtime and a few computations, which the
 * page loads as a script of their own (`slimwiseExplorerEngine`). Types only, so that page and engine agree
 * without knowing each other. Images are [image][row][column][channel] in [−1, 1].
 */
import type { Result } from '../result.ts';

export type ExplorerPrecision = 'fp32' | 'int8';

export interface ExplorerEngine {
  /** A packed or full-precision model file; a damaged one is a `Problem`. */
  open(file: Uint8Array): Promise<Result<ExplorerModel>>;
  /**
   * Latents of `seed`, `count` times `size` numbers, counter-based: the same on every machine, and the same
   * as `slimwise generate --seed` draws (up to its 64th image).
   */
  latents(distribution: LatentDistribution, size: number, count: number, seed: number): Float32Array;
  /** The directions of latent space along which images change most, measured on the model itself. */
  directions(model: ExplorerModel, options: DirectionOptions): Promise<PrincipalDirections>;
  encodePng(picture: Picture): Uint8Array;
  encodeGif(animation: Animation): Uint8Array;
}

export type LatentDistribution = 'normal' | 'uniform';

export interface ExplorerModel {
  readonly name: string;
  readonly latentSize: number;
  readonly image: { readonly height: number; readonly width: number; readonly channels: 1 | 3 };
  /** As the file's plan says; normal where it says nothing. */
  readonly distribution: LatentDistribution;
  /** Layers whose weights are bits. */
  readonly nBitLayers: number;
  readonly hasInt8: boolean;
  draw(latents: Float32Array, precision: ExplorerPrecision): Float32Array;
  /** What its weights take in memory, measured. */
  residentBytes(): number;
}

export interface DirectionOptions {
  readonly count: number;
  readonly seed: number;
  /** Awaited between parts of the work, so that a page stays alive. */
  readonly pause: () => Promise<void>;
}

export interface PrincipalDirections {
  /** Unit vectors, most effect first; at most as many as asked for. */
  readonly vectors: readonly Float32Array[];
  /** Share of the measured change of pixels that each accounts for. */
  readonly shares: readonly number[];
}

/** Rows of RGBA; alpha is ignored. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray;
}

export interface Animation {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly Uint8ClampedArray[];
  /** Per frame; GIF counts hundredths of a second. */
  readonly delayMs: number;
}
