/**
 * Shapes as everyone passes them around. A dimension is a positive whole number or `'?'` (it cannot
 * be known from the text); a shape that is unknown altogether, rank included, is `null` where it occurs.
 */
export type Dim = number | '?';
export type Shape = readonly Dim[];

/** Where channels stand in a shape: PyTorch writes N,C,H,W; Keras and TF.js write N,H,W,C. */
export type Layout = 'channelsFirst' | 'channelsLast';

export function isKnownShape(shape: Shape | null): shape is readonly number[] {
  return shape !== null && shape.every((dim) => dim !== '?');
}

/** `[1, 3, 64, 64]` → `3×64×64`: the batch dimension is dropped. */
export function formatShape(shape: Shape): string {
  return shape.slice(1).join('×');
}
