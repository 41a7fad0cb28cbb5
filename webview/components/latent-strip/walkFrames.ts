/**
 * A position on the way between the fixed latents: which leg it is on, which frames are shown beside it, and how
 * it is called. Pure; where a frame lies in a picture is in `core/session/walkGrid.ts`.
 */
import { nWalkFrames, nWalkLatents, walkStride } from '../../../core/session/latentWalk.ts';

/** A leg with both of its ends. */
export const nShown = walkStride + 1;

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
