/**
 * What the user chose in the explorer, and the latent that it stands for. Kept with the webview's `setState`, so
 * a panel that is hidden or reloaded shows the same image; what comes back is checked field by field. Pure: the
 * samples of a seed and the directions are given.
 */
import type { ExplorerPrecision, LatentDistribution } from '../../core/session/explorerEngine.ts';
import { latentBetween } from '../../core/session/latentWalk.ts';

export interface ExplorerView {
  readonly seed: number;
  /** Which of the seed's samples is the starting point. */
  readonly selected: number;
  /** How far to go along each principal direction; latents have deviation 1. */
  readonly offsets: readonly number[];
  /** Ends of the walk; null: the first and the second sample of the seed. */
  readonly a: readonly number[] | null;
  readonly b: readonly number[] | null;
  /** Place on the walk, 0 to 1; null: at the selected sample. */
  readonly t: number | null;
  readonly precision: ExplorerPrecision;
}

export const nSamples = 16;
export const nDirections = 8;
/** Sliders end here: beyond three deviations a latent is one that training hardly saw. */
export const maxOffset = 3;
const maxSeed = 999_999;

export const initialView: ExplorerView = {
  seed: 1,
  selected: 0,
  offsets: Array.from({ length: nDirections }, () => 0),
  a: null,
  b: null,
  t: null,
  precision: 'fp32',
};

export interface LatentSpace {
  readonly size: number;
  readonly distribution: LatentDistribution;
  /** `nSamples` latents, one after the other. */
  readonly samples: Float32Array;
  readonly directions: readonly Float32Array[];
}

/** The latent that is drawn. */
export function currentLatent(view: ExplorerView, space: LatentSpace): Float32Array {
  const { size, distribution, directions } = space;
  const base = view.t === null ? sampleLatent(space, view.selected) : walkLatent(view, space, view.t);
  const latent = Float32Array.from(base);
  directions.forEach((direction, i) => {
    const offset = view.offsets[i] ?? 0;
    for (let k = 0; k < size; k++) latent[k] = (latent[k] ?? 0) + offset * (direction[k] ?? 0);
  });
  return distribution === 'uniform' ? latent.map((value) => Math.min(1, Math.max(-1, value))) : latent;
}

export function sampleLatent({ samples, size }: LatentSpace, index: number): Float32Array {
  return samples.subarray(index * size, (index + 1) * size);
}

/** Between the ends of the walk, without the sliders. */
export function walkLatent(view: ExplorerView, space: LatentSpace, t: number): Float32Array {
  const end = (stored: readonly number[] | null, sample: number): Float32Array =>
    stored?.length === space.size ? Float32Array.from(stored) : sampleLatent(space, sample);
  return latentBetween(end(view.a, 0), end(view.b, 1), t, space.distribution);
}

/** The next seed, with its first sample and nothing moved. */
export function shuffled(view: ExplorerView): ExplorerView {
  return { ...view, seed: view.seed >= maxSeed ? 1 : view.seed + 1, ...untouched(0) };
}

export function withSample(view: ExplorerView, selected: number): ExplorerView {
  return { ...view, ...untouched(selected) };
}

function untouched(selected: number): Pick<ExplorerView, 'selected' | 'offsets' | 't'> {
  return { selected, offsets: initialView.offsets, t: null };
}

export function restoreView(saved: unknown): ExplorerView {
  if (!isRecord(saved)) return initialView;
  const { seed, selected, offsets, a, b, t, precision } = saved;
  return {
    seed: isWhole(seed, 1, maxSeed) ? seed : initialView.seed,
    selected: isWhole(selected, 0, nSamples - 1) ? selected : 0,
    offsets: isNumbers(offsets) && offsets.length === nDirections ? offsets.map(bounded) : initialView.offsets,
    a: isNumbers(a) ? a : null,
    b: isNumbers(b) ? b : null,
    t: typeof t === 'number' && 0 <= t && t <= 1 ? t : null,
    precision: precision === 'int8' ? 'int8' : 'fp32',
  };
}

function bounded(offset: number): number {
  return Math.min(maxOffset, Math.max(-maxOffset, offset));
}

function isWhole(value: unknown, lowest: number, highest: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && lowest <= value && value <= highest;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number' && Number.isFinite(entry));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
