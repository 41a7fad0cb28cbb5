/** Shapes as people write them on a command line. */
import type { Shape } from '../../core/graph/shape.ts';

/** `1,100,1,1`, also with brackets, spaces or ×; `?` leaves a size open. */
export function parseShape(text: string): Shape | null {
  const parts = text.replace(/[()[\]\s]/g, '').split(/[,×]|(?<=\d)x(?=\d)/);
  const dims = parts.map((part) => (part === '?' ? '?' : Number(part)));
  return dims.every((dim) => dim === '?' || (Number.isInteger(dim) && dim > 0)) ? dims : null;
}
