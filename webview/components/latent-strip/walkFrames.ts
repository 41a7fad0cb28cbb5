/**
 * A position on the way between the fixed latents, in words and on the picture of the way: which leg it is on,
 * which frames are shown beside it, and where a frame lies in the grid that the run drew. Pure.
 */
import { gridGap, nWalkFrames, nWalkLatents, walkStride } from '../../../core/session/latentWalk.ts';

/** A leg with both of its ends. */
export const nShown = walkStride + 1;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WalkPosition {
  /** Index of a frame of the whole way. */
  readonly frame: number;
  readonly leg: number;
  /** Index among the shown frames. */
  readonly shown: number;
}

export function walkPosition(chosen: number): WalkPosition {
  const frame = Math.min(nWalkFrames - 1, Math.max(0, Math.round(chosen) || 0));
  return { frame, leg: Math.floor(frame / walkStride), shown: frame % walkStride };
}

/** The frames of a leg and the one that it leads to; the last leg leads to the first latent. */
export function legFrames(leg: number): readonly number[] {
  return Array.from({ length: nShown }, (_, i) => (leg * walkStride + i) % nWalkFrames);
}

/** `Latent 2`, or `3/8 of the way from latent 2 to latent 3`. */
export function positionWords({ leg, shown }: WalkPosition): string {
  const from = leg + 1;
  if (shown === 0) return `Latent ${from}`;
  return `${shown}/${walkStride} of the way from latent ${from} to latent ${(from % nWalkLatents) + 1}`;
}

/** Where a frame lies in the grid; null where the picture is no such grid. */
export function frameIn(grid: Pick<Rectangle, 'width' | 'height'>, frame: number): Rectangle | null {
  const width = (grid.width - gridGap) / walkStride - gridGap;
  const height = (grid.height - gridGap) / nWalkLatents - gridGap;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) return null;
  return {
    x: gridGap + (frame % walkStride) * (width + gridGap),
    y: gridGap + Math.floor(frame / walkStride) * (height + gridGap),
    width,
    height,
  };
}
