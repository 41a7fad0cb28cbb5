/** Where a frame of the way between fixed latents lies in the picture that a run wrote of it. Pure. */
import { gridGap, nWalkLatents, walkStride } from './latentWalk.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** null where the picture is no such grid. */
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
