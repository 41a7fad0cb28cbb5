/**
 * Laplacian pyramids as the sliced Wasserstein distance takes them (Karras et al., "Progressive growing of
 * GANs", appendix; Burt and Adelson 1983): each level holds what the next, half as large, cannot; the last
 * is what is left. Filter [1 4 6 4 1]⊗[1 4 6 4 1] / 256, borders mirrored about the edge pixel's centre.
 */

/** One channel of one image, row-major; height and width are equal. */
export interface Plane {
  readonly size: number;
  readonly values: Float32Array;
}

/** The sizes of the levels: size, size/2, … down to 16; a smaller or odd size ends the list. */
export function pyramidSizes(size: number): readonly number[] {
  const sizes = [size];
  for (let next = size / 2; Number.isInteger(next) && next >= smallestLevel; next /= 2) sizes.push(next);
  return sizes;
}

const smallestLevel = 16;

/** As many levels as `pyramidSizes` names, finest first. */
export function laplacianPyramid(plane: Plane): readonly Plane[] {
  const nLevels = pyramidSizes(plane.size).length;
  const levels: Plane[] = [];
  let gaussian = plane;
  for (let level = 1; level < nLevels; level++) {
    const smaller = pyramidDown(gaussian);
    const predicted = pyramidUp(smaller);
    levels.push({
      size: gaussian.size,
      values: gaussian.values.map((value, i) => value - (predicted.values[i] as number)),
    });
    gaussian = smaller;
  }
  levels.push(gaussian);
  return levels;
}

/** Smoothed, and every second row and column kept. */
export function pyramidDown({ size, values }: Plane): Plane {
  const smooth = convolve(values, size, 1);
  const half = size / 2;
  const kept = new Float32Array(half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) kept[y * half + x] = smooth[2 * y * size + 2 * x] as number;
  }
  return { size: half, values: kept };
}

/** Zeros put between the pixels, and smoothed with four times the filter, so that means are kept. */
export function pyramidUp({ size, values }: Plane): Plane {
  const double = size * 2;
  const spread = new Float32Array(double * double);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) spread[2 * y * double + 2 * x] = values[y * size + x] as number;
  }
  return { size: double, values: convolve(spread, double, 2) };
}

/** The separable filter along x and then y, each pass times `gain`. */
function convolve(values: Float32Array, size: number, gain: number): Float32Array {
  const mirrored = Int32Array.from({ length: size + 4 }, (_, i) => mirror(i - 2, size));
  const [outer, inner, centre] = [gain / 16, (gain * 4) / 16, (gain * 6) / 16];
  const alongX = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    const row = y * size;
    for (let x = 0; x < size; x++) {
      alongX[row + x] =
        outer *
          ((values[row + (mirrored[x] as number)] as number) + (values[row + (mirrored[x + 4] as number)] as number)) +
        inner *
          ((values[row + (mirrored[x + 1] as number)] as number) +
            (values[row + (mirrored[x + 3] as number)] as number)) +
        centre * (values[row + x] as number);
    }
  }
  const alongBoth = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    const [up2, up1, down1, down2] = [mirrored[y], mirrored[y + 1], mirrored[y + 3], mirrored[y + 4]].map(
      (row) => (row as number) * size,
    ) as [number, number, number, number];
    for (let x = 0; x < size; x++) {
      alongBoth[y * size + x] =
        outer * ((alongX[up2 + x] as number) + (alongX[down2 + x] as number)) +
        inner * ((alongX[up1 + x] as number) + (alongX[down1 + x] as number)) +
        centre * (alongX[y * size + x] as number);
    }
  }
  return alongBoth;
}

/** … 2 1 | 0 1 2 … n−1 | n−2 n−3 …: the edge pixel itself is not repeated. */
function mirror(index: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const wrapped = ((index % period) + period) % period;
  return wrapped < size ? wrapped : period - wrapped;
}
