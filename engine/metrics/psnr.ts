/** Peak signal-to-noise ratio in decibels of images in [-1, 1]: the peak-to-peak range is 2. */

/** Infinity where the images are equal. */
export function psnr(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length || a.length === 0) throw new RangeError(`${a.length} and ${b.length} values`);
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += ((a[i] as number) - (b[i] as number)) ** 2;
  return squares === 0 ? Infinity : 10 * Math.log10((4 * a.length) / squares);
}
